"""The pages of the act in a real browser: accessible, within 320 px, in both languages; a receipt verified with scripts off."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from passerelle.core import clock
from passerelle.draws.models import Draw
from passerelle.draws.operations import accept, enter_dice, freeze, object_to_draw, publish_notice, select
from passerelle.draws.operations.objecting import answer_objection
from passerelle.invitations.operations import issue_invitations
from tests.draws.support import HOUR, NOON, OPENED, chance_program, manager, places, planned, pool
from tests.draws.test_browser import looked_at, opened
from tests.support import browser as chromium
from tests.support.people import a_staff_member, signed_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
AFTER = NOON + 25 * HOUR
DIGITS = "3141592653589793238462643383279502884197"


def a_draw_in_the_window() -> tuple[Draw, Any]:
    """A frozen draw by lot to which one person objects."""
    chance_program()
    places(197)
    files = pool([400 + 20 * (number % 3) for number in range(45)])
    draw = planned(10)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    freeze(number=draw.number, by=manager(), at=NOON)
    object_to_draw(
        number=draw.number,
        reference=files[0].reference,
        words="J'ai 450 points.",
        by=files[0].candidate,
        at=NOON + HOUR,
    )
    return draw, files[0]


def on_to_the_issue(draw: Draw, *, issue: bool = True) -> None:
    answer_objection(
        number=draw.number, objection=draw.objections.get().pk, answer="Ce sont 400.", by=manager(), at=AFTER
    )
    for _person in range(2):
        enter_dice(number=draw.number, digits=DIGITS, by=manager(), at=AFTER)
    select(number=draw.number, by=manager(), at=AFTER)
    if issue:
        head = a_staff_member("director")
        accept(number=draw.number, by=head, at=AFTER)
        issue_invitations(number=draw.number, by=head, at=AFTER)


@pytest.mark.parametrize(("language", "size"), [("en", chromium.DESKTOP), ("fr", chromium.PHONE)])
def test_the_pages_of_the_act_are_accessible_and_fit(browser: Browser, live: str, language: str, size: dict[str, int]):
    draw, mine = a_draw_in_the_window()
    here, theirs = (
        f"/{language}/staff/draws/{draw.number}",
        f"/{language}/candidate/eoi/{mine.reference}/draws/{draw.number}/",
    )
    head = a_staff_member("director")
    with clock.frozen(NOON + 2 * HOUR):
        page = opened(browser, live, head, size)
        looked_at(page, f"{here}/", f"window-{language}")
        looked_at(page, f"{here}/notice/", f"notice-{language}")
        looked_at(page, f"{here}/objections/{draw.objections.get().pk}/", f"objection-{language}")
        page.context.close()
        page = opened(browser, live, mine.candidate, size)
        looked_at(page, theirs, f"receipt-window-{language}")
        page.context.close()
    with clock.frozen(AFTER):
        page = opened(browser, live, head, size)
        on_to_the_issue(draw, issue=False)
        looked_at(page, f"{here}/accept/", f"accept-{language}")
        # What passed is folded into one line each (the self-test, the assertions) and opens without a script.
        assert page.locator(".checks li:visible").count() == 0
        page.locator("details summary").last.click()
        assert page.locator(".checks .is-good:visible").count() == len(Draw.objects.get().assertions)
        looked_at(page, f"{here}/seed/", f"seed-{language}")
        looked_at(page, f"{here}/", f"selected-{language}")
        accept(number=draw.number, by=head, at=AFTER)
        looked_at(page, f"{here}/issue/", f"issue-{language}")
        issue_invitations(number=draw.number, by=head, at=AFTER)
        page.context.close()
        page = opened(browser, live, mine.candidate, size)
        looked_at(page, f"{theirs}?verify=1", f"receipt-{language}")
        looked_at(page, f"/{language}/candidate/", f"home-{language}")
        page.context.close()


def test_a_candidate_verifies_a_receipt_with_scripts_off(browser: Browser, live: str):
    draw, mine = a_draw_in_the_window()
    on_to_the_issue(draw)
    with clock.frozen(AFTER):
        context = browser.new_context(base_url=live, java_script_enabled=False, viewport=chromium.PHONE)
        context.add_cookies(
            [{"name": "session", "value": signed_in(mine.candidate).cookies["session"].value, "url": live}]
        )
        page = context.new_page()
        page.goto("/fr/candidate/")
        chromium.follow(page.get_by_role("link", name="mon reçu"))
        assert page.get_by_text("Ce sont 400.").count()
        chromium.follow(page.get_by_role("button", name="Vérifier mon reçu ici"))
        assert page.locator(".checks .is-good").count() == 5
        with page.expect_download() as got:
            page.get_by_role("link", name="Télécharger mon reçu").click()
        assert got.value.suggested_filename == f"receipt-{draw.number}.json"
        context.close()
