"""Running the second verifier (npd1.js) in a page of Chromium that holds nothing else."""

import base64
from typing import Any

from playwright.sync_api import Page

from tests.npd1 import standalone

SCRIPT = standalone.FILE.parents[1] / "static/draws/npd1.js"
RUN = """cases => Promise.all(cases.map(async ([mode, files, receipt]) => {
    const plain = text => Uint8Array.from(atob(text), mark => mark.charCodeAt(0));
    const bundle = files && Object.fromEntries(Object.entries(files).map(([name, text]) => [name, plain(text)]));
    return await npd1.verify(mode, bundle, receipt && plain(receipt));
}))"""


def told(tab: Page, mode: str, files: dict[str, bytes] | None, receipt: bytes | None = None) -> dict[str, Any]:
    """Everything that the second verifier says of a case: code, checks, and where it stopped at what."""
    (found,) = all_told(tab, [(mode, files, receipt)])
    return found


def all_told(tab: Page, cases: list[tuple[str, dict[str, bytes] | None, bytes | None]]) -> list[dict[str, Any]]:
    """What it says of each case."""
    given = [
        [
            mode,
            files and {name: base64.b64encode(data).decode() for name, data in files.items()},
            receipt and base64.b64encode(receipt).decode(),
        ]
        for mode, files, receipt in cases
    ]
    found: list[dict[str, Any]] = tab.evaluate(RUN, given)
    return found


def keys(found: dict[str, Any]) -> set[str]:
    """What was said, as the page has words for it."""
    return {f"{kind}-{key}" for kind, key, *_values in found["checks"]}
