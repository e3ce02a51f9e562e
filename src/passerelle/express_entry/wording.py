"""What the pages and the command say about loads: faults with their remedies, reasons, columns."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.core.text import pick
from passerelle.express_entry.crs import FederalGrids
from passerelle.express_entry.models import NotComputed, ProfileLoad

FAULTS: dict[str, tuple[Any, Any]] = {
    "unknown_column": (
        gettext_lazy("There is no such column."),
        gettext_lazy("Take the names of columns from docs/federal-profiles.md; the first line holds them."),
    ),
    "no_column": (gettext_lazy("The column is missing."), gettext_lazy("Add the column, with its name in the first line.")),
    "width": (
        gettext_lazy("The line has another number of cells."), gettext_lazy("Give %(detail)s cells, as in the first line."),
    ),
    "encoding": (gettext_lazy("The text is not UTF-8."), gettext_lazy("Save the file as UTF-8.")),
    "csv": (gettext_lazy("The line is no CSV."), gettext_lazy("Close the quotation marks, and double those inside a cell.")),
    "json": (gettext_lazy("This is no JSON object."), gettext_lazy("Give an array of objects, or one object a line.")),
    "blank": (gettext_lazy("Nothing is given."), gettext_lazy("Fill in the field.")),
    "number": (gettext_lazy("This is no profile number."), gettext_lazy("Give 4 to 20 letters, digits or hyphens.")),
    "twice": (
        gettext_lazy("The profile number stands on line %(detail)s already."),
        gettext_lazy("Keep one line for each number."),
    ),
    "name": (gettext_lazy("This is no name."), gettext_lazy("Give 1 to 200 characters, without invisible ones.")),
    "email": (gettext_lazy("This is no e-mail address."), gettext_lazy("Correct the address, or leave it blank.")),
    "one_code": (
        gettext_lazy("The validation code is given twice, or not at all."),
        gettext_lazy("Give validation_code or validation_code_sha256."),
    ),
    "code": (
        gettext_lazy("This is no validation code."),
        gettext_lazy("Give 4 to 20 letters, digits or hyphens, or 64 hexadecimal digits."),
    ),
    "country": (gettext_lazy("This is no country."), gettext_lazy("Give two letters, like PT.")),
    "passport": (gettext_lazy("The passport is given in part."), gettext_lazy("Give country and number, or neither.")),
    "score": (gettext_lazy("This is no score."), gettext_lazy("Give a whole number from 0 to 1200.")),
    "date": (gettext_lazy("This is no date."), gettext_lazy("Give year, month and day, like 2026-03-25.")),
    "before_created": (gettext_lazy("The profile ends before it begins."), gettext_lazy("Give a day on or after created_on.")),
    "age": (gettext_lazy("The person is not 0 to 120 years old on crs_on."), gettext_lazy("Correct birth_date or crs_on.")),
    "noc": (
        gettext_lazy("This is no occupation."),
        gettext_lazy("Give the five digits of an occupation of the 2021 classification."),
    ),
    "experience": (
        gettext_lazy("This is no experience by occupation."),
        gettext_lazy("Give occupation and months, like 21231:36;21232:12."),
    ),
    "no_primary": (gettext_lazy("The primary occupation is not in it."), gettext_lazy("Add its months, even if they are 0.")),
    "language": (gettext_lazy("This is no official language."), gettext_lazy("Give en or fr.")),
    "level": (gettext_lazy("This is no language level."), gettext_lazy("Give a whole number from 0 to 12.")),
    "province": (gettext_lazy("This is no province or territory."), gettext_lazy("Give codes of two letters, like ON;QC, or ALL.")),
    "fact": (gettext_lazy("The value is not one of those the federal grid knows."), gettext_lazy("Expected: %(detail)s.")),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One fault in words."""

    line: int
    field: str
    problem: str
    remedy: str


def faults(load: ProfileLoad) -> list[Told]:
    """Return the faults kept of a load, in the reader's language."""
    return [_told(*one) for one in load.faults]


def _told(line: int, field: str, code: str, detail: str) -> Told:
    problem, remedy = FAULTS[code]
    return Told(line, field, str(problem) % {"detail": detail}, str(remedy) % {"detail": detail})


def reason(code: str) -> str:
    """Return why scores were not computed, in words."""
    return {
        NotComputed.NO_EDITION: _("No edition of the federal grid is known for the day of the score"),
        NotComputed.KNOWN_IN_PART: _("The grid of that day is known in part only"),
        NotComputed.FACTS_MISSING: _("The file does not give every fact the grid looks at"),
    }[NotComputed(code)]


def line_name(grids: FederalGrids, grid: str, line: str) -> str:
    """Return what a line of a grid is called."""
    known = {one.id: one.label for one in grids.rules.grids[grid].root.children} if grid in grids.rules.grids else {}
    return _words(known.get(line)) or line


def fact_name(grids: FederalGrids, fact: str) -> str:
    """Return what a fact of the federal grid is called."""
    known = grids.rules.facts.get(fact)
    return _words(known.label if known else None) or fact


def _words(text: Any) -> str:
    return pick({"en": text.en, "fr": text.fr}) if text is not None else ""
