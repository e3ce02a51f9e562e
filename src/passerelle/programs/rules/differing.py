"""How a value of a pack reads beside another: names of its fields, words for its values."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.programs.rules.schema import Record
from passerelle.programs.rules.text import Text

LONGEST = 400

PROGRAM = {
    "name": gettext_lazy("Name"),
    "summary": gettext_lazy("What it is"),
    "opens_at": gettext_lazy("Expressions of interest received from"),
    "accounts": gettext_lazy("Accounts"),
    "one_live_eoi": gettext_lazy("One live expression of interest in each"),
    "employer_sees": gettext_lazy("What an employer is told of a candidate's file"),
    "contact": gettext_lazy("How to reach the program"),
    "uses": gettext_lazy("Libraries it rests on"),
    "steps": gettext_lazy("The steps, as told to the public"),
}
STREAM = {
    "name": gettext_lazy("Name"),
    "intake": gettext_lazy("Where its people come from"),
    "grid": gettext_lazy("Points grid"),
    "questionnaire": gettext_lazy("Questionnaire"),
    "opened_by": gettext_lazy("Who opens a file"),
    "job_offer": gettext_lazy("An employer is part of a file"),
    "points_confirmed": gettext_lazy("When points are confirmed"),
    "edits": gettext_lazy("Changes after it was handed in"),
    "place_after_change": gettext_lazy("Place in the order after a change"),
    "hold": gettext_lazy("May be put on hold"),
    "places": gettext_lazy("When a place of the year is used"),
}
CATEGORY = {
    "name": gettext_lazy("Name"),
    "summary": gettext_lazy("What it is"),
    "stream": gettext_lazy("Stream"),
    "open": gettext_lazy("Open"),
    "nomination": gettext_lazy("Kind of nomination"),
}
QUESTION = {
    "label": gettext_lazy("wording"),
    "hint": gettext_lazy("hint"),
    "type": gettext_lazy("kind of answer"),
    "required": gettext_lazy("must be answered"),
    "show_if": gettext_lazy("when it is asked"),
    "options": gettext_lazy("choices"),
    "lowest": gettext_lazy("least"),
    "highest": gettext_lazy("most"),
    "questions": gettext_lazy("questions within"),
}
# Words of the schema that a reader would not know; what is not here is shown as the pack writes it.
WORDS = {
    "eoi": gettext_lazy("people who file an expression of interest"),
    "federal": gettext_lazy("people of the federal pool"),
    "employer": gettext_lazy("the employer"),
    "candidate": gettext_lazy("the candidate"),
    "before_pool": gettext_lazy("by an officer, before it enters the pool"),
    "after_invitation": gettext_lazy("in the application, after an invitation"),
    "never": gettext_lazy("none: it is withdrawn and filed anew"),
    "until_invited": gettext_lazy("until it is invited"),
    "date_of_effect": gettext_lazy("the earliest moment since which the score was never below today’s"),
    "first_submission": gettext_lazy("that of the first submission"),
    "resubmission": gettext_lazy("that of the change"),
    "held_at_invitation": gettext_lazy("held at the invitation"),
    "used_at_nomination": gettext_lazy("used at the nomination"),
    "per_candidate": gettext_lazy("one for each candidate"),
    "per_person": gettext_lazy("one for each person"),
    "program": gettext_lazy("the program"),
    "stream": gettext_lazy("the stream"),
    "state": gettext_lazy("where it stands"),
    "total": gettext_lazy("the points"),
    "dates": gettext_lazy("the dates"),
    "base": gettext_lazy("outside the federal pool"),
    "enhanced": gettext_lazy("within the federal pool"),
}


def fields(before: Record, after: Record, names: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield name, words before and words after for each named field that differs."""
    for field, name in names.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            was, now = said(old), said(new)
            yield str(name), *((was, now) if was != now else (_("as before"), _("its words have changed")))


def said(value: Any) -> str:
    """Return a value as a reader would say it."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value is None or value in ("", (), {}):
        return str(_("nothing"))
    if isinstance(value, Text):
        return _short(str(value))
    if isinstance(value, Record):
        return _of_record(value)
    if isinstance(value, Mapping):
        return _short("; ".join(f"{key}: {said(one)}" for key, one in value.items()))
    if isinstance(value, list | tuple):
        return _short(", ".join(said(one) for one in value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return _short(str(WORDS.get(value, value)) if isinstance(value, str) else str(value))


def _of_record(value: Record) -> str:
    for name in ("label", "title", "name"):
        if isinstance(shown := getattr(value, name, None), Text):
            return str(shown)
    return _short("; ".join(said(one) for name, one in value if one not in (None, "", (), {})))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def without_sources(value: Record) -> dict[str, Any]:
    """Return what a record says, leaving out where it is written and how sure that is."""
    return {name: one for name, one in value if name not in ("source", "certainty")}


def lines_of(grid: Any) -> str:
    """Return the factors of a grid with the most each can give, and the grid's maximum."""
    most = [
        (str(one.label) or one.id, max((each for each in one.maximum or () if each), default=0))
        for one in grid.root.children
    ]
    listed = ", ".join(f"{name} {grid.points(amount)}" for name, amount in most)
    return _short(f"{listed} ({_('maximum')} {grid.maximum()})")
