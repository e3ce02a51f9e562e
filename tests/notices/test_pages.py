"""Messages, letters, checks and tasks as people see them."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from passerelle.core import audit, clock
from passerelle.notices import operations
from passerelle.notices.models import Letter, Notice, StaffTask
from tests.support.browser import PHONE, assert_accessible, assert_fits
from tests.support.people import a_candidate, a_staff_member, an_employer, signed_in

pytestmark = pytest.mark.django_db
PROGRAM = "ca-nt"
ABOUT = "NT-E-2026-000001"
BODY = "Bonjour Sahaiʔa,\n\nVotre pointage est de 597.\n\nhttp://127.0.0.1:8000/fr/"


def message(to: Any, **changes: Any) -> Notice:
    values = {"program": PROGRAM, "subject": "Votre pointage", "body": BODY, "about": ABOUT, "at": clock.now()}
    return operations.queue("eoi.scored", to=to, **{**values, **changes})


def letter(to: Any, **changes: Any) -> Letter:
    blocks = [
        {"type": "paragraph", "text": "Bonjour Sahaiʔa,\nVoici la décision."},
        {"type": "facts", "rows": [["Catégorie", "Travailleurs qualifiés"]]},
        {"type": "heading", "text": "Prochaines étapes"},
        {"type": "list", "items": ["Lisez", "Signez"]},
        {"type": "table", "head": ["Facteur", "Points"], "rows": [["Langue", "97"]], "caption": "Pointage"},
        {"type": "signature", "name": "Marie Łutsël", "role": "Directrice"},
    ]
    values = {"program": PROGRAM, "about": ABOUT, "language": "fr", "title": "Désignation", "blocks": blocks}
    return operations.issue_letter("nomination", to=to, at=clock.now(), **{**values, **changes})


def test_the_inbox_shows_ones_own_messages_and_opening_one_marks_it_read():
    reader, other = a_candidate(), an_employer()
    mine, theirs = message(reader), message(other, subject="Autre")
    browser = signed_in(reader)

    listed = browser.get("/fr/messages/").content.decode()
    assert "Votre pointage" in listed
    assert "Autre" not in listed
    assert browser.get(f"/fr/messages/{theirs.pk}/").status_code == 404

    opened = browser.get(f"/fr/messages/{mine.pk}/").content.decode()
    assert "Bonjour Sahaiʔa,</p>" in opened
    assert '<a href="http://127.0.0.1:8000/fr/"' in opened
    mine.refresh_from_db()
    assert mine.read_at is not None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_asks_the_same_questions_however_many_messages(rows, django_assert_max_num_queries):
    reader = a_candidate()
    for _ in range(rows):
        message(reader)
    browser = signed_in(reader)
    browser.get("/en/messages/")
    with django_assert_max_num_queries(8):
        browser.get("/en/messages/")


def test_a_letter_is_for_its_reader_and_for_staff_whose_look_is_logged():
    reader, officer, elsewhere = a_candidate(), a_staff_member("officer"), a_staff_member("officer", program="ca-on")
    made = letter(reader)
    page, file = f"/fr/letters/{made.number}/", f"/fr/letters/{made.number}/letter.pdf"

    shown = signed_in(reader).get(page).content.decode()
    assert all(text in shown for text in ("Bonjour Sahaiʔa,<br>", "Prochaines étapes", "<li>Signez", "Marie Łutsël"))
    answer = signed_in(reader).get(file)
    assert answer.content.startswith(b"%PDF")
    assert "attachment" in answer["Content-Disposition"]
    assert list(audit.accesses(ABOUT)) == []

    assert signed_in(officer).get(file).status_code == 200
    assert [(row.by, row.what, row.purpose) for row in audit.accesses(ABOUT)] == [(officer, "letter", made.number)]
    for stranger in (an_employer(), a_candidate(), elsewhere):
        assert [signed_in(stranger).get(url).status_code for url in (page, file)] == [404, 404]


def test_anybody_can_check_a_letter(client):
    reader = a_candidate(name="Sahaiʔa Tłı̨chǫ")
    made = letter(reader)
    found = client.get(f"/en/verify/{made.number}/").content.decode()
    assert "This letter is genuine" in found
    assert "Sahaiʔa" not in found
    assert client.get("/en/verify/", {"number": made.number.lower()}).status_code == 200

    missing = client.get("/fr/verify/NT-L-2026-000001-AAAAAA/")
    assert missing.status_code == 404
    assert "Nous ne connaissons aucune lettre portant ce numéro" in missing.content.decode()

    made.body = {**made.body, "addressee": "Somebody"}
    made.save(update_fields=["body"])
    assert "Do not rely on this letter" in client.get(f"/en/verify/{made.number}/").content.decode()


def test_a_task_is_listed_for_its_program_and_closed_with_a_note():
    officer = a_staff_member("officer")
    detail = {"en": "Two files look alike.", "fr": "Deux dossiers se ressemblent."}
    task = operations.open_task("eoi.likeness", program=PROGRAM, about=ABOUT, detail=detail, at=clock.now())
    operations.open_task("eoi.likeness", program="ca-on", about="ON-1", detail="Elsewhere", at=clock.now())
    browser = signed_in(officer)

    listed = browser.get("/fr/staff/tasks/").content.decode()
    assert ABOUT in listed
    assert "ON-1" not in listed
    page = f"/fr/staff/tasks/{task.pk}/"
    assert "Deux dossiers se ressemblent." in browser.get(page).content.decode()
    assert browser.post(page, {"note": ""}).status_code == 422
    assert browser.post(page, {"note": "Ce sont deux personnes."}).status_code == 302
    task.refresh_from_db()
    assert (task.closed_by, task.note) == (officer, "Ce sont deux personnes.")
    assert browser.post(page, {"note": "Encore"}).status_code == 403
    assert ABOUT not in browser.get("/fr/staff/tasks/").content.decode()


@pytest.mark.parametrize(("role", "seen"), [("auditor", 200), ("analyst", 403)])
def test_who_looks_on_does_not_close_tasks_and_who_counts_sees_none(role, seen):
    task = operations.open_task("x", program=PROGRAM, about=ABOUT, detail="", at=clock.now())
    browser = signed_in(a_staff_member(role))
    assert browser.get(f"/en/staff/tasks/{task.pk}/").status_code == seen
    assert browser.post(f"/en/staff/tasks/{task.pk}/", {"note": "Done"}).status_code == 403
    assert StaffTask.objects.get().closed_at is None


def test_strangers_are_sent_to_sign_in_and_others_see_nothing(client):
    task = operations.open_task("x", program=PROGRAM, about=ABOUT, detail="", at=clock.now())
    made = letter(a_candidate())
    for url in ("/en/messages/", f"/en/letters/{made.number}/", "/en/staff/tasks/", f"/en/staff/tasks/{task.pk}/"):
        assert client.get(url).status_code == 302
    assert signed_in(a_candidate()).get("/en/staff/tasks/").status_code == 404
    elsewhere = signed_in(a_staff_member("officer", program="ca-on"))
    assert elsewhere.get(f"/en/staff/tasks/{task.pk}/").status_code == 404


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_the_pages_are_accessible_and_fit_a_phone(context: BrowserContext, live: str, mailbox):
    reader, officer = a_candidate(email="gone@mail.example"), a_staff_member("officer")
    mailbox.refuse.add("gone@mail.example")
    mine, made = message(reader), letter(reader)
    operations.send_due(at=clock.now())
    task = StaffTask.objects.get()

    for person, addresses in (
        (reader, ["messages/", f"messages/{mine.pk}/", f"letters/{made.number}/", f"verify/{made.number}/", "verify/"]),
        (officer, ["staff/tasks/", f"staff/tasks/{task.pk}/"]),
    ):
        session = signed_in(person).cookies["session"].value
        context.add_cookies([{"name": "session", "value": session, "url": live}])
        for address in addresses:
            for language, size in (("fr", PHONE), ("en", {"width": 1280, "height": 900})):
                _look(context.new_page(), f"/{language}/{address}", size)


def _look(page: Page, url: str, size: Any) -> None:
    page.set_viewport_size(size)
    page.goto(url)
    assert_accessible(page)
    assert_fits(page)
    page.close()


def test_a_lazy_detail_is_kept_in_both_languages():
    from django.utils.translation import gettext_lazy

    task = operations.open_task("x", program=PROGRAM, about=ABOUT, detail=gettext_lazy("Tasks"), at=clock.now())
    assert StaffTask.objects.get(pk=task.pk).detail == {"en": "Tasks", "fr": "Tâches"}
