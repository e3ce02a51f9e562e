"""Filters of a pool whose value the plan of a draw gives."""

from __future__ import annotations

from pointsgrid.loading.context import Context, read_condition
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import read_meta
from pointsgrid.model import ASKED_BY, AskedDef, Type
from pointsgrid.problems import did_you_mean

_FITS = {
    "one_of": "a choice",
    "community": "a code",
    "occupation": "a code",
    "at_least": "a number, or a choice whose options are ordered",
    "within_days": "a date",
    "days": "a date",
}


def read_asked(reader: Reader, context: Context) -> dict[str, AskedDef]:
    """Return what the plan of a draw may be asked, by key: of which fact, chosen how."""
    found = {}
    for key, inner in reader.named("asked"):
        if (one := _asked(key, inner, context)) is not None:
            found[key] = one
    return found


def _asked(key: str, reader: Reader, context: Context) -> AskedDef | None:
    told = len(reader.problems)
    of, choose = reader.text("of"), reader.choice("choose", ASKED_BY, "")
    fact = context.facts.get(of)
    if fact is None:
        remedy = did_you_mean(of, context.facts, otherwise="Name a fact of facts.yaml.")
        reader.report(f"There is no fact {of}." if of else "The key of is missing.", remedy, "of")
    elif choose and not _fits(choose, fact.type):
        reader.report(f"{of} is a {fact.type}, and {choose} needs {_FITS[choose]}.", "", "of")
    if choose == "within_days" and "draw" not in context.names.dates:
        reader.report("within_days counts from the day of the draw.", "Add draw to reference_dates.", "choose")
    one = AskedDef(
        key, of, choose, reader.label("label", needed=True), read_condition(reader, "when", context),
        _lists(reader, choose, context), read_meta(reader), reader.document.line(reader.path), reader.document.file,
    )  # fmt: skip
    reader.done()
    return one if len(reader.problems) == told else None


def _fits(choose: str, kind: Type) -> bool:
    if choose == "at_least":
        return kind.numeric or (kind.kind == "choice" and kind.ordered)
    return kind.kind == {"one_of": "choice", "within_days": "date", "days": "date"}.get(choose, "code")


def _lists(reader: Reader, choose: str, context: Context) -> tuple[str, ...]:
    said = tuple(map(str, reader.raw("lists") or ()))
    if said and choose != "occupation":
        reader.report("Only a choice of occupations names lists.", "Leave lists out.", "lists")
    for position, one in enumerate(said):
        if one not in context.names.lists():
            remedy = did_you_mean(one, context.names.lists(), otherwise="Declare it under lists:.")
            reader.report(f"There is no list {one!r}.", remedy, "lists", position)
    return said
