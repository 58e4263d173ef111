"""The reader's own errors: each is a `SourceError`, because whoever has the file must act.

Takes nothing, gives two names. `UnreadableFile`: no table can be had from these bytes. `NeedsRecipe`: tables were seen, but more
than one reading is left.
"""

from qdlib.errors import SourceError


class UnreadableFile(SourceError):
    """The bytes are no table file that can be read with certainty."""


class NeedsRecipe(SourceError):
    """At least one table of the file is not certain; `faults` holds one sentence for each."""
