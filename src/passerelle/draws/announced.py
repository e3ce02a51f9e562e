"""A draw in the words of npd1 and in plain words: what its notice and its commitment say."""

from datetime import UTC, datetime

from django.utils import translation
from django.utils.translation import gettext as _

from npd1.commitment import TAKE_ALL, TIES, Aim, Allotment
from passerelle.core import dates
from passerelle.core.text import pick
from passerelle.draws import queries, selecting, terms, wording
from passerelle.draws.models import Draw
from passerelle.programs.rules import ProgramRules

LANGUAGES = ("en", "fr")


def instant(at: datetime) -> str:
    """Return ``at`` as npd1 writes it: UTC, to the second, what is left of a second dropped."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def allotments(draw: Draw) -> tuple[Allotment, ...]:
    """Return the places of the draw, cell by cell; how many everybody is, is known from the freeze on."""
    if draw.size is None and draw.pool_size is None:
        return (Allotment(selecting.EVERYBODY, None),)
    rule = queries.rule_of(draw)
    return tuple(Allotment(selecting.cell(one), one.places, one.spill) for one in rule.allotments)


def order(draw: Draw) -> str:
    """Return the order as npd1 names it."""
    return TAKE_ALL if queries.rule_of(draw).ties == "take_all" else TIES


def aim(draw: Draw) -> Aim:
    """Return whom the draw looks at, for the commitment of one that had no notice to say it."""
    return Aim(draw.stream, tuple(draw.categories), dict(draw.filters))


def rank_names(draw: Draw) -> list[str]:
    """Return what the whole numbers of a rank are, in order."""
    return [
        "points" if one.by == "points" and one.direction == "highest" else f"{one.direction} {one.fact or one.by}"
        for one in selecting.blocks(draw).ranked_by
    ]


def cutoff_from(draw: Draw) -> int:
    """Return how many an allotment takes at least for its cut-off to be published; 0 where only chance decides."""
    return terms.of_draw(draw).cutoff_from if rank_names(draw) else 0


def words(draw: Draw) -> dict[str, list[list[str]]]:
    """Return the notice in plain words, as rows of label and value, in both languages."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = [[str(label), str(value)] for label, value in _rows(draw, queries.rules_of(draw))]
    return said


def _rows(draw: Draw, rules: ProgramRules) -> list[tuple[str, str]]:
    how = terms.of_draw(draw)
    stream = [(_("Stream"), str(pick(rules.stream(draw.stream).name)))] if len(rules.streams) > 1 else []
    return [
        (_("Day of the draw"), dates.day_words(draw.held_on)),
        *stream,
        (_("Kind of draw"), wording.kind(draw, rules)),
        *((one["key"], one["value"]) for one in wording.window(draw.filters)),
        (_("Categories"), wording.names(rules, draw.categories)),
        (_("Taken"), wording.how_many(draw)),
        (_("Rule"), " ".join(wording.rule(draw, rules))),
        (_("Chance"), " ".join(filter(None, (wording.chance(how), wording.instead_of_beacon(draw))))),
        (_("Objections"), wording.objection_window(how)),
        *([(_("Cut-off"), wording.held_back(least))] if (least := cutoff_from(draw)) > 1 else []),
    ]
