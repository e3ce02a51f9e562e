"""The browser of the tests: Debian's Chromium, driven by Playwright; without its window where that is installed."""

import os
import shutil
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# The shell draws pages and nothing around them: each visitor costs a quarter of what a hidden window with its tool bar does.
NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes is not told: telling it takes as long as looking
}
# What axe judges by, but for words and numbers: every element with its attributes, whether it holds words, and the width.
SHAPE = """() => {
    const plain = text => text.replace(/[0-9a-f]{8}[0-9a-f-]*|[A-Za-z0-9_-]{20,}|\\d+/g, "#"), parts = [innerWidth];
    for (const one of document.querySelectorAll("*")) {
        parts.push(one.tagName, [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
        for (const {name, value} of one.attributes) parts.push(name, name === "value" ? !!value : plain(value));
        if (one.matches("input, select, textarea, details")) parts.push(one.checked, one.open, one.disabled);
    }
    return parts.join(" ");
}"""
_found_good: set[str] = set()  # shapes of pages that axe has looked at in this process


def executable() -> str:
    """The path of a Chromium (``PASSERELLE_CHROMIUM`` names another one)."""
    found = os.environ.get("PASSERELLE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found or not Path(found).exists():
        raise RuntimeError("No Chromium found. `apt-get install chromium`, or set PASSERELLE_CHROMIUM to its path.")
    return found


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window."""
    return playwright.chromium.launch(executable_path=executable(), args=FLAGS)


def accessibility_problems(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, one line for each rule and element."""
    results: Any = Axe().run(page, options=AXE_RULES).response
    return [
        f"{problem['id']}: {problem['help']}: {node['target']} {node['html'][:160]}"
        for problem in results["violations"]
        for node in problem["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with axe's findings unless there are none. A page of a shape that was found good is not looked at again."""
    shape = page.evaluate(SHAPE)
    if shape not in _found_good:
        assert accessibility_problems(page) == [], f"axe on {page.url}"
        _found_good.add(shape)


def assert_fits(page: Page) -> None:
    """Fail when the page scrolls sideways at its present width."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
