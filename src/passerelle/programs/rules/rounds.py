"""Rounds published before an installation ran, many in a CSV of the pack."""

import csv
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from passerelle.programs.rules.history import PastDraw
from passerelle.programs.rules.reading import Reader

COLUMNS = ("held_on", "stream", "kind", "target_en", "target_fr", "lowest", "highest", "invited", "certainty", "source")


def read(reader: Reader, file: str) -> tuple[PastDraw, ...]:
    """Return the rounds of a CSV, each fault told with its line; an empty cell is what was not published."""
    if file not in reader.sources:
        reader.fault_at("history.yaml", ("rounds", "file"), f"There is no file {file}", "Name a CSV of the pack.")
        return ()
    rows = csv.DictReader(reader.sources[file].splitlines())
    if tuple(rows.fieldnames or ()) != COLUMNS:
        reader.fault(file, 1, "the columns are not those of rounds", f"Write the header {','.join(COLUMNS)}.")
        return ()
    return tuple(_rounds(reader, file, rows))


def _rounds(reader: Reader, file: str, rows: "csv.DictReader[str]") -> Iterator[PastDraw]:
    for row in rows:
        try:
            yield PastDraw.model_validate(_said(row))
        except ValidationError as error:
            for one in error.errors():
                column = ".".join(str(step) for step in one["loc"])
                reader.fault(file, rows.line_num, f"{column}: {one['msg']}", "Correct the cell.")


def _said(row: Mapping[str, str]) -> dict[str, object]:
    said: dict[str, object] = {key: value for key, value in row.items() if value and not key.startswith("target_")}
    targeted = said.pop("kind", "general") == "targeted"
    if targeted:
        said["target"] = {"en": row["target_en"], "fr": row["target_fr"]}
    return said
