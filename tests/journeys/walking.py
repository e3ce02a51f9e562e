"""Walking through the platform in a browser: visitors, forms filled in by the names of their fields, mail read."""

import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from passerelle.applications import operations as applying
from passerelle.applications import queries as applications
from passerelle.core import clock
from passerelle.notices import operations as notices
from passerelle.project.demo import filling
from tests.support.browser import DESKTOP, assert_accessible, assert_fits
from tests.support.mailbox import Mailbox, links_of
from tests.support.people import PASSWORD, unused_code

# What kind of field a name stands for, when it is there and shown: asked at once, for a walk asks it hundreds of times.
FIELD = """([within, name]) => {
    const scope = document.querySelector(within), named = name => scope?.querySelector(`[name="${name}"]`);
    const day = named(name + "_day"), one = day || named(name), box = one?.getBoundingClientRect();
    if (!one || !box.width || !box.height || !one.checkVisibility({visibilityProperty: true})) return "";
    return day ? "date" : one.tagName === "SELECT" ? "select" : one.type;
}"""
# Where a reader would have it: not under what sticks to the edge of the window.
IS_TICKED_ELSE_IN_SIGHT = "one => one.checked || (one.scrollIntoView({block: 'center'}), false)"
PICTURES = os.environ.get("PASSERELLE_PICTURES")


class Visitor:
    """One person at one screen. Every page looked at must fit the screen and please axe."""

    def __init__(
        self, browser: Browser, live: str, language: str, *, screen: Any = DESKTOP, scripts: bool = True, name: str = ""
    ) -> None:
        self.context = browser.new_context(
            base_url=live, viewport=screen, locale=f"{language}-CA", java_script_enabled=scripts
        )
        self.page: Page = self.context.new_page()
        self.language, self.scripts, self.name = language, scripts, name
        self.seen: set[str] = set()
        self.looks = 0

    def go(self, path: str) -> None:
        """Open an address (relative to the reader's language) and look at it."""
        self.page.goto(path if path.startswith(("http", "/")) else f"/{self.language}/{path}")
        self.look()

    def look(self, *, again: bool = False) -> None:
        """Check the page on the screen, once for each kind of page or, changed, ``again``; keep a picture when asked to."""
        kind = re.sub(r"([A-Z]{2}-[A-Z0-9-]+|[0-9a-f-]{36}|\d+)", "_", self.page.url.split("?")[0])
        if kind in self.seen and not again:
            return
        self.seen.add(kind)
        self.looks += 1
        if PICTURES:
            name = f"{self.language}-{self.name}-{self.looks:02d}.png"
            self.page.screenshot(path=str(Path(PICTURES) / name), full_page=True)
        assert_fits(self.page)
        if self.scripts:
            assert_accessible(self.page)

    def press(self, selector: str) -> None:
        """Press a button or follow a link, and look at what comes."""
        before = self.page.url
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        if self.page.locator("#error-summary, .govuk-error-summary").count():
            told = self.page.locator(".govuk-error-summary").inner_text()
            raise AssertionError(f"{before}: {told}")
        self.look()

    def submit(self, action: str = "") -> None:
        """Press the main button of the page's form (or of the form whose address ends with ``action``)."""
        form = f'main form[action$="{action}"]' if action else "main form"
        self.press(f'{form} button[class~="govuk-button"]:not([type="button"]):not([name])')

    def fill(self, values: Mapping[str, Any], *, within: str = "main") -> None:
        """Fill in the fields that are there and shown; ``values`` are answers as the platform keeps them."""
        for name, value in values.items():
            if kind := self.page.evaluate(FIELD, [within, name]):  # else its question is not asked, or not yet
                self._fill_one(self.page.locator(within), name, kind, value)

    def _fill_one(self, scope: Locator, name: str, kind: str, value: Any) -> None:
        field = scope.locator(f'[name="{name}"]')
        if kind == "date":
            year, month, day = str(value).split("-")
            for part, text in (("day", day), ("month", month), ("year", year)):
                scope.locator(f'[name="{name}_{part}"]').fill(str(int(text)))
        elif kind == "radio":
            wanted = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            self._tick(scope.locator(f'[name="{name}"][value="{wanted}"]'))
        elif kind == "checkbox":
            for one in value if isinstance(value, list) else [None]:
                self._tick(scope.locator(f'[name="{name}"]' + (f'[value="{one}"]' if one else "")).first)
        elif kind == "select":
            field.select_option(str(value))
        else:
            field.first.fill(str(value))

    def _tick(self, box: Locator) -> None:
        if not box.evaluate(IS_TICKED_ELSE_IN_SIGHT):
            box.check(force=True)

    def section(self, answers: Mapping[str, Any]) -> None:
        """Fill in one section of a questionnaire, whatever it asks, and save; what comes up by an answer is filled in too."""
        for _round in range(4):
            here = self.page.url
            self._add_records(answers)
            self.fill({key: value for key, value in answers.items() if not _is_records(value)})
            self._fill_records(answers)
            with self.page.expect_navigation():
                self.page.locator("main form button[data-once]:not([name])").first.click()
            if self.page.url != here:
                break
        if self.page.locator(".govuk-error-summary").count():
            raise AssertionError(f"{self.page.url}: {self.page.locator('.govuk-error-summary').inner_text()}")
        self.look()

    def _add_records(self, answers: Mapping[str, Any]) -> None:
        for key, records in answers.items():
            if not _is_records(records) or not self.page.locator(f'button[name="add"][value="{key}"]').count():
                continue
            self.fill({name: value for name, value in answers.items() if not _is_records(value)})
            if not self.page.locator(f'button[name="add"][value="{key}"]').is_visible():
                continue
            while int(self.page.locator(f'[name="{key}-count"]').input_value()) < len(records):
                with self.page.expect_navigation():
                    self.page.locator(f'button[name="add"][value="{key}"]').click()

    def _fill_records(self, answers: Mapping[str, Any]) -> None:
        for key, records in answers.items():
            if _is_records(records):
                for number, record in enumerate(records):
                    self.fill({f"{key}-{number}-{part}": value for part, value in record.items()})

    def meet_criteria(self) -> None:
        """Say yes to each mandatory criterion that is asked."""
        first = 'main a.govuk-button[href*="/criteria/"]'
        while self.page.locator('[name="answer"]').count() or self.page.locator(first).count():
            if not self.page.locator('[name="answer"]').count():
                self.press(first)
            self.fill({"answer": "yes"})
            self.submit()

    def bring(self, slot: str) -> None:
        """Put a file into a place of the document page on the screen."""
        box = self.page.locator(f"#slot-{slot}")
        self.attach(slot, box.locator("input[type=file]"))
        box.locator("form[enctype] button").click()
        self.page.locator(f"#slot-{slot} .slot__files li").first.wait_for()

    def attach(self, title: str, field: Locator) -> None:
        """Choose a small PDF for a file field."""
        made = filling.document(title)
        field.set_input_files({"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": made.read()})

    def confirm_email(self, text: str) -> None:
        """Type the code that an e-mail gives."""
        code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", text, re.MULTILINE)
        assert code, text
        self.fill({"code": code[1]})
        self.submit()

    def status(self, path: str) -> int:
        """What this person is answered at an address, which they see."""
        answer = self.page.goto(f"/{self.language}/{path}")
        assert answer
        return answer.status

    def sign_in(self, username: str, *, code: bool = False) -> None:
        """Sign in by user name, with the second factor where there is one."""
        self.go("account/login/")
        self.fill({"login": username, "password": PASSWORD})
        self.submit()
        if code:
            self.fill({"code": unused_code(username)})
            self.submit()

    def sign_out(self) -> None:
        self.context.clear_cookies()


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def post(at: datetime | None = None) -> None:
    """Do the worker's part: send what waits in the outbox."""
    while notices.send_due(at=at or clock.now()):
        pass


