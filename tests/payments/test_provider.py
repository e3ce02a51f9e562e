"""Paying at a real provider's hosted page: opened once, reported by signed callbacks in any order and number."""

import contextlib
import time
from datetime import UTC
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.lifecycle import IllegalMove
from passerelle.notices import queries as notices
from passerelle.payments import hooks, operations, queries
from passerelle.payments.models import Attempt, Payment
from tests.payments.bank import Bank, signed
from tests.payments.conftest import DAY, HOUR, NOON, a_payment
from tests.payments.test_practice_card import kinds, look, press
from tests.support.people import a_candidate, signed_in
from tests.support.threads import together

CALLBACK = "/payments/callback/stripe/"


def report(event: dict[str, Any], at: Any = NOON + HOUR, **changes: Any) -> int:
    """Post an event as the provider does; return the status of the answer."""
    with clock.frozen(at):
        client = Client(raise_request_exception=False)
        return client.post(CALLBACK, **(signed(event) | changes)).status_code


def opened(payment: Payment, at: Any = NOON + HOUR) -> str:
    """Press the button; return the number of the card page."""
    return str(press(signed_in(payment.payer), payment, at)["Location"].rsplit("/", 1)[-1])


def tasks(payment: Payment) -> list[str]:
    return [task.kind for task in notices.tasks(payment.program).filter(about=payment.reference)]


@pytest.mark.django_db
def test_the_button_leads_to_the_providers_page_which_knows_no_person(bank: Bank):
    payment = a_payment()
    client = signed_in(payment.payer)

    first, second = press(client, payment), press(client, payment)

    assert first["Location"] == second["Location"] == "https://checkout.stripe.com/c/pay/cs_test_1"
    assert len(bank.sessions) == 1
    _verb, _path, form = bank.calls[0]
    assert form["line_items[0][price_data][unit_amount]"] == "150000"
    assert form["line_items[0][price_data][product_data][name]"] == f"Application fee ({payment.reference})"
    assert form["success_url"].endswith(f"/en/payments/{payment.reference}/return/")
    assert not any(told in str(form) for told in (payment.payer.name, payment.payer.email))


@pytest.mark.django_db
def test_the_form_may_lead_to_the_provider_and_nowhere_else(bank: Bank):
    payment = a_payment()
    with clock.frozen(NOON):
        policy = signed_in(payment.payer).get(f"/en/payments/{payment.reference}/")["Content-Security-Policy"]
        other = signed_in(payment.payer).get("/en/messages/")["Content-Security-Policy"]

    assert "form-action 'self' https://checkout.stripe.com" in policy
    assert "checkout.stripe.com" not in other


@pytest.mark.django_db
def test_a_signed_callback_pays_and_the_providers_clock_says_when(bank: Bank, asker):
    payment = a_payment()
    number = opened(payment)
    # It arrives after the deadline, about a charge before it.
    assert report(bank.pay(number, at=NOON + DAY - HOUR), at=NOON + 2 * DAY) == 200

    payment.refresh_from_db()
    assert (payment.state, payment.paid_at, payment.late) == ("paid", NOON + DAY - HOUR, False)
    assert payment.paid_at.tzinfo is UTC
    assert tasks(payment) == []


@pytest.mark.django_db
def test_a_callback_that_arrives_twice_or_late_moves_the_payment_once(bank: Bank, asker):
    payment = a_payment()
    number = opened(payment)
    paid, expired = bank.pay(number, at=NOON + HOUR), bank.expire(number, at=NOON + HOUR)

    assert [report(event) for event in (expired, paid, paid, expired)] == [200] * 4

    payment.refresh_from_db()
    assert payment.state == "paid"
    assert kinds(payment) == ["asked", "started", "failed", "paid"]
    assert [told for told, _reference in asker.told] == ["paid"]
    assert notices.letters(payment.about).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [{"HTTP_STRIPE_SIGNATURE": "t=1,v1=00"}, {"HTTP_STRIPE_SIGNATURE": ""}, {"data": '{"type": "x"}'}, {"data": "no"}],
)
def test_a_callback_that_is_not_signed_is_not_believed(bank: Bank, changes):
    payment = a_payment()
    event = bank.pay(opened(payment), at=NOON)

    assert report(event, **changes) == 400
    assert kinds(payment) == ["asked", "started"]


@pytest.mark.django_db
def test_a_callback_signed_with_another_secret_is_not_believed(bank: Bank):
    payment = a_payment()
    event = bank.pay(opened(payment), at=NOON)

    assert report(event, **signed(event, secret="whsec_of_somebody_else")) == 400
    assert kinds(payment) == ["asked", "started"]


