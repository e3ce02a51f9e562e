"""What every test may ask for: a real database, a real mailbox, a real browser, the platform served."""

import gc
import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from passerelle.core import clock
from passerelle.project.runtime.messages import compile_messages
from tests.support import browser as chromium
from tests.support import database
from tests.support.mailbox import Mailbox

ROOT = Path(__file__).resolve().parents[1]
WORKING_DAY = datetime(2026, 11, 24, 18, tzinfo=UTC)  # a Tuesday, 11:00 in Yellowknife and 13:00 in Toronto
PATIENCE = 60_000  # milliseconds that a browser waits for what must come


def pytest_configure(config: pytest.Config) -> None:
    # How long an example takes says how busy the machine is, and nothing else.
    hypothesis.settings.register_profile(
        "passerelle", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("passerelle")
    compile_messages(ROOT / "src")


def pytest_report_header() -> str:
    return f"seed: {seed_of_run()} (repeat with PASSERELLE_SEED={seed_of_run()})"


def seed_of_run() -> int:
    """The seed of this run's random tests, the same in every worker."""
    return int(os.environ.setdefault("PASSERELLE_SEED", str(random.SystemRandom().randrange(10**6))))


@pytest.fixture
def seed() -> int:
    """The seed of this run, to be given to ``random.Random``; the header of the run prints it."""
    return seed_of_run()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell ``make proof`` which proofs there are; every worker finds the same ones. What is loaded by now is no garbage."""
    gc.freeze()
    gc.set_threshold(20_000)
    if (folder := os.environ.get("PROOF_RESULTS")) and session.items:
        (Path(folder) / "chosen").write_text("\n".join(item.nodeid for item in session.items))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell ``make proof`` each result as it comes, so that a run that is broken off still has its report."""
    if (folder := os.environ.get("PROOF_RESULTS")) and "PYTEST_XDIST_WORKER" not in os.environ:
        told = {"name": report.nodeid, "when": report.when, "outcome": report.outcome, "seconds": report.duration}
        with (Path(folder) / "results").open("a") as results:
            results.write(json.dumps(told | {"numbers": report.user_properties}) + "\n")


@pytest.fixture(autouse=True)
def _a_proof_tells_its_counts(request: pytest.FixtureRequest, record_property: Any) -> None:
    """Put the parameters of a proof into the report of ``make proof``."""
    if request.node.get_closest_marker("proof") and hasattr(request.node, "callspec"):
        for name, value in request.node.callspec.params.items():
            record_property(name, value)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of this process alone, cloned from a migrated template."""
    database.start()
    with django_db_blocker.unblock():
        name = database.own_database()
        database.use(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        database.drop(name)


@pytest.fixture(autouse=True, scope="session")
def _empty_past_the_guards() -> Iterator[None]:
    """After a transactional test empty what it wrote to, where Django would truncate every table and make it anew."""
    original = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda _case: database.empty()
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """An empty mailbox behind a real SMTP server; the platform's mail goes there during the test."""
    with Mailbox() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield box


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        process = chromium.launch(playwright)
        # How long a page takes says how busy the machine is, and nothing else.
        expect.set_options(timeout=PATIENCE)
        process.on("context", lambda visitor: visitor.set_default_timeout(PATIENCE))
        yield process
        process.close()


@pytest.fixture
def browser(_chromium: Browser) -> Iterator[Browser]:
    """One Chromium for the whole run; give each person a context of their own.

    A context ends with its test: a page left open goes on blinking, asking and drawing beside every later test.
    """
    yield _chromium
    for left in _chromium.contexts:
        left.close()


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """A fresh visitor at desktop size whose addresses are relative to the served platform."""
    visitor = browser.new_context(base_url=live_server.url, viewport=chromium.DESKTOP, locale="en-CA")
    yield visitor
    visitor.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of the fresh visitor; a relative address such as ``/en/`` is enough to go somewhere."""
    return context.new_page()


@pytest.fixture
def live(live_server: Any) -> str:
    """The address of the platform, served by threads of this process on this test's database."""
    return str(live_server.url)


@pytest.fixture(autouse=True)
def _on_a_working_day() -> Iterator[None]:
    """Where a test does not hold the platform's clock it runs on from one moment, whatever day the test is run on.

    So none is run at a midnight, at the end of a month or of a year, or years after the rules that it was written for.
    """
    with clock.moved_to(WORKING_DAY):
        yield


@pytest.fixture(autouse=True)
def _words_in_english() -> None:
    """Each test begins with English words, whatever language the page of the last one was in."""
    translation.activate("en")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What opens a browser is a journey: the browser's event loop must not run beside the other tests.

    So a proof in a browser comes last; and what is long comes first, so that two workers end together.
    """
    for item in items:
        if {"browser", "page", "context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.journey)
    outcome = yield
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    items.sort(key=lambda item: item.get_closest_marker("journey") is not None)
    return outcome
