"""Notebooks in, a static site out.

In: thin notebooks and `runs.yml`, the catalogue, the store's content hashes. Out: `reports/`, a site of self-contained pages
with downloads, and the records of what was run. A page is replaced only when its whole run held; otherwise the old one stays
and says that it is stale. `runs` is the table of contents; `display` is what the notebooks call.
Does not belong here: how a figure was computed (`analysis`), how it is drawn (`charts`), arguments of commands (`cli`).
"""
