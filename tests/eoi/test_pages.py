"""Pages of the room, asked as each audience."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts import operations as accounts
from passerelle.core import audit, clock
from passerelle.core.verdicts import NotAllowed
from passerelle.documents import queries as files
from passerelle.eoi import operations, queries
from passerelle.eoi.models import ExpressionOfInterest
from tests.eoi.test_checking import PNG
from tests.factories import HOUR, NOON, an_eoi, an_officer, program
from tests.support import editions
from tests.support.people import PASSWORD, a_staff_member, an_employer, signed_in

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr")


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_employer_starts_a_request_and_lets_the_candidate_in(language: str):
    program()
    employer = an_employer(language=language)
    client = signed_in(employer)
    base = f"/{language}/employer/eoi"

    page(client, f"{base}/start/")
    assert client.post(f"{base}/start/", {}).status_code == 422
    started = client.post(f"{base}/start/", {"category": "skilled"})
    eoi = ExpressionOfInterest.objects.get()
    assert started.headers["Location"] == f"{base}/{eoi.reference}/criteria/"

    for number, criterion in enumerate(queries.criteria(eoi)):
        url = f"{base}/{eoi.reference}/criteria/{criterion.key}/"
        page(client, url)
        assert client.post(url, {}).status_code == 422
        client.post(url, {"answer": "no" if number == 0 else "unsure" if number == 1 else "yes"})
    failing = page(client, f"{base}/{eoi.reference}/criteria/")
    assert str(queries.criteria(eoi)[0].label.pick(language)) in failing
    assert client.get(f"{base}/{eoi.reference}/candidate/").status_code == 302
    client.post(f"{base}/{eoi.reference}/criteria/{queries.criteria(eoi)[0].key}/", {"answer": "yes"})

    page(client, f"{base}/{eoi.reference}/criteria/")
    page(client, f"{base}/{eoi.reference}/candidate/")
    page(client, f"{base}/{eoi.reference}/category/")
    said = {"name": "Inês Duarte", "email": "ines@example.org", "language": "fr"}
    assert client.post(f"{base}/{eoi.reference}/candidate/", said).status_code == 302
    page(client, f"{base}/{eoi.reference}/")
    client.post(f"{base}/{eoi.reference}/candidate/again/")
    page(client, f"{base}/{eoi.reference}/drop/")
    client.post(f"{base}/{eoi.reference}/drop/")
    eoi.refresh_from_db()
    assert eoi.state == "closed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_candidate_answers_checks_and_hands_in(language: str):
    eoi = an_eoi("answered", language=language)
    client = signed_in(eoi.candidate)
    base = f"/{language}/candidate/eoi/{eoi.reference}"

    page(client, f"{base}/")
    page(client, f"{base}/questions/")
    for section in queries.questionnaire(eoi).sections:
        if section.applies({"category": eoi.category}):
            page(client, f"{base}/questions/{section.key}/")
    checked = client.get(f"{base}/check/")
    assert "597" in checked.content.decode()
    form = checked.context["form"]
    posted = {"token": form["token"].value(), "version": form["version"].value(), "agree": "on"}

    assert client.post(f"{base}/check/", posted | {"agree": ""}).status_code == 422
    first = client.post(f"{base}/check/", posted)
    again = client.post(f"{base}/check/", posted)

    assert first.headers["Location"] == again.headers["Location"] == f"{base}/receipt/"
    receipt = page(client, f"{base}/receipt/")
    eoi.refresh_from_db()
    assert eoi.receipt in receipt
    page(client, f"{base}/")
    page(client, f"{base}/answers/")
    page(client, f"{base}/withdraw/")
    page(Client(), f"/{language}/receipts/?reference={eoi.reference}&signature={eoi.receipt}")
    page(Client(), f"/{language}/receipts/?reference={eoi.reference}&signature=x", 404)


def test_a_section_is_kept_on_every_change_and_nothing_is_lost_on_an_error():
    eoi = an_eoi("draft")
    client = signed_in(eoi.candidate)
    url = f"/en/candidate/eoi/{eoi.reference}/questions/contact/"

    saved = client.post(url, {"email": "x@example.org", "phone": "", "autosave": "1"})
    wrong = client.post(url, {"email": "not an address", "phone": "867-555-0142"})

    assert saved.content.decode().startswith("Saved ")
    assert wrong.status_code == 422
    assert "not an address" in wrong.content.decode()
    eoi.refresh_from_db()
    assert "555" in eoi.answers["phone"]


def test_a_candidate_turned_away_reads_the_same_neutral_words_whatever_the_reason():
    first = an_eoi("in_pool", passport_number="QQ1")
    eoi = an_eoi("answered", passport_number="QQ1")
    client = signed_in(eoi.candidate)
    url = f"/en/candidate/eoi/{eoi.reference}/check/"
    form = client.get(url).context["form"]

    answer = client.post(url, {"token": form["token"].value(), "version": form["version"].value(), "agree": "on"})

    told = answer.content.decode()
    assert answer.status_code == 409
    assert "We could not accept this expression of interest" in told
    assert first.reference not in told
    assert first.employer.name not in told.replace(eoi.employer.name, "")


def test_who_is_turned_away_by_a_program_without_an_address_is_led_to_its_contact_page():
    editions.an_office()
    editions.in_pool(editions.IN_2024, passport_number="SN9")
    eoi = editions.answered(editions.begun(editions.IN_2024), editions.IN_2024, passport_number="SN9")
    url = f"/en/candidate/eoi/{eoi.reference}/check/"
    with clock.frozen(editions.IN_2024):
        client = signed_in(eoi.candidate)
        form = client.get(url).context["form"]
        answer = client.post(url, {"token": form["token"].value(), "version": form["version"].value(), "agree": "on"})

    assert answer.status_code == 409
    assert 'write to us. <a href="/en/ca-on/contact/">' in answer.content.decode()


@pytest.mark.parametrize(
    "state", ["draft", "submitted", "in_pool", "evidence_requested", "doubted", "invited", "withdrawn", "refused"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_its_pages(state: str, language: str):
    eoi = an_eoi(state)
    candidate, employer = signed_in(eoi.candidate), signed_in(eoi.employer)
    staff = signed_in(a_staff_member("officer"))

    page(candidate, f"/{language}/candidate/eoi/{eoi.reference}/")
    page(employer, f"/{language}/employer/eoi/{eoi.reference}/")
    page(staff, f"/{language}/staff/eoi/{eoi.reference}/")
    page(staff, f"/{language}/staff/eoi/")
    page(staff, f"/{language}/staff/pool/")


SECRETS = {
    "given_names": "Zerafina-Secret", "passport_number": "SECRETPASS77", "settlement_funds": "87654.32",
    "job_title": "Leaked title", "family_relationship": "Leaked aunt", "family_in_nwt": True, "family_status": "citizen",
}  # fmt: skip


@pytest.mark.parametrize("state", ["answered", "submitted", "in_pool", "evidence_requested", "doubted", "refused"])
def test_the_employer_never_sees_an_answer(state: str):
    eoi = an_eoi(state, **SECRETS)
    client = signed_in(eoi.employer)

    shown = page(client, f"/en/employer/eoi/{eoi.reference}/") + page(client, "/en/employer/eoi/start/")

    for secret in (
        "Zerafina-Secret",
        "SECRETPASS77",
        "87654",
        "Leaked title",
        "Leaked aunt",
        "The dates of the job",
        "Diplomas",
    ):
        assert secret not in shown
    for path in ("answers/", "receipt/", "check/", "questions/", "proof/", "reply/", ""):
        assert client.get(f"/en/candidate/eoi/{eoi.reference}/{path}").status_code == 404


def test_the_employer_sees_the_total_once_it_is_confirmed():
    before, after = an_eoi("submitted"), an_eoi("in_pool")

    assert "597" not in page(signed_in(before.employer), f"/en/employer/eoi/{before.reference}/")
    assert "597" in page(signed_in(after.employer), f"/en/employer/eoi/{after.reference}/")


def test_a_stranger_gets_404_on_every_page_of_a_file():
    eoi, other = an_eoi("submitted"), an_eoi("submitted")
    strangers = {"candidate": signed_in(other.candidate), "employer": signed_in(other.employer)}
    elsewhere = signed_in(a_staff_member("officer", program="ca-on"))

    for path in (
        "",
        "questions/",
        "questions/contact/",
        "check/",
        "receipt/",
        "answers/",
        "withdraw/",
        "proof/",
        "reply/",
    ):
        assert strangers["candidate"].get(f"/en/candidate/eoi/{eoi.reference}/{path}").status_code == 404, path
    for path in ("", "criteria/", "criteria/licence/", "category/", "candidate/", "drop/"):
        assert strangers["employer"].get(f"/en/employer/eoi/{eoi.reference}/{path}").status_code == 404, path
    assert elsewhere.get(f"/en/staff/eoi/{eoi.reference}/").status_code == 404


def test_a_stranger_cannot_hand_in_a_file_and_learns_nothing_of_it():
    eoi, other = an_eoi("answered"), an_eoi("answered")
    posted = {"token": "strangers", "version": eoi.version, "agree": "on"}
    stranger = signed_in(other.candidate)

    for reference in (eoi.reference, "NT-E-2026-999999"):
        assert stranger.post(f"/en/candidate/eoi/{reference}/check/", posted).status_code == 404
    eoi.refresh_from_db()
    assert eoi.is_draft


def test_staff_see_of_a_draft_that_it_exists_and_no_more():
    eoi = an_eoi("answered", **SECRETS)

    shown = page(signed_in(an_officer()), f"/en/staff/eoi/{eoi.reference}/")

    assert "This is a draft" in shown
    assert "Zerafina-Secret" not in shown


def test_withdrawing_asks_for_the_password_again():
    eoi = an_eoi("in_pool")
    client = signed_in(eoi.candidate)

    answer = client.post(f"/en/candidate/eoi/{eoi.reference}/withdraw/", {"reason": ""})

    eoi.refresh_from_db()
    assert (answer.status_code, eoi.state) == (302, "in_pool")
    assert "reauthenticate" in answer.headers["Location"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_lists_and_acts(language: str):
    eoi, officer = an_eoi("submitted"), a_staff_member("officer")
    client, base = signed_in(officer), f"/{language}/staff/eoi"

    for path in ("", "?show=proof", "?clock=late&category=skilled", "second/", "bars/", "withdrawals/"):
        page(client, f"{base}/{path}")
    taken = client.post(f"{base}/next/")
    assert taken.headers["Location"] == f"{base}/{eoi.reference}/"
    for path in (
        "",
        "confirm/",
        "proof/",
        "doubt/",
        "notes/",
        "facts/age/",
        "facts/has_second_language/",
        "facts/nwt_education/",
    ):
        if "has_second" not in path:
            page(client, f"{base}/{eoi.reference}/{path}")
    client.post(f"{base}/{eoi.reference}/notes/", {"text": "Seen the passport."})
    client.post(f"{base}/{eoi.reference}/facts/age/", {"fact": "age", "value": "50", "reason": "Passport says 1976"})
    assert "50" in page(client, f"{base}/{eoi.reference}/")
    page(client, f"{base}/second/")
    change = queries.open_change(eoi)
    assert change is not None
    second = signed_in(a_staff_member("officer"))
    page(second, f"{base}/{eoi.reference}/?why=second_officer")
    second.post(f"{base}/{eoi.reference}/changes/{change.pk}/", {"agree": "yes"})
    client.post(f"{base}/{eoi.reference}/confirm/")
    eoi.refresh_from_db()
    assert (eoi.state, eoi.points) == ("in_pool", 557)
    client.post(f"{base}/{eoi.reference}/proof/", {"items": ["diplomas"], "note": "Both sides"})
    page(client, f"{base}/{eoi.reference}/")
    page(client, f"{base}/?show=proof")
    candidate = signed_in(eoi.candidate)
    proof = f"/{language}/candidate/eoi/{eoi.reference}/proof/"
    page(candidate, proof)
    assert candidate.post(proof, {}).status_code == 422
    request = queries.open_request(eoi)
    assert request is not None
    candidate.post(proof, {f"reply-{request.items.get().pk}": "Lost in a fire."})
    item: Any = request.items.get()
    client.post(f"{base}/{eoi.reference}/proof/{item.pk}/", {"finding": "not_confirmed"})
    page(client, f"{base}/{eoi.reference}/")
    client.post(f"{base}/{eoi.reference}/doubt/", {"what": "The diploma."})
    page(client, f"{base}/{eoi.reference}/")
    page(candidate, f"/{language}/candidate/eoi/{eoi.reference}/reply/")
    candidate.post(f"/{language}/candidate/eoi/{eoi.reference}/reply/", {"reply": "It is mine."})
    page(candidate, f"/{language}/candidate/eoi/{eoi.reference}/reply/")
    page(client, f"{base}/{eoi.reference}/refuse/")
    client.post(f"{base}/{eoi.reference}/refuse/", {"reason": "The school has no record.", "bar": "on"})
    page(client, f"{base}/second/")
    second.post(f"{base}/{eoi.reference}/bar/", {"agree": "yes"})
    eoi.refresh_from_db()
    assert eoi.state == "refused"
    assert queries.is_barred(eoi.person_key, NOON.replace(year=2027)) or queries.bars("ca-nt").count() == 1
    page(client, f"{base}/bars/")
    page(client, f"{base}/{eoi.reference}/")
    bar = queries.bars("ca-nt").get()
    client.post(f"{base}/bars/", {"bar": bar.pk, f"{bar.pk}-reason": "New evidence"})
    second.post(f"{base}/bars/", {"bar": bar.pk})
    bar.refresh_from_db()
    assert bar.lifted_at is not None


def test_a_withdrawal_that_came_by_email_is_keyed_by_staff():
    eoi = an_eoi("in_pool")
    client = signed_in(an_officer())

    wrong = client.post("/en/staff/eoi/withdrawals/", {"reference": "NT-E-2026-999999", "reason": "Email of 3 April"})
    client.post("/en/staff/eoi/withdrawals/", {"reference": eoi.reference, "reason": "Email of 3 April"})

    eoi.refresh_from_db()
    assert (wrong.status_code, eoi.state) == (422, "withdrawn")


def test_each_look_of_staff_is_shown_to_the_candidate():
    eoi, officer = an_eoi("submitted"), an_officer(name="Robin Sayine")
    signed_in(officer).get(f"/en/staff/eoi/{eoi.reference}/?why=quality")

    shown = page(signed_in(eoi.candidate), f"/en/candidate/eoi/{eoi.reference}/")

    assert "Robin Sayine" in shown
    assert "To check the quality of our work" in shown


def test_a_question_that_shows_what_was_said_is_a_look_too_and_the_review_before_it_counts_for_it():
    eoi, officer, colleague = an_eoi("submitted"), an_officer(name="Robin Sayine"), an_officer(name="Alex Tsetso")
    address = f"/en/staff/eoi/{eoi.reference}/"
    fact = next(iter(eoi.facts))

    signed_in(officer).get(f"{address}facts/{fact}/")
    signed_in(colleague).get(address)
    signed_in(colleague).get(f"{address}facts/{fact}/")

    assert [row.by for row in audit.accesses(eoi.reference)] == [colleague, officer]
    assert "Robin Sayine" in page(signed_in(eoi.candidate), f"/en/candidate/eoi/{eoi.reference}/")


def test_a_link_sent_to_a_wrong_address_dies_when_the_employer_corrects_it():
    program()
    employer = an_employer()
    eoi = operations.open_eoi(program="ca-nt", category="skilled", by=employer, at=NOON)
    yes = dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes")
    operations.answer_criteria(reference=eoi.reference, answers=yes, by=employer, at=NOON)
    said = {"reference": eoi.reference, "name": "Inês", "language": "en", "by": employer, "at": NOON}
    astray = operations.let_in_candidate(email="somebody-else@example.org", **said)

    right = operations.let_in_candidate(email="ines@example.org", **said)

    with pytest.raises(accounts.LinkNotValid, match="replaced"):
        accounts.redeem_link(token=astray.token, username="astray", password=PASSWORD, at=NOON)
    assert accounts.redeem_link(token=right.token, username="ines", password=PASSWORD, at=NOON) == right.person


@pytest.mark.parametrize("state", ["submitted", "in_pool"])
def test_whoever_opened_a_file_changes_nothing_of_it_once_it_is_handed_in(state: str):
    """The page looks before the file is locked: a press at the moment of handing in must not change what was handed in."""
    eoi = an_eoi(state)
    by = {"reference": eoi.reference, "by": eoi.employer, "at": NOON}
    acts: list[Any] = [
        lambda: operations.answer_criteria(answers={queries.criteria(eoi)[0].key: "no"}, **by),
        lambda: operations.choose_category(category="entry_level", **by),
        lambda: operations.let_in_candidate(email="else@example.org", name="Else", language="en", **by),
        lambda: operations.resend_access(**by),
    ]

    for act in acts:
        with pytest.raises(NotAllowed):
            act()

    after = ExpressionOfInterest.objects.get(pk=eoi.pk)
    assert (after.criteria, after.category, after.version) == (eoi.criteria, eoi.category, eoi.version)


def test_an_employer_s_unsure_criterion_reaches_staff_and_gets_an_answer():
    program()
    employer = an_employer()
    eoi = operations.open_eoi(program="ca-nt", category="skilled", by=employer, at=NOON)
    keys = [one.key for one in queries.criteria(eoi)]
    said = dict.fromkeys(keys, "yes") | {keys[0]: "unsure"}
    operations.answer_criteria(reference=eoi.reference, answers=said, by=employer, at=NOON)
    operations.let_in_candidate(
        reference=eoi.reference, email="a@example.org", name="Inês", language="fr", by=employer, at=NOON
    )
    client = signed_in(an_officer())

    page(client, f"/en/staff/eoi/{eoi.reference}/")
    page(client, f"/en/staff/eoi/{eoi.reference}/question/")
    client.post(f"/en/staff/eoi/{eoi.reference}/question/", {"criterion": keys[0], "answer": "Yes, it counts."})

    from passerelle.notices.models import Notice, StaffTask

    assert StaffTask.objects.filter(kind="eoi.criterion_unsure", about=eoi.reference).count() == 1
    assert "Yes, it counts." in Notice.objects.get(kind="criterion_answered").body


def test_a_document_is_sent_by_plain_form_and_read_beside_the_claim():
    eoi = an_eoi("evidence_requested")
    candidate, staff = signed_in(eoi.candidate), signed_in(an_officer())
    asked = queries.open_request(eoi)
    assert asked is not None
    base = f"/en/candidate/eoi/{eoi.reference}/proof"
    upload = f"{base}/{asked.items.get().pk}/"

    assert candidate.post(upload, {}).status_code == 422
    assert candidate.post(upload, {"files": SimpleUploadedFile("x.png", b"no picture", "image/png")}).status_code == 422
    assert candidate.post(upload, {"files": SimpleUploadedFile("diploma.png", PNG, "image/png")}).status_code == 302
    document = files.files(eoi.reference).get()
    shown = page(candidate, f"{base}/")
    assert "diploma" in shown
    assert page_type(candidate, f"/en/candidate/eoi/{eoi.reference}/documents/{document.pk}/") == "image/png"
    assert "diploma" in page(staff, f"/en/staff/eoi/{eoi.reference}/?document={document.pk}")
    assert page_type(staff, f"/en/staff/eoi/{eoi.reference}/documents/{document.pk}/1/") == "image/jpeg"
    page(staff, f"/en/staff/eoi/{eoi.reference}/documents/{document.pk}/2/", 404)
    assert page_type(staff, f"/en/staff/eoi/{eoi.reference}/documents/{document.pk}/") == "image/png"
    stranger = signed_in(an_eoi("submitted").candidate)
    page(stranger, f"/en/candidate/eoi/{eoi.reference}/documents/{document.pk}/", 404)
    page(signed_in(eoi.employer), f"/en/candidate/eoi/{eoi.reference}/documents/{document.pk}/", 404)
    assert candidate.post(f"{base}/{asked.items.get().pk}/{document.pk}/remove/").status_code == 302
    assert not files.files(eoi.reference).exists()


def page_type(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.headers["Content-Type"]


@pytest.mark.parametrize(
    ("state", "path"),
    [
        ("submitted", "/en/staff/eoi/"),
        ("in_pool", "/en/staff/pool/"),
        ("evidence_requested", "/en/staff/eoi/?show=proof"),
    ],
)
def test_a_list_page_asks_as_much_for_three_rows_as_for_one(state: str, path: str):
    client = signed_in(an_officer())

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries_made:
            page(client, path)
        return len(queries_made)

    an_eoi(state)
    asked()
    one = asked()
    an_eoi(state)
    an_eoi(state)

    assert asked() == one


def test_the_pool_tells_the_last_day_on_which_a_file_is_valid():
    an_eoi("in_pool")

    shown = signed_in(an_officer()).get("/en/staff/pool/").content.decode().replace("\xa0", " ")

    assert "March 10, 2027" in shown
    assert "March 11, 2027" not in shown


def test_of_a_large_pool_the_list_holds_the_first_and_all_are_counted_when_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("passerelle.eoi.pages.staff.lists.AT_ONCE", 2)
    first, second = an_eoi("in_pool"), an_eoi("in_pool", at=NOON + HOUR)
    client, path = signed_in(an_officer()), "/en/staff/pool/"

    small = client.get(path)
    last = an_eoi("in_pool", at=NOON + 2 * HOUR)
    large, whole = client.get(path), client.get(f"{path}?whole=1")

    def told(answer: Any) -> tuple[list[str], bool, bool]:
        rows, text = [row["reference"] for row in answer.context["rows"]], answer.content.decode()
        return rows, "more than 2" in text, bool(answer.context["whole"] and answer.context["whole"]["chart"])

    two = [first.reference, second.reference]
    assert told(small) == (two, False, True)
    assert told(large) == (two, True, False)
    assert told(whole) == ([*two, last.reference], False, True)
    assert whole.context["whole"]["in_pool"] == 3
