"""Paying with the practice card, over HTTP: asked, refused, tried again, paid, receipt."""

from typing import Any

import pytest
from django.test import Client

from passerelle.core import clock
from passerelle.notices import operations as letters
from passerelle.notices import queries as notices
from passerelle.payments import queries
from passerelle.payments.models import Attempt, Payment
from tests.payments.conftest import DAY, HOUR, NOON, a_payment
from tests.support.people import a_candidate, signed_in

pytestmark = pytest.mark.django_db


def press(client: Client, payment: Payment, at: Any = NOON + HOUR) -> Any:
    with clock.frozen(at):
        return client.post(f"/en/payments/{payment.reference}/")


def answer(client: Client, payment: Payment, card: str, at: Any = NOON + HOUR) -> Any:
    with clock.frozen(at):
        return client.post(f"/en/payments/{payment.reference}/practice-card/", {"card": card})


def look(client: Client, address: str, at: Any = NOON + HOUR) -> str:
    with clock.frozen(at):
        return client.get(address).content.decode()


def kinds(payment: Payment) -> list[str]:
    return [step.kind for step in queries.steps(payment)]


def test_a_fee_is_paid_and_has_its_receipt(asker):
    payment = a_payment()
    client = signed_in(payment.payer)
    page = look(client, f"/en/payments/{payment.reference}/")
    assert "$1,500.00" in page
    assert "Your application joins the queue." in page

    assert press(client, payment)["Location"] == f"/en/payments/{payment.reference}/practice-card/"
    assert answer(client, payment, "accepted")["Location"] == f"/en/payments/{payment.reference}/return/"

    payment.refresh_from_db()
    assert (payment.state, payment.paid_at, payment.late) == ("paid", NOON + HOUR, False)
    assert queries.is_paid(about=payment.about, purpose=payment.purpose)
    assert kinds(payment) == ["asked", "started", "paid"]
    assert asker.told == [("paid", payment.reference)]
    assert payment.receipt in look(client, f"/en/payments/{payment.reference}/return/")
    assert letters.verify_letter(payment.receipt).valid
    assert letters.make_pdf(number=payment.receipt).startswith(b"%PDF")
    assert notices.inbox(payment.payer).filter(kind="payment.paid").count() == 1


def test_the_same_in_french():
    payment = a_payment(payer=a_candidate(language="fr"))
    client = signed_in(payment.payer)

    assert "1\u00a0500,00\u00a0$" in look(client, f"/fr/payments/{payment.reference}/")
    press(client, payment)
    answer(client, payment, "accepted")

    payment.refresh_from_db()
    receipt = notices.letters_numbered(payment.receipt).get()
    assert (receipt.language, receipt.title) == ("fr", "Reçu de paiement")
    assert ["Montant", "1\u00a0500,00\u00a0$"] in receipt.body["blocks"][1]["rows"]


def test_a_refused_card_can_be_tried_again(asker):
    payment = a_payment()
    client = signed_in(payment.payer)
    press(client, payment)
    answer(client, payment, "refused")
    assert "The payment did not go through" in look(client, f"/en/payments/{payment.reference}/return/")

    press(client, payment)
    answer(client, payment, "accepted")

    payment.refresh_from_db()
    assert payment.state == "paid"
    assert kinds(payment) == ["asked", "started", "failed", "started", "paid"]
    assert asker.told == [("paid", payment.reference)]


def test_pressing_twice_opens_one_card_page():
    payment = a_payment()
    client = signed_in(payment.payer)

    addresses = {press(client, payment)["Location"] for _press in range(3)}

    assert len(addresses) == 1
    assert Attempt.objects.filter(payment=payment).count() == 1
    assert kinds(payment) == ["asked", "started"]


def test_paying_twice_is_paying_once():
    payment = a_payment()
    client = signed_in(payment.payer)
    press(client, payment)
    answer(client, payment, "accepted")

    for again in (answer(client, payment, "accepted"), press(client, payment)):
        assert again["Location"] == f"/en/payments/{payment.reference}/return/"
    assert kinds(payment) == ["asked", "started", "paid"]


def test_the_page_asks_for_an_answer_before_it_takes_one():
    payment = a_payment()
    client = signed_in(payment.payer)
    press(client, payment)

    assert answer(client, payment, "").status_code == 422
    assert Payment.objects.get().state == "asked"


def test_when_the_time_is_over_nothing_is_charged():
    payment = a_payment()
    client = signed_in(payment.payer)

    assert "The time to pay is over." in look(client, f"/en/payments/{payment.reference}/", at=NOON + DAY)
    assert press(client, payment, at=NOON + DAY).status_code == 403
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("where", ["", "return/", "practice-card/"])
def test_a_payment_is_its_payers_alone(where):
    payment = a_payment()
    press(signed_in(payment.payer), payment)
    stranger = signed_in(a_candidate())

    with clock.frozen(NOON + HOUR):
        assert stranger.get(f"/en/payments/{payment.reference}/{where}").status_code == 404
        assert stranger.post(f"/en/payments/{payment.reference}/", {"card": "accepted"}).status_code == 404
        assert (
            stranger.post(f"/en/payments/{payment.reference}/practice-card/", {"card": "accepted"}).status_code == 404
        )
    assert kinds(payment) == ["asked", "started"]


def test_what_a_browser_sends_along_does_not_change_the_amount():
    payment = a_payment()
    client = signed_in(payment.payer)
    with clock.frozen(NOON + HOUR):
        client.post(f"/en/payments/{payment.reference}/", {"amount_cents": "1", "total": "0.01"})
        client.post(f"/en/payments/{payment.reference}/practice-card/", {"card": "accepted", "amount_cents": "1"})

    assert queries.steps(payment).get(kind="paid").amount_cents == payment.amount_cents


def test_without_a_provider_the_page_says_so(settings):
    settings.PAYMENT_PROVIDER, settings.PAYMENT_VARIANTS = "", {}
    payment = a_payment()
    client = signed_in(payment.payer)

    assert "Payment by card is not set up here yet." in look(client, f"/en/payments/{payment.reference}/")
    assert press(client, payment).status_code == 403
