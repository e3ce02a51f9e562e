"""Every state with every move: what the table allows happens, the rest raises and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations, queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.eoi.states import EOI_LIFECYCLE, EOIState
from tests.factories import DAY, NOON, an_eoi, an_officer

pytestmark = pytest.mark.django_db

MADE = ("answered", "submitted", "in_pool", "evidence_requested", "doubted", "invited", "withdrawn", "refused")
LATE = NOON + 20 * DAY


def _by_officer(name: str, **more: Any) -> Callable[[ExpressionOfInterest], Any]:
    return lambda eoi: getattr(operations, name)(reference=eoi.reference, by=an_officer(), at=LATE, **more)


def _answer(eoi: ExpressionOfInterest) -> Any:
    items = eoi.evidence_requests.values_list("items", flat=True)
    said = dict.fromkeys((pk for pk in items if pk), "Lost")
    return operations.answer_evidence(reference=eoi.reference, replies=said, by=eoi.candidate, at=LATE)


ACTS: dict[str, Callable[[ExpressionOfInterest], Any]] = {
    "submit": lambda eoi: operations.submit_eoi(reference=eoi.reference, token=f"t{eoi.pk}", by=eoi.candidate, at=LATE),
    "discard": lambda eoi: operations.discard_eoi(reference=eoi.reference, by=eoi.candidate, at=LATE),
    "confirm": _by_officer("confirm_points"),
    "ask_evidence": _by_officer("request_evidence", items=[{"key": "diplomas", "label": {"en": "D", "fr": "D"}}]),
    "answer_evidence": _answer,
    "drop_request": _by_officer("drop_evidence_request"),
    "doubt": _by_officer("raise_doubt", what="The dates."),
    "lift_doubt": _by_officer("lift_doubt"),
    "refuse": _by_officer("refuse_eoi", reason="The dates are false."),
    "withdraw": lambda eoi: operations.withdraw_eoi(reference=eoi.reference, reason="", by=eoi.candidate, at=LATE),
    "drop_offer": lambda eoi: operations.drop_offer(reference=eoi.reference, by=eoi.employer, at=LATE),
    "invite": lambda eoi: operations.mark_invited(references=[eoi.reference], by=None, at=LATE),
    "close": lambda eoi: operations.close(reference=eoi.reference, reason="lapsed", by=None, at=LATE),
    "expire": lambda eoi: operations.close_expired(at=NOON + 366 * DAY),
}


# Of files that candidates open: test_candidate_first.py; of a closed stream: test_closing.py; of those that a notification
# opens: tests/invitations.
ELSEWHERE = {"remove", "admit", "come_notified", "hold", "resume", "replace"}


def test_every_move_of_the_table_has_an_act_here():
    assert set(ACTS) | ELSEWHERE == set(EOI_LIFECYCLE.moves)


@pytest.mark.parametrize("state", MADE)
def test_each_move_from(state: str):
    for move, act in ACTS.items():
        eoi = an_eoi(state)
        before = eoi.state
        try:
            act(eoi)
        except (IllegalMove, NotAllowed, operations.CannotInvite):
            assert not EOI_LIFECYCLE.allows(before, move), (state, move)
            eoi.refresh_from_db()
            assert eoi.state == before
        else:
            eoi.refresh_from_db()
            wanted = EOI_LIFECYCLE.after(before, move) if EOI_LIFECYCLE.allows(before, move) else before
            assert eoi.state == wanted, (state, move)
            # The trail tells the same, at this instant and at the one before the move.
            assert queries.state_at(eoi, NOON + 366 * DAY) == wanted, (state, move)
            assert queries.state_at(eoi, NOON + 10 * DAY) == before, (state, move)
            assert move == "expire" or EOI_LIFECYCLE.allows(before, move), (state, move)
        ExpressionOfInterest.objects.filter(state=EOIState.SUBMITTED).count()


def test_the_diagram_names_every_state_but_the_first():
    diagram = EOI_LIFECYCLE.diagram()

    assert all(f"--> {state}" in diagram for state in EOIState.values if state != EOIState.DRAFT)
