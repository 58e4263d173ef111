"""Observations as SDMX-CSV 2.0, the exchange format of statistical offices.

Takes observation rows; gives one CSV message whose dimensions are the key of an observation and whose attributes are its other
columns, so that nothing is lost: BOUND and RAW stand beside those that the standard knows. Codes are those of the catalogue;
OBS_STATUS uses the letters of the SDMX code list already. A missing value is an empty field. Text is guarded against formulas
like in every CSV of this package, which a reader that wants the letter undoes with `restore_text`. Lines end with LF.
Field guide: https://github.com/sdmx-twg/sdmx-csv (data message, 2.0).
"""

import pandas as pd

from qdlib.observations.records import records_of
from qdlib.observations.spreadsheet import csv_text

AGENCY, ID, VERSION = "QDLIB", "OBSERVATIONS", "1.0.0"
STRUCTURE_ID = f"{AGENCY}:{ID}({VERSION})"
DIMENSIONS = {"CITY": "city", "INDICATOR": "indicator", "SCOPE": "scope", "TIME_PERIOD": "year", "EDITION": "edition"}
MEASURES = {"OBS_VALUE": "value"}
ATTRIBUTES = {
    "UNIT": "unit",
    "DECIMALS": "decimals",
    "OBS_STATUS": "status",
    "PUBLISHED": "published",
    "SOURCE_CELL": "source_cell",
    "NOTE": "note",
    "BOUND": "bound",
    "RAW": "raw",
}
COMPONENTS = DIMENSIONS | MEASURES | ATTRIBUTES


def make_message(rows: pd.DataFrame) -> bytes:
    """The message as bytes; action I, information, because the receiver decides what to do with it."""
    header = ["STRUCTURE", "STRUCTURE_ID", "ACTION", *COMPONENTS]
    records = records_of(rows, list(COMPONENTS.values()))
    return csv_text([header, *(("dataflow", STRUCTURE_ID, "I", *record) for record in records)]).encode("utf-8")
