"""A banned employer who comes back under another address is shown to staff; its account is not stopped by a likeness."""

from datetime import datetime

import pytest

from passerelle.accounts import operations as accounts
from passerelle.notices import queries as notices
from passerelle.orders import operations
from tests.factories import NOON, an_eoi
from tests.orders.office import BAN, PENALTY, an_order_office, made
from tests.support.cases import DAY
from tests.support.people import PASSWORD, PROGRAM, an_employer

pytestmark = pytest.mark.django_db
LATER = NOON + 90 * DAY


def shown(at: datetime = LATER) -> list[str]:
    """What the tasks of this kind say."""
    found = notices.tasks(PROGRAM).filter(kind="order.likeness", opened_at__gte=at).order_by("pk")
    return [task.detail["en"].rpartition(" ")[2] for task in found]


def banned(terms: operations.Terms = BAN, name: str = "Northern Mill Ltd."):
    office = an_order_office()
    employer = an_employer(name=name, phone="867-555-0142", email="mill@example.org")
    return made(office, terms, kind="employer", eoi=an_eoi("in_pool", employer=employer))


@pytest.mark.parametrize(
    ("name", "phone", "alike"),
    [
        ("Northern Mill Ltd.", "867-555-9999", True), ("NORTHERN MILLS LTD", "", True), ("Norther Mïll Ltd", "1", True),
        ("Somebody Else", "+1 (867) 555-0142", True), ("Somebody Else", "555-0142", False), ("Bakery", "", False),
    ],
)  # fmt: skip
def test_a_close_name_or_the_same_number_under_another_address_opens_a_task(name: str, phone: str, alike: bool):
    order = banned()

    newcomer = an_employer(name=name, phone=phone, email="other@example.org", at=LATER)

    assert shown() == ([newcomer.username] if alike else [])
    assert newcomer.is_active
    if alike:
        [task] = notices.tasks(PROGRAM).filter(kind="order.likeness")
        assert (task.about, newcomer.name in str(task.detail)) == (order.reference, False)


def test_an_employer_who_is_let_in_by_a_link_is_compared_too():
    banned()
    link = accounts.invite_employer(
        program=PROGRAM, email="other@example.org", name="Northern Mill Ltd.", language="en", about="", by=an_employer(), at=LATER
    )  # fmt: skip
    assert shown() == []

    accounts.redeem_link(token=link.token, username="let-in", password=PASSWORD, at=LATER)

    assert shown() == ["let-in"]


def test_an_order_finds_the_accounts_that_are_here_already():
    an_employer(name="Northern Mills Ltd", phone="", username="close", email="close@example.org")
    an_employer(name="northern mill ltd.", phone="", username="before", email="other@example.org")
    an_employer(name="Northern Mill Ltd.", phone="", username="own", email="Mill@example.org")
    order = banned()

    assert shown(order.made_at) == ["close", "before"]


@pytest.mark.parametrize("over", ["a penalty alone", "the ban is over", "another program"])
def test_only_a_ban_in_force_is_compared(over: str):
    order = banned(PENALTY if over == "a penalty alone" else BAN)
    later = order.ban_before if over == "the ban is over" else LATER
    more = {"program": "ca-on"} if over == "another program" else {}

    an_employer(name="Northern Mill Ltd.", email="other@example.org", at=later, **more)

    assert shown(later) == []
