"""The same path under the rules of 2024 and of the Employer Portal of 2025, by date alone; each record keeps its rules."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from passerelle.allocations import operations as allocations
from passerelle.applications import operations as applications
from passerelle.applications import queries as files_of
from passerelle.applications.models import Application
from passerelle.core import clock
from passerelle.core.deadlines import local_day
from passerelle.core.verdicts import NotAllowed
from passerelle.desks.drawn import time_to_apply
from passerelle.draws.operations.planning import BadPlan
from passerelle.eoi import operations as eois
from passerelle.eoi.claims import of as claims_of
from passerelle.invitations import operations as invitations
from passerelle.invitations.models import Invitation
from passerelle.notices.models import Notice
from passerelle.programs import files
from passerelle.programs import queries as programs
from passerelle.programs.models import Pack
from passerelle.programs.operations import ask_to_put_in_force, confirm_put_in_force, load_occupations
from passerelle.project.invariants import broken, check
from tests.support import editions
from tests.support.editions import CODE, DAY, IN_2021, IN_2024, IN_2025, fresh
from tests.support.people import an_employer, signed_in

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def office() -> editions.Office:
    return editions.an_office()


def days_after(start: datetime, end: datetime) -> int:
    zone = programs.rules_in_force(CODE, start).zone
    return (local_day(end - MOMENT, zone) - local_day(start, zone)).days


@pytest.mark.parametrize(
    ("at", "version", "days", "first"), [(IN_2024, "2024-1", 14, "candidate"), (IN_2025, "2025-1", 17, "employer")]
)
class TestTheSamePath:
    """From the first press of a button to a complete application, on a day of each edition."""

    def test_a_file_follows_the_edition_of_the_day_it_was_begun(self, office, at, version, days, first):
        eoi = editions.begun(at)

        assert eoi.pack.version == version
        assert (eoi.employer is not None, eoi.candidate is not None) == (first == "employer", True)

    def test_handed_in_it_is_in_the_pool_with_its_points(self, office, at, version, days, first):
        eoi = editions.in_pool(at)

        assert (eoi.state, eoi.grid, eoi.points) == ("in_pool", "on-fw-2022-11", 54)

    def test_an_invitation_gives_the_days_of_its_edition(self, office, at, version, days, first):
        invitation = editions.invite(office, editions.in_pool(at), at + 2 * DAY)

        assert days_after(invitation.issued_at, invitation.respond_by) == days

    def test_both_forms_and_the_documents_make_it_complete(self, office, at, version, days, first):
        eoi = editions.in_pool(at)
        file = editions.opened(editions.invite(office, eoi, at + 2 * DAY), at + 3 * DAY)

        states = {one.key: one.state for one in file.parts.all()}
        assert states == {"employer": "open", "candidate": "open" if first == "candidate" else "locked"}
        editions.fill(file, "employer", at + 4 * DAY)
        editions.fill(file, "candidate", at + 5 * DAY)
        assert files_of.of_reference(file.reference).state == "awaiting_payment"
        # Only from July 2025 on may a director return an application, and an officer call to an interview.
        known = (
            files_of.director_returns(file, at + 5 * DAY),
            files_of.has_words(file, "interview_called", at + 5 * DAY),
        )
        assert known == ((True, True) if version == "2025-1" else (False, False))

    def test_one_moment_too_late_nothing_is_handed_in(self, office, at, version, days, first):
        invitation = editions.invite(office, editions.in_pool(at), at + 2 * DAY)
        file = editions.opened(invitation, at + 3 * DAY)
        editions.fill(file, "employer", at + 4 * DAY)

        with pytest.raises(NotAllowed):
            editions.fill(file, "candidate", invitation.respond_by)
        assert applications.close_lapsed(at=invitation.respond_by - MOMENT) == 0
        assert applications.close_lapsed(at=invitation.respond_by) == 1
        assert (files_of.of_reference(file.reference).state, fresh(file.invitation.eoi.reference).state) == (
            "lapsed",
            "closed",
        )


class TestTheEmployerPortal:
    """What the edition of 2025 adds: a job offer with its ID, and a time of its own for the employer's form."""

    def test_the_offers_answers_are_in_the_questionnaire_and_the_message_names_its_id(self, office):
        eoi = editions.begun(IN_2025)

        assert {key: eoi.answers[key] for key in editions.OFFER} == editions.OFFER
        sent = Notice.objects.get(kind="candidate_access")
        assert eoi.reference in sent.subject
        assert days_after(IN_2025, eoi.offer_before) == 30

    def test_the_employer_is_sent_the_id_of_the_offer_with_its_last_day(self, office):
        eoi = editions.begun(IN_2025)
        editions.begun(IN_2024)

        [told] = Notice.objects.filter(kind="job_offer_made")
        assert (told.to, eoi.reference in told.subject) == (eoi.employer, True)
        assert "October 9, 2025" in told.body.replace("\xa0", " ")

    @pytest.mark.parametrize("at", [IN_2024, IN_2025])
    def test_nobody_files_anew_without_the_offer_with_which_an_employer_begins(self, office, at):
        eoi = editions.in_pool(at)
        eois.close_expired(at=eoi.valid_before)

        with pytest.raises(NotAllowed, match="the employer begins, with a job offer"):
            eois.file_anew(reference=eoi.reference, by=eoi.candidate, at=eoi.valid_before + DAY)
        with clock.frozen(eoi.valid_before + DAY):
            page = signed_in(eoi.candidate).get(f"/en/candidate/eoi/{eoi.reference}/").content.decode()
        assert "Ask your employer to make one" in page
        assert "File a new one with my answers" not in page

    def test_before_it_the_candidate_files_anew_alone(self, office):
        eoi = editions.in_pool(IN_2024)
        eois.withdraw_eoi(reference=eoi.reference, reason="A slip.", by=eoi.candidate, at=IN_2024 + DAY)

        assert eois.file_anew(reference=eoi.reference, by=eoi.candidate, at=IN_2024 + 2 * DAY).state == "draft"

    def test_an_offer_without_its_answers_is_no_offer(self, office):
        employer = an_employer(program=CODE, at=IN_2025)
        eoi = eois.open_eoi(program=CODE, category="foreign_worker", by=employer, at=IN_2025)
        yes = dict.fromkeys((one.key for one in editions.queries.criteria(eoi)), "yes")
        eois.answer_criteria(reference=eoi.reference, answers=yes, by=employer, at=IN_2025)

        with pytest.raises(eois.OfferIncomplete) as lacking:
            eois.let_in_candidate(
                reference=eoi.reference, email="x@example.org", name="X Y", language="en", by=employer, at=IN_2025,
                offer={**editions.OFFER, "job_noc": ""},
            )  # fmt: skip
        assert lacking.value.questions == ["NOC code of the job offer"]
        assert fresh(eoi.reference).candidate is None

    def test_every_section_of_the_offers_form_is_on_the_page_and_must_be_answered(self, db):
        editions.an_office(editions.in_two_sections)
        with (settings.PACKS / "ca-nt" / "2026-1" / "tables" / "noc2021.csv").open(encoding="utf-8") as lines:
            load_occupations(lines, edition="NOC 2021 v1.0", in_force_from=date(2021, 9, 21), at=IN_2025)
        employer = an_employer(program=CODE, at=IN_2025)
        eoi = eois.open_eoi(program=CODE, category="foreign_worker", by=employer, at=IN_2025)
        yes = dict.fromkeys((one.key for one in editions.queries.criteria(eoi)), "yes")
        eois.answer_criteria(reference=eoi.reference, answers=yes, by=employer, at=IN_2025)
        client = signed_in(employer)
        url = reverse("eoi:let_in", args=[eoi.reference]).replace("/en/", "/fr/")
        with clock.frozen(IN_2025):
            page = client.get(url).content.decode()
            assert [page.count(title) for title in ("offert</h2>", "Heures et lieu</h2>")] == [1, 1]
            days = days_after(IN_2025, programs.due(programs.rules(eoi.pack), "job_offer", IN_2025))
            assert (f"porte le numéro {eoi.reference}" in page, f"dans {days} jours" in page.replace("\xa0", " ")) == (
                True,
                True,
            )

            said = {"name": "Amina Diallo", "email": "amina@example.org", "language": "fr", **editions.OFFER}
            said |= {"job_permanent": "yes"}
            lacking = client.post(url, {**said, "job_title": "", "job_weeks_year": ""})
            named = [
                name for name in ("job_title", "job_weeks_year") if f'href="#id_{name}"' in lacking.content.decode()
            ]
            assert (lacking.status_code, named) == (422, ["job_title", "job_weeks_year"])
            assert fresh(eoi.reference).candidate is None

            sent = client.post(url, said)
            assert (sent.status_code, re.findall(r'error-message">[^<]*', sent.content.decode())) == (302, [])
        kept = fresh(eoi.reference)
        assert {key: kept.answers[key] for key in editions.OFFER} == editions.OFFER

    def test_it_is_used_within_thirty_days_and_not_a_moment_later(self, office):
        eoi = editions.answered(editions.begun(IN_2025), IN_2025)
        late = eoi.offer_before

        with pytest.raises(NotAllowed, match="time to use this job offer is over"):
            eois.submit_eoi(reference=eoi.reference, token="t", by=eoi.candidate, at=late)
        eois.submit_eoi(reference=eoi.reference, token="t", by=eoi.candidate, at=late - MOMENT)
        assert fresh(eoi.reference).state == "in_pool"
        assert eois.lapse_offers(at=late) == 0

    def test_unused_it_lapses_and_both_are_told(self, office):
        eoi = editions.begun(IN_2025)

        assert eois.lapse_offers(at=eoi.offer_before - MOMENT) == 0
        assert eois.lapse_offers(at=eoi.offer_before) == 1
        assert (fresh(eoi.reference).state, fresh(eoi.reference).closing_reason) == ("closed", "offer_lapsed")
        told = Notice.objects.filter(kind="eoi_stopped").values_list("to", flat=True)
        assert set(told) == {eoi.employer_id, eoi.candidate_id}

    def test_a_candidate_with_an_account_uses_it_by_its_id(self, office):
        person, stranger = editions.a_candidate(IN_2025), editions.a_candidate(IN_2025)
        eoi = editions.begun(IN_2025, email=person.email.upper())

        for by, number in ((stranger, eoi.reference), (person, "ON-E-2025-999999")):
            with pytest.raises(eois.NoSuchOffer):
                eois.take_up_offer(number=number, by=by, at=IN_2025)
        with pytest.raises(eois.NoSuchOffer):
            eois.take_up_offer(number=eoi.reference, by=person, at=eoi.offer_before)
        eois.take_up_offer(number=f" {eoi.reference.lower()} ", by=person, at=IN_2025)
        assert fresh(eoi.reference).candidate == person
        with pytest.raises(eois.NoSuchOffer):
            eois.take_up_offer(number=eoi.reference, by=person, at=IN_2025)

    def test_a_candidate_who_has_a_file_in_the_stream_takes_up_no_second(self, office):
        person = editions.a_candidate(IN_2025)
        first, second = editions.begun(IN_2025, email=person.email), editions.begun(IN_2025, email=person.email)
        eois.take_up_offer(number=first.reference, by=person, at=IN_2025)

        with pytest.raises(NotAllowed):
            eois.take_up_offer(number=second.reference, by=person, at=IN_2025)

    def test_the_employers_form_has_fourteen_days_of_the_seventeen(self, office):
        invitation = editions.invite(office, editions.in_pool(IN_2025), IN_2025 + 2 * DAY)
        file = editions.opened(invitation, IN_2025 + 3 * DAY)
        due = file.parts.get(key="employer").due_by

        assert days_after(invitation.issued_at, due) == 14
        with pytest.raises(NotAllowed):
            editions.fill(file, "employer", due)
        assert applications.close_lapsed(at=due - MOMENT) == 0
        assert applications.close_lapsed(at=due) == 1

    def test_nobody_begins_an_application_whose_first_form_is_too_late(self, office):
        invitation = editions.invite(office, editions.in_pool(IN_2025), IN_2025 + 2 * DAY)
        late = invitation.target_by

        with pytest.raises(NotAllowed):
            editions.opened(invitation, late)
        assert editions.opened(invitation, late - MOMENT).state == "filling"

    def test_an_invitation_whose_employer_does_not_begin_closes_when_its_own_time_is_over(self, office):
        left = editions.invite(office, editions.in_pool(IN_2025), IN_2025 + 2 * DAY)
        over = left.begin_by

        assert days_after(left.issued_at, over) == 14
        assert invitations.close_lapsed(at=over - MOMENT) == 0
        assert not left.has_lapsed(over - MOMENT)
        assert left.has_lapsed(over)
        with pytest.raises(NotAllowed):
            invitations.decline(reference=left.reference, by=left.eoi.candidate, at=over)
        assert invitations.close_lapsed(at=over) == 1
        left.refresh_from_db()
        assert (left.state, left.ended_at, left.eoi.state) == ("lapsed", over, "closed")
        assert broken(check(at=over + DAY)) == []

    def test_an_invitation_begun_in_time_outlives_the_time_to_begin(self, office):
        begun = editions.invite(office, editions.in_pool(IN_2025), IN_2025 + 2 * DAY)
        file = editions.opened(begun, IN_2025 + 3 * DAY)
        editions.fill(file, "employer", IN_2025 + 4 * DAY)

        assert invitations.close_lapsed(at=begun.begin_by) == applications.close_lapsed(at=begun.begin_by) == 0
        assert not Invitation.objects.get(pk=begun.pk).has_lapsed(begun.begin_by)

    @pytest.mark.parametrize("begun", [False, True])
    def test_more_time_moves_the_employers_days_too(self, office, begun):
        invitation = editions.invite(office, editions.in_pool(IN_2025), IN_2025 + 2 * DAY)
        file = editions.opened(invitation, IN_2025 + 3 * DAY) if begun else None
        over = invitation.begin_by
        said = {"reference": invitation.reference, "days": 5, "reason": "The form failed", "by": office.officer}
        invitations.extend(**said, at=IN_2025 + 4 * DAY)

        assert invitations.close_lapsed(at=over) == applications.close_lapsed(at=over) == 0
        file = file or editions.opened(invitation, over)
        own = files_of.of_reference(file.reference).parts.get(key="employer").due_by
        assert days_after(invitation.issued_at, own) == 19
        assert applications.close_lapsed(at=own - MOMENT) == 0
        assert applications.close_lapsed(at=own) == 1
        assert broken(check(at=own + DAY)) == []

    def test_a_form_that_is_late_is_not_brought_back_by_more_time(self, office):
        invitation = editions.invite(office, editions.in_pool(IN_2025), IN_2025 + 2 * DAY)
        file = editions.opened(invitation, IN_2025 + 3 * DAY)
        late = file.parts.get(key="employer").due_by

        invitations.extend(reference=invitation.reference, days=5, reason="x", by=office.officer, at=late)
        assert file.parts.get(key="employer").due_by == late
        assert applications.close_lapsed(at=late) == 1

    def test_graduates_begin_by_themselves_as_before(self, office, client):
        person = editions.a_candidate(IN_2025)

        assert eois.open_eoi(program=CODE, category="masters_graduate", by=person, at=IN_2025).candidate == person
        with pytest.raises(NotAllowed):
            eois.open_eoi(program=CODE, category="foreign_worker", by=person, at=IN_2025)


