"""The reader's own errors: each is a `SourceError`, because whoever has the file must act.

Takes nothing, gives three names. `UnreadableFile`: no table can be had from these bytes. `NeedsRecipe`: tables were seen, but more
than one reading is left. `RecipeMismatch`: a recipe that does not fit its file.
"""

from qdlib.errors import SourceError


class UnreadableFile(SourceError):
    """The bytes are no table file that can be read with certainty."""


class NeedsRecipe(SourceError):
    """At least one table of the file is not certain; `faults` holds one sentence for each."""


class RecipeMismatch(SourceError):
    """A recipe that does not fit its file: an unknown key, a label or table that is not there, other counts than expected."""
