"""A file in plain words: its state, whose turn, what next, what happened. Each reader is told no more than is theirs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from passerelle.core import audit, event_words
from passerelle.core.text import pick
from passerelle.eoi import disclosure, queries, standings
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.standings import Standing
from passerelle.eoi.states import EOIState

Words = str | Promise


def standing(eoi: ExpressionOfInterest, audience: str, at: datetime) -> Standing:
    """Return where ``eoi`` stands at ``at`` for an employer, a candidate or staff."""
    return disclosure.of_standing(standings.standing(eoi, audience, at), eoi, audience)


def total(eoi: ExpressionOfInterest, audience: str) -> int | None:
    """Return the confirmed total for a reader who is told of it, else None."""
    return disclosure.total(eoi, audience)


# --- the path ---------------------------------------------------------------------------------------------------------


def stages(eoi: ExpressionOfInterest, audience: str, at: datetime) -> list[dict[str, Any]]:
    """Return all stages of a file for ``components/stage_path.html``: done ones dated, the present one open."""
    rules = queries.rules(eoi)
    if queries.is_notified(eoi):
        return _from_the_federal_pool(eoi, audience, at)
    done_at = [eoi.opened_at, eoi.first_submitted_at, eoi.confirmed_at]
    reached = _place(eoi)
    titles = [
        _("File opened"),
        pgettext("expression of interest", "Handed in"),
        _("Points confirmed, in the pool") if eoi.checked_first else _("In the pool"),
        _("Invited to apply"),
        pgettext("stage", "Application"),
        _("Decision"),
    ]
    later = [
        "", _("The candidate answers the questionnaire and hands it in."),
        _check_words(eoi, audience) % {"days": rules.deadline("score_notice").days},
        _apply_words(eoi) % {"days": rules.deadline("application", eoi.stream).days},
        _parts_words(eoi, rules),
        _("Complete applications are worked in the order they were received."),
    ]  # fmt: skip
    now = standing(eoi, audience, at)
    path: list[dict[str, Any]] = []
    for place, title in enumerate(titles):
        if place <= reached:
            path.append({"title": title, "state": "done", "at": done_at[place] if place < len(done_at) else None})
        elif place == reached + 1 and now.next_step:
            path.append(
                {"title": title, "state": "now", "text": now.next_step, "too_late": now.too_late if now.turn else None}
            )
        elif place == reached + 1:
            path.append({"title": now.tag, "state": "stopped", "at": eoi.closed_at, "text": now.sentence})
            break
        else:
            path.append({"title": title, "state": "future", "text": later[place]})
    return disclosure.of_path(path, eoi, audience)


def _from_the_federal_pool(eoi: ExpressionOfInterest, audience: str, at: datetime) -> list[dict[str, Any]]:
    """The path of somebody who came with a notification: no questionnaire, no pool of ours."""
    now = standing(eoi, audience, at)
    path: list[dict[str, Any]] = [
        {"title": _("Notification of interest taken up"), "state": "done", "at": eoi.opened_at}
    ]
    if not now.next_step:
        return [*path, {"title": now.tag, "state": "stopped", "at": eoi.closed_at, "text": now.sentence}]
    decided = _("Complete applications are worked in the order they were received.")
    return [
        *path,
        {
            "title": pgettext("stage", "Application"),
            "state": "now",
            "text": now.next_step,
            "too_late": eoi.valid_before,
        },
        {"title": _("Decision"), "state": "future", "text": decided},
    ]


def _apply_words(eoi: ExpressionOfInterest) -> str:
    if not eoi.checked_first:
        return _("If the points are among the highest in a draw, the candidate has %(days)d calendar days to apply.")
    return _("If the points are among the highest in a draw, the employer has %(days)d calendar days to apply.")


def _parts_words(eoi: ExpressionOfInterest, rules: Any) -> str:
    sides = [part.side for part in rules.stream(eoi.stream).parts]
    if sides == ["employer", "candidate"]:
        return _("The employer's form comes first, then the candidate's.")
    if "employer" in sides:
        return _("The candidate proves every point; the employer fills in a form of its own.")
    return _("The candidate fills in the form and proves every point.")


def _check_words(eoi: ExpressionOfInterest, audience: str) -> str:
    if not eoi.checked_first:
        return _("It enters the pool as soon as it is handed in.")
    if disclosure.tells(eoi, audience, "total"):
        return _("Staff check the answers within %(days)d business days and tell both of you the total.")
    return _("Staff check the answers within %(days)d business days.")


def _place(eoi: ExpressionOfInterest) -> int:
    if eoi.state == EOIState.INVITED:
        return 3
    if eoi.confirmed_at and eoi.state not in (EOIState.SUBMITTED, EOIState.EVIDENCE_REQUESTED, EOIState.DOUBTED):
        return 2
    return 1 if eoi.first_submitted_at else 0


# --- what happened ----------------------------------------------------------------------------------------------------

_EVERYBODY = ("employer", "candidate", "staff")
_NOT_EMPLOYER = ("candidate", "staff")
_STAFF = ("staff",)
_EVENTS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "eoi.opened": (gettext_lazy("The file was opened."), _EVERYBODY),
    "eoi.category_chosen": (gettext_lazy("The category was changed."), _EVERYBODY),
    "eoi.criteria_answered": (gettext_lazy("Mandatory criteria were answered."), ("employer", "staff")),
    "eoi.admitted": (gettext_lazy("The expression of interest entered the pool."), _EVERYBODY),
    "eoi.change_begun": (gettext_lazy("The candidate began to prepare a change."), _NOT_EMPLOYER),
    "eoi.change_dropped": (gettext_lazy("The candidate dropped the change."), _NOT_EMPLOYER),
    "eoi.changed": (gettext_lazy("The candidate changed the answers; the new ones count."), _EVERYBODY),
    "eoi.held": (gettext_lazy("The expression of interest was put on hold."), _EVERYBODY),
    "eoi.resumed": (gettext_lazy("The expression of interest is back in the pool."), _EVERYBODY),
    "eoi.renewed": (gettext_lazy("A new expression of interest took its place."), _EVERYBODY),
    "eoi.candidate_let_in": (gettext_lazy("The candidate was sent a link of their own."), _EVERYBODY),
    "eoi.access_sent_again": (gettext_lazy("The candidate was sent a new link."), _EVERYBODY),
    "eoi.offer_taken_up": (gettext_lazy("The candidate used the job offer."), _EVERYBODY),
    "eoi.draft_erased": (
        gettext_lazy("Nobody had touched the draft for a long time: it was closed and its answers erased."),
        _EVERYBODY,
    ),
    "eoi.offer_lapsed": (gettext_lazy("The job offer was not used in time."), _EVERYBODY),
    "eoi.discarded": (gettext_lazy("The draft was discarded."), _EVERYBODY),
    "eoi.submitted": (gettext_lazy("The expression of interest was handed in."), _EVERYBODY),
    "eoi.not_accepted": (gettext_lazy("A submission was not accepted."), _STAFF),
    "eoi.taken": (gettext_lazy("An officer took the file for review."), _STAFF),
    "eoi.points_confirmed": (gettext_lazy("The points were confirmed."), _EVERYBODY),
    "eoi.fact_change_proposed": (gettext_lazy("An officer proposed to change a fact."), _STAFF),
    "eoi.fact_change_declined": (gettext_lazy("The change of a fact was not agreed to."), _STAFF),
    "eoi.fact_changed": (gettext_lazy("A fact was changed by officers."), _NOT_EMPLOYER),
    "eoi.evidence_requested": (gettext_lazy("Documents were asked for."), _EVERYBODY),
    "eoi.evidence_stored": (gettext_lazy("The candidate added a document."), _NOT_EMPLOYER),
    "eoi.evidence_removed": (gettext_lazy("The candidate took a document back."), _NOT_EMPLOYER),
    "eoi.evidence_answered": (gettext_lazy("The candidate sent the documents."), _EVERYBODY),
    "eoi.evidence_request_dropped": (gettext_lazy("The documents are no longer asked for."), _EVERYBODY),
    "eoi.evidence_found": (gettext_lazy("An officer checked a document."), _STAFF),
    "eoi.doubted": (gettext_lazy("A question was put to the candidate (fairness notice)."), _NOT_EMPLOYER),
    "eoi.doubt_answered": (gettext_lazy("The candidate replied to the fairness notice."), _NOT_EMPLOYER),
    "eoi.doubt_lifted": (gettext_lazy("The doubt was lifted."), _NOT_EMPLOYER),
    "eoi.bar_asked": (gettext_lazy("A refusal with a bar was proposed."), _STAFF),
    "eoi.bar_taken_back": (gettext_lazy("The proposal of a bar was taken back."), _STAFF),
    "eoi.refused": (gettext_lazy("The expression of interest was refused."), _EVERYBODY),
    "eoi.withdrawn": (gettext_lazy("The expression of interest was withdrawn."), _EVERYBODY),
    "eoi.offer_dropped": (gettext_lazy("The employer did not go on with the file."), _EVERYBODY),
    "eoi.came_notified": (gettext_lazy("The candidate came with a notification of interest."), _NOT_EMPLOYER),
    "eoi.invited": (gettext_lazy("An invitation to apply was issued."), _EVERYBODY),
    "eoi.closed": (gettext_lazy("The expression of interest was closed."), _EVERYBODY),
    "eoi.expired": (gettext_lazy("The year of validity ended."), _EVERYBODY),
    "eoi.removed": (gettext_lazy("The stream closed and its pool was emptied."), _EVERYBODY),
    "eoi.expiry_reminded": (gettext_lazy("A reminder was sent: the year of validity is ending."), _EVERYBODY),
    "eoi.question_answered": (gettext_lazy("Staff answered a question about a criterion."), ("employer", "staff")),
    "eoi.note_added": (gettext_lazy("A note was left for colleagues."), _STAFF),
    "bar.ordered": (gettext_lazy("A contravention order barred the person."), _STAFF),
    "bar.lifting_asked": (gettext_lazy("Lifting the bar was proposed."), _STAFF),
    "bar.lifted": (gettext_lazy("The bar was lifted."), _NOT_EMPLOYER),
    "letter.issued": (gettext_lazy("A letter was written."), _NOT_EMPLOYER),
    "notice.bounced": (gettext_lazy("A message did not arrive."), _STAFF),
    "task.closed": (gettext_lazy("A task about this file was closed."), _STAFF),
}


def name_event(event: str, sentence: Words, *, for_audiences: Iterable[str] = _EVERYBODY) -> None:
    """Let a later room say in words what one of its events on a file is, and to whom (from its ``apps.ready``)."""
    _EVENTS[event] = (sentence, tuple(for_audiences))


def event_sentences() -> dict[str, Words]:
    """Return the words of this room's events by their name, for pages that tell of several rooms."""
    return {event: sentence for event, (sentence, _readers) in _EVENTS.items()}