def bring_documents(
    visitor: Visitor, reference: str, key: str, party: Any, *, by: Any = None, whole: bool = False
) -> None:
    """Bring what a form of ``party`` needs: two documents by hand, or all (``whole``); the rest ``by`` somebody as a page would."""
    visitor.go(f"application/{reference}/form/{key}/documents/")
    part = applications.part_for(party, reference=reference, part=key)
    needed = [slot.key for slot in applications.slots(part) if slot.required]
    by_hand = len(needed) if whole else 2
    for slot in needed[:by_hand]:
        visitor.bring(slot)
    for slot in needed[by_hand:]:
        applying.add_document(
            reference=reference, part=key, slot=slot, upload=filling.document(slot), by=by or party, at=clock.now()
        )


def assess(officer: Visitor, file: Any, *, whole: bool = False) -> None:
    """Find every criterion met on the page of the file: three by hand, or all (``whole``); the rest as the page would."""
    keys = [one.key for one in applications.criteria(file)]
    by_hand = keys if whole else [*keys[:2], keys[-1]]
    for key in (one for one in keys if one not in by_hand):
        applying.record_finding(
            reference=file.reference, criterion=key, verdict="met", note="", by=file.officer, at=clock.now()
        )
    if not whole:
        officer.page.reload()
    for key in by_hand:
        scope = officer.page.locator(f"#criterion-{key}")
        if scope.get_attribute("open") is None:  # the next to assess is open already
            scope.locator("> summary").click()
        officer.fill({f"{key}-verdict": "met"}, within=f"#criterion-{key}")
        scope.locator("form button").first.click()  # with scripts, only the checklist comes anew
        scope.locator("> summary .tag--success").wait_for()
    officer.look()


def link_in(mailbox: Mailbox, address: str, *, part: str) -> str:
    """The first link with ``part`` in the mails to ``address``, newest mail first, without its host."""
    for message in reversed(mailbox.to(address)):
        for link in links_of(message):
            if part in link:
                return re.sub(r"^https?://[^/]+", "", link)
    raise AssertionError(f"no link with {part!r} was sent to {address}")
