"""A fairness report in words: tables of groups, for the page of staff and for that of the public."""

from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from passerelle.core.text import pick
from passerelle.programs.rules.fairness import NOT_STATED

_LEANS = {
    -1: lambda: _("Taken less often than everybody else"),
    0: lambda: _("No difference beyond what chance explains"),
    1: lambda: _("Taken more often than everybody else"),
}


def shown(told: dict[str, Any], made_at: datetime, *, whole: bool = False) -> dict[str, Any]:
    """Return what ``draws/fairness.html`` shows of a report; ``whole``: with its small cells.

    ``withheld`` says in one sentence which comparisons are held back as a whole; where all are, ``summary`` is empty.
    """
    every = tables(told)
    shown, away = [one for one in every if not one["withheld"]], [one["label"] for one in every if one["withheld"]]
    return {
        "tables": shown, "withheld": _withheld(away), "summary": summary(told) if shown else "", "made_at": made_at,
        "whole": whole,
    }  # fmt: skip


def tables(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a report (``fairness.told``) as a table for each attribute, its rows ready to be written.

    An attribute that is not known of anybody is left out. A row has ``hidden``, or
    ``pool``, ``taken``, ``share``, ``ratio``, ``leans`` and ``drives`` in words; ``tone`` marks a gap.
    """
    factors = {one["key"]: str(pick(one["label"])) for one in told["factors"]}
    places = {one["key"]: place for place, one in enumerate(told["factors"])}
    return [
        {
            "label": pick(one["label"]), "withheld": one["withheld"],
            "rows": [_row(group, factors, places) for group in one["groups"]],
        }
        for one in told["attributes"]
        if [group["key"] for group in one["groups"]] != [NOT_STATED]
    ]  # fmt: skip


def _withheld(labels: list[str]) -> str:
    if not labels:
        return ""
    return ngettext(
        "Not shown: %(names)s. In too many of its groups fewer than 20 people were taken, or not taken.",
        "Not shown: %(names)s. In too many of their groups fewer than 20 people were taken, or not taken.",
        len(labels),
    ) % {"names": ", ".join(labels)}


def _row(group: dict[str, Any], factors: dict[str, str], places: dict[str, int]) -> dict[str, Any]:
    shown: dict[str, Any] = {"label": pick(group["label"]), "hidden": group["hidden"]}
    if group["hidden"]:
        return shown
    ratio = group["ratio"]
    return {
        **shown, "pool": group["pool"], "taken": group["taken"], "share": _interval(*map(percent, group["rate"])),
        "ratio": _interval(*(_rounded(one, 2) for one in ratio)) if ratio else "–",
        "leans": _LEANS[group["leans"]]() if ratio else "", "tone": {-1: "warning", 0: "quiet", 1: "active"}[group["leans"]],
        "drives": _drives(factors[group["drives"]], group["differences"][places[group["drives"]]]) if group["drives"] else "",
    }  # fmt: skip


def _interval(value: str, low: str, high: str) -> str:
    return _("%(value)s (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}


def _rounded(value: float, places: int) -> str:
    return number_format(f"{value:.{places}f}", places)  # of a float number_format cuts the rest off


def percent(share: float) -> str:
    """Return a share between 0 and 1 as a percentage with one decimal."""
    return _("%(number)s%%") % {"number": _rounded(100 * share, 1)}


def _drives(factor: str, difference: float) -> str:
    told = {"factor": factor, "points": _rounded(abs(difference), 1)}
    if difference < 0:
        return _("%(factor)s: on average %(points)s points fewer") % told
    return _("%(factor)s: on average %(points)s points more") % told


def summary(told: dict[str, Any]) -> str:
    """Return in one sentence how many gaps the report shows."""
    gaps = sum(bool(group.get("leans")) for one in told["attributes"] for group in one["groups"])
    if not gaps:
        return _("Of the groups shown, none was taken more or less often than chance explains.")
    return ngettext(
        "%(count)s group was taken more or less often than chance explains.",
        "%(count)s groups were taken more or less often than chance explains.",
        gaps,
    ) % {"count": gaps}