def closed_stream(office: editions.Office, stream: str, at: datetime, until: datetime | None = None) -> None:
    """The stream closed by two directors at ``at``, its pool emptied."""
    said = {"en": "The rules of the program change.", "fr": "Les règles du Programme changent."}
    closing = eois.propose_closing(
        program=CODE, stream=stream, reason=said, until=until, by=office.director, at=at - DAY
    )  # fmt: skip
    eois.carry_out_closing(closing=closing, by=office.second, at=at)
    while eois.empty_closed_pools(at=at):
        pass


def test_the_pool_of_job_offers_is_emptied_before_the_portal_opens_and_who_is_invited_keeps_the_rules_of_2024(office):
    """ontario.md 1.3: expressions of interest with a job offer ended on 21 and 22 June 2025; the portal opened on 2 July."""
    june = datetime(2025, 6, 18, 16, tzinfo=UTC)
    one, graduate = editions.in_pool(june), editions.a_candidate(june)
    invitation = editions.invite(office, one, june + 2 * DAY)
    other = editions.in_pool(june + 2 * DAY)
    closed_stream(office, "foreign_worker", june + 3 * DAY, until=editions.FROM_2025)

    assert (fresh(one.reference).state, fresh(other.reference).closing_reason) == ("invited", "removed")
    with pytest.raises(NotAllowed, match="stream is closed"):
        editions.begun(june + 4 * DAY)
    assert eois.open_eoi(program=CODE, category="masters_graduate", by=graduate, at=june + 4 * DAY).state == "draft"

    july = datetime(2025, 7, 3, 16, tzinfo=UTC)
    file = editions.opened(invitation, july)
    assert days_after(invitation.issued_at, invitation.respond_by) == 14
    assert {part.key: part.state for part in file.parts.all()} == {"candidate": "open", "employer": "open"}
    assert editions.begun(july).pack.version == "2025-1"


