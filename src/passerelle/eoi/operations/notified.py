"""The file of a person who comes from the federal pool with a notification of interest: it begins invited."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from passerelle.accounts.models import Person
from passerelle.core import sealing
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import queries, receipts
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.operations.drafting import new_reference, route
from passerelle.eoi.operations.submitting import AlreadyLive, CandidateIsBarred, scope_of
from passerelle.eoi.operations.support import told
from passerelle.eoi.states import EOI_LIFECYCLE, EOIState
from passerelle.programs import queries as programs


@transaction.atomic
def open_notified(
    *, program: str, stream: str, answers: Mapping[str, Any], points: int, valid_before: datetime, by: Person, at: datetime
) -> ExpressionOfInterest:  # fmt: skip
    """Open an invited file for ``by``, with what is known of the person; ``points`` are the federal score of the round.

    There is no questionnaire, no grid and no pool: the application asks, and an officer checks. Raises NotAllowed,
    AlreadyLive, CandidateIsBarred.
    """
    pack = programs.pack_in_force(program, at)
    rules = programs.rules(pack)
    # One that closed since the notification was sent counts too: what was sent stands until its own last day.
    category = max(rules.categories_of(stream), key=lambda one: one.open, default=None)
    if category is None or rules.stream(stream).intake != "federal":
        raise NotAllowed(_("This stream is not open."))
    if not by.is_candidate or by.program != program:
        raise NotAllowed(_("Only a candidate registered with this program can start this."))
    eoi = ExpressionOfInterest(
        reference=new_reference(rules, at), program=program, pack=pack, candidate=by, opened_at=at, saved_at=at,
        answers=dict(answers), facts=rules.facts(answers, at, category=category.key), points=points, confirmed_points=points,
        confirmed_at=at, first_submitted_at=at, submitted_at=at, placed_at=at, review_by=at, valid_before=valid_before,
        **route(rules, category.key),
    )  # fmt: skip
    eoi.state = EOI_LIFECYCLE.after(EOIState.DRAFT, "come_notified")
    eoi.live_scope = scope_of(eoi, rules)
    known = rules.questions
    eoi.person_key = sealing.person_key(
        program, str(answers[known.passport_country]), str(answers[known.passport_number])
    )
    eoi.receipt = receipts.signed(eoi)
    if queries.is_barred(eoi.person_key, at):
        raise CandidateIsBarred(eoi.reference)
    try:
        with transaction.atomic():
            eoi.save(force_insert=True)
    except IntegrityError as fault:
        if "eoi_one_live_per_person" not in str(fault):
            raise
        raise AlreadyLive(eoi.reference) from fault
    told("eoi.came_notified", eoi, by=by, at=at, detail={"points": points, "stream": stream})
    return eoi
