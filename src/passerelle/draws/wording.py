"""A draw in words: its assertions, its rule, what stands in the way."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.core import dates
from passerelle.core.text import pick
from passerelle.draws import selecting
from passerelle.programs.rules import ProgramRules, aim_words, selection_words

TONES = {"planned": "active", "frozen": "warning", "selected": "warning", "issued": "success", "void": "quiet"}


def names(rules: ProgramRules, keys: Sequence[str]) -> str:
    """Return categories by name, joined."""
    known = {one.key: pick(one.name) for one in rules.categories}
    return ", ".join(known.get(key, key) for key in keys)


def kind(draw: Any, rules: ProgramRules) -> str:
    """Return whether the draw is general or targeted, and at whom."""
    if not draw.is_targeted:
        return _("General: everybody in the pool")
    return _("Targeted: %(who)s") % {"who": aim_words.said(rules, draw.stream, draw.filters)}


def rule(draw: Any, rules: ProgramRules, size: int | None = None) -> list[str]:
    """Return how a draw chooses, as sentences: its rule, among those its plan looks at; ``size`` in place of its own."""
    aim = selection_words.Aim(draw.categories, draw.filters)
    return selection_words.sentences(selecting.blocks(draw), rules, draw.stream, size or draw.size, aim)


def window(filters: dict[str, Any]) -> list[dict[str, str]]:
    """Return the days between which a first submission counts, as a row of a summary; nothing where none is named."""
    first, last = filters.get("first_from"), filters.get("first_through")
    if not first and not last:
        return []
    days = {key: dates.day_words(date.fromisoformat(day)) for key, day in (("first", first), ("last", last)) if day}
    if len(days) == 2:
        said = _("%(first)s to %(last)s") % days
    else:
        said = _("From %(first)s") % days if first else _("Up to %(last)s") % days
    return [{"key": _("First handed in"), "value": said}]


def how_many(draw: Any) -> str:
    """Return how many a draw takes: its size, or that it takes everybody."""
    return _("Everybody whom the rule looks at") if draw.size is None else str(draw.size)


def chance(how: Any) -> str:
    """Return where a program's draws take their chance from, as a sentence; ``how`` are its terms."""
    return {
        "none": _("Nothing is left to chance."),
        "dice": _("Forty ten-sided dice, thrown before two witnesses after the time to object."),
        "drand": _("A public beacon, at the first round after the time to object (drand, quicknet)."),
    }[how.seed]


def held_back(least: int) -> str:
    """Return that a cut-off is published from ``least`` people taken on (2 or more), as a sentence."""
    return _("Published where %(least)d people or more are taken: of fewer it would tell somebody's points.") % {
        "least": least
    }


def instead_of_beacon(draw: Any) -> str:
    """Return why dice take the place of the pack's beacon in this draw, as a sentence; "" where they do not."""
    instead = draw.rule.get("instead")
    if not instead:
        return ""
    return _("They take the place of the beacon, which failed in the void draw %(draw)s: %(because)s") % instead


def objection_window(how: Any) -> str:
    """Return how long people may object to a frozen pool, as a sentence."""
    if not how.objection_hours:
        return _("No time to object is set.")
    return ngettext(
        "For %(count)s hour after the pool is frozen.",
        "For %(count)s hours after the pool is frozen.",
        how.objection_hours,
    ) % {"count": how.objection_hours}


def leanings(found: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the self-test as lines for ``components/checks.html``, the likelihood of each spread under chance beside it."""
    traits = {
        "day": _("By day of submission, those taken are spread as chance spreads them."),
        "hour": _("By hour of submission, those taken are spread as chance spreads them."),
        "category": _("By category, those taken are spread as chance spreads them."),
        "language": _("By language, those taken are spread as chance spreads them."),
        "ticket": _("By order of tickets, those taken are spread as chance spreads them."),
    }
    return [
        {"good": not one.stops, "text": traits[one.trait], "detail": f"p = {number_format(round(one.likely, 5))}"}
        for one in found
    ]


def wrong_seed(why: str) -> str:
    """Return why what was brought is not the seed of this draw, and what to do."""
    return {
        "source": _("The commitment names another source of chance. Only that one counts."),
        "malformed": _("The signature is not in hexadecimal. Copy it from the beacon as it stands."),
        "round": _("This is not the round that the commitment names, or it has not come out yet. Bring that round."),
        "signature": _("The randomness is not the SHA-256 of the signature. Fetch the round again."),
        "beacon": _(
            "This signature is not the beacon's own for that round. Copy it again, from another of its sites if need be."
        ),
        "digits": _("Enter exactly forty digits from 0 to 9."),
        "differ": _(
            "These are not the digits that the first person entered. Look at the record of the throw together."
        ),
    }[why]


def checks(findings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return assertions as lines for ``components/checks.html``: holds, does not, or open, each with its sentence."""
    return [{"good": one["good"], **_line(one["key"], one["good"], one["facts"])} for one in findings]


def _line(key: str, good: bool | None, facts: dict[str, Any]) -> dict[str, str]:
    text = _HOLDS[key](facts) if good else _FAILS[key](facts)
    detail = ", ".join(facts.get("who", ())) if good is not True else ""
    return {"text": text, "detail": detail}


def _eligible(facts: dict[str, Any]) -> str:
    return ngettext(
        "The %(count)s person taken may be invited: in the pool, in time, not barred, criteria met.",
        "All %(count)s people taken may be invited: in the pool, in time, not barred, criteria met.",
        facts["taken"],
    ) % {"count": facts["taken"]}


def _not_eligible(facts: dict[str, Any]) -> str:
    return ngettext(
        "%(count)s person taken may no longer be invited. The next in order takes the place when the draw is issued.",
        "%(count)s people taken may no longer be invited. The next in order take the places when the draw is issued.",
        facts["count"],
    ) % {"count": facts["count"]}


def _places(facts: dict[str, Any]) -> str:
    if "left" not in facts:
        return _("The places are held.")
    if facts.get("factor", "1") == "1":
        return _("The year has a place for everyone taken: %(taken)s taken, %(left)s left.") % facts
    return _(
        "Within what is planned above the places left: %(taken)s taken; %(left)s left × %(factor)s,"
        " less %(out)s invited and not decided, gives %(most)s."
    ) % _shown(facts)


def _no_places(facts: dict[str, Any]) -> str:
    if facts.get("factor", "1") == "1":
        return _("The year has too few places: %(taken)s taken, %(left)s left.") % facts
    return _(
        "More than is planned above the places left: %(taken)s taken; %(left)s left × %(factor)s,"
        " less %(out)s invited and not decided, gives %(most)s."
    ) % _shown(facts)


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "factor": number_format(facts["factor"])}