@pytest.mark.django_db
def test_a_callback_about_something_else_is_let_pass(bank: Bank):
    payment = a_payment()
    event = bank.pay(opened(payment), at=NOON)
    other = event | {"data": {"object": event["data"]["object"] | {"client_reference_id": None}}}
    unknown = event | {"data": {"object": event["data"]["object"] | {"client_reference_id": "nobody"}}}

    assert [report(other), report(unknown)] == [200, 404]
    assert kinds(payment) == ["asked", "started"]


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"amount_total": 1}, {"amount_total": 150_001}, {"currency": "usd"}])
def test_another_amount_or_currency_pays_nothing_and_asks_a_person(bank: Bank, asker, changes):
    payment = a_payment()
    number = opened(payment)

    assert report(bank.pay(number, at=NOON, **changes)) == 200

    payment.refresh_from_db()
    assert payment.state == "asked"
    assert kinds(payment) == ["asked", "started", "mismatch"]
    assert tasks(payment) == ["payment.mismatch"]
    assert asker.told == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wish", "state", "opened_tasks"),
    [(None, "paid", ["payment.late"]), (hooks.Wish.KEEP, "paid", []), (hooks.Wish.REFUND, "refunding", [])],
)
def test_the_asking_room_says_what_becomes_of_a_late_payment(bank: Bank, asker, wish, state, opened_tasks):
    payment, asker.wish = a_payment(), wish
    number = opened(payment)

    report(bank.pay(number, at=NOON + DAY), at=NOON + DAY + HOUR)

    payment.refresh_from_db()
    assert (payment.late, payment.state) == (True, state)
    assert tasks(payment) == opened_tasks


@pytest.mark.django_db
def test_what_is_paid_after_it_was_cancelled_goes_back_by_itself(bank: Bank, asker):
    payment = a_payment()
    number = opened(payment)
    operations.cancel(reference=payment.reference, reason="withdrawn", by=None, at=NOON + HOUR)

    report(bank.pay(number, at=NOON + HOUR))
    assert operations.refund_due(at=NOON + 2 * HOUR) == 1

    payment.refresh_from_db()
    assert payment.state == "refunded"
    assert kinds(payment) == ["asked", "started", "cancelled", "paid", "refund_asked", "refunded"]
    assert asker.told == []
    assert bank.refunds == [{"payment_intent": f"pi_{number}", "amount": "150000"}]


@pytest.mark.django_db
def test_a_second_charge_goes_back_and_the_first_stays(bank: Bank, asker):
    payment = a_payment()
    first = opened(payment)
    report(bank.expire(first, at=NOON + HOUR))
    second = opened(payment)
    report(bank.pay(second, at=NOON + HOUR))

    # The card was charged on the first page all the same.
    assert report(bank.pay(first, at=NOON + HOUR)) == 200
    assert operations.refund_due(at=NOON + 2 * HOUR) == 1

    payment.refresh_from_db()
    assert payment.state == "paid"
    assert kinds(payment)[-3:] == ["paid", "surplus", "surplus_refunded"]
    assert [one["payment_intent"] for one in bank.refunds] == [f"pi_{first}"]
    assert [told for told, _reference in asker.told] == ["paid"]


@pytest.mark.django_db
def test_a_room_that_fails_undoes_the_report_and_a_person_learns_of_it(bank: Bank, asker):
    payment, asker.fault = a_payment(), RuntimeError("the asking room stumbled")
    event = bank.pay(opened(payment), at=NOON)

    assert [report(event), report(event)] == [500, 500]
    payment.refresh_from_db()
    assert (payment.state, kinds(payment)) == ("asked", ["asked", "started"])
    assert tasks(payment) == ["payment.unsettled"]

    asker.fault = None
    assert report(event) == 200
    payment.refresh_from_db()
    assert payment.state == "paid"


@pytest.mark.django_db
def test_a_lost_callback_is_made_up_for_by_asking(bank: Bank):
    by_page, by_job = a_payment(), a_payment(about="ON-A-2026-000002")
    for payment in (by_page, by_job):
        bank.pay(opened(payment), at=NOON)

    page = look(signed_in(by_page.payer), f"/en/payments/{by_page.reference}/return/")
    assert operations.look_up_due(at=NOON + 2 * HOUR) == 1

    assert "Your payment is received" in page
    assert set(Payment.objects.values_list("state", flat=True)) == {"paid"}


@pytest.mark.django_db
def test_while_the_provider_says_nothing_the_page_waits(bank: Bank):
    payment = a_payment()
    opened(payment)

    page = look(signed_in(payment.payer), f"/en/payments/{payment.reference}/return/")

    assert "We wait for the answer of your bank" in page
    assert 'hx-trigger="every 6s"' in page


@pytest.mark.django_db
def test_a_provider_that_is_away_charges_nothing_and_can_be_tried_again(bank: Bank):
    payment = a_payment()
    bank.away = True
    answer = press(signed_in(payment.payer), payment)
    assert answer.status_code == 503
    assert "The card page cannot be reached" in answer.content.decode()

    bank.away = False
    assert opened(payment) == "cs_test_1"
    assert kinds(payment) == ["asked", "started", "failed", "started"]


