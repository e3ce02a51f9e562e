"""A selection rule in plain words, for the notice of draw: numbered sentences that whoever is concerned understands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from passerelle.core import dates
from passerelle.core.text import pick
from passerelle.programs.rules import aim_words
from passerelle.programs.rules.program import ProgramRules
from passerelle.programs.rules.selection import Cap, OrderKey, Reserve, SelectionRule


@dataclass(frozen=True)
class Aim:
    """Whom the plan of one draw looks at, beside its rule: keys of ``categories``, ``filters`` (``Draw.filters``)."""

    categories: Sequence[str] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)


def sentences(
    said: SelectionRule, rules: ProgramRules, stream: str, size: int | None = None, aim: Aim | None = None
) -> list[str]:
    """Return what the rule says, in the reader's language; ``size`` and ``aim`` are those of the draw where there is one."""
    return list(_sentences(said, rules, stream, size if size is not None else said.places, aim or Aim()))


def in_both(said: SelectionRule, rules: ProgramRules, stream: str, size: int | None = None) -> dict[str, list[str]]:
    """Return the sentences in English and in French, for a notice that is published for good."""
    told = {}
    for language in ("en", "fr"):
        with translation.override(language):
            told[language] = sentences(said, rules, stream, size)
    return told


def _sentences(said: SelectionRule, rules: ProgramRules, stream: str, size: int | None, aim: Aim) -> Iterator[str]:
    looked_at = [*_aimed(aim, rules, stream), *_only(said, rules, stream)]
    yield from looked_at or [_("Everybody in the pool when entries close is looked at.")]
    if said.takes == "everybody":
        yield _("Everybody who is looked at is taken.")
    elif size is not None:
        yield ngettext("There is %(count)s place.", "There are %(count)s places.", size) % {"count": size}
    yield from _reserves(said.reserve, rules, stream)
    if said.cap:
        yield from _cap(said.cap, rules)
    yield from _order(said, rules)
    yield from _ties(said)
    if said.takes == "places":
        yield _refill(said)
    if said.afterwards:
        yield _("The invitations of those taken go out in this order: %(key)s.") % {"key": _key(said.afterwards, rules)}


def _aimed(aim: Aim, rules: ProgramRules, stream: str) -> Iterator[str]:
    """Say whom the plan keeps out: other categories, those without what the draw is aimed at, those from other days."""
    here = rules.categories_of(stream)
    if aim.categories and {one.key for one in here} - set(aim.categories):
        named = ", ".join(str(pick(one.name)) for one in here if one.key in aim.categories)
        yield _("Only people in these categories are looked at: %(named)s.") % {"named": named}
    yield from _with(aim.filters, rules, stream)
    yield from _first_days(aim.filters.get("first_from"), aim.filters.get("first_through"))


def _first_days(first: str | None, last: str | None) -> Iterator[str]:
    days = {key: dates.day_words(date.fromisoformat(day)) for key, day in (("first", first), ("last", last)) if day}
    if first and last:
        yield _("Only people who first handed in from %(first)s to %(last)s are looked at.") % days
    elif first:
        yield _("Only people who first handed in on or after %(first)s are looked at.") % days
    elif last:
        yield _("Only people who first handed in on or before %(last)s are looked at.") % days


def _with(filters: Mapping[str, Any], rules: ProgramRules, stream: str) -> Iterator[str]:
    if named := aim_words.said(rules, stream, filters):
        yield _("Only people with this are looked at: %(named)s.") % {"named": named}


def _only(said: SelectionRule, rules: ProgramRules, stream: str) -> Iterator[str]:
    only = said.only
    if only is None:
        return
    yield from _with(only.model_dump(), rules, stream)
    low, high = only.points_at_least, only.points_at_most
    window = {"low": low, "high": high}
    if low is not None and high is not None:
        yield _("Only people with %(low)s to %(high)s points are looked at.") % window
    elif low is not None:
        yield _("Only people with %(low)s points or more are looked at.") % window
    elif high is not None:
        yield _("Only people with %(high)s points or fewer are looked at.") % window


def _reserves(reserves: tuple[Reserve, ...], rules: ProgramRules, stream: str) -> Iterator[str]:
    for place, one in enumerate(reserves):
        told = {"name": pick(one.name), "count": one.places, "percent": one.percent, "whom": _whom(one, rules, stream)}
        if one.rest:
            yield _("The places that are left are for %(name)s (%(whom)s).") % told
        elif one.percent is not None:
            yield _("%(percent)s%% of the places are kept for %(name)s (%(whom)s).") % told
        else:
            yield ngettext(
                "%(count)s place is kept for %(name)s (%(whom)s).", "%(count)s places are kept for %(name)s (%(whom)s).",
                one.places or 0,
            ) % told  # fmt: skip
        if one.spill:
            last = place + 1 == len(reserves)
            following = _("everybody") if last else pick(reserves[place + 1].name)
            yield _("Places of %(name)s that nobody takes go to %(next)s.") % {**told, "next": following}


