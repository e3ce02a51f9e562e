"""What a plan of a round asks for: its fields checked against the pack, and kept in one shape."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from passerelle.core.text import LANGUAGES
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules

PROVINCE = "federal_province"
FIELDS = (
    "crs_lowest", "crs_highest", "lists", "nocs", "targets", "french_lowest", "english_lowest", "either_lowest", "province",
    "named_alone", "created_from", "created_through",
)  # fmt: skip
HIGHEST_CRS, HIGHEST_LEVEL = 1200, 12


class NotAPlan(ValueError):
    """A field does not hold together with the others or with the pack."""

    def __init__(self, field: str, message: Any) -> None:
        super().__init__(str(message))
        self.field, self.message = field, message


def offered(rules: ProgramRules, stream: str) -> list[Any]:
    """Return the lists of occupations that rounds of a stream may name, in the pack's order."""
    stated = rules.stream(stream).round
    known = {one.family: one for one in rules.points.lists} if rules.points else {}
    return [known[key] for key in (stated.lists if stated else ()) if key in known]


def kept(
    rules: ProgramRules, stream: str, *, held_on: date, crs_lowest: int, crs_highest: int, created_from: date,
    created_through: date, lists: Collection[str] = (), nocs: Collection[str] = (), french_lowest: int | None = None,
    english_lowest: int | None = None, either_lowest: int | None = None, named_alone: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return the plan's fields as they are kept: the codes of named lists beside those named one by one. Raises NotAPlan."""
    if not 0 <= crs_lowest <= crs_highest <= HIGHEST_CRS:
        raise NotAPlan("crs_highest", _("The highest score must be 1200 or less, and not below the lowest."))
    if created_through < created_from:
        raise NotAPlan("created_through", _("The window must end on or after the day it begins."))
    if created_through > held_on:
        raise NotAPlan("created_through", _("The window must end on or before the day of the round."))
    for name, level in (
        ("french_lowest", french_lowest),
        ("english_lowest", english_lowest),
        ("either_lowest", either_lowest),
    ):
        if level is not None and not 1 <= level <= HIGHEST_LEVEL:
            raise NotAPlan(name, _("Give a level from 1 to 12, or leave it blank."))
    named = [one for one in offered(rules, stream) if one.family in lists]
    if len(named) != len(set(lists)):
        raise NotAPlan("lists", _("Choose among the lists of this stream."))
    if unknown := programs.not_occupations(nocs):
        raise NotAPlan("nocs", _("Not in the 2021 classification: %(codes)s.") % {"codes": ", ".join(unknown[:5])})
    known = set(programs.occupations().values_list("code", flat=True))
    if not known and any(one.prefix for one in named):
        raise NotAPlan("lists", _("This list needs the classification of occupations, which is not loaded here."))
    codes = {code for one in named for code in (known or one.codes) if one.holds(code)} | set(nocs)
    return {
        "crs_lowest": crs_lowest, "crs_highest": crs_highest, "lists": [one.family for one in named], "nocs": sorted(codes),
        "targets": [*({"en": one.label.en, "fr": one.label.fr} for one in named), *_one_by_one(nocs)],
        "french_lowest": french_lowest, "english_lowest": english_lowest, "either_lowest": either_lowest,
        "province": rules.setting(PROVINCE), "named_alone": named_alone, "created_from": created_from,
        "created_through": created_through,
    }  # fmt: skip


def _one_by_one(nocs: Collection[str]) -> list[dict[str, str]]:
    if not nocs:
        return []
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = gettext("Occupations (NOC): %(codes)s") % {"codes": ", ".join(sorted(nocs))}
    return [said]


def told(plan: Any) -> dict[str, Any]:
    """Return the plan as the trail keeps it."""
    return {name: getattr(plan, name) for name in ("held_on", "stream", *FIELDS) if name != "targets"}


def given(plan: Any) -> dict[str, Any]:
    """Return a plan's fields as a form shows them: codes named one by one apart from those of lists."""
    rules = programs.rules(plan.pack)
    lists = [one for one in offered(rules, plan.stream) if one.family in plan.lists]
    alone = [code for code in plan.nocs if not any(one.holds(code) for one in lists)]
    return {**{name: getattr(plan, name) for name in FIELDS}, "held_on": plan.held_on, "nocs": alone}
