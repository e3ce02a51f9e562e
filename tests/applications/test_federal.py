"""The federal side of a file until its nomination (ontario.md 1.4): a federal invitation, and the last day of the profile."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse

from passerelle.applications import federal, mandatory, operations, queries
from passerelle.applications.models import FederalInvitation
from passerelle.applications.operations.federal_file import HEAD
from passerelle.applications.states import FEDERAL_INVITATION_LIFECYCLE
from passerelle.core import audit, clock
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import NotAllowed
from passerelle.express_entry import queries as pool
from passerelle.express_entry.models import FederalProfile, Notification
from passerelle.express_entry.operations import hold_profile
from passerelle.notices import queries as notices
from passerelle.programs import files
from passerelle.programs.rules import read
from passerelle.project import invariants
from tests.express_entry.files import NOON, PROGRAM
from tests.express_entry.rounds import DAY, a_plan, a_pool, an_office, issued
from tests.support import cases
from tests.support import federal as made
from tests.support.federal import AT, a_proof, assessed
from tests.support.people import signed_in

pytestmark = pytest.mark.django_db
INVITED = date(2026, 3, 20)


@pytest.fixture(autouse=True)
def _now() -> Any:
    cache.clear()
    with clock.frozen(AT):
        yield


@pytest.fixture
def case() -> made.FederalCase:
    return assessed()


def report(case: made.FederalCase, answer: str = "decline", **given: Any) -> FederalInvitation:
    said = {"reference": case.application, "invited_on": INVITED, "answer": answer, "by": case.candidate, "at": AT}
    return operations.report_federal_invitation(**(said | given))


def send(case: made.FederalCase) -> FederalInvitation:
    return operations.send_decline_proof(reference=case.application, uploads=[a_proof()], by=case.candidate, at=AT)


def settle(case: made.FederalCase, outcome: str, reason: str = "") -> FederalInvitation:
    return operations.settle_federal_invitation(
        reference=case.application, outcome=outcome, reason=reason, by=case.office.officer, at=AT
    )


def nominate(case: made.FederalCase, **given: Any) -> Any:
    said = {"reference": case.application, "kind": "nomination", "by": case.office.officer, "at": AT}
    return operations.decide(**(said | given))


def events(case: made.FederalCase) -> list[str]:
    return [one.event for one in audit.trail(case.application) if one.event.startswith("federal_invitation")]


def test_declined_with_a_proof_that_is_accepted_the_file_goes_on_to_a_nomination(case: made.FederalCase):
    report(case)
    with pytest.raises(NotAllowed, match=r"March.20, 2026: nobody is nominated until"):
        nominate(case)
    send(case)
    with pytest.raises(NotAllowed, match="Check the proof"):
        nominate(case)

    settle(case, "accepted")
    nominate(case)

    assert case.file.state == "nominated"
    assert events(case) == [f"federal_invitation.{one}" for one in ("reported", "proof_sent", "accepted")]
    kinds = [one.kind for one in notices.inbox(case.candidate)]
    assert {"federal_invitation_reported", "federal_invitation_settled"} <= set(kinds)
    tasks = {one.kind for one in notices.tasks(PROGRAM)}
    assert {"federal_invitation_reported", "decline_proof_received"} <= tasks
    assert not invariants.broken(invariants.check(at=AT))


def test_a_proof_turned_down_says_why_and_the_invitation_stands(case: made.FederalCase):
    report(case)
    send(case)
    with pytest.raises(NotAllowed, match="Give the reason"):
        settle(case, "not_accepted", " ")

    settle(case, "not_accepted", "The picture shows no date.")

    with pytest.raises(NotAllowed, match="nobody is nominated until"):
        nominate(case)
    [told] = [one for one in notices.inbox(case.candidate) if one.kind == "federal_invitation_settled"]
    assert "The picture shows no date." in told.body
    send(case)
    settle(case, "accepted")
    assert federal.may_be_nominated(case.file, AT)


SCORES = {"l1_listening": "249", "l1_reading": "207", "l1_writing": "310", "l1_speaking": "310"}


@pytest.mark.parametrize(
    ("category", "levels"),
    [("human_capital_priorities", [7, 7, 7, 7]), ("french_speaking_skilled_worker", [7, 7, 7, 7]), ("skilled_trades", [7, 7, 7, 7]),
     ("masters_graduate", [3, 3, 4, 3])],
)  # fmt: skip
def test_tef_canada_is_read_by_the_scale_of_the_stream(category: str, levels: list[int]):
    rules = read(files.sources(settings.PACKS / PROGRAM / "2024-1"))
    said = {"has_language_test": True, "first_official_language": "fr", "has_second_language": False,
            "l1_test": "tef_canada", "l1_test_date": "2025-09-01", **SCORES}  # fmt: skip

    facts = rules.facts(said, AT, category=category)

    assert [facts[f"l1_level_{one}"] for one in ("listening", "reading", "writing", "speaking")] == levels
    assert facts["french_nclc"] == min(levels)


def test_a_candidate_reads_the_levels_by_the_scale_of_express_entry():
    case = made.taken_up()
    part = queries.part_for(case.candidate, reference=case.application, part="candidate")
    given = {"reference": case.application, "part": "candidate", "section": "federal_language"}
    said = {**part.answers, **made.answers(AT.date())}
    operations.save_section(answers=said, by=case.candidate, at=AT, **given)

    address = reverse("applications:section", args=[case.application, "candidate", "federal_language"])
    page = signed_in(case.candidate).get(address).content.decode()

    # 300, 250, 375 and 375 in TEF Canada, then IELTS at 8.
    assert [page.count(f"Converts to CLB {level}.") for level in (9, 8, 3)] == [4, 4, 0]


@pytest.mark.parametrize(("crs", "state"), [(424, "not_met"), (425, "met"), (444, "met"), (445, "not_met")])
def test_the_score_on_the_day_of_the_notification_is_held_against_the_window_of_its_round(crs: int, state: str):
    case = made.taken_up(
        crs="430", stream="human_capital_priorities", crs_lowest=425, crs_highest=444, french_lowest=None,
        english_lowest=None, either_lowest=7,
    )  # fmt: skip
    part = queries.part_for(case.candidate, reference=case.application, part="candidate")
    assert part.answers["crs_score"] == 430
    operations.save_section(
        reference=case.application, part="candidate", section="express_entry",
        answers={**part.answers, "crs_score": crs}, by=case.candidate, at=AT,
    )  # fmt: skip

    check = mandatory.checks(case.file, AT)["crs_in_round"]

    assert check.state == state
    assert [check.seen[key] for key in ("crs_score", "federal_crs_lowest", "federal_crs_highest")] == [crs, 425, 444]
    assert check.seen["federal_crs_computed"] == FederalProfile.objects.get(crs_given=430).crs_computed


def test_a_refusal_does_not_wait_for_the_federal_side(case: made.FederalCase):
    criterion = queries.criteria(case.file)[0].key
    operations.record_finding(
        reference=case.application, criterion=criterion, verdict="not_met", note="No", by=case.office.officer, at=AT
    )
    report(case)

    nominate(case, kind="refusal", reasons="Not enough experience.")

    assert case.file.state == "refused"


def test_one_that_comes_while_a_refusal_is_looked_at_again_keeps_the_reopened_file_from_a_nomination(
    case: made.FederalCase,
):
    office = case.office
    found = {
        "reference": case.application,
        "criterion": queries.criteria(case.file)[0].key,
        "by": office.officer,
        "at": AT,
    }
    operations.record_finding(verdict="not_met", note="No", **found)
    nominate(case, kind="refusal", reasons="No.")
    with pytest.raises(NotAllowed, match="decided or closed"):
        report(case, by=office.officer, answer="")
    operations.ask_review(
        reference=case.application,
        error="The letter was there.",
        difference="It shows the work.",
        by=case.candidate,
        at=AT,
    )
    page = signed_in(office.officer).get(reverse("applications:record_federal_invitation", args=[case.application]))
    assert page.status_code == 200
    report(case, by=office.officer, answer="")

    decided = {
        "reference": case.application,
        "outcome": "overturned",
        "reasons": "It was.",
        "by": office.second,
        "at": AT,
    }
    operations.decide_review(**decided)
    assert case.file.state == "in_assessment"
    operations.record_finding(verdict="met", note="", **(found | {"by": office.second}))
    with pytest.raises(NotAllowed, match="nobody is nominated until"):
        nominate(case, by=office.second)
    send(case)
    settle(case, "accepted")
    nominate(case, by=office.second)

    assert case.file.state == "nominated"


def test_going_ahead_federally_is_a_withdrawal_by_the_candidate(case: made.FederalCase):
    report(case, "ahead")
    assert case.file.state == "in_assessment"

    operations.withdraw_application(reference=case.application, reason="Federal", by=case.candidate, at=AT)

    assert case.file.state == "withdrawn"
    with pytest.raises(NotAllowed):
        send(case)


def test_staff_record_one_and_set_aside_what_was_a_mistake(case: made.FederalCase):
    report(case, "", by=case.office.officer)
    with pytest.raises(NotAllowed, match="told of already"):
        report(case)
    with pytest.raises(IllegalMove):
        settle(case, "accepted")

    settle(case, "mistaken", "It was another person's.")

    assert FederalInvitation.objects.get().answer == ""
    assert federal.may_be_nominated(case.file, AT)


@pytest.mark.parametrize("who", ["stranger", "draw manager"])
def test_nobody_else_tells_of_one(case: made.FederalCase, who: str):
    by = {"stranger": case.other, "draw manager": case.rounds.manager}[who]

    with pytest.raises(NotAllowed):
        report(case, by=by)


def test_what_is_told_is_whole_and_past(case: made.FederalCase):
    with pytest.raises(NotAllowed, match="Choose what you will do"):
        report(case, "")
    with pytest.raises(NotAllowed, match="still to come"):
        report(case, invited_on=AT.date() + DAY)
    with pytest.raises(NotAllowed, match="No federal invitation stands"):
        send(case)
    report(case)
    with pytest.raises(NotAllowed, match="Add the proof"):
        operations.send_decline_proof(reference=case.application, uploads=[], by=case.candidate, at=AT)


def test_every_move_of_the_table_has_an_act_here():
    assert set(FEDERAL_INVITATION_LIFECYCLE.moves) == {"send_proof", *operations.FEDERAL_OUTCOMES.values()}


def test_the_database_keeps_one_open_and_none_declined_without_a_proof(case: made.FederalCase):
    told = report(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        FederalInvitation.objects.create(
            application=case.file, invited_on=INVITED, reported_by=case.candidate, reported_at=AT
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        FederalInvitation.objects.filter(pk=told.pk).update(state="declined", settled_by=case.office.officer)


def test_only_the_streams_of_the_federal_pool_are_asked(office: Any):
    case = cases.assessed(office)

    assert federal.may_be_nominated(case.file, AT)
    with pytest.raises(NotAllowed, match="did not come from the federal pool"):
        operations.report_federal_invitation(
            reference=case.application, invited_on=INVITED, answer="decline", by=case.candidate, at=cases.NOON + 7 * DAY
        )


def test_a_profile_is_valid_on_the_day_of_the_nomination(case: made.FederalCase):
    FederalProfile.objects.update(valid_until=AT.date())
    assert federal.may_be_nominated(case.file, AT)
    assert "valid through" in federal.warning(case.file, AT)
    with pytest.raises(NotAllowed, match="profile that is over"):
        nominate(case, at=AT + DAY)

    nominate(case)
    assert case.file.state == "nominated"
    assert federal.warning(case.file, AT) == ""


def test_a_profile_renewed_in_the_next_file_counts(case: made.FederalCase, tmp_path: Path):
    FederalProfile.objects.update(valid_until=AT.date() - DAY)
    assert not federal.may_be_nominated(case.file, AT)

    a_pool(tmp_path, {"crs": "410", "valid_until": "2027-02-28"}, name="again.csv", at=AT)

    assert federal.may_be_nominated(case.file, AT)
    assert federal.warning(case.file, AT) == ""


# --- the pages ----------------------------------------------------------------------------------------------------


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def at(name: str, case: made.FederalCase) -> str:
    return reverse(f"applications:{name}", args=[case.application])


TOLD = {"invited_on_day": "20", "invited_on_month": "3", "invited_on_year": "2026"}


def test_the_candidate_tells_of_it_and_sends_the_proof_and_an_officer_checks_it(case: made.FederalCase):
    mine, theirs = signed_in(case.candidate), signed_in(case.office.officer)

    assert at("federal_invitation", case) in text(mine.get(at("file", case)))
    assert mine.post(at("federal_invitation", case), TOLD).status_code == 422
    assert mine.post(at("federal_invitation", case), TOLD | {"answer": "decline"}).status_code == 302
    assert "While the federal invitation of March 20, 2026 stands" in text(mine.get(at("file", case)))
    empty = mine.post(at("decline_proof", case))
    assert (empty.status_code, "Add the proof" in text(empty)) == (422, True)
    assert mine.post(at("decline_proof", case), {"files": [a_proof()]}).status_code == 302
    file = text(theirs.get(at("staff_file", case)))
    assert "declined.pdf" in file
    assert "Check the proof that they declined it first" in file
    wrong = theirs.post(at("settle_federal_invitation", case), {"outcome": "not_accepted", "reason": ""})
    assert (wrong.status_code, "Give the reason" in text(wrong)) == (422, True)
    assert theirs.post(at("settle_federal_invitation", case), {"outcome": "accepted"}).status_code == 302
    assert "Federal invitation of March 20, 2026: Declined." in text(theirs.get(at("staff_file", case)))
    assert theirs.get(at("settle_federal_invitation", case)).status_code == 404


def test_whoever_goes_ahead_federally_is_led_to_the_withdrawal(case: made.FederalCase):
    answer = signed_in(case.candidate).post(at("federal_invitation", case), TOLD | {"answer": "ahead"})

    assert answer.url == at("withdraw", case)
    assert case.file.state == "in_assessment"


def test_an_officer_records_one(case: made.FederalCase):
    theirs = signed_in(case.office.officer)
    answer = theirs.post(at("record_federal_invitation", case), TOLD)

    assert answer.status_code == 302
    assert FederalInvitation.objects.get().reported_by == case.office.officer
    decided = theirs.post(at("decide", case), {"kind": "nomination", "confirmed": "1"})
    assert (decided.status_code, "nobody is nominated until" in text(decided)) == (422, True)


def test_the_proof_is_the_candidates_and_staffs_alone(case: made.FederalCase):
    told = report(case)
    send(case)
    [proof] = federal.proofs(told)

    assert queries.may_read(case.candidate, case.file, owner=told.owner)
    assert not queries.may_read(case.other, case.file, owner=told.owner)
    assert Client().get(at("decline_proof", case)).status_code == 302
    page = reverse("applications:staff_document", args=[case.application, f"federal-{told.pk}", proof.pk])
    assert signed_in(case.office.officer).get(page).status_code == 200
    assert signed_in(case.candidate).get(page).status_code == 404


def test_an_answer_that_differs_from_the_profile_is_shown_and_no_points_are_worked_out(case: made.FederalCase):
    part = queries.part_for(case.candidate, reference=case.application, part="candidate")
    part.answers = {**part.answers, "crs_score": 380}
    part.save()

    file = text(signed_in(case.office.officer).get(at("staff_file", case)))

    assert "Some answers differ from what the federal profile said" in file
    assert '<td data-label="Federal profile">410</td>' in file
    assert '<td data-label="Application">380</td>' in file
    assert "Portugal</td>" not in file  # the profile names no citizenship: that is no difference


# --- the file for the federal side --------------------------------------------------------------------------------


def taken(case: made.FederalCase, day: int = 30, **given: Any) -> list[dict[str, Any]]:
    when = AT + 10 * DAY
    said = {"first": date(2026, 3, 30), "through": date(2026, 3, day), "by": case.rounds.manager, "at": when}
    rows = operations.take_federal_nominations(program=PROGRAM, **(said | given))
    return [dict(zip(HEAD, row, strict=True)) for row in rows]


def test_a_nomination_is_in_the_file_of_its_day_and_a_cancelled_one_in_that_of_its_own(case: made.FederalCase):
    nominate(case)
    number = queries.nomination_of(case.file).number

    [row] = taken(case)
    assert row == {
        "nomination": number, "profile_number": "E000000001", "family_name": "Duarte", "given_names": "Inês",
        "stream": "french_speaking_skilled_worker", "standing": "in_force", "issued_on": "2026-03-30",
        "expires_on": "2026-09-30", "cancelled_on": "", "changed_on": "2026-03-30",
    }  # fmt: skip
    assert taken(case, first=date(2026, 3, 29), through=date(2026, 3, 29)) == []
    later = AT + 2 * DAY
    operations.ask_to_cancel_nomination(number=number, reason="Misled us.", by=case.office.officer, at=later)
    assert taken(case, first=date(2026, 4, 1), through=date(2026, 4, 1)) == []
    operations.confirm_nomination_cancelled(number=number, by=case.office.director, at=later)
    [gone] = taken(case, first=date(2026, 4, 1), through=date(2026, 4, 1))
    assert (gone["standing"], gone["cancelled_on"], gone["changed_on"]) == ("cancelled", "2026-04-01", "2026-04-01")
    [row] = [one for one in audit.trail(f"federal-{PROGRAM}") if one.event == "nominations.file_taken"][:1]
    assert (row.by, row.detail["rows"]) == (case.rounds.manager, 1)


def test_only_a_draw_manager_or_a_director_takes_it(case: made.FederalCase):
    with pytest.raises(NotAllowed, match="Only a draw manager or a director"):
        taken(case, by=case.office.officer)
    with pytest.raises(NotAllowed, match="The first day comes after"):
        taken(case, first=date(2026, 4, 2))

    address = reverse("applications:federal_nominations")
    days = {"first_day": "30", "first_month": "3", "first_year": "2026"}
    days |= {"through_day": "30", "through_month": "3", "through_year": "2026"}
    nominate(case)
    assert signed_in(case.office.auditor).post(address, days).status_code == 403
    pages = signed_in(case.rounds.manager)
    answer = pages.post(address, days)
    assert answer["Content-Disposition"] == 'attachment; filename="nominations-2026-03-30-2026-03-30.csv"'
    assert "E000000001,Duarte" in answer.content.decode()
    assert case.rounds.manager.name in text(pages.get(address))
    assert pages.post(address, days | {"first_day": "31"}).status_code == 422


# --- how it ends, and how long the profile stays ------------------------------------------------------------------


NEXT = "Ontario can notify you again only if you make a new Express Entry profile"


def test_whoever_lets_the_time_run_out_is_told_the_true_next_step():
    case = made.taken_up()
    over = case.file.complete_by

    operations.close_lapsed(at=over)

    [told] = [one for one in notices.inbox(case.candidate) if one.kind == "application_lapsed"]
    assert NEXT in told.body
    assert "expression of interest" not in told.body
    page = text(signed_in(case.candidate).get(at("file", case)))
    assert "notify you again only on a new federal profile" in page


@pytest.mark.parametrize("ending", ["withdrawn", "returned", "refused"])
def test_so_is_whoever_is_withdrawn_returned_or_refused(case: made.FederalCase, ending: str):
    officer = case.office.officer
    if ending == "withdrawn":
        operations.withdraw_application(reference=case.application, reason="", by=case.candidate, at=AT)
        told = [notices.inbox(case.candidate).get(kind="application_withdrawn").body]
    elif ending == "returned":
        operations.return_incomplete(reference=case.application, missing=["Page 2"], by=officer, at=AT)
        letter = next(one for one in notices.letters(case.application) if one.kind == "return_letter")
        told = [notices.inbox(case.candidate).get(kind="application_returned").body, str(letter.body)]
    else:
        criterion = queries.criteria(case.file)[0].key
        operations.record_finding(
            reference=case.application, criterion=criterion, verdict="not_met", note="No", by=officer, at=AT
        )
        nominate(case, kind="refusal", reasons="No.")
        told = [str(next(one for one in notices.letters(case.application) if one.kind == "refusal").body)]

    assert all(NEXT in words for words in told)
    assert not any("expression of interest" in words for words in told)


def years_later(at: datetime, years: int, **more: Any) -> datetime:
    return at.replace(year=at.year + years) + timedelta(**more)


def test_the_profile_stays_seven_years_past_the_end_of_the_file_and_then_goes(case: made.FederalCase):
    operations.withdraw_application(reference=case.application, reason="", by=case.candidate, at=AT)

    assert operations.purge_notified_profiles(at=years_later(AT, 7)) == 0
    assert operations.purge_notified_profiles(at=years_later(AT, 7, days=30)) == 1

    notification = Notification.objects.get()
    assert (notification.profile, notification.taken_up_by) == (None, case.candidate)
    assert FederalProfile.objects.count() == 1  # the one that was never notified has a rule of its own
    purged = [one for one in audit.trail(f"federal-{PROGRAM}") if one.event == "profiles.purged"]
    assert purged[-1].detail["profiles"] == 1


def test_a_nomination_good_until_later_keeps_the_profile(case: made.FederalCase):
    nominate(case)
    end = queries.nomination_of(case.file).expires_before

    assert operations.purge_notified_profiles(at=years_later(AT, 7, days=60)) == 0
    assert operations.purge_notified_profiles(at=years_later(end, 7, days=1)) == 1


def test_an_open_file_and_a_hold_keep_it(case: made.FederalCase):
    assert operations.purge_notified_profiles(at=years_later(AT, 9)) == 0
    operations.withdraw_application(reference=case.application, reason="", by=case.candidate, at=AT)
    hold_profile(program=PROGRAM, number=made.NUMBER, reason="Court", by=case.rounds.director, at=AT)

    assert operations.purge_notified_profiles(at=years_later(AT, 9)) == 0


def test_an_unanswered_notification_lets_its_profile_go_and_a_round_finds_others_still(tmp_path: Path):
    office = an_office()
    a_pool(tmp_path, {"crs": "410"}, {"crs": "420", "valid_until": "2040-01-01"})
    plan = issued(office)
    later = years_later(NOON, 7, days=60)

    assert operations.purge_notified_profiles(at=later) == 2
    a_pool(tmp_path, {"crs": "410", "valid_until": "2034-01-01", "created_on": "2033-03-01"}, name="new.csv", at=later)
    assert (
        pool.preview(
            a_plan(office, at=later, held_on=later.date(), created_from=date(2033, 1, 1), created_through=later.date()),
            later,
        ).found
        == 1
    )
    assert plan.number


def test_a_notification_keeps_what_it_said(case: made.FederalCase):
    for change in ({"profile": FederalProfile.objects.exclude(notifications__isnull=False).get()}, {"taken_up_at": None},
                   {"taken_up_by": case.other}, {"stream": "skilled_trades"}):  # fmt: skip
        with pytest.raises(ProgrammingError), transaction.atomic():
            Notification.objects.update(**change)


def test_a_federal_skilled_workers_points_are_worked_out_on_the_federal_grid():
    """Bachelor's 21, five years 13, under 36 12, French and English; 67 are needed, and one ability under CLB 7 is never enough."""
    file = assessed().file
    part = file.parts.get(key="candidate")

    def check(**answers: Any) -> Any:
        part.answers = {**part.answers, **answers}
        part.save(update_fields=["answers"])
        return mandatory.checks(queries.of_reference(file.reference), AT)["selection_grid"]

    made = check()
    assert (str(made.state), made.sheet.passes, made.sheet.pass_mark) == ("met", True, 67)
    assert int(made.sheet.total) >= 67
    assert str(check(fsw_education="secondary", fsw_work_years=1).state) == "not_met"
    assert str(check(fsw_education="doctorate", fsw_work_years=None).state) == "unknown"
    assert str(check(fsw_education="doctorate", fsw_work_years=6, l1_listening="240").state) == "not_met"
    part.answers = {**part.answers, "federal_program": "cec"}
    part.save(update_fields=["answers"])
    assert "selection_grid" not in mandatory.checks(queries.of_reference(file.reference), AT)