def closed_in_2026(office: editions.Office, at: datetime) -> None:
    """The edition of 26 June 2026 in force from ``at``, as it ships: what it closes is closed."""
    top = "program.yaml"
    shipped, below = files.sources(settings.PACKS / CODE / "2026-1"), editions.sources("2026-1")
    told = {path: text if path == top else below[path] for path, text in shipped.items()}
    heading = files.heading(told)
    Pack.objects.create(
        pk=900_204, code=CODE, version="2026-1", kind="program", program_id=CODE, loaded_at=at - 9 * DAY,
        sha256=files.fingerprint(told), sources=told, in_force_from=heading.from_at, by_staff=heading.by_staff,
    )  # fmt: skip
    put = ask_to_put_in_force(
        program=CODE, version="2026-1", from_at=at, reason="O. Reg. 204/26", by=office.director, at=at - 2 * DAY
    )
    confirm_put_in_force(put=put, by=office.second, at=at - DAY)


def test_in_june_2026_streams_close_uninvited_files_end_and_applications_go_on(office):
    """ontario.md 1.8: O. Reg. 204/26 of 25 and 26 June 2026."""
    closes = datetime(2026, 6, 26, 4, tzinfo=UTC)
    allocations.set_places(program=CODE, year=2026, places=9, reason="Letter", by=office.director, at=closes - 99 * DAY)
    applies = editions.in_pool(closes - 9 * DAY)
    file = editions.opened(editions.invite(office, applies, closes - 6 * DAY), closes - 5 * DAY)
    editions.fill(file, "employer", closes - 4 * DAY)
    waits = editions.in_pool(closes - 3 * DAY)
    draft = editions.answered(editions.begun(closes - 3 * DAY), closes - 3 * DAY)
    closed_in_2026(office, closes)
    closed_stream(office, "foreign_worker", closes)

    rules = programs.rules_in_force(CODE, closes)
    assert (rules.version, [one.key for one in rules.categories if one.open]) == ("2026-1", [])
    assert (fresh(waits.reference).state, fresh(waits.reference).closing_reason) == ("closed", "removed")
    told = Notice.objects.filter(kind="eoi_removed", about=waits.reference)
    assert set(told.values_list("to", flat=True)) == {waits.candidate_id, waits.employer_id}
    with pytest.raises(NotAllowed, match="stream is closed"):
        eois.submit_eoi(reference=draft.reference, token="t", by=draft.candidate, at=closes)
    graduate = editions.a_candidate(closes)
    with pytest.raises(NotAllowed, match="not open"):
        eois.open_eoi(program=CODE, category="masters_graduate", by=graduate, at=closes)
    with pytest.raises(BadPlan, match="stream is closed"):
        editions.invite(office, waits, closes + DAY)

    editions.fill(file, "candidate", closes + 2 * DAY)
    assert files_of.of_reference(file.reference).state == "awaiting_payment"
    assert broken(check(at=closes + 3 * DAY)) == []


