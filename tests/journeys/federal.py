"""The federal way through Ontario in a browser, one step a method: from a loaded profile to the file of nominations."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from typer.testing import CliRunner

from passerelle.applications import federal
from passerelle.applications import queries as applications
from passerelle.core import clock
from passerelle.core.deadlines import local_day
from passerelle.express_entry import queries as pool
from passerelle.programs import queries as programs
from passerelle.project.cli import app
from passerelle.project.demo import filling
from tests.express_entry.files import a_csv, line
from tests.express_entry.rounds import FRENCH
from tests.journeys.candidate_first import CANDIDATE, CODE, Walk
from tests.support.browser import DESKTOP
from tests.support.federal import CODE as VALIDATION
from tests.support.federal import NUMBER, answers
from tests.support.mailbox import Mailbox
from tests.support.people import PASSWORD

STREAM = "french_speaking_skilled_worker"


class FederalWalk(Walk):
    """A candidate who comes with a notification of interest, and the staff who sent it."""

    def __init__(self, browser: Browser, live: str, mailbox: Mailbox, *, language: str, screen: Any = DESKTOP) -> None:
        on = clock.now().date()
        super().__init__(browser, live, mailbox, language=language, screen=screen, category=STREAM, answers=answers(on))

    @property
    def today(self) -> date:
        """The day in the program's zone."""
        return local_day(clock.now(), programs.rules_in_force(CODE, clock.now()).zone)

    def own(self, key: str) -> Mapping[str, Any]:
        return self.answers

    # --- the pool and the round ---

    def load(self, folder: Path) -> None:
        """The operator loads the file: the candidate, and somebody with too many points."""
        made, until = self.today - timedelta(days=30), self.today + timedelta(days=45)
        given = {**FRENCH, "created_on": made.isoformat(), "valid_until": until.isoformat(), "crs_on": made.isoformat()}
        lines = [line(1, crs="410", **given), line(2, crs="600", family_name="Morin", **given)]
        told = CliRunner().invoke(app, ["load-profiles", str(a_csv(folder / "profiles.csv", lines)), "--program", CODE])
        assert told.exit_code == 0, told.output
        assert pool.profiles(CODE).count() == 2

    def notify(self) -> str:
        """A draw manager plans and conducts the round, a director issues it, and the file for the federal side is taken."""
        self.staff.sign_in(self.office.manager.username, code=True)
        for page in ("scores/", "kept/", "rounds/", "rounds/plan/", "nominations/", ""):
            self.staff.go(f"staff/federal-pool/{page}")
        self.staff.press('main a[href*="/federal-pool/loads/"]')
        self.staff.go(f"staff/federal-pool/rounds/plan/?stream={STREAM}")
        self.staff.fill({"held_on": self.today.isoformat(), "crs_lowest": "400", "crs_highest": "500"})
        self.staff.submit()
        number = self.staff.page.url.rstrip("/").rsplit("/", 1)[-1]
        self.staff.go(f"staff/federal-pool/rounds/{number}/plan/")
        self.staff.go(f"staff/federal-pool/rounds/{number}/conduct/")
        self.staff.submit()
        self.staff.go(f"staff/federal-pool/rounds/{number}/found/")
        self.staff.sign_out()
        self.staff.sign_in(self.office.director.username, code=True)
        self.staff.go(f"staff/federal-pool/rounds/{number}/void/")
        self.staff.go(f"staff/federal-pool/rounds/{number}/issue/")
        self.staff.submit()
        self.staff.go(f"staff/federal-pool/rounds/{number}/")
        self.staff.go("staff/federal-pool/rounds/")
        with self.staff.page.expect_download() as taken:
            self.staff.page.evaluate(f"location.href = '/{self.language}/staff/federal-pool/rounds/{number}/file/'")
        [row] = rows(taken.value)
        assert (row["profile_number"], row["crs"]) == (NUMBER, "410")
        self.staff.sign_out()
        return number

    # --- from the notification to a file ---

    def come(self, number: str) -> None:
        """Show number and code, open an account, take the notification up."""
        self.candidate.go(f"{CODE}/")
        self.candidate.go(f"{CODE}/draws/")
        self.candidate.go(f"{CODE}/draws/{number}/")
        self.candidate.press('main a[href$="/notification/"]')
        self.candidate.fill({"number": NUMBER, "code": VALIDATION})
        self.candidate.submit()
        self.candidate.press('main a[href*="/register/"]')
        self.candidate.fill({
            "username": "ines-duarte", "name": "Inês Duarte", "phone": "519-555-0142", "email": CANDIDATE,
            "language": self.language, "password1": PASSWORD, "password2": PASSWORD,
        })  # fmt: skip
        self.candidate.submit()
        code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", self.told(CANDIDATE), re.MULTILINE)
        assert code
        self.candidate.fill({"code": code[1]})
        self.candidate.submit()
        self.told(CANDIDATE, "ines-duarte")
        self.candidate.go("candidate/")
        self.candidate.press('main a[href*="/candidate/notified/"]')
        self.candidate.fill({"passport_country": "PT", "passport_number": "PT123"})
        self.candidate.submit()
        self.told(CANDIDATE, self.invitation, self.say("invites you in the meantime", "vous invite entre-temps"))

    def open(self) -> None:
        """From the desk to the invitation, and into the application."""
        self.candidate.sign_out()
        self.candidate.sign_in("ines-duarte")
        self.candidate.go("candidate/")
        self.candidate.press('main a[href*="/candidate/invitation/"]')
        self.candidate.submit("/apply/")
        self.told(CANDIDATE, self.file.reference)

    # --- a federal invitation in the meantime ---

    def tell_of_a_federal_invitation(self) -> None:
        """The candidate tells of it: no nomination while it stands."""
        self.candidate.go(f"application/{self.file.reference}/")
        self.candidate.press('main a[href$="/federal-invitation/"]')
        self.candidate.fill({"invited_on": (self.today - timedelta(days=1)).isoformat(), "answer": "decline"})
        self.candidate.submit()
        self.told(
            CANDIDATE,
            self.file.reference,
            self.say("Ontario cannot nominate you", "l'Ontario ne peut pas vous désigner"),
        )
        self.candidate.seen.clear()
        self.candidate.go(f"application/{self.file.reference}/")
        self.staff.go(f"staff/application/{self.file.reference}/")
        self.staff.page.locator('a[href="#decision"]').first.click()
        self.staff.fill({"kind": "nomination"})
        self.staff.submit("/decision/")
        button = 'main form[action$="/decision/"] button[class~="govuk-button"]:not([name])'
        with self.staff.page.expect_navigation():
            self.staff.page.locator(button).first.click()
        words = self.say("nobody is nominated until they show", "ne peut pas être désignée tant qu'elle n'a pas montré")
        assert words in self.staff.page.locator(".govuk-error-summary").inner_text()
        assert self.file.state == "in_assessment"

    def decline_with_proof(self) -> None:
        """A first proof is turned down with a reason, a second one accepted."""
        for outcome in ("not_accepted", "accepted"):
            self.candidate.go(f"application/{self.file.reference}/")
            self.candidate.press('main a[href$="/federal-invitation/proof/"]')
            made = filling.document("declined")
            self.candidate.page.locator("input[type=file]").set_input_files(
                {"name": "declined.pdf", "mimeType": "application/pdf", "buffer": made.read()}
            )
            self.candidate.submit()
            self.staff.seen.clear()
            self.staff.go(f"staff/application/{self.file.reference}/")
            self.staff.press('main a[href$="/federal-invitation/settle/"]')
            self.staff.fill({"outcome": outcome, "reason": "" if outcome == "accepted" else "No date."})
            self.staff.submit()
            went_on = self.say("You have nothing to do", "Vous n'avez rien à faire")
            again = self.say("We did not accept the proof", "Nous n'avons pas accepté la preuve")
            self.told(CANDIDATE, went_on if outcome == "accepted" else again)
        assert federal.may_be_nominated(self.file, clock.now())
        self.candidate.seen.clear()
        self.candidate.go(f"application/{self.file.reference}/")
        self.candidate.go("messages/")

    def take_the_nominations(self) -> Mapping[str, str]:
        """The draw manager takes the file of the nominations of the week."""
        self.staff.sign_in(self.office.manager.username, code=True)
        self.staff.seen.clear()
        self.staff.go("staff/federal-pool/nominations/")
        with self.staff.page.expect_download() as taken:
            self.staff.page.locator("main form button.govuk-button").first.click()
        [row] = rows(taken.value)
        self.staff.seen.clear()
        self.staff.go("staff/federal-pool/nominations/")
        self.staff.sign_out()
        return row

    @cached_property
    def nomination(self) -> Any:
        return applications.nomination_of(self.file)


def rows(download: Any) -> list[dict[str, str]]:
    """Read a CSV that the browser was given."""
    return list(csv.DictReader(io.StringIO(Path(download.path()).read_text(encoding="utf-8-sig"))))


__all__ = ["FederalWalk"]
