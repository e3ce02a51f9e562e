"""Applications that the candidate opens: the employer let in by link, the fee at the end (ontario.md 1.2, steps 6 to 10)."""

import re
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from passerelle.accounts import operations as accounts
from passerelle.accounts.operations import LinkNotValid
from passerelle.allocations import queries as allocations
from passerelle.applications import claims, operations, queries
from passerelle.core import clock
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import queries as eois
from passerelle.eoi.models import Bar
from passerelle.invitations import operations as invitations
from passerelle.notices import operations as notice_operations
from passerelle.notices import queries as notices
from passerelle.notices.models import Notice
from passerelle.orders.models import Order
from passerelle.orders.operations import likeness
from passerelle.programs import queries as programs
from tests.support import candidate_first as first
from tests.support import cases
from tests.support.candidate_first import CODE, HOUR, fee_of, pay
from tests.support.cases import DAY, NOON, Office, fill_part
from tests.support.people import PASSWORD, an_employer, signed_in


@pytest.fixture
def office(db: None) -> Office:
    return first.an_office()


def test_the_candidate_opens_the_application_and_nobody_else(office: Office):
    case = first.invited(office)

    with pytest.raises((NotAllowed, LookupError)):
        operations.open_application(invitation=case.invitation, by=an_employer(program=CODE), at=NOON + 3 * DAY)
    opened = operations.open_application(invitation=case.invitation, by=case.candidate, at=NOON + 3 * DAY)
    again = operations.open_application(invitation=case.invitation, by=case.candidate, at=NOON + 4 * DAY)

    assert opened == again
    assert [(part.side, part.state) for part in opened.parts.all()] == [("candidate", "open"), ("employer", "open")]


def test_no_place_is_held_from_the_invitation_where_a_nomination_takes_it(office: Office):
    first.invited(office)

    assert allocations.places(CODE, NOON.year).held == 0


def test_an_employer_comes_in_by_the_link_and_fills_in_its_own_form_alone(office: Office):
    case = first.with_employer(office)

    fill_part(case, "employer", at=NOON + 4 * DAY)

    told: Any = notices.inbox(case.candidate)
    assert told.filter(kind="employer_joined").count() == 1
    assert "Northern Mill takes part" in told.get(kind="employer_joined").subject
    theirs: Any = notices.inbox(case.employer)
    assert theirs.filter(kind="application_opened").count() == 1
    assert case.file.employer == case.employer
    with pytest.raises(ObjectDoesNotExist):
        queries.part_for(case.employer, reference=case.application, part="candidate")


def test_an_employer_with_an_account_joins_with_it_and_the_one_made_for_the_link_is_closed(office: Office):
    case, known = first.opened(office), an_employer(program=CODE)
    link = first.let_in(case, at=NOON + 3 * DAY)

    operations.join_as_employer(token=link.token, by=known, at=NOON + 4 * DAY)

    link.person.refresh_from_db()
    assert case.file.employer == known
    assert not link.person.is_active
    with pytest.raises(LinkNotValid):
        accounts.redeem_link(token=link.token, username="late", password=PASSWORD, at=NOON + 4 * DAY)


@pytest.mark.parametrize("state", ["working", "sent", "link unused"])
def test_an_employer_let_in_is_reminded_and_told_of_more_time_while_its_form_is_not_in(office: Office, state: str):
    if state == "link unused":
        case = first.opened(office)
        first.let_in(case, at=NOON + 3 * DAY)
    else:
        case = first.with_employer(office)
    if state == "sent":
        fill_part(case, "employer", at=NOON + 4 * DAY)
    invitation = queries.of_reference(case.application).invitation

    invitations.remind_due(at=invitation.respond_by - DAY)
    invitations.extend(
        reference=case.invitation, days=5, reason="The office was closed.", by=office.officer,
        at=invitation.respond_by - HOUR,
    )  # fmt: skip

    told = Notice.objects.filter(kind__in=("invitation_reminder", "invitation_extended"), to__audience="employer")
    expected = [(case.employer.pk, case.application)] * 2 if state == "working" else []
    assert list(told.values_list("to", "about")) == expected
    assert Notice.objects.filter(kind="invitation_extended", to=case.candidate, about=case.invitation).count() == 1


