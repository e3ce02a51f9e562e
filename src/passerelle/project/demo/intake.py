"""Expressions of interest: from the employer's registration to the confirmed points, and what else befalls them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.eoi import operations as eois
from passerelle.eoi import queries
from passerelle.programs import queries as programs
from passerelle.programs.forms.pruning import keys_of
from passerelle.project.demo import people
from passerelle.project.demo.sign_ins import PASSWORD, PROGRAM
from passerelle.project.demo.story import Story

Told = Callable[[str, Person, datetime], None]


class Intake:
    """Makes files one by one; ``stop_at`` says how far one goes: registered, link, draft, answered, submitted, pool."""

    def __init__(self, story: Story) -> None:
        self.story, self.number = story, 0
        self.people: dict[str, tuple[Person, Person, people.Candidate]] = {}
        # Nothing is handed in before the program opens, however far back the story reaches.
        self.opens_at = programs.rules_in_force(PROGRAM, story.until).opens_at

    def file(
        self, moment: datetime, *, strong: bool, stop_at: str = "pool", usernames: tuple[str, str] | None = None,
        category: str = "", then: Told | None = None, said: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Plan one file, handed in at ``moment`` (a draft is left there); ``then`` runs once its points are confirmed.

        ``said`` replaces answers.
        """
        self.number += 1
        if self.opens_at:
            moment = max(moment, self.opens_at + timedelta(minutes=self.number))
        number, random = self.number, self.story.random
        kind = category or random.choices(("express_entry", "skilled", "entry_level"), (45, 33, 22))[0]
        who = people.candidate(random, number=number, category=kind, strong=strong, on=moment.date())
        who.answers.update(said or {})
        names = usernames or (f"{_slug(who.company)}-{number}", f"c{number}-demo")
        self.story.at(
            moment - timedelta(hours=30), lambda at: self._open(who, names, number, moment, stop_at, then, at)
        )

    def _open(
        self, who: people.Candidate, names: tuple[str, str], number: int, moment: datetime, stop_at: str, then: Told | None,
        at: datetime,
    ) -> None:  # fmt: skip
        email = f"{_slug(who.company)}@demo.example"
        employer = accounts.register_employer(
            program=PROGRAM, username=names[0], email=email, name=who.company, phone=f"+1 867-555-{number % 10000:04d}",
            language=who.language, password=PASSWORD, at=at,
        )  # fmt: skip
        accounts.confirm_email(person=employer, email=email, at=at)
        if stop_at == "registered":
            return
        eoi = eois.open_eoi(program=PROGRAM, category=who.category, by=employer, at=at)
        eois.answer_criteria(
            reference=eoi.reference,
            answers=dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes"),
            by=employer,
            at=at,
        )
        link = eois.let_in_candidate(
            reference=eoi.reference,
            email=str(who.answers["email"]),
            name=who.name,
            language=who.language,
            by=employer,
            at=at,
        )
        if stop_at == "link":
            return
        candidate = accounts.redeem_link(token=link.token, username=names[1], password=PASSWORD, at=at)
        self.people[eoi.reference] = (employer, candidate, who)
        self._answer(eoi.reference, who, candidate, at, whole=stop_at != "draft")
        if stop_at not in ("draft", "answered"):
            self.story.at(moment, lambda when: self._hand_in(eoi.reference, candidate, stop_at, then, when))

    def _answer(self, reference: str, who: people.Candidate, candidate: Person, at: datetime, *, whole: bool) -> None:
        eoi = queries.eoi_for(candidate, reference)
        sections = queries.questionnaire(eoi).applying({"category": eoi.category, **who.answers})
        for section in sections if whole else sections[:4]:
            keys = {key for question in section.questions for key in keys_of(question)}
            given = {key: value for key, value in who.answers.items() if key in keys}
            eois.save_section(reference=reference, section=section.key, answers=given, by=candidate, at=at)

    def _hand_in(self, reference: str, candidate: Person, stop_at: str, then: Told | None, at: datetime) -> None:
        token = str(UUID(int=self.story.random.getrandbits(128), version=4))
        eois.submit_eoi(reference=reference, token=token, by=candidate, at=at)
        if stop_at == "pool":
            days = self.story.random.choice((0.8, 1.1, 1.9, 2.7))
            self.story.after(at, days=days, act=lambda when: self._confirm(reference, candidate, then, when))

    def _confirm(self, reference: str, candidate: Person, then: Told | None, at: datetime) -> None:
        officer = self.story.staff[self.story.random.choice(("officer", "officer2"))]
        eois.open_file(reference=reference, reason="review", by=officer, at=at)
        eois.confirm_points(reference=reference, by=officer, at=at)
        if then:
            then(reference, candidate, at)


def _slug(name: str) -> str:
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower())
    return "-".join(part for part in plain.split("-") if part)[:24]