# Worked by hand from the grid of 28 April 2021: skill level, skill type, wage, work in Canada and its level, earnings, place.
RECORDS: list[tuple[dict[str, Any], int]] = [
    ({"job_noc_2016": "2173", "canadian_work_months": 14, "canadian_work_noc_2016": "2174"}, 10 + 10 + 10 + 4 + 3 + 3 + 10),
    ({"job_noc_2016": "7271", "canadian_work_months": 11, "canadian_work_noc_2016": "7271", "job_wage_hourly": "39.99",
      "job_location_cd": "3520"}, 8 + 5 + 5 + 0 + 0 + 3 + 6),
    ({"job_noc_2016": "0213", "canadian_work_months": 0, "job_wage_hourly": "19.99", "best_year_earnings": "39999",
      "job_location_cd": "3558"}, 10 + 10 + 0 + 0 + 0 + 0 + 10),
]  # fmt: skip


@pytest.mark.parametrize(("answers", "points"), RECORDS)
def test_a_record_of_2021_is_scored_under_the_grid_of_its_time_and_stays_so(office, answers, points):
    eoi = editions.in_pool(IN_2021, **answers)

    assert (eoi.pack.version, eoi.grid, eoi.points) == ("2021-1", "on-fw-2021-04", points)
    again = programs.score(eoi.pack, eoi.answers, IN_2025, category=eoi.category)
    assert (again.total, again.maximum) == (points, 60)
    assert sum(one.points for one in claims_of(eoi)) == points