def test_the_facts_of_the_company_are_reused_from_an_earlier_file_of_the_same_employer(office: Office):
    earlier, later = first.unpaid(office), first.opened(office, at=NOON + DAY)
    link = first.let_in(later, at=NOON + 5 * DAY)
    operations.join_as_employer(token=link.token, by=earlier.employer, at=NOON + 5 * DAY)

    part = operations.reuse_company_facts(
        reference=later.application, part="employer", source=earlier.application, by=earlier.employer, at=NOON + 5 * DAY
    )

    assert part.answers["legal_name"] == earlier.file.parts.get(key="employer").answers["legal_name"]


def test_a_link_joins_no_file_for_the_wrong_account(office: Office):
    case = first.opened(office)
    link = first.let_in(case, at=NOON + 3 * DAY)

    for stranger in (an_employer(), case.candidate):
        with pytest.raises(NotAllowed):
            operations.join_as_employer(token=link.token, by=stranger, at=NOON + 4 * DAY)


def test_a_banned_employer_is_not_let_in_and_joins_with_no_account(office: Office):
    case, known = first.opened(office), an_employer(program=CODE)
    link = first.let_in(case, at=NOON + 3 * DAY)
    for email in (known.email.upper(), link.person.email):
        Bar.objects.create(
            program=CODE, person_key=eois.employer_key(CODE, email), order=email, from_at=NOON, reason="r",
            before=NOON + 900 * DAY, by=office.officer, confirmed_by=office.director,
        )  # fmt: skip

    with pytest.raises(NotAllowed, match="cannot take part"):
        operations.join_as_employer(token=link.token, by=known, at=NOON + 4 * DAY)
    with pytest.raises(NotAllowed, match="cannot take part"):
        first.let_in(case, at=NOON + 4 * DAY)
    said = {"email": known.email, "name": "Northern Mill", "language": "en"}
    with clock.frozen(NOON + 4 * DAY):
        page = signed_in(case.candidate).post(f"/en/application/{case.application}/employer/", said)
    assert (page.status_code, "cannot take part" in page.content.decode()) == (422, True)
    assert case.file.employer == link.person


def a_bar(office: Office, email: str) -> None:
    Bar.objects.create(
        program=CODE, person_key=eois.employer_key(CODE, email), order=email, from_at=NOON, reason="r",
        before=NOON + 900 * DAY, by=office.officer, confirmed_by=office.director,
    )  # fmt: skip


def test_an_employer_banned_after_the_link_went_out_does_not_come_in(office: Office, client):
    case = first.opened(office)
    link = first.let_in(case, at=NOON + 3 * DAY)
    a_bar(office, link.person.email)

    said = {"username": "boss-banned", "password1": PASSWORD, "password2": PASSWORD}
    with clock.frozen(NOON + 4 * DAY):
        page = client.post(reverse("accounts:redeem", args=[link.token]), said)
    assert (page.status_code, "cannot take part" in page.content.decode()) == (403, True)
    assert case.file.employer.username is None
    assert accounts.open_link(token=link.token, at=NOON + 4 * DAY).redeemed_at is None


@pytest.mark.parametrize("new", [True, False])
def test_an_employer_who_resembles_a_banned_one_comes_in_once_staff_have_looked(office: Office, new: bool):
    case, when = first.opened(office), NOON + 4 * DAY
    known = None if new else an_employer(program=CODE, name="NORTHERN MILLS", email="other@example.org", at=NOON)
    link = first.let_in(case, at=NOON + 3 * DAY) if new else None
    order = Order.objects.create(
        reference="CF-O-1", program=CODE, pack=programs.pack_in_force(CODE, NOON), state="made", kind="employer",
        subject=an_employer(program=CODE, name="Northern Mill Inc"), name="Northern Mill Inc", person_key="k",
        contravention="x", provision="s. 1", ban_years=5, proposed_by=office.officer, proposed_at=NOON, noticed_at=NOON,
        replied_at=NOON, made_by=office.director, made_at=NOON, ban_before=NOON + 1800 * DAY, review_before=when,
    )  # fmt: skip
    likeness.note_accounts(order, at=when)
    link = link or first.let_in(case, at=when)

    def join():
        if known:
            return operations.join_as_employer(token=link.token, by=known, at=when)
        return accounts.redeem_link(token=link.token, username="like", password=PASSWORD, at=when)

    with pytest.raises(NotAllowed, match="cannot take part"):
        join()
    for task in notices.tasks(CODE).filter(kind="order.likeness"):
        notice_operations.close_task(task=task, by=office.officer, note="Another one", at=when)
    join()
    assert case.file.employer == (known or link.person)
    assert case.file.employer.username


