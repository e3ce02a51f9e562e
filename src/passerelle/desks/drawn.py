"""Pages about draws for everybody: past and coming ones, and one draw from its notice to its result."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from passerelle.core import charts
from passerelle.core.deadlines import local_day
from passerelle.core.text import pick
from passerelle.desks import figures
from passerelle.desks.public import ProgramPage, chosen
from passerelle.draws import comparison
from passerelle.draws import queries as drawn
from passerelle.programs.rules import ProgramRules

# What each stage is called, and its tone.
STAGES = {
    "announced": (lambda: pgettext("stage of a draw", "Announced"), "active"),
    "objections": (lambda: pgettext("stage of a draw", "Pool fixed, time to object"), "warning"),
    "frozen": (lambda: pgettext("stage of a draw", "Pool fixed"), "warning"),
    "seeded": (lambda: pgettext("stage of a draw", "Seed known"), "warning"),
    "selected": (lambda: pgettext("stage of a draw", "Selection made, not issued yet"), "warning"),
    "issued": (lambda: pgettext("stage of a draw", "Invitations issued"), "success"),
    "void": (lambda: pgettext("stage of a draw", "Void"), "quiet"),
}
_STEPS = {
    "announced": lambda: pgettext("step of a draw", "Notice published"),
    "frozen": lambda: pgettext("step of a draw", "Pool fixed and committed to"),
    "seeded": lambda: pgettext("step of a draw", "Seed known"),
    "selected": lambda: pgettext("step of a draw", "Selection made"),
    "accepted": lambda: pgettext("step of a draw", "Selection accepted"),
    "issued": lambda: pgettext("step of a draw", "Invitations issued"),
    "void": lambda: pgettext("step of a draw", "Made void by two people"),
    "repaired": lambda: pgettext("step of a draw", "An error found, and repaired by two people"),
}


class DrawResults(ProgramPage):
    """Every draw held: number invited, range of points (nwt.md, R4.6), with a chart over time; those to come before them."""

    template_name = "desks/public/draws.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        results, known = figures.results(rules, self.at), list(drawn.public_draws(rules.code))
        shown = {
            "next": figures.next_draw(rules, self.at), "standing": figures.standing(rules, self.at),
            "not_ranked": figures.not_ranked(rules, self.at), "coming": coming(rules, known, self.at),
            "void": [one for one in known if one.voided_at],
        }  # fmt: skip
        if len(rules.streams) == 1:
            return {**shown, "results": results, "chart": figures.draws_chart(rules, results)}
        stream = chosen(self.request, rules.streams) or rules.streams[0]
        own = figures.of_stream(results, stream.key)
        return {
            **shown,
            "results": own,
            "streams": rules.streams,
            "stream": stream,
            "breaks": rules.breaks_of(stream.key),
            "chart": figures.cutoff_chart(rules, own, stream),
            "years": figures.yearly_chart(own),
        }


class DrawResult(ProgramPage):
    """One draw: how far it is, its numbers, its notice, what proves it; of one held elsewhere what was published."""

    template_name = "desks/public/draw.html"

    def about(self, rules: ProgramRules, **kwargs: Any) -> dict[str, Any]:
        draw = drawn.public_draw(rules.code, kwargs["number"])
        if draw is not None:
            self.template_name = "desks/public/own_draw.html"
            return own_draw(rules, draw, self.at)
        result = next((one for one in figures.results(rules, self.at) if one.number == kwargs["number"]), None)
        if result is None:
            raise Http404
        stream = rules.stream(result.stream) if result.stream else rules.streams[0]
        earlier = any(result.held_on < one.day for one in rules.breaks_of(stream.key))
        several = len(rules.streams) > 1
        return {
            "result": result, "chart": None if several else figures.category_chart(rules, result), "stream": stream,
            "several": several, **time_to_apply(rules, stream),
            "breaks": rules.breaks_of(stream.key) if earlier else [],
        }  # fmt: skip


def time_to_apply(rules: ProgramRules, stream: Any) -> dict[str, Any]:
    """How long whoever is invited has, and the employer where its form has a deadline of its own."""
    own = next((one.deadline for one in stream.parts if one.side == "employer" and one.deadline), None)
    return {
        "application": rules.deadline("application", stream.key),
        "employers": rules.deadline(own, stream.key) if own else None,
    }


def own_draw(rules: ProgramRules, draw: Any, at: datetime) -> dict[str, Any]:
    """Return what the page of a draw of this installation shows."""
    numbers, stage = drawn.numbers(draw), drawn.stage(draw, at)
    words, tone = STAGES[stage]
    result = next((one for one in figures.results(rules, at) if one.number == draw.number), None)
    report = drawn.published_fairness(draw)
    stream = rules.stream(draw.stream)
    return {
        "draw": draw, "numbers": numbers, "stage": {"key": stage, "label": words(), "tone": tone}, "stream": stream,
        "steps": [{"name": _STEPS[key](), "at": when} for key, when in drawn.moments(draw)], "result": result,
        "repairs": [
            {"words": pick(one.notice), "at": one.acceptance.accepted_at} for one in drawn.accepted_repairs(draw)
        ],
        "several": len(rules.streams) > 1, **time_to_apply(rules, stream),
        "breaks": [one for one in rules.breaks_of(stream.key) if draw.held_on < one.day],
        "said": [{"key": key, "value": value} for key, value in drawn.said(draw, (get_language() or "en")[:2])],
        "notice": getattr(draw, "notice", None), "commitment": getattr(draw, "commitment", None),
        "seed": getattr(draw, "seed", None), "has_bundle": drawn.has_bundle(draw), "replaced_by": drawn.replaced_by(draw),
        "cells": [{"name": _cell_name(draw, one.key), "cell": one} for one in numbers.cells],
        "fairness": comparison.shown(report.told, report.made_at) if report else None,
        "pool_chart": pool_chart(draw, numbers), "chart": figures.category_chart(rules, result) if result else None,
    }  # fmt: skip


def _cell_name(draw: Any, key: str) -> str:
    named = {one.key: str(pick(one.name)) for one in drawn.blocks(draw).reserve}
    return named.get(key) or _("Everybody")


def pool_chart(draw: Any, numbers: drawn.Numbers) -> charts.Chart | None:
    """Return the pool by points with the cut-off marked, in the bands that are published; None where none are."""
    bands = drawn.spread(draw)
    if not bands:
        return None
    ends = [*(one["from"] - 1 for one in bands[1:]), bands[-1]["to"]]
    data = [charts.Bin(one["from"], end, one["count"]) for one, end in zip(bands, ends, strict=True)]
    told = {"count": numbers.invited, "pool": numbers.pool, "cutoff": numbers.lowest}
    # Where groups have places of their own each has its cut-off: one line through the pool would be wrong for all but one.
    cutoff = None if numbers.cells else numbers.lowest
    if cutoff is None:
        title = ngettext(
            "The pool by points: %(count)s person of %(pool)s invited",
            "The pool by points: %(count)s people of %(pool)s invited",
            numbers.invited or 0,
        )
    else:
        title = ngettext(
            "%(count)s person of %(pool)s in the pool invited, with %(cutoff)s points or more",
            "%(count)s people of %(pool)s in the pool invited, with %(cutoff)s points or more",
            numbers.invited or 0,
        )
    mark = _("cut-off %(points)s") % {"points": cutoff}
    return charts.histogram(
        title % told, data, head=[_("Points"), _("People in the pool")], cutoff=cutoff, cutoff_label=mark
    )


def coming(rules: ProgramRules, known: list[Any], at: datetime) -> list[dict[str, Any]]:
    """Return which public draws are announced or under way, the nearest first, and days the program told of elsewhere."""
    found = [_under_way(rules, one, at) for one in known if not (one.issued_at or one.voided_at)]
    days = {one["held_on"] for one in found}
    today: date = local_day(at, rules.zone)
    told = [
        {"held_on": one.held_on, "said": pick(one.announced)}
        for one in rules.past_draws
        if one.announced and one.held_on >= today and one.held_on not in days
    ]
    return sorted([*found, *told], key=lambda one: one["held_on"])


def _under_way(rules: ProgramRules, draw: Any, at: datetime) -> dict[str, Any]:
    words, tone = STAGES[drawn.stage(draw, at)]
    stream = str(rules.stream(draw.stream).short) if len(rules.streams) > 1 else ""
    return {"held_on": draw.held_on, "draw": draw, "label": words(), "tone": tone, "stream": stream}