def timeline(eoi: ExpressionOfInterest, audience: str) -> list[dict[str, Any]]:
    """Return what happened, newest first, for ``components/timeline.html``; names of staff are for staff alone."""
    lines = []
    for event in audit.trail(eoi.reference).order_by("-number"):
        sentence, readers = _EVENTS.get(event.event, (event_words.told(event.event), _STAFF))
        if audience in readers and disclosure.of_event(event, eoi, audience):
            lines.append(
                {"at": event.at, "text": sentence, "by": _who(event, audience), "detail": _detail(eoi, event, audience)}
            )
    return lines


def _who(event: Any, audience: str) -> str:
    if event.by is None:
        return ""
    if event.by.is_staff_member and audience != "staff":
        return _("Program staff")
    if event.for_person and (audience == "staff" or event.by.is_representative):
        return event_words.on_behalf(event.by.name, event.for_person.name)
    return str(event.by.name)


def _detail(eoi: ExpressionOfInterest, event: Any, audience: str) -> str:
    points, said = event.detail.get("points"), event.detail
    if event.event == "eoi.points_confirmed" and not disclosure.tells(eoi, audience, "total"):
        return ""
    if event.event == "eoi.points_confirmed" or (event.event == "eoi.submitted" and audience == "staff"):
        return _("%(points)s points") % {"points": points}
    if event.event == "eoi.changed" and audience != "employer":
        return _("%(before)s → %(after)s points") % {"before": said.get("points_before"), "after": points}
    if event.event.startswith("eoi.fact_change") and audience == "staff":
        return _("%(fact)s: %(before)s → %(after)s points") % {
            "fact": said.get("fact"), "before": said.get("points_before"), "after": said.get("points_after"),
        }  # fmt: skip
    if event.event == "eoi.withdrawn" and said.get("received_by_email"):
        return _("The request came by email.")
    return ""


PURPOSES: dict[str, Words] = {
    "review": gettext_lazy("To check the answers"),
    "second_officer": gettext_lazy("To confirm a colleague's act"),
    "question": gettext_lazy("To answer a question from one of you"),
    "draw": gettext_lazy("To prepare a draw"),
    "quality": gettext_lazy("To check the quality of our work"),
}


def readings(eoi: ExpressionOfInterest) -> list[dict[str, Any]]:
    """Return which staff opened the file or a document of it and why, newest first; the same for every audience."""
    staff = [row for row in audit.accesses(eoi.reference) if row.by.is_staff_member]
    return [{"at": row.at, "text": _reading(row), "by": row.by.name} for row in staff]


def _reading(row: Any) -> Words:
    why = PURPOSES.get(row.purpose, row.purpose)
    return _("%(why)s (a document)") % {"why": why} if row.what.startswith("document") else why


def category_name(rules: Any, category: str) -> str:
    """Return a category's name in the reader's language."""
    return pick(rules.category(category).name)
