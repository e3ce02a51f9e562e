"""Contravention orders (ontario.md 1.5): two people, the notice first, the formula, the ban, the register, the review."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from passerelle.core import audit, clock
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.eoi import operations as eois
from passerelle.eoi import queries as eoi_queries
from passerelle.eoi.models import Bar
from passerelle.notices import queries as notices
from passerelle.orders import operations, queries
from passerelle.orders.models import Order, OrderReview
from passerelle.orders.penalty import Formula
from passerelle.orders.states import ORDER_LIFECYCLE, OrderState
from passerelle.project.demo.filling import document
from passerelle.project.invariants import broken, check
from passerelle.representatives import operations as representatives
from tests.factories import HOUR, NOON, an_eoi
from tests.orders.office import BAN, PENALTY, TERMS, an_order_office, made, noticed, proposed
from tests.support.cases import DAY, Office
from tests.support.people import PROGRAM, a_staff_member, an_employer, signed_in
from tests.support.representing import a_representative
from tests.support.threads import together

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def office(db: None) -> Office:
    return an_order_office()


def last_moment_of(day: date, **given: Any) -> datetime:
    """The first moment after ``day`` in the program's zone."""
    return datetime(day.year, day.month, day.day, tzinfo=eoi_zone()) + DAY


def eoi_zone() -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo("America/Yellowknife")


# --- the formula ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "candidates", "further", "dollars"),
    [
        (0, 1, 0, 2_000), (1, 1, 0, 2_000), (2, 1, 0, 4_000), (0, 3, 12_345, 6_123.45), (0, 75, 0, 150_000),
        (0, 74, 199_999, 149_999.99), (0, 74, 200_000, 150_000), (0, 74, 200_001, 150_000), (5, 1000, 10**9, 150_000),
    ],
)  # fmt: skip
def test_the_penalty_is_the_least_of_the_cap_and_the_formula(
    earlier: int, candidates: int, further: int, dollars: float
):
    formula = Formula(base_cents=200_000, cap_cents=15_000_000, years=10, counting="earlier")

    amount = formula.amount(earlier=earlier, candidates=candidates, further_cents=further)

    assert amount == round(dollars * 100)


@pytest.mark.parametrize(("counting", "amounts"), [("earlier", [2, 2, 4]), ("earlier_and_this", [2, 4, 6])])
@pytest.mark.django_db
def test_earlier_penalties_of_the_same_person_multiply_the_next_as_the_pack_counts_them(
    counting: str, amounts: list[int]
):
    office, eoi = an_order_office(counting), an_eoi("in_pool")
    terms = replace(PENALTY, candidates_concerned=1, further_cents=0)

    given = [made(office, terms, eoi=eoi, at=NOON + number * 30 * DAY).penalty_cents for number in range(3)]

    assert given == [amount * 100_000 for amount in amounts]
    assert made(office, terms).penalty_cents == 200_000  # somebody else begins anew


def test_a_penalty_counts_for_ten_years_and_not_once_it_is_set_aside(office: Office):
    order = made(office, PENALTY)
    assert order.made_at
    day = order.made_at.astimezone(eoi_zone()).date()
    end = last_moment_of(day.replace(year=day.year + 10))
    other = Order(program=PROGRAM, person_key=order.person_key, pack=order.pack)

    assert queries.earlier_penalties(other, end - MICROSECOND) == 1
    assert queries.earlier_penalties(other, end) == 0

    overturn(order, office)
    assert queries.earlier_penalties(other, NOON + 100 * DAY) == 0


