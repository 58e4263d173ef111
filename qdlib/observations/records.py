"""Frames as the plain rows that CSV files are written from.

Takes a frame and the columns wanted; gives tuples of text, whole numbers, floats and True or False, with None for what is missing.
"""

import pandas as pd

from qdlib.observations.spreadsheet import csv_text

WHOLE = ("year", "decimals", "basis", "figures")


def records_of(frame: pd.DataFrame, columns: list[str]) -> list[tuple]:
    """The rows as tuples; columns of whole numbers stay whole where Parquet gave floats because some are missing."""
    return list(zip(*(plain_values(frame[name], name in WHOLE) for name in columns), strict=True))


def plain_values(column: pd.Series, whole: bool) -> list:
    values = [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]
    return [None if value is None else int(value) for value in values] if whole else values


def frame_csv(frame: pd.DataFrame, columns: list[str]) -> bytes:
    """CSV for programs: UTF-8, LF, header of column names.

    No byte order mark: programs would read it as part of the first name; people have the workbook.
    """
    return csv_text([columns, *records_of(frame, columns)]).encode("utf-8")
