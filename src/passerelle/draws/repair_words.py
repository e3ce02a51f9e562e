"""A repair in words: the notice for everybody, drafted in both languages, without names and without small numbers."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.core import dates
from passerelle.core.text import pick
from passerelle.draws import selecting, terms
from passerelle.draws.harm import Harm
from passerelle.draws.models import Draw
from passerelle.draws.models.repair import Way
from passerelle.draws.queries.publishing import FEWEST
from passerelle.draws.reasons import in_both
from passerelle.draws.repairing import Option

# A number of a file, an invitation or an application, and of a draw (…-D-…), which may be named.
_NUMBER = re.compile(r"\b[A-Z]{2,}(?:-[A-Z]{1,4})*-\d{4}-\d{3,}\b")
# Shorter names are words as well.
_SHORTEST = 4


def drafted(draw: Draw, harm: Harm, option: Option, what: Mapping[str, str]) -> dict[str, str]:
    """Return the notice for everybody in English and French: what was wrong, how many it touched, what is done about it."""
    return in_both(lambda: "\n\n".join(_paragraphs(draw, harm, option, pick(what).strip())))


def _paragraphs(draw: Draw, harm: Harm, option: Option, what: str) -> Iterator[str]:
    yield " ".join(_wrong(draw, harm, what))
    yield " ".join(_done(harm, option))


def _wrong(draw: Draw, harm: Harm, what: str) -> Iterator[str]:
    told = {"number": draw.number, "day": dates.day_words(draw.held_on), "what": what}
    yield _("An error was found in draw %(number)s of %(day)s after its invitations had gone out. %(what)s") % told
    yield from _plan(draw, harm)
    if not harm.touched:
        yield _("It changed nobody's result.")
    elif (draw.pool_size or 0) >= FEWEST:
        yield from _numbers(draw, harm)


def _plan(draw: Draw, harm: Harm) -> Iterator[str]:
    """Say how many places there were and should have been; the plan of a draw is known to everybody."""
    if harm.said.size and harm.said.size != draw.size:
        yield _("Places in the draw: %(was)s instead of %(would)s.") % {"was": draw.size, "would": harm.said.size}
    had = {one.cell: one.places for one in harm.was}
    for one in selecting.blocks(draw).reserve:
        if one.key in harm.said.places and one.key in had:
            told = {"name": pick(one.name), "was": had[one.key], "would": harm.said.places[one.key]}
            yield _("Places kept for %(name)s: %(was)s instead of %(would)s.") % told


def _numbers(draw: Draw, harm: Harm) -> Iterator[str]:
    if harm.harmed:
        yield _harmed(draw, len(harm.harmed))
    if harm.gained:
        yield _gained(draw, len(harm.gained))


def _harmed(draw: Draw, count: int) -> str:
    if held_back(draw, count):
        return _("It kept fewer than %(count)s people from a place that they would have had.") % {"count": FEWEST}
    return ngettext(
        "It kept %(count)s person from a place that they would have had.",
        "It kept %(count)s people from a place that they would have had.",
        count,
    ) % {"count": count}


def _gained(draw: Draw, count: int) -> str:
    if held_back(draw, count):
        return _("It gave a place to fewer than %(count)s people who would not have had one.") % {"count": FEWEST}
    return ngettext(
        "It gave a place to %(count)s person who would not have had one.",
        "It gave a place to %(count)s people who would not have had one.",
        count,
    ) % {"count": count}


def held_back(draw: Draw, count: int) -> bool:
    """Say whether a number of people is so small that the public reads only that it is: but for draws that publish every line."""
    return terms.of_draw(draw).privacy != "full" and 0 < count < FEWEST


def _done(harm: Harm, option: Option) -> Iterator[str]:
    if option.invites:
        yield _("Those who were kept out and are still in the pool are invited in addition.")
    elif harm.harmed:
        yield _("Nobody is invited in addition. Those who were kept out stay in the pool while their year lasts.")
    if option.takes_back:
        yield _("Invitations that others received through the error, and that nobody had begun to use, are taken back.")
    if option.keeps and option.way == Way.REPLACE:
        yield _("Whoever had begun to use theirs keeps it.")
    elif option.keeps:
        yield _("Those whom the error helped did nothing wrong. They keep their invitations.")
    yield _("The first result stays as it was published, and this notice stands beside it.")


def names_somebody(words: str, names: Iterable[str]) -> bool:
    """Say whether words for everybody hold the number of a file or one of ``names``."""
    text = words.casefold()
    said = (one.strip().casefold() for one in names)
    numbers = (one for one in _NUMBER.findall(words) if "-D-" not in one)
    return any(numbers) or any(len(one) >= _SHORTEST and one in text for one in said)


def outcome(option: Option) -> list[str]:
    """Return what a way comes to, as sentences for the director: places first, then people."""
    return [*_places(option), *_people(option)]


def _places(option: Option) -> Iterator[Any]:
    told = {"year": option.year, "left": option.left}
    if not option.holds and (option.invites or option.takes_back):
        yield _("No place is moved now: in this stream each nomination uses one.")
    if option.holds and not (option.takes or option.gives_back):
        yield _("Costs no place.")
    if option.takes:
        yield ngettext(
            "Takes %(count)s place of %(year)s, of which %(left)s are left.",
            "Takes %(count)s places of %(year)s, of which %(left)s are left.",
            option.takes,
        ) % {**told, "count": option.takes}
    if option.gives_back:
        yield ngettext(
            "Gives %(count)s place back.", "Gives %(count)s places back.", option.gives_back
        ) % {"count": option.gives_back}  # fmt: skip


def _people(option: Option) -> Iterator[str]:
    if option.invites:
        yield ngettext(
            "%(count)s person is invited in addition.", "%(count)s people are invited in addition.", len(option.invites)
        ) % {"count": len(option.invites)}
    if option.keeps:
        yield ngettext(
            "%(count)s person whom the error helped keeps the invitation.",
            "%(count)s people whom the error helped keep their invitations.",
            len(option.keeps),
        ) % {"count": len(option.keeps)}
