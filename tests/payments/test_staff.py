"""Staff see their program's payments, take the list to the books, and give money back where their role allows."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passerelle.core import clock
from passerelle.core.sheets import csv_text, neutral
from passerelle.payments import operations, queries
from tests.payments.conftest import DAY, HOUR, NOON, a_payment
from tests.payments.test_practice_card import kinds
from tests.payments.test_refunding import paid_by_practice, refund
from tests.support.people import a_staff_member, signed_in

pytestmark = pytest.mark.django_db


def test_the_list_takes_as_many_queries_for_three_payments_as_for_one():
    client = signed_in(a_staff_member("officer"))
    a_payment()
    client.get("/en/staff/payments/")  # the first look of a session notes the time
    with CaptureQueriesContext(connection) as one:
        client.get("/en/staff/payments/")
    for number in (2, 3):
        a_payment(about=f"ON-A-2026-00000{number}")
    with CaptureQueriesContext(connection) as three:
        page = client.get("/en/staff/payments/").content.decode()

    assert len(three) == len(one)
    assert page.count("$1,500.00") == 3


def test_staff_see_their_own_programs_payments_alone():
    payment = a_payment(program="ca-zz")
    client = signed_in(a_staff_member("director"))

    assert payment.reference not in client.get("/en/staff/payments/").content.decode()
    assert client.get(f"/en/staff/payments/{payment.reference}/").status_code == 404
    assert payment.reference not in client.get("/en/staff/payments/ledger.csv").content.decode()


def test_from_a_payment_staff_come_to_what_it_is_for():
    payment = a_payment()
    page = signed_in(a_staff_member("officer")).get(f"/en/staff/payments/{payment.reference}/").content.decode()

    assert f'href="/en/staff/search/?q={payment.about}">{payment.about}</a>' in page


def test_the_list_can_be_narrowed_to_a_state():
    paid, asked = paid_by_practice(), a_payment(about="ON-A-2026-000002")
    page = signed_in(a_staff_member("auditor")).get("/en/staff/payments/?state=paid").content.decode()

    assert paid.reference in page
    assert asked.reference not in page


def test_the_books_hold_every_movement_of_money_with_its_sign():
    payment = paid_by_practice()
    refund(payment)
    operations.refund_due(at=NOON + 2 * HOUR)
    answer = signed_in(a_staff_member("auditor")).get("/en/staff/payments/ledger.csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["payment"], row["step"], row["cents"]) for row in rows] == [
        (payment.reference, "paid", "150000"), (payment.reference, "refunded", "-150000")
    ]  # fmt: skip
    assert rows[0]["receipt"] == payment.receipt


def test_no_cell_of_the_books_is_a_formula():
    a_fee = a_payment(about="=HYPERLINK(1)")
    client = signed_in(a_fee.payer)
    with clock.frozen(NOON + HOUR):
        client.post(f"/en/payments/{a_fee.reference}/")
        client.post(f"/en/payments/{a_fee.reference}/practice-card/", {"card": "accepted"})

    told = signed_in(a_staff_member("auditor")).get("/en/staff/payments/ledger.csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in told
    assert ",=HYPERLINK" not in told


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\u00a0=1", "\r=1", "＝1"])
def test_what_looks_like_a_formula_is_text(cell):
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize(("cell", "told"), [("Fee", "Fee"), (-150_000, "-150000"), (None, ""), ("a=b", "a=b")])
def test_what_is_no_formula_stays_as_it_is(cell, told):
    assert neutral(cell) == told
    assert csv_text(["x"], [[cell]]).endswith(f"{told}\r\n" if told else '""\r\n')


def test_a_director_gives_money_back_with_a_reason_and_an_officer_does_not():
    payment = paid_by_practice()
    address = f"/en/staff/payments/{payment.reference}/"
    with clock.frozen(NOON + DAY):
        refused = signed_in(a_staff_member("officer")).post(address, {"reason": "Mine."})
        director = signed_in(a_staff_member("director"))
        blank = director.post(address, {"reason": " "})
        done = director.post(address, {"reason": "Returned by the director."})

    assert (refused.status_code, blank.status_code, done.status_code) == (403, 422, 302)
    assert kinds(payment) == ["asked", "started", "paid", "refund_asked"]
    assert queries.steps(payment).last().detail == "Returned by the director."
    with clock.frozen(NOON + DAY):
        page = director.get(address).content.decode()
    assert "Refund on its way" in page
