"""Walks the pages of the demo as its accounts and asks axe about each: ``.venv/bin/python scripts/walk.py fr officer director``.

Without accounts it walks what a visitor sees. A page is looked at 1280 and 320 pixels wide: what axe finds, what scrolls sideways,
what answers with an error. Of addresses that differ in a number alone three are opened. Uses the platform at PASSERELLE_URL with
its folder in PASSERELLE_VAR, as ``scripts/screenshots.py`` does, or starts one; some five minutes for each account.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator

import screenshots
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.support import browser as chromium

OF_A_KIND = 3
WIDE, NARROW = 1280, 320
# What signs out, changes the second factor, or is no page.
LEFT_OUT = re.compile(r"/account/(logout|2fa|password)|/pdf/|\.(pdf|csv|json|ics|zip|atom|py)$")
_NUMBERS = re.compile(r"[A-Z]{2,}(?:-[A-Z]+)*-\d{4}-\d+|\d+")
_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def main() -> int:
    """Walk as each account named; return 1 when anything is to be mended."""
    language, *names = sys.argv[1:] or ["en"]
    found = 0
    with screenshots.platform() as address, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for name in names or [""]:
            found += walk(browser, address, language, name)
        browser.close()
    return 1 if found else 0


def walk(browser: Browser, address: str, language: str, name: str) -> int:
    """Open page after page as one account, print what is to be mended, and return how much that was."""
    page = browser.new_context(base_url=address, viewport={"width": WIDE, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    if name:
        screenshots.sign_in(page, name, language)
    waiting, seen, kinds, found = [f"/{language}/home/" if name else f"/{language}/"], set[str](), Counter[str](), 0
    while waiting:
        path = waiting.pop(0)
        kind = _NUMBERS.sub("#", path.partition("?")[0])
        if path in seen or kinds[kind] >= OF_A_KIND:
            continue
        seen.add(path)
        kinds[kind] += 1
        for fault in faults(page, path):
            print(f"{path}: {fault}")
            found += 1
        waiting += links(page, language)
    print(f"{name or 'visitor'}: {len(seen)} pages of {len(kinds)} kinds, {found} to mend")
    page.context.close()
    return found


def faults(page: Page, path: str) -> Iterator[str]:
    """Open one page and yield what is wrong with it."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    try:
        answer = page.goto(path)
    except Error as problem:  # a file to keep is no page
        if "Download" not in str(problem):
            yield str(problem).splitlines()[0]
        return
    if answer is None or answer.status >= 400:
        yield f"answered {answer.status if answer else 'nothing'}"
        return
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        yield from (f"{width} px: {one}" for one in chromium.accessibility_problems(page))
        if (over := page.evaluate(_SIDEWAYS)) > 0:
            yield f"{width} px: {over} px wider than the screen"


def links(page: Page, language: str) -> list[str]:
    """Return the addresses of the same language that a page leads to, but for what is no page to look at."""
    told = page.locator("a[href]").evaluate_all("all => all.map(one => one.getAttribute('href').split('#')[0])")
    here = page.url.partition("?")[0].partition("//")[2].partition("/")[2]
    whole = [f"/{here}{one}" if one.startswith("?") else one for one in told]
    return [one for one in whole if one.startswith(f"/{language}/") and not LEFT_OUT.search(one)]


if __name__ == "__main__":
    raise SystemExit(main())