def _counts(facts: dict[str, Any]) -> str:
    """How many people each step had, each number in words that agree with it."""
    entries, ranked, taken = facts["entries"], facts["ranked"], facts["taken"]
    told = (
        ngettext("%(n)s frozen", "%(n)s frozen", entries) % {"n": entries},
        ngettext("%(n)s ranked", "%(n)s ranked", ranked) % {"n": ranked},
        ngettext("%(n)s taken", "%(n)s taken", taken) % {"n": taken},
    )
    return ", ".join(told)


_HOLDS = {
    "eligible": _eligible,
    "order": lambda facts: _("Nobody left out outranks anyone taken."),
    "once": lambda facts: _("No person appears twice among the %(entries)s entries.") % facts,
    "numbers": lambda facts: _("The numbers add up: %(counts)s.") % {"counts": _counts(facts)},
    "positions": lambda facts: _("Every position follows from the rank."),
    "ranks": lambda facts: _("Every rank is made of what the rule ranks by."),
    "caps": lambda facts: _("No employer has more people taken than its size allows."),
    "quotas": lambda facts: _("Every group has its places, and nobody else has them."),
    "unchanged": lambda facts: _("Those selected are the ones the trail says were selected."),
    "in_scope": lambda facts: _("Every entry came before the cut-off and is in a category of this draw."),
    "aimed": lambda facts: _("Everyone taken has what the draw is aimed at."),
    "complete": lambda facts: _("Nobody who could be drawn when the pool was frozen was left out."),
    "points": lambda facts: _("The points frozen are the points confirmed and told to each person."),
    "one_grid": lambda facts: _("All points come from one grid: %(grid)s.") % {"grid": ", ".join(facts["grids"])},
    "places": _places,
    "bias": lambda facts: _("Where chance decided, no day, hour, category, language or ticket is favoured."),
}
_FAILS = {
    "eligible": _not_eligible,
    "order": lambda facts: (
        _("Someone left out (%(next)s points) outranks someone taken (%(cutoff)s points).") % facts
    ),
    "once": lambda facts: _("People who appear twice: %(count)s.") % facts,
    "numbers": lambda facts: (
        _("The numbers do not add up: %(counts)s of %(size)s planned.") % {**facts, "counts": _counts(facts)}
    ),
    "positions": lambda facts: _("Positions that do not follow from the rank: %(count)s.") % facts,
    "ranks": lambda facts: _("Entries whose rank is not what the rule ranks by: %(count)s.") % facts,
    "caps": lambda facts: _("Employers with more people taken than their size allows: %(count)s.") % facts,
    "quotas": lambda facts: _("Places that were given to others than those they are for, or too many of them:"),
    "unchanged": lambda facts: _("The selection is not the one that was made: it was written over since."),
    "in_scope": lambda facts: _("Entries that came too late or are in another category: %(count)s.") % facts,
    "points": lambda facts: _("Entries whose points differ from those confirmed: %(count)s.") % facts,
    "one_grid": lambda facts: _("The points come from several grids: %(grid)s.") % {"grid": ", ".join(facts["grids"])},
    "aimed": lambda facts: _("People taken who do not have what the draw is aimed at: %(count)s.") % facts,
    "complete": lambda facts: _("Files that could be drawn when the pool was frozen are missing from it."),
    "places": _no_places,
    "bias": lambda facts: _("Chance would hardly spread those taken like this. Find out why, and make the draw void."),
}  # fmt: skip


def blocked(why: str, who: Sequence[str]) -> str:
    """Return why a draw cannot go on and what to do, in one or two sentences."""
    listed = {"who": ", ".join(who[:5]) + (" …" if len(who) > 5 else "")}
    return {
        "unreviewed": _(
            "Files that came on time are not confirmed yet: %(who)s. Confirm them, or let two people leave them out."
        ),
        "clash": _(
            "Another draw is not finished: %(who)s. It is over the same categories, or its places count towards the limit"
            " that employers have over the year. Issue it or make it void first."
        ),
        "mixed_grids": _("The pool holds points of several grids: %(who)s. Move it to one grid first."),
        "no_seed": _(
            "A lot has a part in this rule, and its seed does not exist yet. Publish the notice of draw and take the seed first."
        ),
        "empty": _("Nobody is in the pool for this draw."),
        "assertions": _("An assertion does not hold. The draw cannot be issued: make it void and run it again."),
    }[why] % listed
