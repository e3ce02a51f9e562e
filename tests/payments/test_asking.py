"""A fee is asked once for each thing, and taken back when what it was for has ended."""

import pytest
from django.db import IntegrityError, transaction

from passerelle.core import audit
from passerelle.core.lifecycle import IllegalMove
from passerelle.notices import queries as notices
from passerelle.payments import operations, queries
from passerelle.payments.models import Payment, PaymentStep
from passerelle.payments.states import PAYMENT_LIFECYCLE, PaymentState
from tests.payments.conftest import DAY, FEE, HOUR, NOON, a_payment
from tests.support.people import a_candidate

pytestmark = pytest.mark.django_db


def test_asking_twice_for_the_same_thing_is_asking_once():
    first = a_payment()
    again = a_payment(payer=first.payer)

    assert again.pk == first.pk
    assert first.reference == "NT-P-2026-000001"
    assert [step.kind for step in queries.steps(first)] == ["asked"]
    assert notices.inbox(first.payer).filter(kind="payment.asked").count() == 1


def test_the_same_thing_cannot_be_asked_of_another_or_for_another_amount():
    first = a_payment()

    for other in ({"payer": a_candidate()}, {"payer": first.payer, "amount_cents": FEE + 1}):
        with pytest.raises(operations.AskedDifferently):
            a_payment(**other)


def test_what_was_cancelled_may_be_asked_for_anew():
    first = a_payment()
    operations.cancel(reference=first.reference, reason="withdrawn", by=None, at=NOON + HOUR)
    operations.cancel(reference=first.reference, reason="withdrawn", by=None, at=NOON + HOUR)

    second = a_payment(payer=first.payer, amount_cents=200_000)

    assert second.pk != first.pk
    assert [step.kind for step in queries.steps(first)] == ["asked", "cancelled"]
    assert queries.payment_of(about=first.about, purpose=first.purpose) == second


def test_the_database_keeps_one_standing_request_for_a_thing():
    first = a_payment()
    first.pk, first.reference = None, "NT-P-2026-999999"
    with pytest.raises(IntegrityError, match="payment_one_standing"), transaction.atomic():
        first.save(force_insert=True)


@pytest.mark.parametrize("wrong", [{"amount_cents": 0}, {"pay_by": NOON}, {"description": {"en": "Fee"}}])
def test_a_request_needs_an_amount_time_and_words_in_both_languages(wrong):
    with pytest.raises(ValueError):
        a_payment(**wrong)
    assert not Payment.objects.exists()


def test_the_message_is_in_the_payers_language_with_amount_and_deadline():
    payment = a_payment(payer=a_candidate(language="fr"))

    message = notices.inbox(payment.payer).get(kind="payment.asked")

    assert message.language == "fr"
    assert message.subject == "1\u00a0500,00\u00a0$ à payer\u00a0: Frais de demande"
    assert f"/fr/payments/{payment.reference}/" in message.body


def test_time_to_pay_is_given_and_never_taken():
    payment = a_payment()

    operations.extend(reference=payment.reference, pay_by=NOON + HOUR, by=None, at=NOON)
    later = operations.extend(reference=payment.reference, pay_by=NOON + 2 * DAY, by=None, at=NOON)

    assert later.pay_by == NOON + 2 * DAY
    assert not payment.is_payable(NOON + DAY)
    assert later.is_payable(NOON + 2 * DAY - HOUR)


def test_a_step_is_never_changed_or_removed():
    payment = a_payment()
    for act in (PaymentStep.objects.all().delete, lambda: PaymentStep.objects.update(detail="other")):
        with pytest.raises(Exception, match="append_only"), transaction.atomic():
            act()
    assert audit.verify_chain(payment.reference)


@pytest.mark.parametrize("move", sorted(PAYMENT_LIFECYCLE.moves))
@pytest.mark.parametrize("state", PaymentState.values)
def test_a_move_leaves_only_its_own_states(state, move):
    allowed = {
        "fail": {"asked", "failed"}, "pay": {"asked", "failed"}, "cancel": {"asked", "failed"},
        "pay_cancelled": {"cancelled"}, "refund": {"paid"}, "give_back": {"refunding"},
    }[move]  # fmt: skip
    if state in allowed:
        assert PAYMENT_LIFECYCLE.after(state, move)
    else:
        with pytest.raises(IllegalMove):
            PAYMENT_LIFECYCLE.after(state, move)
