"""Money goes back once, in full, to the card it came from; what fails is tried again and told to staff."""

import pytest

from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.notices import queries as notices
from passerelle.payments import operations, queries
from passerelle.payments.models import Payment
from tests.payments.bank import Bank
from tests.payments.conftest import DAY, HOUR, NOON, a_payment
from tests.payments.test_practice_card import answer, kinds, press
from tests.payments.test_provider import opened, report, tasks
from tests.support.people import a_staff_member, signed_in
from tests.support.threads import together


def paid_by_practice() -> Payment:
    payment = a_payment()
    client = signed_in(payment.payer)
    press(client, payment)
    answer(client, payment, "accepted")
    return queries.payment(payment.reference)


def paid_at(bank: Bank) -> Payment:
    payment = a_payment()
    report(bank.pay(opened(payment), at=NOON))
    return queries.payment(payment.reference)


def refund(payment: Payment) -> Payment:
    return operations.refund(reference=payment.reference, reason="returned incomplete", by=None, at=NOON + 2 * HOUR)


@pytest.mark.django_db
def test_a_refund_is_ordered_done_and_told(asker):
    payment = paid_by_practice()

    assert refund(payment).state == "refunding"
    assert not queries.is_paid(about=payment.about, purpose=payment.purpose)
    assert operations.refund_due(at=NOON + 2 * HOUR) == 1

    payment.refresh_from_db()
    assert payment.state == "refunded"
    assert kinds(payment) == ["asked", "started", "paid", "refund_asked", "refunded"]
    assert asker.told == [("paid", payment.reference)]
    note = notices.letters_numbered(payment.refund_note).get()
    assert ["Receipt of the payment", payment.receipt] in note.body["blocks"][1]["rows"]
    assert notices.inbox(payment.payer).filter(kind="payment.refunded").count() == 1


@pytest.mark.django_db
def test_refunding_twice_is_refunding_once(bank: Bank):
    payment = paid_at(bank)

    for _time in range(2):
        refund(payment)
        operations.refund_due(at=NOON + 2 * HOUR)
    refund(payment)

    assert len(bank.refunds) == 1
    assert kinds(payment).count("refunded") == kinds(payment).count("refund_asked") == 1
    assert operations.refund_due(at=NOON + DAY) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("cancelled", [False, True])
def test_what_was_never_paid_is_not_given_back(cancelled):
    payment = a_payment()
    if cancelled:
        operations.cancel(reference=payment.reference, reason="withdrawn", by=None, at=NOON)
    with pytest.raises(IllegalMove):
        refund(payment)
    assert "refund_asked" not in kinds(payment)


@pytest.mark.django_db
def test_what_is_paid_is_not_cancelled():
    payment = paid_by_practice()
    with pytest.raises(IllegalMove):
        operations.cancel(reference=payment.reference, reason="withdrawn", by=None, at=NOON + HOUR)


@pytest.mark.django_db
def test_a_refund_that_fails_is_told_once_and_tried_again(bank: Bank):
    payment = paid_at(bank)
    refund(payment)
    bank.refuses_refunds = True

    assert operations.refund_due(at=NOON + 2 * HOUR) == 0
    assert operations.refund_due(at=NOON + 2 * HOUR) == 0, "it waits before the next try"
    assert operations.refund_due(at=NOON + 3 * HOUR) == 0
    payment.refresh_from_db()
    assert (payment.state, tasks(payment)) == ("refunding", ["payment.refund_failed"])
    assert kinds(payment).count("refund_failed") == 2

    bank.refuses_refunds = False
    assert operations.refund_due(at=NOON + 4 * HOUR) == 1
    payment.refresh_from_db()
    assert (payment.state, len(bank.refunds)) == ("refunded", 1)


@pytest.mark.django_db
def test_a_refund_that_was_done_but_not_heard_of_is_not_done_again(bank: Bank):
    """The worker died after the provider's yes: the provider knows the charge is given back already."""
    payment = paid_at(bank)
    refund(payment)
    bank.refunds.append({"payment_intent": queries.last_attempt(payment).attrs.payment_intent})

    assert operations.refund_due(at=NOON + 2 * HOUR) == 1
    payment.refresh_from_db()
    assert (payment.state, len(bank.refunds)) == ("refunded", 1)


@pytest.mark.django_db
def test_after_the_last_try_only_a_person_starts_it_again(bank: Bank):
    payment = paid_at(bank)
    refund(payment)
    bank.refuses_refunds = True
    for hours in range(2, 30):
        operations.refund_due(at=NOON + hours * HOUR)
    assert kinds(payment).count("refund_failed") == 8

    bank.refuses_refunds = False
    assert operations.refund_due(at=NOON + 2 * DAY) == 0
    with pytest.raises(NotAllowed):
        operations.refund_again(reference=payment.reference, by=a_staff_member("officer"), at=NOON + 2 * DAY)
    operations.refund_again(reference=payment.reference, by=a_staff_member("director"), at=NOON + 2 * DAY)
    assert operations.refund_due(at=NOON + 2 * DAY) == 1


@pytest.mark.django_db(transaction=True)
def test_six_workers_at_once_give_back_once(bank: Bank, asker):
    payment = paid_at(bank)
    refund(payment)

    done = together(6, lambda _number: operations.refund_due(at=NOON + 2 * HOUR))

    assert sorted(done) == [0, 0, 0, 0, 0, 1]
    assert len(bank.refunds) == 1
    assert kinds(payment).count("refunded") == 1


@pytest.mark.django_db
def test_a_room_can_ask_anew_after_a_refund():
    payment = paid_by_practice()
    refund(payment)

    assert a_payment(payer=payment.payer).reference != payment.reference
