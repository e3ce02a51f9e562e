"""What the public sees of draws, and the fairness report, in a real browser: accessible and within 320 px in both languages."""

import pytest
from playwright.sync_api import Browser

from passerelle.core import clock
from passerelle.draws import queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import (
    accept,
    ask_void,
    confirm_void,
    enter_dice,
    freeze,
    mark_issued,
    publish_notice,
    report_fairness,
    select,
)
from passerelle.programs import files
from passerelle.programs.models import Pack
from tests.draws.support import CLOSES, DAY, HOUR, NOON, OPENED, chance_program, director, manager, places, planned
from tests.draws.test_browser import looked_at, opened
from tests.draws.test_fairness import someone
from tests.support import browser as chromium
from tests.support.people import a_staff_member

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
AFTER = NOON + 25 * HOUR
DIGITS = "3141592653589793238462643383279502884197"
RESERVES = """    reserve:
      - {key: entry, name: {en: Entry level, fr: Premier échelon}, categories: [entry_level], places: 25}
    ties: lot
"""


def a_program() -> None:
    """Open a program that publishes everything that may be, with places kept for a group."""
    pack = chance_program()
    sources = dict(pack.sources)
    sources["settings.yaml"] = sources["settings.yaml"].replace("value: internal", "value: published", 1)
    sources["selection.yaml"] = sources["selection.yaml"].replace("    ties: lot\n", RESERVES, 1)
    Pack.objects.create(
        code="ca-nt", version="2026-shown", kind="program", program_id="ca-nt", sha256=files.fingerprint(sources),
        sources=sources, loaded_at=OPENED, in_force_from=pack.in_force_from.replace(day=3),
    )  # fmt: skip


def three_draws() -> list[Draw]:
    """An issued draw over 240 people, one that was made void, and one announced."""
    a_program()
    places(197)
    for number in range(120):
        told = {"francophone": number % 4 == 0, "outside_yellowknife": number % 2 == 0}
        category = "entry_level" if number % 3 else "skilled"
        someone(200 + number % 50, 80 if number % 3 else 0, age=35, **told)
        someone(200 + number % 50, 0 if number % 3 else 80, category, age=25, **told)
    over, issued = planned(90), planned(100)
    ahead = planned(65, held_on=CLOSES.date().replace(month=6), closes_at=CLOSES + 92 * DAY)
    for draw in (over, issued, ahead):
        publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    freeze(number=over.number, by=manager(), at=NOON)
    ask_void(
        number=over.number, reason="The dice were thrown before the time to object was over.", by=manager(), at=NOON
    )
    confirm_void(number=over.number, by=director(), at=NOON)
    freeze(number=issued.number, by=manager(), at=NOON)
    for _person in range(2):
        enter_dice(number=issued.number, digits=DIGITS, by=manager(), at=AFTER)
    select(number=issued.number, by=manager(), at=AFTER)
    accept(number=issued.number, by=director(), at=AFTER)
    report_fairness(number=issued.number, at=AFTER)
    mark_issued(number=issued.number, by=director(), at=AFTER + HOUR)
    return [issued, over, ahead]


def test_the_public_pages_of_draws_and_the_fairness_report_are_accessible_and_fit(browser: Browser, live: str):
    draws, head = three_draws(), a_staff_member("director")
    for language, size in (("en", chromium.DESKTOP), ("fr", chromium.PHONE)):
        with clock.frozen(AFTER + DAY):
            page = opened(browser, live, head, size)
            for name, draw in zip(("issued", "void", "announced"), draws, strict=True):
                looked_at(page, f"/{language}/ca-nt/draws/{draw.number}/", f"public-{name}-{language}")
            looked_at(page, f"/{language}/ca-nt/draws/", f"public-list-{language}")
            looked_at(page, f"/{language}/check/draw/keys/", f"public-keys-{language}")
            looked_at(page, f"/{language}/staff/draws/{draws[0].number}/fairness/", f"fairness-{language}")
            page.context.close()
            # Somebody who was not taken: their place in the pool, and what their receipt says.
            waiting = queries.not_chosen(draws[0])[20].eoi
            page = opened(browser, live, waiting.candidate, size)
            looked_at(page, f"/{language}/candidate/eoi/{waiting.reference}/place/", f"place-{language}")
            for name, draw in (("issued", draws[0]), ("void", draws[1])):
                looked_at(
                    page,
                    f"/{language}/candidate/eoi/{waiting.reference}/draws/{draw.number}/",
                    f"mine-{name}-{language}",
                )
            page.context.close()
