"""A program without rules to go by closes its pages calmly, leaves the other programs alone, and tells the operator what to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from structlog.testing import capture_logs

from passerelle.core import clock
from passerelle.programs import files, queries
from passerelle.programs.models import Pack, Program
from passerelle.project.runtime.preparing import programs_without_rules
from tests.factories import OPENED, program
from tests.support.people import a_candidate, a_staff_member, an_employer, signed_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 10, 18, tzinfo=UTC)
PUBLIC = ("", "ca-nt/", "ca-nt/criteria/", "ca-nt/points/", "ca-nt/draws/", "ca-nt/contact/", "ca-nt/scoring/")
CLOSED = {"en": "This program is not open on this site for now", "fr": "pas ouvert sur ce site pour le moment"}


def ask(path: str, person: Any = None, at: datetime = NOON) -> Any:
    client = signed_in(person) if person else Client()
    client.raise_request_exception = False
    with clock.frozen(at):
        return client.get(path)


def a_pack(code: str = "ca-nt", *, at: datetime = OPENED, **changed: str) -> Pack:
    """A pack of the program whose row says what is given, as one that was loaded before today."""
    Program.objects.get_or_create(code=code, defaults={"opened_at": OPENED})
    sources = {**program_sources(), **changed}
    return Pack.objects.create(
        code=code, version="test", kind="program", program_id=code, sha256=files.fingerprint(sources), sources=sources,
        loaded_at=OPENED, in_force_from=at,
    )  # fmt: skip


def program_sources() -> dict[str, str]:
    return files.sources(settings.PACKS / "ca-nt" / "2026-1")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_program_without_a_pack_is_closed_and_says_so(language: str):
    people = [an_employer(), a_staff_member("officer"), a_candidate()]
    Program.objects.create(code="ca-nt", opened_at=OPENED)

    for path in PUBLIC:
        answer = ask(f"/{language}/{path}")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "600"), path
        assert CLOSED[language] in answer.content.decode().replace("&#x27;", "'"), path
    for path, person in zip(("employer/eoi/start/", "staff/", "candidate/"), people, strict=True):
        assert ask(f"/{language}/{path}", person).status_code in (200, 503), path


def test_an_installation_without_any_program_answers_and_an_unknown_program_is_not_found():
    assert ask("/en/").status_code == 200
    assert ask("/en/ca-xx/").status_code == 404


def test_a_pack_that_waits_for_its_day_says_which_and_opens_on_it():
    day = NOON + timedelta(days=2)
    a_pack(at=day)

    early = ask("/en/ca-nt/", at=day - timedelta(microseconds=1))
    assert early.status_code == 503
    assert "come into force on Thursday, March 12, 2026 at 12:00 p.m. (Yellowknife time)" in (
        early.content.decode().replace("\u00a0", " ")
    )
    assert ask("/en/ca-nt/", at=day).status_code == 200


def test_a_pack_this_version_cannot_read_closes_its_program_and_leaves_the_others_open():
    program()
    a_pack("ca-zz", **{"program.yaml": program_sources()["program.yaml"].replace("zone:", "zonne:")})

    assert ask("/en/ca-zz/").status_code == 503
    assert ask("/en/ca-nt/").status_code == 200
    assert ask("/en/account/login/").status_code == 200
    home = ask("/en/", at=NOON)
    assert (home.status_code, home.headers.get("Location")) == (302, "/en/ca-nt/")


def test_the_operator_is_told_what_to_do_in_the_log_and_at_the_start():
    Program.objects.create(code="ca-nt", opened_at=OPENED)
    a_pack("ca-zz", **{"program.yaml": program_sources()["program.yaml"].replace("zone:", "zonne:")})

    with capture_logs() as lines:
        ask("/en/ca-nt/")
    told = next(line for line in lines if line["event"] == "program_not_ready")
    assert told["program"] == "ca-nt"
    assert "passerelle packs load" in told["remedy"]

    with clock.frozen(NOON):
        at_start = list(programs_without_rules())
    assert ["none is loaded" in line for line in at_start] == [True, False]
    assert "cannot be read by this version" in at_start[1]
    assert "zonne" in at_start[1]


def test_an_unreadable_pack_is_read_once_and_refused_each_time(django_assert_num_queries: Any):
    pack = a_pack("ca-zz", **{"program.yaml": program_sources()["program.yaml"].replace("zone:", "zonne:")})
    with pytest.raises(queries.PackUnreadable):
        queries.rules(pack)

    with django_assert_num_queries(0), pytest.raises(queries.PackUnreadable):
        queries.rules(pack)
