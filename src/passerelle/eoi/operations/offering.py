"""Where the employer begins with a job offer: it gets an ID, a candidate uses it in time, or it lapses."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.core.verdicts import require
from passerelle.eoi import closed, queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.operations.support import both, locked, rules_of, tell, told
from passerelle.eoi.permissions import can_take_up
from passerelle.eoi.states import EOI_LIFECYCLE, ClosingReason
from passerelle.programs import forms
from passerelle.programs import queries as programs


class OfferIncomplete(Exception):
    """The job offer leaves something out: ``questions`` names what, in the reader's language."""

    def __init__(self, questions: list[str]) -> None:
        super().__init__(", ".join(questions))
        self.questions = questions


class NoSuchOffer(LookupError):
    """No job offer of this ID waits for this candidate. What is said of it tells nothing of any other file."""


def put_in(eoi: ExpressionOfInterest, said: Mapping[str, Any], at: datetime) -> None:
    """Keep a job offer's answers in an unsaved draft, and the instant from which it can no longer be used.

    The offer's questions that the questionnaire asks too are answered there already; the candidate checks them. The time
    runs from the first offer on: a corrected address gives no more of it. Raises OfferIncomplete.
    """
    offer = rules_of(eoi).stream(eoi.stream).offer
    if offer is None:
        return
    form = rules_of(eoi).questionnaire(offer.form)
    missing = forms.missing(form, dict(said), queries.given(eoi))
    if missing:
        raise OfferIncomplete([str(question.label) for _section, question in missing])
    shared = {key for section in queries.questionnaire(eoi).sections for key in queries.keys_of_section(section)}
    eoi.answers = {**eoi.answers, **{key: value for key, value in said.items() if key in shared}}
    eoi.offer_before = eoi.offer_before or programs.due(rules_of(eoi), offer.deadline, at, stream=eoi.stream)


@transaction.atomic
def take_up_offer(*, number: str, by: Person, at: datetime) -> ExpressionOfInterest:
    """Use a job offer with an account one has already, by its ID: the offer must have been made to this e-mail.

    Raises NotAllowed, and NoSuchOffer for any other reason, all alike.
    """
    waiting = ExpressionOfInterest.objects.filter(
        reference=number.strip().upper(), program=by.program, state="draft", offer_before__gt=at,
        candidate__username=None, candidate__email__iexact=by.email,
    )  # fmt: skip
    if by.email_verified_at is None or not waiting.exists():
        raise NoSuchOffer(number)
    eoi = locked(number.strip().upper())
    opened = eoi.candidate
    if opened is None or opened.username or not eoi.is_draft:
        raise NoSuchOffer(number)
    rules = rules_of(eoi)
    require(closed.takes_in(eoi.program, eoi.stream, at))
    require(can_take_up(by, eoi, has_one_open=queries.has_one_open(by, rules, eoi.stream)))
    accounts.give_up_link(person=opened, by=by, at=at)
    eoi.candidate = by
    eoi.save(update_fields=["candidate"])
    told("eoi.offer_taken_up", eoi, by=by, at=at, for_person=by)
    return eoi


@transaction.atomic
def lapse_offers(*, at: datetime, limit: int = 200) -> int:
    """Close the drafts whose job offer nobody used in time; return how many. Nothing can be handed in since then."""
    late = ExpressionOfInterest.objects.filter(state="draft", offer_before__lte=at).order_by("offer_before", "id")
    held = list(
        late.select_related("pack", "employer", "candidate")
        .defer("pack__sources")
        .select_for_update(of=("self",), skip_locked=True)[:limit]
    )
    for eoi in held:
        eoi.state = EOI_LIFECYCLE.after(eoi.state, "discard")
        eoi.answers, eoi.criteria, eoi.version = {}, {}, eoi.version + 1
        eoi.closed_at, eoi.closing_reason = at, ClosingReason.OFFER_LAPSED
        eoi.save(update_fields=["state", "answers", "criteria", "version", "closed_at", "closing_reason"])
        told("eoi.offer_lapsed", eoi, by=None, at=at, detail={"offer_before": eoi.offer_before})
        tell("eoi_stopped", eoi, *(one for one in both(eoi) if one and one.username), at=at, stopped_at=at)
    return len(held)
