"""The pages of orders: from the proposal to the review, the published register, and who sees nothing."""

from decimal import Decimal

import pytest
from django.utils import translation

from passerelle.orders.models import Order
from passerelle.orders.pages.forms import ProposeForm
from tests.factories import an_eoi
from tests.orders.office import an_order_office, made
from tests.support.cases import an_office
from tests.support.people import an_employer, signed_in

pytestmark = pytest.mark.django_db


def test_an_order_goes_through_its_pages_from_the_proposal_to_the_review():
    office, eoi = an_order_office(), an_eoi("in_pool")
    officer, director, second = (signed_in(one) for one in (office.officer, office.director, office.second))
    typed = {
        "kind": "candidate", "about": eoi.reference, "contravention": "Made-up pay records.", "provision": "Act, s. 19",
        "ban_years": "2", "penalised": "on", "candidates_concerned": "1", "further": "10.50", "further_reason": "Gain",
    }  # fmt: skip
    wrong = officer.post("/en/staff/orders/new/", typed | {"about": "NT-E-1"})
    assert (wrong.status_code, b"Made-up pay records." in wrong.content) == (422, True)
    officer.post("/en/staff/orders/new/", typed)
    order = Order.objects.get()
    assert (order.penalty_cents, officer.get("/en/staff/orders/").status_code) == (201_050, 200)
    page, mine = f"/en/staff/orders/{order.reference}/", f"/en/orders/{order.reference}/"
    candidate = signed_in(eoi.candidate)
    assert candidate.get(mine).status_code == 404  # not told yet

    officer.post(f"{page}notice/")
    assert candidate.post(mine, {"reply": ""}).status_code == 422
    candidate.post(mine, {"reply": "It was not me."})
    assert b"It was not me." in officer.get(page).content
    assert officer.post(f"{page}make/").status_code == 403
    director.post(f"{page}make/")
    assert candidate.get(f"{mine}review/").status_code == 200
    candidate.post(f"{mine}review/", {"error": "Another firm.", "difference": "No order."})
    assert second.post(f"{page}review/", {"outcome": "overturned"}).status_code == 422
    second.post(f"{page}review/", {"outcome": "overturned", "reasons": "Seen."})

    order.refresh_from_db()
    assert order.state == "set_aside"
    assert all(one.get(address).status_code == 200 for one, address in ((officer, page), (candidate, mine)))


@pytest.mark.parametrize(("language", "amount"), [("en", "10.50"), ("fr", "10,50"), ("fr", "10.50")])
def test_an_amount_is_written_as_its_language_writes_it(language: str, amount: str) -> None:
    form = ProposeForm({"further": amount}, program="ca-on")

    with translation.override(language):
        form.is_valid()

    assert form.cleaned_data["further"] == Decimal("10.50")


def test_the_register_publishes_six_facts_and_nothing_else(client):
    order = made(an_order_office())

    page = client.get("/en/ca-nt/orders/").content.decode()

    assert order.name in page
    assert "$6,123.45" in page
    hidden = (order.reference, order.about, order.contravention, order.subject.email, order.further_reason)
    assert [one for one in hidden if one in page] == []
    assert client.get("/fr/ca-nt/orders/").status_code == 200


def test_an_order_is_seen_by_nobody_else():
    order = made(an_order_office())

    assert signed_in(an_employer()).get(f"/en/orders/{order.reference}/").status_code == 404


def test_a_program_without_orders_has_no_such_page(client):
    office = an_office()

    assert client.get("/en/ca-nt/orders/").status_code == 404
    assert signed_in(office.director).get("/en/staff/orders/").status_code == 404
    assert client.get("/en/nowhere/orders/").status_code == 404
