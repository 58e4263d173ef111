"""Yearbook files → observation rows, each with its labels, unit and source cell, or a precise statement of what is not certain.

In: bytes of xlsx, xls, HTML and text tables of `data/raw`, workbooks that departments filled in, their sidecars, the catalogue. Out:
sheets, tables, rows, unmatched values, findings. A value is given only with the right labels and the right unit; a table that has two
readings is `Uncertain`.
Does not belong here: series of cities, corrections, checks of figures against each other, anything about reports.
"""
