"""Every published figure, kept: corrections, checks, revisions, vintages, and the store that lends series out.

In: observation rows of `qdlib.reading` and the catalogue. Out: `data/processed` (observations, series, revisions, findings) and
one series at a time, in one vintage; and files for others (`exports`, the form that
departments fill in). `build` lists the stages. Growth never crosses two
vintages; where it would, it is missing with the reason.
Does not belong here: reading files of data/raw, forecasting, targets, anything about notebooks.
"""