def test_a_penalty_that_grew_since_the_notice_needs_a_new_notice(office: Office):
    eoi = an_eoi("in_pool")
    first, second, third = (noticed(office, PENALTY, eoi=eoi) for _one in range(3))
    later = NOON + 40 * DAY
    for order in (first, second):
        operations.make_order(reference=order.reference, by=office.director, at=later)

    with pytest.raises(operations.AmountChanged):
        operations.make_order(reference=third.reference, by=office.director, at=later)
    again = operations.notice_order(reference=third.reference, by=office.officer, at=later)
    assert again.reply_by
    done = operations.make_order(reference=third.reference, by=office.director, at=again.reply_by)

    assert (done.earlier_penalties, done.penalty_cents) == (2, 200_000 * 2 * 3 + 12_345)


# --- the hearing and the two people --------------------------------------------------------------------------------


def test_who_proposed_does_not_make_the_order_and_the_database_knows(office: Office):
    order = noticed(office)
    Order.objects.filter(pk=order.pk).update(proposed_by=office.director)

    with pytest.raises(NotAllowed):
        operations.make_order(reference=order.reference, by=office.director, at=NOON + 60 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(made_by=office.director)


def test_an_officer_proposes_and_does_not_make(office: Office):
    order, another = noticed(office), a_staff_member("officer")

    with pytest.raises(NotAllowed):
        operations.make_order(reference=order.reference, by=another, at=NOON + 60 * DAY)


def test_no_order_is_made_before_the_person_has_replied_or_the_time_is_over(office: Office):
    order = noticed(office)
    assert order.reply_by
    with pytest.raises(NotAllowed):
        operations.make_order(reference=order.reference, by=office.director, at=order.reply_by - MICROSECOND)

    early = NOON + DAY
    operations.reply_to_notice(reference=order.reference, reply="It was not me.", by=order.subject, at=early)  # type: ignore[arg-type]
    operations.make_order(reference=order.reference, by=office.director, at=early + DAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(replied_at=None)


def test_no_order_without_its_notice(office: Office):
    order = proposed(office)

    with pytest.raises(IllegalMove):
        operations.make_order(reference=order.reference, by=office.director, at=NOON + 60 * DAY)


def test_an_order_that_is_dropped_says_why_and_the_person_is_told(office: Office):
    order = noticed(office)

    operations.drop_order(reference=order.reference, reason="The reply convinces.", by=office.officer, at=NOON + DAY)

    assert order.subject
    assert notices.inbox(order.subject).filter(kind="order_dropped").count() == 1
    with pytest.raises(IllegalMove):
        operations.make_order(reference=order.reference, by=office.director, at=NOON + 60 * DAY)


@pytest.mark.parametrize(
    "terms",
    [replace(TERMS, ban_years=6), replace(TERMS, ban_years=0, penalised=False), replace(TERMS, further_reason=" "),
     replace(TERMS, provision=" ")],
)  # fmt: skip
def test_terms_that_the_rules_do_not_allow_are_refused(office: Office, terms: operations.Terms):
    with pytest.raises(NotAllowed):
        proposed(office, terms)


# --- what an order brings -------------------------------------------------------------------------------------------


def test_an_order_bars_the_person_for_its_years_and_is_to_be_paid_in_sixty_days(office: Office):
    order = made(office)
    assert order.made_at
    day = order.made_at.astimezone(eoi_zone()).date()

    end = last_moment_of(day.replace(year=day.year + 5))

    assert order.ban_before == end
    assert eoi_queries.is_barred(order.person_key, end - MICROSECOND)
    assert not eoi_queries.is_barred(order.person_key, end)
    assert order.pay_by == last_moment_of(day + timedelta(days=60))


def test_a_ban_follows_the_candidate_to_another_account(office: Office):
    eoi = an_eoi("in_pool")
    made(office, BAN, eoi=eoi)
    [row] = eoi_queries.files_of(office.officer).filter(pk=eoi.pk)

    assert not eoi_queries.pool(PROGRAM).filter(pk=row.pk).not_barred(at=NOON + 90 * DAY).exists()
    assert eoi_queries.is_barred(an_eoi("answered").person_key or eoi.person_key, NOON + 90 * DAY)


def test_a_banned_employer_starts_no_file_under_any_account_of_the_same_address(office: Office):
    eoi = an_eoi("in_pool")
    made(office, BAN, kind="employer", eoi=eoi)
    other = an_employer(email=eoi.employer.email.upper())

    with pytest.raises(NotAllowed):
        eois.open_eoi(program=PROGRAM, category="skilled", by=other, at=NOON + 90 * DAY)
    eois.open_eoi(program=PROGRAM, category="skilled", by=an_employer(), at=NOON + 90 * DAY)


def test_a_bar_of_an_order_takes_two_people_in_its_own_room_too(office: Office):
    order = made(office, BAN)
    rules = queries.rules_of(order)
    with pytest.raises(NotAllowed):
        eois.bar_by_order(order="NT-O-1", rules=rules, person_key="x", years=1, reason="r", by=office.director,
                          confirmed_by=office.director, at=NOON)  # fmt: skip
    with pytest.raises(ValueError, match="longest"):
        eois.bar_by_order(order="NT-O-1", rules=rules, person_key="x", years=6, reason="r", by=office.officer,
                          confirmed_by=office.director, at=NOON)  # fmt: skip
    with pytest.raises(NotAllowed):
        eois.ask_to_lift_bar(bar=Bar.objects.get(), reason="r", by=office.second, at=NOON + 90 * DAY)
    for made_it in (office.officer, office.director):
        with pytest.raises(IntegrityError), transaction.atomic():
            Bar.objects.update(lift_by=made_it, lifted_at=NOON + 90 * DAY, lift_reason="r")


def test_the_letters_are_served_in_both_languages_and_name_the_recourse(office: Office):
    order = made(office)
    assert order.subject

    served = [one for one in queries.letters(order, order.subject) if one.kind == "contravention_order"]

    assert {one.language for one in served} == {"en", "fr"}
    texts = {one.language: str(one.body) for one in served}
    assert "internal review" in texts["en"]
    assert "révision interne" in texts["fr"]
    assert "$6,123.45" in texts["en"]
    assert all("The pay records were made up." in text for text in texts.values())


@pytest.mark.parametrize(
    ("years", "told"),
    [(1, ("for 1 year from", "pendant 1\u00a0an à")), (2, ("for 2 years from", "pendant 2\u00a0ans à"))],
)
def test_the_notice_says_for_how_many_years_a_ban_is_intended(office: Office, years: int, told: tuple[str, str]):
    order = noticed(office, replace(BAN, ban_years=years))
    assert order.subject

    served = {
        one.language: [block.get("text", "") for block in one.body["blocks"]]
        for one in queries.letters(order, order.subject)
        if one.kind == "intended_order"
    }
    for language, words in zip(("en", "fr"), told, strict=True):
        assert any(words in text for text in served[language])


def test_messages_by_email_tell_nothing_of_the_contravention(office: Office):
    order = made(office)

    sent = notices.inbox(order.subject).filter(about=order.reference)

    assert {one.kind for one in sent} == {"intended_order_sent", "order_made"}
    assert not any("pay records" in one.body for one in sent)


def test_a_representative_without_an_account_is_written_to_and_served_on_paper(office: Office):
    against = operations.Against(
        kind="representative", name="Alex Roy", email="alex@roy.example", language="fr", licence_body="CICC",
        licence_number="R 123-456",
    )  # fmt: skip
    order = operations.propose_order(program=PROGRAM, against=against, terms=TERMS, by=office.officer, at=NOON)
    operations.notice_order(reference=order.reference, by=office.officer, at=NOON)
    operations.reply_to_notice(reference=order.reference, reply="By letter: no.", by=office.officer, at=NOON + DAY)
    operations.make_order(reference=order.reference, by=office.director, at=NOON + 2 * DAY)

    letters = queries.letters(order, office.officer)
    assert {one.body["addressee"] for one in letters} == {"Alex Roy"}
    key = eoi_queries.representative_key(PROGRAM, "cicc", "r123456")
    assert eoi_queries.is_barred(key, NOON + 3 * DAY)


def test_a_registered_representative_reads_an_order_replies_and_asks_for_its_review_in_their_own_account(
    office: Office,
):
    person = a_representative(program=PROGRAM, licence_body="cicc", licence_number="R123456", at=NOON - DAY)
    against = operations.Against(
        kind="representative", name="Alex Roy", email="alex@roy.example", licence_body="Collège des consultants en immigration"
        " et en citoyenneté", licence_number="r 123-456",
    )  # fmt: skip
    order = operations.propose_order(program=PROGRAM, against=against, terms=TERMS, by=office.officer, at=NOON)
    page, ask = (reverse(f"orders:{name}", args=[order.reference]) for name in ("against_me", "ask_review"))
    reader, stranger = signed_in(person), signed_in(a_representative(program=PROGRAM, licence_body="cicc"))
    home = reverse("desks:representative_home")
    with clock.frozen(NOON + HOUR):
        assert reader.get(page).status_code == 404  # nobody has been told
        assert page not in reader.get(home).content.decode()
        operations.notice_order(reference=order.reference, by=office.officer, at=NOON + HOUR)
        assert page in reader.get(home).content.decode()
        assert stranger.get(page).status_code == 404
        assert reader.post(page, {"reply": "It was not me."}).status_code == 302
    made_at = NOON + 2 * DAY
    operations.make_order(reference=order.reference, by=office.director, at=made_at)
    with clock.frozen(made_at + HOUR):
        reader = signed_in(person)
        assert reverse("orders:ask_review", args=[order.reference]) in reader.get(page).content.decode()
        said = {"error": "Another licence.", "difference": "There would be no order."}
        assert reader.post(ask, said).status_code == 302

    assert queries.review_of(order).asked_by == person
    assert {one.to for one in queries.letters(order, office.officer)} == {person}


def test_an_appointed_representative_reads_their_clients_order_replies_and_asks_for_its_review(office: Office):
    eoi = an_eoi("in_pool")
    first = proposed(office, eoi=eoi)
    client, representative, other = (
        eoi.candidate,
        *(a_representative(program=PROGRAM, licence_body="cicc") for _one in (1, 2)),
    )
    asked = representatives.ask_by_file(reference=eoi.reference, by=representative, at=NOON)
    page, ask = (reverse(f"orders:{name}", args=[first.reference]) for name in ("against_me", "ask_review"))
    operations.notice_order(reference=first.reference, by=office.officer, at=NOON)
    with clock.frozen(NOON + HOUR):
        assert signed_in(representative).get(page).status_code == 404  # not appointed
        representatives.appoint(appointment=asked.pk, by=client, at=NOON + HOUR)
        reader = signed_in(representative)
        assert page in reader.get(reverse("desks:client", args=[client.pk])).content.decode()
        assert page not in reader.get(reverse("desks:representative_home")).content.decode()
        assert client.name in reader.get(page).content.decode()
        assert reader.post(page, {"reply": "My client denies it."}).status_code == 302
    operations.make_order(reference=first.reference, by=office.director, at=NOON + 2 * DAY)
    said = {"error": "Another person.", "difference": "There would be no order."}
    with clock.frozen(NOON + 2 * DAY + HOUR):
        stranger, reader = signed_in(other), signed_in(representative)
        letters = queries.letters(queries.order_against(representative, first.reference), representative)
        assert {one.to_id for one in letters} == {client.pk}
        assert reader.get(reverse("notices:letter", args=[letters[0].number])).status_code == 200
        assert [stranger.get(page).status_code, stranger.post(ask, said).status_code] == [404, 404]
        with pytest.raises(NotAllowed):
            operations.ask_order_review(reference=first.reference, by=other, at=NOON + 2 * DAY + HOUR, **said)
        assert reader.post(ask, said).status_code == 302

    assert queries.review_of(first).asked_by == representative
    done = [one for one in audit.trail(first.reference) if one.by_id == representative.pk]
    assert {one.event: one.for_person_id for one in done} == {
        "order.replied": client.pk, "order.review_asked": client.pk,
    }  # fmt: skip
    representatives.end_appointment(appointment=asked.pk, by=client, at=NOON + 2 * DAY + HOUR)
    with clock.frozen(NOON + 2 * DAY + 2 * HOUR):
        assert signed_in(representative).get(page).status_code == 404


@pytest.mark.parametrize("side", ["candidate", "employer"])
def test_whoever_an_order_concerns_finds_it_on_their_first_page(office: Office, side: str):
    order = made(office, kind=side)
    assert order.subject

    with clock.frozen(order.made_at + HOUR):
        shown = signed_in(order.subject).get(reverse(f"desks:{side}_home")).content.decode()

    assert reverse("orders:against_me", args=[order.reference]) in shown


def test_a_penalty_is_recorded_as_paid_on_a_day_between_the_order_and_today(office: Office):
    order = made(office)
    assert order.made_at
    day, later = order.made_at.astimezone(eoi_zone()).date(), order.made_at + 5 * DAY
    for wrong in (day - timedelta(days=1), day + timedelta(days=6)):
        with pytest.raises(NotAllowed):
            operations.record_payment(reference=order.reference, paid_on=wrong, by=office.officer, at=later)

    paid = operations.record_payment(reference=order.reference, paid_on=day, by=office.officer, at=later)

    assert (paid.state, list(queries.overdue(PROGRAM, NOON + 400 * DAY))) == ("paid", [])
    with pytest.raises(IllegalMove):
        operations.record_payment(reference=order.reference, paid_on=day, by=office.officer, at=later)


def test_a_penalty_not_paid_in_time_is_overdue_from_the_first_moment_too_late(office: Office):
    order = made(office)
    assert order.pay_by

    assert list(queries.overdue(PROGRAM, order.pay_by)) == [order]
    assert list(queries.overdue(PROGRAM, order.pay_by - MICROSECOND)) == []


# --- the review -------------------------------------------------------------------------------------------------------


def ask(order: Order, at: datetime = NOON + 60 * DAY, **given: Any) -> OrderReview:
    assert order.subject
    said = {"error": "Another firm's records.", "difference": "There would be no contravention."} | given
    return operations.ask_order_review(reference=order.reference, by=order.subject, at=order.made_at + DAY, **said)  # type: ignore[operator]


def overturn(order: Order, office: Office, outcome: str = "overturned") -> None:
    ask(order)
    operations.decide_order_review(
        reference=order.reference, outcome=outcome, reasons="Seen.", by=office.second, at=order.made_at + 2 * DAY  # type: ignore[operator]
    )  # fmt: skip


def test_a_review_that_overturns_lifts_the_ban_and_takes_the_order_off_the_register(office: Office):
    order = made(office)
    assert order.made_at
    assert list(queries.register(PROGRAM)) == [order]

    overturn(order, office)

    after = order.made_at + 3 * DAY
    assert list(queries.register(PROGRAM)) == []
    assert not eoi_queries.is_barred(order.person_key, after)
    assert Order.objects.get().state == "set_aside"
    with pytest.raises(IllegalMove):
        operations.record_payment(reference=order.reference, paid_on=after.date(), by=office.officer, at=after)
    decided = [one for one in queries.letters(order, order.subject) if one.kind == "order_review_decision"]  # type: ignore[arg-type]
    assert {one.language for one in decided} == {"en", "fr"}


def test_a_review_that_upholds_changes_nothing_and_is_final(office: Office):
    order = made(office)

    overturn(order, office, "upheld")

    assert eoi_queries.is_barred(order.person_key, NOON + 90 * DAY)
    with pytest.raises(NotAllowed):
        ask(order)
    with pytest.raises(NotAllowed):
        operations.decide_order_review(reference=order.reference, outcome="overturned", reasons="x", by=office.second,
                                       at=NOON + 90 * DAY)  # fmt: skip


def test_who_proposed_or_made_the_order_does_not_review_it_and_the_database_knows(office: Office):
    order = made(office)
    review = ask(order)

    for person in (office.officer, office.director):
        with pytest.raises(NotAllowed):
            operations.decide_order_review(
                reference=order.reference, outcome="upheld", reasons="x", by=person, at=NOON + 60 * DAY
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderReview.objects.filter(pk=review.pk).update(outcome="upheld", decided_by=person, decided_at=NOON)


def test_a_review_is_asked_within_thirty_days_by_the_person_alone(office: Office):
    order = made(office)
    assert order.made_at
    assert order.review_before
    assert order.subject
    assert order.review_before == last_moment_of(order.made_at.astimezone(eoi_zone()).date() + timedelta(days=30))
    asked = {"reference": order.reference, "error": "e", "difference": "d"}
    for person, at in (
        (order.subject, order.review_before),
        (an_employer(), order.made_at),
        (office.second, order.made_at),
    ):
        with pytest.raises(NotAllowed):
            operations.ask_order_review(by=person, at=at, **asked)

    operations.ask_order_review(by=order.subject, at=order.review_before - MICROSECOND, **asked)


def test_a_document_is_added_only_with_the_reason_why_it_could_not_come_earlier(office: Office):
    order = made(office)
    upload = document("letter")
    with pytest.raises(NotAllowed):
        ask(order, uploads=[upload])
    with pytest.raises(operations.Unacceptable):
        ask(order, uploads=[SimpleUploadedFile("x.pdf", b"MZ no pdf")], additions_reason="Found since.")

    ask(order, uploads=[upload], additions_reason="The archive opened since.")

    assert len(queries.additions(order)) == 1


# --- the whole --------------------------------------------------------------------------------------------------------


def test_an_order_and_its_review_break_no_invariant_and_their_history_is_whole(office: Office):
    order = made(office)
    made(office, BAN, kind="employer")
    overturn(order, office)

    assert broken(check(at=NOON + 400 * DAY)) == []
    assert audit.verify_chain(order.reference)


@pytest.mark.parametrize("state", OrderState.values)
@pytest.mark.parametrize("move", list(ORDER_LIFECYCLE.moves))
def test_every_move_is_legal_from_its_states_and_no_other(state: str, move: str):
    if state in ORDER_LIFECYCLE.moves[move].leaves:
        assert ORDER_LIFECYCLE.after(state, move) == ORDER_LIFECYCLE.moves[move].reaches
    else:
        with pytest.raises(IllegalMove):
            ORDER_LIFECYCLE.after(state, move)


@pytest.mark.django_db(transaction=True)
def test_of_two_makers_one_makes_the_order_and_the_person_is_barred_once():
    office = an_order_office()
    order = noticed(office)
    makers = [office.director, office.second]

    done = together(
        2, lambda one: operations.make_order(reference=order.reference, by=makers[one], at=NOON + 60 * DAY).reference
    )

    assert sum(one == order.reference for one in done) == 1
    assert sum(isinstance(one, IllegalMove) for one in done) == 1
    assert Bar.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_penalties_made_at_once_the_second_counts_the_first():
    office, eoi = an_order_office("earlier_and_this"), an_eoi("in_pool")
    both = [noticed(office, PENALTY, eoi=eoi) for _one in range(2)]

    done = together(
        2,
        lambda one: operations.make_order(reference=both[one].reference, by=office.director, at=NOON + 60 * DAY).state,
    )

    assert sum(one == "made" for one in done) == 1
    assert sum(isinstance(one, operations.AmountChanged) for one in done) == 1
