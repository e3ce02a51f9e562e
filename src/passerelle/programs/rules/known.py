"""The settings, deadlines and retention rules that the platform reads: what a pack says beside them would do nothing.

Each name here is read by code (a test walks the source and holds both together), so that a program is never shown a choice
that changes nothing. ``faults`` tells what a pack says in vain, and a value that nothing could follow.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from passerelle.programs.rules.problems import did_you_mean
from passerelle.programs.rules.schema import Setting, Stream

Rules = Any  # ProgramRules, which stands above this module


@dataclass(frozen=True)
class Value:
    """What a setting may be set to: in words, and as a question."""

    words: str
    holds: Callable[[Any], bool]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _one_of(*values: str) -> Value:
    return Value(f"one of {', '.join(values)}", lambda value: value in values)


YES_NO = Value("true or false", lambda value: isinstance(value, bool))
COUNT = Value("a whole number, 0 or more", _whole)
FROM_ONE = Value("a whole number, 1 or more", lambda value: _whole(value) and value > 0)
FACTOR = Value("a number, 1 or more", lambda value: isinstance(value, int | float) and value >= 1)
TEXT = Value("a text", lambda value: isinstance(value, str) and bool(value.strip()))
KEYS = Value("a list of keys", lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value))

SETTINGS: dict[str, Value] = {
    # how draws are held (draws.terms)
    "draw_notice_days": COUNT,
    "draw_objection_hours": COUNT,
    "draw_seed": _one_of("none", "dice", "drand"),
    "draw_privacy": _one_of("auditor", "bands", "full"),
    "draw_cutoff_from": COUNT,
    "draw_fairness": _one_of("internal", "published"),
    "planning_factor": FACTOR,
    # deadlines, links, files
    "roll_forward": YES_NO,
    "upload_max_mb": FROM_ONE,
    "upload_max_pages": FROM_ONE,
    "upload_files_per_slot": FROM_ONE,
    # the fee
    "application_fee_cents": COUNT,
    "application_fee_fact": TEXT,
    "fee_refunded_when_returned": YES_NO,
    "fee_refunded_when_withdrawn": YES_NO,
    # the decision, and what follows it
    "returned_by_director": YES_NO,
    "review_of_refusal": YES_NO,
    "review_of_cancellation": YES_NO,
    "review_rests_on": _one_of("what_is_wrong", "error_that_mattered"),
    "review_additions": _one_of("none", "not_available_before", "any"),
    "review_by_whom": _one_of("another_officer", "someone_else"),
    "review_leads_to": _one_of("assessment", "nomination"),
    "support_letter_from_days_before_expiry": COUNT,
    "support_letter_until_months_before_expiry": COUNT,
    "support_letter_streams": KEYS,
    # contravention orders
    "ban_max_years": COUNT,
    "penalty_max_cents": COUNT,
    "penalty_base_cents": COUNT,
    "penalty_count_years": COUNT,
    "penalty_counting": _one_of("earlier", "earlier_and_this"),
    # the federal pool
    "federal_province": TEXT,
    "federal_grid": TEXT,
}

# Deadlines that something is counted by; a pack may name others for these in a stream, a form or a job offer.
DEADLINES = frozenset({
    "eoi_validity", "score_notice", "evidence", "fairness_reply", "bar", "application", "employer_target", "access_link",
    "employer_access", "payment", "information", "decision", "change_report", "review_request", "review_decision",
    "nomination", "federal_application", "penalty_payment", "support_letter",
})  # fmt: skip

# Deadlines that people are reminded of; the time to apply also under the name that a stream gives it.
REMINDED = frozenset({"application", "evidence", "information", "eoi_validity"})

BY_PEOPLE = _("People of the program see to it: the platform erases nothing of this by itself.")
_ERASED = _("The platform erases it once the time is over.")

# Retention rules that may be stated, and what the platform does of each.
RETENTION: dict[str, str | Promise] = {
    "eoi": _(
        "The platform unties the people from the lines of draws once the time is over; people of the program see to the rest."
    ),
    "federal_profile": _ERASED,
    "federal_profile_notified": _ERASED,
    "draft": _ERASED,
    **dict.fromkeys(("application", "letter", "notice", "access_log", "bar"), BY_PEOPLE),
}  # fmt: skip

Fault = tuple[str, tuple[Any, ...], str, str]


def faults(rules: Rules) -> Iterator[Fault]:
    """Yield what a pack says that nothing reads, or that nothing could follow: file, place, what is wrong, what would do."""
    file = "settings.yaml"
    for place, setting in enumerate(rules.settings.values()):
        yield from ((file, ("settings", place, *path), *told) for path, *told in _of_setting(setting))
    counted = {*DEADLINES, *_named(rules)}
    for place, key in enumerate(rules.deadlines):
        if key not in counted:
            told = f"Nothing is counted by the deadline {key}: it would be shown and change nothing"
            yield file, ("deadlines", place, "key"), told, did_you_mean(key, counted) or _LEFT_OUT
    reminded = {*REMINDED, *(one.deadlines.get("application", "application") for one in rules.streams)}
    for place, key in enumerate(rules.reminders):
        if key in rules.deadlines and key not in reminded:
            told = f"Nobody is reminded of the deadline {key}"
            yield file, ("reminders", place, "deadline"), told, did_you_mean(key, reminded) or _LEFT_OUT
    for place, rule in enumerate(rules.retention):
        if rule.key not in RETENTION:
            told = f"Nothing is kept under the name {rule.key}"
            yield file, ("retention", place, "key"), told, did_you_mean(rule.key, RETENTION) or _LEFT_OUT
    for place, stream in enumerate(rules.streams):
        yield from _of_stream(place, stream)
    if rules.file.changes and "change_report" not in rules.deadlines:
        told = "Changes are reported, and no deadline says by when"
        yield "program.yaml", ("changes",), told, "Add a deadline change_report to settings.yaml."


_LEFT_OUT = "Leave it out."


def _of_setting(setting: Setting) -> Iterator[tuple[Any, ...]]:
    value = SETTINGS.get(setting.key)
    if value is None:
        told = f"Nothing reads the setting {setting.key}: it would be shown and change nothing"
        yield ("key",), told, did_you_mean(setting.key, SETTINGS) or _LEFT_OUT
    elif not value.holds(setting.value):
        yield ("value",), f"The setting {setting.key} cannot be {setting.value!r}", f"Write {value.words}."
    elif setting.options and setting.value not in setting.options:
        told = f"The setting {setting.key} is {setting.value!r}, and its options leave that out"
        yield ("value",), told, "Write one of its options, or add it to them."


def _of_stream(place: int, stream: Stream) -> Iterator[Fault]:
    """A stream gives its own rule for deadlines that something is counted by."""
    for key in stream.deadlines:
        if key not in DEADLINES:
            told = f"Nothing is counted by a deadline {key}"
            yield "program.yaml", ("streams", place, "deadlines", key), told, did_you_mean(key, DEADLINES) or _LEFT_OUT


def _named(rules: Rules) -> Iterator[str]:
    for stream in rules.streams:
        yield from stream.deadlines.values()
        yield from (part.deadline for part in stream.parts if part.deadline)
        if stream.offer:
            yield stream.offer.deadline