def test_pages_follow_the_day_too(office, client, settings):
    from passerelle.core import clock

    employer, candidate = an_employer(program=CODE, at=IN_2024), editions.a_candidate(IN_2024)
    for at, starts, takes_up in ((IN_2024, 404, 404), (IN_2025, 200, 200)):
        with clock.frozen(at):
            page = signed_in(employer).get(reverse("eoi:start"))
            offered = "Foreign Worker" in page.content.decode()
            assert offered == (starts == 200)
            assert signed_in(candidate).get(reverse("eoi:take_up")).status_code == takes_up


def test_of_a_private_change_the_other_side_learns_nothing(office):
    eoi = editions.in_pool(IN_2024)
    file = editions.opened(editions.invite(office, eoi, IN_2024 + 2 * DAY), IN_2024 + 3 * DAY)
    editions.fill(file, "employer", IN_2024 + 4 * DAY)
    Application.objects.filter(pk=file.pk).update(state="queued", file_number="ON-F-2024-1", received_at=IN_2024)
    file.refresh_from_db()
    at, sides = IN_2024 + 6 * DAY, (file.candidate, file.employer)
    with clock.frozen(at):
        said = {"kind": "family", "happened_on": "2024-09-12", "detail": "A son, Ilya, was born."}
        offered = [signed_in(one).get(f"/en/application/{file.reference}/change/").content.decode() for one in sides]
        answers = [signed_in(one).post(f"/en/application/{file.reference}/change/", said).status_code for one in sides]
        pages = [signed_in(one).get(f"/en/application/{file.reference}/").content.decode() for one in sides]

    assert [("My family changed" in one, "The job changed" in one) for one in offered] == [(True, True), (False, True)]
    assert answers == [302, 422]
    assert ["Change reported" in one for one in pages] == [True, False]
    assert not Notice.objects.filter(kind="change_reported").exists()
    with pytest.raises(NotAllowed, match="not one that you report"):
        applications.report_change(
            reference=file.reference, **{**said, "happened_on": at.date()}, by=file.employer, at=at
        )

    applications.report_change(
        reference=file.reference, kind="job_ended", happened_on=date(2024, 9, 12), detail="", by=file.candidate, at=at
    )
    assert Notice.objects.get(kind="change_reported").to == file.employer


