"""Lists for a spreadsheet: CSV in which no cell is ever run as a formula."""

import csv
import io
from collections.abc import Iterable

# What a spreadsheet takes for the beginning of a formula, also behind a blank it would cut off.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(value: object) -> str:
    """Return ``value`` as text that a spreadsheet shows as it stands: an apostrophe before what looks like a formula.

    A number is a number, also a negative one.
    """
    if isinstance(value, int | float):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_DANGEROUS) or text[:1] in ("\t", "\r", "\n") else text


def csv_text(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV with every cell neutralised; it begins with the mark by which spreadsheets know UTF-8."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow([neutral(cell) for cell in head])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return "\ufeff" + told.getvalue()