def test_a_corrected_address_kills_the_link_sent_before(office: Office):
    case = first.opened(office)
    before = first.let_in(case, at=NOON + 3 * DAY)
    first.let_in(case, at=NOON + 3 * DAY + HOUR)

    with pytest.raises(LinkNotValid):
        operations.join_as_employer(token=before.token, by=an_employer(program=CODE), at=NOON + 4 * DAY)


def test_an_employer_who_came_in_is_not_replaced(office: Office):
    case = first.with_employer(office)

    with pytest.raises(NotAllowed):
        first.let_in(case, at=NOON + 4 * DAY)


def test_nobody_is_let_in_where_no_employer_takes_part(office: Office):
    case = first.opened(office, category="entry_level")

    with pytest.raises(NotAllowed):
        first.let_in(case, at=NOON + 3 * DAY)


def test_the_fee_is_asked_when_every_form_is_in_and_only_then(office: Office):
    case = first.with_employer(office)
    fill_part(case, "candidate", at=NOON + 4 * DAY)
    assert fee_of(case) is None

    fill_part(case, "employer", at=NOON + 4 * DAY)

    assert (case.file.state, case.file.file_number) == ("awaiting_payment", None)
    assert (fee_of(case).amount_cents, fee_of(case).payer) == (first.FEE, case.candidate)


def test_the_application_is_complete_with_the_fee(office: Office):
    case = first.unpaid(office, category="entry_level")

    pay(case, at=NOON + 5 * DAY)

    assert (case.file.state, case.file.received_at) == ("queued", NOON + 5 * DAY)
    assert case.file.file_number
    assert fee_of(case).receipt in {letter.number for letter in queries.letters(case.file, case.candidate)}


def test_a_card_refused_leaves_time_for_another(office: Office):
    case = first.unpaid(office, category="entry_level")
    pay(case, at=NOON + 5 * DAY, accepted=False)
    assert case.file.state == "awaiting_payment"

    pay(case, at=NOON + 5 * DAY + HOUR)

    assert case.file.state == "queued"


def test_what_arrives_in_the_last_minute_has_24_hours_to_be_paid(office: Office):
    case = first.opened(office, category="entry_level")
    last = case.file.complete_by - HOUR / 60
    fill_part(case, "candidate", at=last)

    assert case.file.pay_by == last + DAY
    assert operations.close_lapsed(at=case.file.complete_by + 2 * HOUR) == 0
    pay(case, at=last + DAY - HOUR / 60)
    assert case.file.state == "queued"


def test_an_application_not_paid_in_time_lapses_and_nothing_is_owed(office: Office):
    case = first.unpaid(office, category="entry_level")
    too_late = case.file.pay_by

    assert operations.close_lapsed(at=too_late) == 0
    assert operations.close_lapsed(at=too_late + 2 * HOUR) == 1

    assert case.file.state == "lapsed"
    assert fee_of(case).state == "cancelled"


def test_a_fee_paid_too_late_goes_back_and_completes_nothing(office: Office):
    from passerelle.payments import operations as payments

    case = first.unpaid(office, category="entry_level")
    payments.start(reference=fee_of(case).reference, by=case.candidate, at=case.file.pay_by - HOUR)
    payments.practise(
        reference=fee_of(case).reference, accepted=True, by=case.candidate, at=case.file.pay_by + HOUR / 2
    )

    assert case.file.state == "awaiting_payment"
    assert fee_of(case).state == "refunding"


@pytest.mark.parametrize(("taken", "fee"), [(False, "refunding"), (True, "paid")])
def test_the_fee_goes_back_to_who_withdraws_before_an_officer_took_the_file(office: Office, taken: bool, fee: str):
    case = first.queued(office, category="entry_level")
    if taken:
        operations.take(reference=case.application, reason="", by=office.officer, at=NOON + 6 * DAY)
        operations.put_back(reference=case.application, reason="Leave", by=office.officer, at=NOON + 6 * DAY)

    operations.withdraw_application(reference=case.application, reason="", by=case.candidate, at=NOON + 7 * DAY)

    assert (case.file.state, fee_of(case).state) == ("withdrawn", fee)