def test_a_nomination_is_good_for_the_time_of_its_stream(office):
    rules = programs.rules_in_force(CODE, IN_2024)
    by_offer, federal = ("foreign_worker", "human_capital_priorities")

    assert [rules.deadline("nomination", one).key for one in (by_offer, federal)] == [
        "nomination",
        "nomination_express_entry",
    ]
    assert rules.deadline("nomination", federal).certainty == "uncertain"
    assert [rules.deadline("federal_application", one).key for one in (by_offer, federal)] == [
        "federal_application",
        "nomination_acceptance",
    ]


def test_public_pages_follow_the_employer_portal(office):
    """One account serves all offers; the days of both forms stand under a draw; graduates read that they begin by themselves."""
    with clock.frozen(IN_2025):
        client = Client()
        form = client.get(reverse("accounts:register", args=[CODE]) + "?as=employer").content.decode()
        home = client.get(reverse("desks:program_home", args=[CODE])).content.decode()
        criteria = client.get(reverse("desks:criteria", args=[CODE])).content.decode()
        rules = programs.rules_in_force(CODE, IN_2025)
        words = render_to_string("desks/public/after_draw.html", {
            "rules": rules, "stream": (stream := rules.stream("foreign_worker")), **time_to_apply(rules, stream),
        })  # fmt: skip

    assert "One account serves all your job offers" in form
    assert "one account for each candidate" not in form
    assert "Without one the candidate opens it." in home
    assert "fits the job" not in criteria
    assert "your employer has 14 calendar days to apply, and you have 17" in words