def _whom(one: Reserve, rules: ProgramRules, stream: str) -> str:
    if one.when:
        return aim_words.attribute(one.when, rules, stream)
    known = {category.key: pick(category.short) for category in rules.categories}
    return ", ".join(known.get(key, key) for key in one.categories)


def _cap(cap: Cap, rules: ProgramRules) -> Iterator[str]:
    *sized, last = cap.limits
    for one in sized:
        yield ngettext(
            "Of an employer with at most %(up_to)s employees, at most %(count)s person is taken.",
            "Of an employer with at most %(up_to)s employees, at most %(count)s people are taken.",
            one.take,
        ) % {"up_to": one.up_to, "count": one.take}  # fmt: skip
    told = {"count": last.take}
    if sized:
        yield ngettext(
            "Of any larger employer, at most %(count)s person is taken.",
            "Of any larger employer, at most %(count)s people are taken.", last.take,
        ) % told  # fmt: skip
    else:
        yield ngettext(
            "Of one employer, at most %(count)s person is taken.",
            "Of one employer, at most %(count)s people are taken.", last.take,
        ) % told  # fmt: skip
    if cap.per == "year":
        yield _(
            "The limit of an employer is per year: the places that it had by earlier draws of the year count,"
            " unless the invitation ended without an application."
        )


def _order(said: SelectionRule, rules: ProgramRules) -> Iterator[str]:
    keys = [one for one in said.order if one.by != "random"]
    for place, one in enumerate(keys):
        told = {"key": _key(one, rules)}
        if place == 0:
            yield _("Who comes first: %(key)s.") % told
        else:
            yield _("Among those who are equal so far: %(key)s.") % told
    if any(one.by == "random" for one in said.order):
        yield _lot() if not keys else _("Among those who are equal so far, chance decides.") + " " + _number()


def _lot() -> str:
    return _("Chance alone decides who comes first.") + " " + _number()


def _number() -> str:
    return _("Each person has one random number, however many employers or files they have.")


def _key(one: OrderKey, rules: ProgramRules) -> str:
    if one.by == "fact":
        assert one.fact
        label = rules.points.facts[one.fact].label
        named = pick(one.label) if one.label else pick({"en": label.en, "fr": label.fr})
        if one.within_months:
            near = {"fact": named, "count": one.within_months}
            return ngettext(
                "%(fact)s at most %(count)s month after the day of the draw",
                "%(fact)s at most %(count)s months after the day of the draw", one.within_months,
            ) % near  # fmt: skip
        return _ENDS[one.direction]() % {"fact": named}
    return _OWN[one.by, one.direction]()


_ENDS = {
    "highest": lambda: _("%(fact)s, highest first"), "lowest": lambda: _("%(fact)s, lowest first"),
    "earliest": lambda: _("%(fact)s, earliest first"), "latest": lambda: _("%(fact)s, latest first"),
    "yes": lambda: pgettext("order of a draw", "%(fact)s: those who have it first"),
    "no": lambda: pgettext("order of a draw", "%(fact)s: those who do not have it first"),
}  # fmt: skip
_OWN = {
    ("points", "highest"): lambda: _("whoever has the most points"),
    ("points", "lowest"): lambda: _("whoever has the fewest points"),
    ("date_of_effect", "earliest"): lambda: _("whoever has held this place in the pool the longest"),
    ("date_of_effect", "latest"): lambda: _("whoever came to this place in the pool last"),
    ("submitted", "earliest"): lambda: _("whoever submitted first"),
    ("submitted", "latest"): lambda: _("whoever submitted last"),
    ("opened", "earliest"): lambda: _("whose file was opened first"),
    ("opened", "latest"): lambda: _("whose file was opened last"),
}


def _ties(said: SelectionRule) -> Iterator[str]:
    if said.ties == "take_all":
        yield _("Everybody equal to the last one taken is taken too, even beyond the number of places.")
    elif said.ties == "lot" and not any(one.by == "random" for one in said.order):
        yield _("Among equals, a lot that anyone can verify decides.") + " " + _number()
    elif said.ties == "submission" and not any(one.by in ("date_of_effect", "submitted") for one in said.order):
        yield _("Among equals, the earlier submission comes first.")


def _refill(said: SelectionRule) -> str:
    if said.ties == "take_all":
        return _("The last rank taken stands as announced: a place that falls vacant is not filled.")
    if said.refill == "after_issue":
        return _(
            "A place that falls vacant, also after the invitations, goes to the next in the same order; nothing is drawn again."
        )
    return _(
        "A place that falls vacant before the invitations go out goes to the next in the same order; nothing is drawn again."
    )


def choices(rules: ProgramRules, stream: str) -> list[tuple[str, Any]]:
    """Return the rules a plan may name, the latest first: key and name."""
    return [(one.key, pick(one.name)) for one in rules.selection_rules(stream)]