def test_a_nomination_takes_a_place_of_the_year(office: Office):
    case = first.assessed(office, category="entry_level")

    operations.decide(reference=case.application, kind="nomination", by=office.officer, at=NOON + 7 * DAY)

    places = allocations.places(CODE, NOON.year)
    assert (places.held, places.used) == (0, 1)


def test_nothing_of_the_fee_stands_in_the_messages_to_the_employer(office: Office):
    case = first.queued(office)

    told: Any = notices.inbox(case.employer)
    assert told.filter(kind="application_complete").count() == 1
    assert not [one for one in told if "1,500" in one.body]


def test_every_factor_with_points_asks_for_its_proof_and_says_why(office: Office):
    case = first.opened(office, category="entry_level")
    part = queries.part_for(case.candidate, reference=case.application, part="candidate")
    claimed = {one.factor: one.points for one in claims.of(case.file)}

    asked = {one.key: one for one in queries.slots(part)}

    assert claimed
    assert sum(claimed.values()) == case.file.invitation.eoi.points
    for factor, points in claimed.items():
        proofs = [one for one in asked.values() if f"points_{factor}" in one.criteria]
        assert any(one.required for one in proofs), factor
        assert all(f"{points} point" in one.because["en"] for one in proofs)


def test_points_confirmed_before_the_pool_ask_for_no_more_proof(db: None):
    case = cases.opened(cases.an_office())

    assert claims.of(case.file) == []


def test_points_not_proven_refuse_the_application_and_the_letter_names_them(office: Office):
    case = first.assessed(office, category="entry_level", failing=1)
    lost = claims.of(case.file)[-1]

    with pytest.raises(NotAllowed):
        operations.decide(reference=case.application, kind="nomination", by=office.officer, at=NOON + 7 * DAY)
    operations.decide(
        reference=case.application, kind="refusal", reasons="No proof.", grounds=[lost.key], by=office.officer,
        at=NOON + 7 * DAY,
    )  # fmt: skip

    letter = next(one for one in queries.letters(case.file, case.candidate) if one.kind == "refusal")
    assert lost.label["en"] in str(letter.body)


def test_both_sides_see_their_pages_and_only_the_candidate_the_fee(office: Office):
    case = first.unpaid(office)
    address = f"/en/application/{case.application}/"

    with clock.frozen(NOON + 4 * DAY):
        mine = signed_in(case.candidate).get(address).content.decode()
        theirs = signed_in(case.employer).get(address).content.decode()
        home = signed_in(case.employer).get("/en/employer/").content.decode()

    assert f"/en/payments/{fee_of(case).reference}/" in mine
    assert fee_of(case).reference not in theirs
    assert case.application in home


def test_the_candidate_lets_the_employer_in_on_a_page_and_the_link_joins_an_account(office: Office):
    case, known = first.opened(office), an_employer(program=CODE)
    with clock.frozen(NOON + 3 * DAY):
        pages = signed_in(case.candidate)
        said = {"name": "Northern Mill", "email": known.email, "language": "en"}
        assert pages.post(f"/en/application/{case.application}/employer/", {**said, "email": "no"}).status_code == 422
        assert pages.post(f"/en/application/{case.application}/employer/", said).status_code == 302
    notice = Notice.objects.get(kind="employer_access")
    join = re.search(r"/en/employer/join/[^/]+/", notice.body)
    assert join

    with clock.frozen(NOON + 4 * DAY):
        theirs = signed_in(known)
        assert case.file.candidate.name in theirs.get(join[0]).content.decode()
        assert theirs.post(join[0]).headers["Location"] == f"/en/application/{case.application}/"
        again, pressed = theirs.get(join[0]), theirs.post(join[0])
        assert (again.status_code, pressed.status_code) == (410, 410)
        assert 'href="/en/home/"' in again.content.decode().split("<main")[1]  # no dead end
        assert theirs.get("/en/employer/join/nothing/").status_code == 404

    assert case.file.employer == known
