"""An internal review in the Ontario procedure: asked online on the last day, decided by somebody else, the file assessed again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from passerelle.applications import operations as applying
from passerelle.applications import queries as applications
from passerelle.core import clock
from tests.journeys.applicants import CANDIDATE, graduate
from tests.journeys.candidate_first import Walk, queued
from tests.support.browser import DESKTOP, PHONE
from tests.support.cases import Case
from tests.support.mailbox import Mailbox

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]

REFUSED_FOR = {"en": "No diploma shows the field of study.", "fr": "Aucun diplôme n'établit le domaine d'études."}
ERROR = {"en": "The transcript names the field.", "fr": "Le relevé de notes nomme le domaine."}
WITHOUT_IT = {"en": "The points would be proven.", "fr": "Les points seraient prouvés."}
ONLY_NOW = {"en": "The university printed it last week.", "fr": "L'université l'a imprimé la semaine dernière."}
FOUND = {"en": "The transcript does name the field.", "fr": "Le relevé nomme bien le domaine."}


def refused(walk: Walk, *, at: datetime) -> Case:
    """A file refused at ``at`` for points that were not proven, by the officer who assessed it."""
    case = queued(
        walk.office, walk.answers, category="masters_graduate", language=walk.language, at=at - timedelta(days=5)
    )
    officer = walk.office.officer
    applying.take(reference=case.application, reason="", by=officer, at=at)
    wanted = [one.key for one in applications.criteria(case.file)]
    for key in wanted:
        verdict, note = ("not_met", "Not shown.") if key == wanted[-1] else ("met", "")
        applying.record_finding(
            reference=case.application, criterion=key, verdict=verdict, note=note, by=officer, at=at
        )  # fmt: skip
    applying.decide(reference=case.application, kind="refusal", reasons=REFUSED_FOR[walk.language], grounds=wanted[-1:],
                    by=officer, at=at)  # fmt: skip
    return case


class ReviewWalk(Walk):
    """What each person does after a refusal."""

    def read_the_refusal(self) -> None:
        """The letter gives the reasons, the last day and what counts; the file leads to the request."""
        self.told(CANDIDATE, self.file.file_number)
        letter = self.read_the_letter(self.candidate, "ines-duarte")
        assert REFUSED_FOR[self.language] in letter
        assert self.say("would have changed the outcome", "sans laquelle le résultat aurait été différent") in letter
        self.candidate.go(f"application/{self.file.reference}/")
        self.candidate.press('main a[href$="/review/"]')

    def ask_amiss(self) -> None:
        """Nothing alleged, and a document that does not say why it comes only now: each is told, at its field."""
        page = self.candidate.page
        self._attach()
        self._send()
        for field in ("error", "difference", "additions_reason"):
            expect(page.locator(f'.govuk-error-summary a[href="#id_{field}"]')).to_be_visible()
        self.candidate.look(again=True)
        assert applications.of_reference(self.file.reference).reviews.count() == 0

    def ask(self) -> None:
        said = {"error": ERROR, "difference": WITHOUT_IT, "additions_reason": ONLY_NOW}
        self.candidate.fill({field: words[self.language] for field, words in said.items()})
        self._attach()
        self.candidate.submit()
        expect(self.candidate.page.locator("main")).to_contain_text(self.reviewer())
        self.told(CANDIDATE, self.file.file_number, self.say("internal review", "révision interne"))

    def reviewer(self) -> str:
        return self.say("Someone who took no part in the decision", "Une personne qui n'a pas pris part à la décision")

    def _attach(self) -> None:
        self.candidate.attach("transcript", self.candidate.page.locator('input[type="file"][name="files"]'))

    def _send(self) -> None:
        with self.candidate.page.expect_navigation():
            self.candidate.page.locator("main form button[data-once]").first.click()

    def kept_out(self) -> None:
        """Whoever refused reads the request and is told that somebody else decides it."""
        self.staff.sign_in(self.office.officer.username, code=True)
        self.staff.go(f"staff/application/{self.file.reference}/")
        request = self.staff.page.locator("#review")
        expect(request).to_contain_text(ERROR[self.language])
        expect(request.locator("form")).to_have_count(0)
        self.staff.sign_out()

    def overturn(self) -> None:
        """Somebody else finds it in the list, reads what is alleged and what was added, and sets the refusal aside."""
        self.staff.sign_in(self.office.second.username, code=True)
        self.staff.go("staff/applications/reviews/")
        self.staff.press(f'main a[href$="/staff/application/{self.file.reference}/"]')
        request = self.staff.page.locator("#review")
        for words in (ERROR, WITHOUT_IT, ONLY_NOW):
            expect(request).to_contain_text(words[self.language])
        expect(request).to_contain_text("transcript.pdf")
        self.staff.fill({"outcome": "overturned", "reasons": FOUND[self.language]}, within="#review")
        self.staff.submit("/review/")
        self.staff.look(again=True)

    def read_the_outcome(self) -> None:
        self.told(CANDIDATE, self.say("The decision is set aside", "La décision est annulée"))
        self.candidate.go("candidate/")
        self.candidate.go(f"application/{self.file.reference}/")
        expect(self.candidate.page.locator("main")).to_contain_text(FOUND[self.language])
        self.candidate.look(again=True)
        [letter] = [one for one in applications.letters(self.file, self.person) if one.kind == "review_decision"]
        self.candidate.go(f"letters/{letter.number}/")
        main = self.candidate.page.locator("main")
        expect(main).to_contain_text(self.say("The application is assessed again", "La demande est évaluée de nouveau"))
        expect(main).to_contain_text(FOUND[self.language])
        assert letter.language == self.language

    def find_it_proven(self) -> None:
        """The reviewer goes on with the file: what was not proven is, and the person is nominated."""
        self.staff.go(f"staff/application/{self.file.reference}/")
        last = f"#criterion-{applications.criteria(self.file)[-1].key}"
        self.staff.page.locator(f"{last} > summary").click()
        self.staff.page.locator(f"{last} .tag--danger").wait_for()
        self.staff.fill({f"{last.removeprefix('#criterion-')}-verdict": "met"}, within=last)
        self.staff.page.locator(f"{last} form button").first.click()
        self.staff.page.locator(f"{last} > summary .tag--success").wait_for()
        self.nominate()


@pytest.mark.parametrize(
    ("language", "screen", "scripts"),
    [
        pytest.param("en", DESKTOP, True, id="English on a desk"),
        pytest.param("fr", PHONE, False, id="French on a phone with scripts off"),
    ],
)
def test_a_refusal_is_set_aside_by_an_internal_review_and_the_file_is_assessed_again(
    browser: Browser, live: str, mailbox: Mailbox, settings: Any, language: str, screen: Any, scripts: bool
) -> None:
    settings.PASSERELLE_URL = live
    walk = ReviewWalk(browser, live, mailbox, language=language, screen=screen, scripts=scripts,
                      answers=graduate(clock.now().date()))  # fmt: skip
    decided = clock.now() - timedelta(days=2)
    refused(walk, at=decided)
    with clock.moved_to(decided + timedelta(days=30)):  # the last day
        walk.read_the_refusal()
        walk.ask_amiss()
        walk.ask()
        walk.kept_out()
    with clock.moved_to(decided + timedelta(days=30, minutes=5)):
        walk.overturn()
        assert (walk.file.state, walk.file.officer) == ("in_assessment", walk.office.second)
        walk.read_the_outcome()
        walk.find_it_proven()