@pytest.mark.django_db
def test_the_page_of_a_cancelled_request_is_closed(bank: Bank):
    payment = a_payment()
    number = opened(payment)
    operations.cancel(reference=payment.reference, reason="withdrawn", by=None, at=NOON + HOUR)

    assert operations.close_cancelled(at=NOON + HOUR) == 1
    assert bank.sessions[number]["status"] == "expired"
    assert operations.close_cancelled(at=NOON + HOUR) == 0


@pytest.mark.django_db
def test_a_page_the_provider_closed_is_opened_anew(bank: Bank):
    payment = a_payment()
    bank.sessions[opened(payment)]["status"] = "expired"

    assert opened(payment) == "cs_test_2"
    assert Attempt.objects.filter(payment=payment, ended_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_callbacks_at_once_pay_once(bank: Bank, asker):
    payment = a_payment()
    event = bank.pay(opened(payment), at=NOON)

    with clock.frozen(NOON + HOUR):
        answers = together(8, lambda _number: Client().post(CALLBACK, **signed(event)).status_code)

    payment.refresh_from_db()
    assert answers == [200] * 8
    assert kinds(payment) == ["asked", "started", "paid"]
    assert asker.told == [("paid", payment.reference)]
    assert notices.letters(payment.about).count() == 1
    assert notices.inbox(payment.payer).filter(kind="payment.paid").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_card_pages_charged_at_once_pay_once_and_the_other_goes_back(bank: Bank, asker):
    for round_ in range(3):
        payment = a_payment(about=f"ON-A-2026-2000{round_}")
        first = opened(payment)
        report(bank.expire(first, at=NOON))
        events = [bank.pay(number, at=NOON) for number in (first, opened(payment))]

        with clock.frozen(NOON + HOUR):
            together(2, lambda number, events=events: Client().post(CALLBACK, **signed(events[number])).status_code)

        assert sorted(kinds(payment)[-2:]) == ["paid", "surplus"]
        assert asker.told.count(("paid", payment.reference)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_payment_and_its_cancelling_at_once_end_paid_or_given_back(bank: Bank):
    for round_ in range(4):
        payment = a_payment(about=f"ON-A-2026-1000{round_}")
        event = bank.pay(opened(payment), at=NOON)
        acts = (
            lambda event=event: Client().post(CALLBACK, **signed(event)).status_code,
            lambda payment=payment: operations.cancel(
                reference=payment.reference, reason="withdrawn", by=None, at=NOON + HOUR
            ),
        )
        with clock.frozen(NOON + HOUR):
            together(2, lambda number, acts=acts: acts[number]())

        payment.refresh_from_db()
        assert payment.state in ("paid", "refunding")
        assert kinds(payment).count("paid") == 1


@pytest.mark.django_db(transaction=True)
def test_eight_presses_at_once_open_one_card_page(bank: Bank):
    payment = a_payment()

    with clock.frozen(NOON + HOUR):
        addresses = together(
            8, lambda _number: operations.start(reference=payment.reference, by=payment.payer, at=NOON + HOUR)
        )

    assert set(addresses) == {"https://checkout.stripe.com/c/pay/cs_test_1"}
    assert Attempt.objects.filter(payment=payment).count() == 1
    assert len(bank.sessions) == 1


@pytest.mark.django_db(transaction=True)
def test_two_askers_at_once_ask_once():
    payer = a_payment(about="another thing").payer

    asked = together(6, lambda _number: a_payment(payer=payer).pk)

    assert len(set(asked)) == 1
    assert queries.payments_of("ca-nt").count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_room_that_locks_its_record_first_never_waits_for_a_report_in_a_circle(bank: Bank, asker, monkeypatch):
    """Both lock the room's record and then the payment; the other way round one of them would be thrown out."""

    def lock(about: str) -> None:
        list(Person.objects.select_for_update().filter(username=about))

    monkeypatch.setattr(hooks, "_locks", [lock])
    asker.paid = lambda *, payment, at: lock(payment.about)
    monkeypatch.setattr(hooks, "_paid", [asker.paid])

    @transaction.atomic
    def withdraw(payment: Payment) -> None:
        lock(payment.about)
        time.sleep(0.05)
        with contextlib.suppress(IllegalMove):
            operations.cancel(reference=payment.reference, reason="withdrawn", by=None, at=NOON + HOUR)

    for round_ in range(3):
        payer = a_candidate()
        payment = a_payment(payer=payer, about=payer.username, purpose=f"fee{round_}")
        event = bank.pay(opened(payment), at=NOON)
        acts = (lambda event=event: report(event), lambda payment=payment: withdraw(payment))

        answers = together(2, lambda number, acts=acts: acts[number]())

        assert answers == [200, None]
