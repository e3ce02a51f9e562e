"""The browser of the tests: Debian's Chromium, driven by Playwright; without its window where that is installed."""

import os
import shutil
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, Playwright

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
        // A form with a field of that name has it for its ``attributes``.
        for (const name of one.getAttributeNames()) {
            const value = one.getAttribute(name);
            parts.push(name, name === "value" ? !!value : plain(value));
        }
        if (one.matches("input, select, textarea, details")) parts.push(one.checked, one.open, one.disabled);
    }
    return parts.join(" ");
}"""
# Contrast, which takes more than half of the time, hangs on what an element and all around it wear: each such chain once.
CHAINS = """() => {
    const wears = one => [one.tagName, ...["class", "style", "type", "disabled", "open", "aria-selected", "aria-current"]
        .map(name => one.getAttribute(name))].join();
    const chains = [], about = new Map();
    const chain = one => {
        if (!one) return "";
        if (!about.has(one)) about.set(one, chain(one.parentElement) + ">" + wears(one));
        return about.get(one);
    };
    const hash = text => { let sum = innerWidth; for (const char of text) sum = (sum * 31 + char.charCodeAt()) | 0; return sum; };
    for (const one of document.body.querySelectorAll("*")) {
        const words = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!(words || one.matches("input, select, textarea")) || !one.checkVisibility({visibilityProperty: true})) continue;
        one.dataset.chain = hash(chain(one));
        chains.push(one.dataset.chain);
    }
    return [...new Set(chains)];
}"""
LOOK = """async ([options, fresh]) => {
    const left = new Set(fresh), all = document.querySelectorAll("[data-chain]");
    for (const one of all) if (left.delete(one.dataset.chain)) one.dataset.fresh = "";
    axe.configure({rules: [{id: "color-contrast", selector: "[data-fresh]"}]});
    const {violations} = await axe.run(options);
    for (const one of all) { delete one.dataset.chain; delete one.dataset.fresh; }
    return violations.flatMap(({id, help, nodes}) =>
        nodes.map(({target, html}) => `${id}: ${help}: ${target} ${html.slice(0, 160)}`));
}"""
_found_good: set[str] = set()  # shapes of pages that axe has looked at in this process
_contrast_good: set[str] = set()  # chains whose contrast it found good


def executable() -> str:
    """The path of a Chromium (``PASSERELLE_CHROMIUM`` names another one)."""
    found = os.environ.get("PASSERELLE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found or not Path(found).exists():
        raise RuntimeError("No Chromium found. `apt-get install chromium`, or set PASSERELLE_CHROMIUM to its path.")
    return found


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window."""
    return playwright.chromium.launch(executable_path=executable(), args=FLAGS, timeout=180_000)


def follow(link: Locator) -> None:
    """Press what opens another page, and go on when that page is whole: what is read at once is then the new page's."""
    with link.page.expect_navigation():
        link.click()


def accessibility_problems(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, one line for each rule and element."""
    page.evaluate(AXE_SCRIPT)
    fresh = [one for one in page.evaluate(CHAINS) if one not in _contrast_good]
    found: list[str] = page.evaluate(LOOK, [AXE_RULES, fresh])
    if not found:
        _contrast_good.update(fresh)
    return found


def assert_accessible(page: Page) -> None:
    """Fail with axe's findings unless there are none. A page of a shape that was found good is not looked at again."""
    page.wait_for_load_state("load")
    shape = page.evaluate(SHAPE)
    if shape not in _found_good:
        assert accessibility_problems(page) == [], f"axe on {page.url}"
        _found_good.add(shape)


def assert_fits(page: Page) -> None:
    """Fail when the page scrolls sideways at its present width."""
    page.wait_for_load_state("load")  # a page just come may have no element yet to measure
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
