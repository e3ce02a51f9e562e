"""Take the README's pictures from a running demo: ``make run`` in one window, ``make screenshots`` in another.

``screenshots.py [ADDRESS]`` signs in with the accounts of the demo and writes ``docs/screenshots/*.png``, English at desk
size and French on a phone. Nothing is changed: it only looks.
"""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "screenshots"
sys.path.insert(0, str(ROOT))

DESK = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Shot:
    """One picture: its file, who looks, and the address; ``follow`` opens the first link whose address holds this."""

    name: str
    who: str
    path: str
    size: dict[str, int]
    follow: str = ""
    whole: bool = False


SHOTS = (
    Shot("home", "", "/en/ca-nt/", DESK),
    Shot("home-phone", "", "/fr/ca-nt/", PHONE),
    Shot("calculator", "", "/en/ca-nt/points/", DESK),
    Shot("draws", "", "/en/ca-nt/draws/", DESK),
    Shot("scoring", "", "/en/ca-nt/scoring/", DESK),
    Shot("candidate-home", "candidate", "/en/candidate/", DESK),
    Shot("candidate-phone", "candidate", "/fr/candidate/", PHONE),
    Shot("candidate-points", "candidate", "/en/candidate/", DESK, follow="/candidate/eoi/"),
    Shot("employer-home", "invited", "/en/employer/", DESK),
    Shot("worklist", "officer", "/en/staff/", DESK),
    Shot("review", "officer", "/en/staff/eoi/", DESK, follow="/staff/eoi/NT-"),
    Shot("pool", "officer", "/en/staff/pool/", DESK),
    Shot("queue", "officer", "/en/staff/applications/", DESK),
    Shot("draw-workbench", "drawmanager", "/en/staff/draws/", DESK, follow="/staff/draws/"),
)


def main(address: str) -> int:
    """Take every picture; return how many could not be taken."""
    if not _answers(address):
        print(f"Nothing answers at {address}. Start the demo first: make run")
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passerelle.project.settings")
    import django

    django.setup()
    OUT.mkdir(parents=True, exist_ok=True)
    with _browser() as browser:
        pages = {who: _signed_in(browser, address, who) for who in dict.fromkeys(shot.who for shot in SHOTS)}
        missed = [shot.name for shot in SHOTS if not _take(pages[shot.who], address, shot)]
    print(f"{len(SHOTS) - len(missed)} pictures in {OUT.relative_to(ROOT)}" + "".join(f"; missed {m}" for m in missed))
    return len(missed)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def _browser() -> Iterator[Browser]:
    from tests.support import browser as chromium

    with sync_playwright() as playwright:
        process = chromium.launch(playwright)
        yield process
        process.close()


def _signed_in(browser: Browser, address: str, who: str) -> Page:
    page = browser.new_context(base_url=address, locale="en-CA").new_page()
    if not who:
        return page
    from passerelle.project.demo import sign_ins

    page.goto("/en/account/login/")
    page.fill("[name=login]", who)
    page.fill("[name=password]", sign_ins.PASSWORD)
    page.locator("main button[type=submit], main form button").last.click()
    code = page.locator("[name=code]")
    if code.count():
        code.fill(_code(who))
        page.locator("main form button").last.click()
    return page


def _code(who: str) -> str:
    from allauth.mfa.totp.internal import auth as totp

    from passerelle.core import clock
    from passerelle.project.demo import sign_ins

    secret = next(row[3] for row in sign_ins.STAFF if row[0] == who)
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(clock.now().timestamp()) // 30)))


def _take(page: Page, address: str, shot: Shot) -> bool:
    page.set_viewport_size(shot.size)  # type: ignore[arg-type]
    answer = page.goto(shot.path)
    if answer is None or answer.status != 200:
        return False
    if shot.follow:
        link = page.locator(f'main a[href*="{shot.follow}"]').first
        if not link.count():
            return False
        link.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / f"{shot.name}.png", full_page=shot.whole)
    print(f"  {shot.name}")
    return True


if __name__ == "__main__":
    raise SystemExit(
        main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PASSERELLE_URL", "http://127.0.0.1:8000"))
    )
