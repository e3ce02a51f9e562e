"""Takes the pictures of the README from the demo: ``make screenshots``.

Uses the platform at PASSERELLE_URL when one runs with the demo (then PASSERELLE_VAR must be its folder), else starts one
of its own under var/screenshots. Pictures go to docs/screenshots/, as small as a quantised PNG can be.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support import browser as chromium  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
VAR = Path(os.environ.get("PASSERELLE_VAR") or ROOT / "var" / "screenshots")
CLI = [sys.executable, "-m", "passerelle.project.cli"]
PATIENCE = 1200  # seconds for the demo to be made
SIGNED_IN: dict[str, Any] = {}  # cookies by account: a code of a second factor counts once
TALLEST = {1280: 1400, 320: 900}


@dataclass(frozen=True)
class Shot:
    """One picture: its file, whose page, where, how wide.

    ``follow`` is the first link to go to, as a pattern of its address; ``press`` what is pressed then, one after the other.
    """

    file: str
    who: str
    path: str
    width: int = 1280
    follow: str = ""
    press: tuple[str, ...] = ()


LAST_IN_HAND = "main table tbody tr:last-child a"  # the last of the files that an officer has taken
BESIDE = (".criterion summary", ".criterion[open] .document-link")  # a document beside its criterion
SHOTS = (
    Shot("home-fr-phone", "", "/fr/ca-nt/", 320),
    Shot("home", "", "/en/ca-nt/"),
    Shot("points", "", "/en/ca-nt/points/"),
    Shot("draws", "", "/fr/ca-nt/draws/"),
    Shot("employer-home", "invited", "/en/employer/"),
    Shot("invitation-fr-phone", "invited", "/fr/employer/", 320, r"/employer/invitation/[^/]+/$"),
    Shot("candidate-home-fr", "candidate", "/fr/candidate/"),
    Shot("worklist", "officer", "/en/staff/worklist/"),
    Shot("review", "officer", "/en/staff/eoi/", 1280, r"/staff/eoi/NT[^/]+/$"),
    Shot("pool", "drawmanager", "/en/staff/pool/"),
    Shot("draw", "drawmanager", "/fr/staff/draws/", 1280, r"/staff/draws/NT[^/]+/$"),
    Shot("assessment", "officer", "/en/staff/applications/", press=(LAST_IN_HAND, *BESIDE)),
    Shot("file", "officer", "/en/staff/search/?q=NT-2026-000011", 1280, r"/staff/file/[^/]+/$"),
)


def main() -> int:
    """Take every picture; one that cannot be taken is named and the rest go on."""
    OUT.mkdir(parents=True, exist_ok=True)
    missed = []
    with platform() as address, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for shot in SHOTS:
            try:
                take(browser, address, shot)
                print(f"docs/screenshots/{shot.file}.png")
            except Exception as problem:
                missed.append(shot.file)
                print(f"{shot.file}: {(str(problem) or repr(problem)).splitlines()[0]}")
        browser.close()
    print(f"{len(SHOTS) - len(missed)} pictures taken, {len(missed)} missed")
    return 1 if missed else 0


@contextmanager
def platform() -> Iterator[str]:
    """The address of a platform with the demo."""
    if "PASSERELLE_URL" in os.environ:
        yield os.environ["PASSERELLE_URL"]
        return
    VAR.mkdir(parents=True, exist_ok=True)
    log = VAR / "run.txt"
    given = {**os.environ, "PASSERELLE_VAR": str(VAR), "WEB_PORT": "0", "SMTP_SINK_PORT": "0", "MAILBOX_PORT": "0"}
    with log.open("wb") as out:
        process = subprocess.Popen([*CLI, "run"], stdout=out, stderr=out, env={**given, "COLUMNS": "200"})
    try:
        end = time.monotonic() + PATIENCE
        while "Ctrl-C stops" not in log.read_text():
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"The platform did not start:\n{log.read_text()[-2000:]}")
            time.sleep(1)
        found = re.search(r"http://127\.0\.0\.1:\d+(?=/en/)", log.read_text())
        assert found
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def take(browser: Browser, address: str, shot: Shot) -> None:
    """Open one page as its reader and keep its picture."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": shot.width, "height": 800},
        locale="en-CA",
        storage_state=SIGNED_IN.get(shot.who),
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    if shot.who and shot.who not in SIGNED_IN:
        sign_in(page, shot.who, shot.path[1:3])
        SIGNED_IN[shot.who] = context.storage_state()
    page.goto(shot.path)
    if shot.follow:
        addresses = [link.get_attribute("href") or "" for link in page.locator("main a[href]").all()]
        page.goto(next(one for one in addresses if re.search(shot.follow, one)))
    for selector in shot.press:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")
    if shot.press:
        page.locator(".viewer img").evaluate("one => one.decode()")
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST[shot.width])
    target = OUT / f"{shot.file}.png"
    page.screenshot(path=target, clip={"x": 0, "y": 0, "width": shot.width, "height": height}, full_page=True)
    context.close()
    with Image.open(target) as picture:
        picture.convert("RGB").quantize(96).save(target, optimize=True)


def sign_in(page: Page, who: str, language: str) -> None:
    """Sign in as one of the demo's accounts, with the second factor where there is one."""
    account = accounts()[who]
    page.goto(f"/{language}/account/login/")
    page.fill("input[name=login]", account["username"])
    page.fill("input[name=password]", account["password"])
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    if account["code"]:
        page.fill("input[name=code]", accounts()[who]["code"])
        page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_url(re.compile(r"^(?!.*/account/)"))


def accounts() -> dict[str, dict[str, Any]]:
    """The demo's accounts by user name, with codes that count now."""
    given = {**os.environ, "PASSERELLE_VAR": str(VAR)}
    told = subprocess.check_output([*CLI, "sign-ins", "--json"], env=given, text=True)
    return {one["username"]: one for one in json.loads(told)}


if __name__ == "__main__":
    raise SystemExit(main())
