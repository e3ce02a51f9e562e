"""Headers of private pages, logs that hold no answers and tell the operator what they promise."""

import ast
import io
import json
import logging
import logging.config
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver

from passerelle.accounts import operations
from passerelle.accounts.models import Person
from passerelle.core import clock, heads
from passerelle.programs.models import Program
from passerelle.project import logs
from passerelle.project.middleware import SECRETS
from tests.factories import OPENED, program

NOON = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
CANARY = "canary-5f1d"


@pytest.fixture
def employer(db: None) -> Person:
    with clock.frozen(NOON):
        return operations.register_employer(
            program="ca-nt", username="nord", email="nord@example.ca", name="Nord inc.", phone="867 555 0100",
            language="en", password="a long enough phrase", at=NOON,
        )  # fmt: skip


def test_a_signed_in_person_leaves_nothing_in_a_cache(employer: Person):
    client = Client()
    with clock.frozen(NOON):
        client.force_login(employer)

        assert client.get("/healthz")["Cache-Control"] == "no-store"


def test_an_answer_with_the_cookie_of_a_session_is_in_no_cache_though_the_page_is_public(employer: Person):
    program()
    client, feed = Client(), "/en/ca-nt/draws.json"
    with clock.frozen(NOON):
        assert client.get(feed)["Cache-Control"] == "public, max-age=300"
        client.force_login(employer)
        client.get("/healthz")
    with clock.frozen(NOON + timedelta(days=1)):
        ended = client.get(feed)

    assert "session" in ended.cookies
    assert ended["Cache-Control"] == "no-store"


def test_every_answer_carries_the_security_headers(client: Client, db: None):
    answer = client.get("/healthz")

    policy = answer["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What goes to the log, as it would be written in production."""
    out = io.StringIO()
    config = logs.configure(level="DEBUG")
    config["handlers"]["stderr"]["stream"] = out
    logging.config.dictConfig(config)
    yield out
    logging.config.dictConfig(settings.LOGGING)


def test_a_log_line_names_the_path_and_not_the_query(client: Client, db: None, written: io.StringIO):
    client.get(f"/en/no-such-page/?name={CANARY}")

    (line,) = [json.loads(text) for text in written.getvalue().splitlines() if '"answered"' in text]
    assert {key: line[key] for key in ("method", "path", "status")} == {
        "method": "GET", "path": "/en/no-such-page/", "status": 404,
    }  # fmt: skip
    assert CANARY not in written.getvalue()


def test_a_log_line_does_not_hold_the_secret_of_a_link(client: Client, employer: Person, written: io.StringIO):
    """A mail scanner looks at a link days before its reader does: until then the line in the log would open the account."""
    with clock.frozen(NOON):
        link = operations.invite_candidate(
            program="ca-nt", email="c@example.ca", name="Ines Duarte", language="en", about="", by=employer, at=NOON
        )
        assert client.get(f"/en/access/{link.token}/").status_code == 200
        client.get(f"/en/employer/join/{link.token}/")
        client.get("/en/account/password/reset/key/1a-c9z4k7-0123456789abcdef/")

    paths = [json.loads(text)["path"] for text in written.getvalue().splitlines() if '"answered"' in text]
    assert paths == ["/en/access/…/", "/en/employer/join/…/", "/en/account/password/reset/key/1a-…/"]
    assert link.token not in written.getvalue()


@pytest.mark.parametrize("cut", ["/en/access/{}", "/access/{}/", "/en/access/{}/.", "/en/access/%3C{}%3E"])
def test_nor_does_it_where_the_link_lost_a_piece_or_took_one_along(
    client: Client, db: None, written: io.StringIO, cut: str
):
    token = "q7Zk2mX9vB4tR8wL1nC6yH3sD5fG0jPa_eUiOoAxTbQ"
    client.get(cut.format(token))

    (line,) = [json.loads(text) for text in written.getvalue().splitlines() if '"answered"' in text]
    assert line["path"].startswith(cut[:8])
    assert token not in written.getvalue()


def test_every_address_with_a_secret_in_it_is_known():
    """An address is added with ``token`` or ``key`` in it: is it a secret? Then the log must leave it out."""
    harmless = {"eoi:criterion", "eoi:my_criterion"}

    def walk(patterns: list[Any], space: str = "") -> Iterator[str]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, ":".join(filter(None, (space, one.namespace or ""))))
            elif {"token", "key"} & set(one.pattern.regex.groupindex):
                yield ":".join(filter(None, (space, one.name)))

    assert set(walk(get_resolver().url_patterns)) - harmless == set(SECRETS)


def lines(written: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, written.getvalue().splitlines()) if line["event"] == event]


def test_the_log_says_what_to_do_about_a_program_that_is_not_ready(client: Client, db: None, written: io.StringIO):
    Program.objects.create(code="ca-nt", opened_at=OPENED)
    client.get("/en/ca-nt/")

    (line,) = lines(written, "program_not_ready")
    assert line["program"] == "ca-nt"
    assert "passerelle packs load" in line["remedy"]


def test_the_log_keeps_the_digest_of_each_head_of_the_trail(employer: Person, written: io.StringIO):
    head = heads.take(at=NOON)

    (line,) = lines(written, "head of the audit trail taken")
    assert (line["number"], line["digest"]) == (head.number, heads.digest(head))


def test_whatever_our_own_code_says_to_the_log_is_a_fixed_text_and_fields_that_are_let_through():
    """A value put into the text, or a field that is not on the list, would be dropped without a word."""
    levels, found = {"debug", "info", "warning", "error", "exception"}, 0
    for path in sorted(Path(heads.__file__).parents[1].rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "logger"), attr=level)) if level in levels:
                    found += 1
                    [said] = node.args
                    assert isinstance(said, ast.Constant), f"{path}:{node.lineno}"
                    assert {one.arg for one in node.keywords} <= logs.FIELDS, f"{path}:{node.lineno}"
    assert found > 5


def test_an_error_is_logged_by_type_and_place_without_its_words(written: io.StringIO):
    try:
        raise ValueError(f"bad answer {CANARY}")
    except ValueError:
        logging.getLogger("some.library").exception("could not read %s", CANARY, extra={"answer": CANARY})

    line = json.loads(written.getvalue())
    assert line["error"] == "ValueError"
    assert line["event"] == "could not read %s"
    assert "test_middleware.py" in line["where"][0]
    assert CANARY not in written.getvalue()


ASKED = """
import io, json
from passerelle.project.wsgi import application
kept = {}
asked = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "SERVER_NAME": "x", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "portal.example.ca", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
}
application(asked, lambda status, headers: kept.update(dict(headers), status=status))
print(json.dumps(kept))
"""


def test_behind_a_proxy_that_ends_tls_the_browser_is_told_to_stay_on_https():
    """The address people use is https; what reaches us is what the proxy sends on, in the open."""
    outside = {**os.environ, "PASSERELLE_URL": "https://portal.example.ca"}
    outside.update(DJANGO_SETTINGS_MODULE="passerelle.project.settings", LOG_LEVEL="ERROR")
    outside.pop("ALLOWED_HOSTS", None)
    run = subprocess.run(
        [sys.executable, "-c", ASKED], env=outside, capture_output=True, text=True, check=True, timeout=120
    )
    answer = json.loads(run.stdout.splitlines()[-1])

    assert answer["status"].startswith("200")
    assert answer["Strict-Transport-Security"].startswith("max-age=31536000")
