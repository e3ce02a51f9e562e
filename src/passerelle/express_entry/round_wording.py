"""A round in words: its plan as rows, its assertions, how the pool narrows, why it cannot go on."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from passerelle.core import dates
from passerelle.core.text import pick
from passerelle.express_entry.models import Round
from passerelle.programs.rules import ProgramRules

TONES = {"planned": "active", "frozen": "warning", "issued": "success", "void": "quiet"}


def stream_name(rules: ProgramRules, stream: str) -> str:
    """Return the name of a stream, or its key where the rules in force have it no more."""
    known = {one.key: one for one in rules.streams}
    return pick(known[stream].name) if stream in known else stream


def target(plan: Round) -> str:
    """Return whom the round is aimed at: lists and occupations by name, or everybody in the window."""
    return "; ".join(str(pick(one)) for one in plan.targets) or _("General: any primary occupation")


def facts(plan: Round, rules: ProgramRules) -> list[dict[str, str]]:
    """Return the plan as rows of a summary list."""
    return [
        {"key": _("Stream"), "value": stream_name(rules, plan.stream)},
        {"key": _("Federal score (CRS)"), "value": f"{plan.crs_lowest}–{plan.crs_highest}"},
        {"key": _("Primary occupation"), "value": target(plan)},
        {"key": _("Languages"), "value": languages(plan)},
        {"key": _("Province of interest"), "value": interest(plan)},
        {"key": _("Profile created"), "value": _("%(first)s to %(last)s") % _window(plan)},
    ]


def languages(plan: Round) -> str:
    """Return the levels asked in all four abilities."""
    told = [
        words % {"level": level}
        for words, level in (
            (_("French: NCLC %(level)s or more"), plan.french_lowest),
            (_("English: CLB %(level)s or more"), plan.english_lowest),
            (_("French or English: %(level)s or more"), plan.either_lowest),
        )
        if level is not None
    ]
    return "; ".join(told) or _("No level asked")


def interest(plan: Round) -> str:
    """Return whose interest counts."""
    if plan.named_alone:
        return _("%(province)s is named") % {"province": plan.province}
    return _("%(province)s is named, or every province and territory") % {"province": plan.province}


def _window(plan: Round) -> dict[str, str]:
    return {"first": dates.day_words(plan.created_from), "last": dates.day_words(plan.created_through)}


def steps(plan: Round) -> list[dict[str, Any]]:
    """Return the acts of a round with who did each and when: done, now, or to come."""
    acts = [
        (pgettext("step of a round", "Plan"), plan.planned_by, plan.planned_at),
        (pgettext("step of a round", "Search and freeze"), plan.conducted_by, plan.frozen_at),
        (pgettext("step of a round", "Issue"), plan.approved_by, plan.issued_at),
    ]
    shown = [{"name": name, "who": who, "at": at, "state": "is-done" if at else ""} for name, who, at in acts]
    if plan.voided_at:
        void = {"name": pgettext("step of a round", "Void"), "who": plan.voided_by, "at": plan.voided_at}
        return [*(one for one in shown if one["at"]), {**void, "state": "is-done"}]
    if following := next((one for one in shown if not one["at"]), None):
        following["state"] = "is-now"
    return shown


def narrowing(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how the pool narrows, step by step, as (what is left, how many)."""
    words = {
        "valid": _("Valid on the day of the round"),
        "window": _("with a score in the window"),
        "created": _("created in the window of days"),
        "interest": _("with interest in the province"),
        "occupation": _("with a primary occupation of the list"),
        "language": _("with the language levels"),
        "free": _("without a notification that stands"),
    }
    return [(words[name], count) for name, count in counted.items()]


def checks(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return assertions as lines for ``components/checks.html``."""
    return [{"good": one["good"], "text": _said(one), "detail": ""} for one in findings]


def _said(finding: Mapping[str, Any]) -> str:
    facts, good = finding["facts"], finding["good"]
    holds = {
        "aimed": _("Everyone found has what the plan names, score by score."),
        "once": _("No profile and no person appears twice."),
        "numbers": _("The numbers add up: %(counts)s, with the reason."),
        "complete": _("Nobody whom the plan names was left out."),
        "facts": _("The facts frozen are those of the profiles."),
        "fresh": _("Nobody holds an earlier notification that stands."),
    }
    fails = {
        "aimed": _("People found who do not have what the plan names: %(count)s."),
        "once": _("Profiles or people that appear twice: %(count)s."),
        "numbers": _("The numbers do not add up: %(counts)s."),
        "complete": _("People whom the plan names and who were left out: %(count)s."),
        "facts": _("Entries whose facts differ from the profile: %(count)s."),
        "fresh": _("People who hold an earlier notification that stands: %(count)s."),
    }
    if finding["key"] == "numbers":
        facts = {"counts": _counts(facts)}
    return (holds if good else fails)[finding["key"]] % facts


def _counts(facts: Mapping[str, Any]) -> str:
    """How many people were found, notified and not, each number in words that agree with it."""
    found, notified, rest = facts["entries"], facts["notified"], facts["not_notified"]
    told = (
        ngettext("%(n)s person found", "%(n)s people found", found) % {"n": found},
        ngettext("%(n)s notified", "%(n)s notified", notified) % {"n": notified},
        ngettext("%(n)s not notified", "%(n)s not notified", rest) % {"n": rest},
    )
    return ", ".join(told)


def blocked(why: str) -> str:
    """Return why a round cannot go on and what to do."""
    return {
        "nobody": _("Nobody in the pool has what the plan names. Change the plan, or load a newer file of profiles."),
        "assertions": _("An assertion does not hold. Make this round void and plan it again."),
    }[why]


def found_title(count: int, *, foreseen: bool) -> str:
    """Return the message of the chart of those found by score."""
    if foreseen:
        return ngettext("%(count)s person would be notified", "%(count)s people would be notified", count) % {
            "count": count
        }
    return ngettext("%(count)s person found", "%(count)s people found", count) % {"count": count}