@pytest.mark.parametrize(
    ("noc", "level", "state"),
    [
        ("72310", 5, "met"),
        ("72310", 4, "not_met"),
        ("70010", 6, "not_met"),
        ("70010", 7, "met"),
        ("65201", 9, "not_met"),
    ],
)
def test_the_canadian_experience_class_asks_for_language_by_the_work(noc: str, level: int, state: str):
    """federal.md section 4: CLB 7 for work of TEER 0 or 1, CLB 5 for TEER 2 or 3."""
    rules = read(files.sources(settings.PACKS / PROGRAM / "2024-1"))
    [criterion] = [one for one in rules.criteria("skilled_trades") if one.key == "canadian_experience_class"]
    said = {"federal_program": "cec", "federal_experience_months": 12, "cec_noc": noc, "has_language_test": True,
            "first_official_language": "en", "has_second_language": False, "l1_test": "celpip_general",
            "l1_test_date": "2025-09-01", **{key: str(level) for key in SCORES}}  # fmt: skip
    values = {**said, **rules.facts(said, AT, category="skilled_trades")}

    check = mandatory.check(rules, criterion, ("application", AT, rules.zone), values)

    assert check is not None
    assert str(check.state) == state


def test_another_level_of_education_asks_for_that_of_the_federal_factors_anew():
    case = made.taken_up()
    said = {"fsw_education": "three_year", **made.answers(AT.date())}

    def save(section: str, passing: bool = False, **more: Any) -> Any:
        return operations.save_section(reference=case.application, part="candidate", section=section, passing=passing,
                                       answers={**said, **more}, by=case.candidate, at=AT)  # fmt: skip

    for section in ("express_entry", "federal_status", "selection_factors"):
        part = save(section)
    assert part.answers["fsw_education"] == "three_year"
    ticked_by_mistake = save("federal_status", passing=True, highest_education="doctorate")
    assert ticked_by_mistake.answers["fsw_education"] == "three_year", "it was not saved by hand yet"
    assert "fsw_education" not in save("federal_status", highest_education="doctorate").answers


def test_nurses_and_educators_are_exempt_by_occupation_registration_and_day():
    rules = read(files.sources(settings.PACKS / "ca-on" / "2024-1"))
    nurse = {"primary_noc": "31301", "nurse_registered": True, "educator_registered": False}
    educator = {"primary_noc": "42202", "nurse_registered": False, "educator_registered": True}

    def exempt(answers: dict[str, Any], day: datetime) -> tuple[Any, Any]:
        facts = rules.facts(answers, day, category="human_capital_priorities")
        return facts["nurse_exempt"], facts["educator_exempt"]

    june, july = datetime(2024, 6, 30, 16, tzinfo=UTC), datetime(2024, 7, 1, 16, tzinfo=UTC)
    year_after = july.replace(year=2025)
    assert exempt(nurse, june) == (False, False)
    assert exempt(nurse, july) == (True, False)
    assert exempt({**nurse, "nurse_registered": False}, july) == (False, False)
    assert exempt({**nurse, "primary_noc": "31102"}, july) == (False, False)
    assert exempt(educator, july) == (False, False)
    assert exempt(educator, year_after) == (False, True)
