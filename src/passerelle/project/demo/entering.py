"""How a file comes into the pool: accounts, the way in that its stream asks for, answers, handing in, the check of the points."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.eoi import operations as eois
from passerelle.eoi import queries
from passerelle.programs.forms.pruning import keys_of
from passerelle.project.demo import filling
from passerelle.project.demo.sign_ins import PASSWORD

if TYPE_CHECKING:
    from passerelle.project.demo.crowd import Crowd, One

# Days that the check of the points takes, where an officer confirms them first.
CHECKED_AFTER = (0.8, 1.1, 1.9, 2.7)
Sections = list[tuple[Any, frozenset[str]]]


class Entering:
    """Takes one file as far as its fate lets it; ``then(reference, fate, at)`` is told of each that is in the pool."""

    def __init__(self, crowd: "Crowd", then: Callable[[str, str, datetime], None]) -> None:
        self.crowd, self.story, self.then = crowd, crowd.story, then
        self._sections: dict[str, Sections] = {}

    def open(self, who: "One", fate: str, moment: datetime, at: datetime) -> None:
        """Open a file and answer its questions; it is handed in at ``moment``."""
        begin = self._by_employer if who.stream.opened_by == "employer" else self._by_candidate
        reference = begin(who, fate, at)
        if reference is None:
            return
        self.crowd.people[reference] = who
        sections = self.asked(who)
        # A draft waits where its writer left it; what is declared comes when the rest is there.
        reached = sections[:4] if fate == "drafted" else sections
        self.save(reference, queries.eoi_for(who.person, reference), reached, eois.save_section, at)
        if fate not in ("drafted", "ready"):
            self.story.at(moment, lambda when: self._hand_in(reference, fate, when))

    def _by_candidate(self, who: "One", fate: str, at: datetime) -> str | None:
        who.person = self._candidate(who, fate, at)
        if who.person is None or fate == "registered":
            return None
        program = self.crowd.plan.program
        eoi = eois.open_eoi(program=program, category=who.category, by=who.hand, client=who.person, at=at)
        self._meet_criteria(eoi, who.hand, at)
        return str(eoi.reference)

    def _by_employer(self, who: "One", fate: str, at: datetime) -> str | None:
        """The employer opens the file and lets the candidate in with a link, which waits where the fate is ``link``."""
        who.employer = self.registered("employer", who.office, f"{slug(who.words['company'])}@demo.example", who, at)
        if fate == "registered":
            return None
        program = self.crowd.plan.program
        eoi = eois.open_eoi(program=program, category=who.category, by=who.employer, at=at)
        self._meet_criteria(eoi, who.employer, at)
        link = eois.let_in_candidate(
            reference=eoi.reference, email=str(who.words["email"]), name=who.name, language=who.language,
            by=who.employer, at=at, offer=self._offer(who, at),
        )  # fmt: skip
        if fate == "link":
            return None
        who.person = accounts.redeem_link(token=link.token, username=who.username, password=PASSWORD, at=at)
        return str(eoi.reference)

    def _offer(self, who: "One", at: datetime) -> dict[str, Any] | None:
        if who.stream.offer is None:
            return None
        form = self.crowd.rules.questionnaire(who.stream.offer.form)
        asked = {key for question in form.questions() for key in keys_of(question)}
        known = {key: value for key, value in who.answers.items() if key in asked}
        name = str(who.words["company"])
        return filling.Filler(who.answers, on=at.date(), name=name).fill(form, known, {"category": who.category})

    def _candidate(self, who: "One", fate: str, at: datetime) -> Person | None:
        """Open the account of a candidate: their own, or with the link that their representative had sent to them."""
        email, by = str(who.words["email"]), who.told.get("by")
        if by and "joins" not in who.told:
            return self.crowd.representatives.bring(
                by, name=who.name, email=email, language=who.language, username="" if fate == "asked" else who.username, at=at
            )  # fmt: skip
        return self.registered("candidate", who.username, email, who, at)

    def registered(self, audience: str, username: str, email: str, who: "One", at: datetime) -> Person:
        """Open the account of a side that registers itself, with its e-mail confirmed."""
        person = accounts.register(
            audience=audience, program=self.crowd.plan.program, username=username, email=email,
            name=who.name if audience == "candidate" else str(who.words["company"]), phone=str(who.words["phone"]),
            language=who.language, password=PASSWORD, at=at,
        )  # fmt: skip
        return accounts.confirm_email(person=person, email=person.email, at=at)

    def _meet_criteria(self, eoi: Any, by: Person, at: datetime) -> None:
        yes = dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes")
        eois.answer_criteria(reference=eoi.reference, answers=yes, by=by, at=at)

    def save(
        self, reference: str, kept: Any, sections: Iterable[tuple[Any, frozenset[str]]], save: Callable[..., Any], at: datetime
    ) -> Any:  # fmt: skip
        """Have ``save`` keep what is said in each section that ``kept`` does not hold yet; return what it kept last."""
        who = self.crowd.people[reference]
        for by in who.writers(who.person):
            for section, keys in sections:
                said = {key: value for key, value in who.answers.items() if key in keys}
                if any(kept.answers.get(key) != value for key, value in said.items()):
                    kept = save(reference=reference, section=section.key, answers=said, by=by, at=at)
        return kept

    def asked(self, who: "One") -> Sections:
        """The sections put to somebody, with the keys of their questions: the form is read once for a category."""
        form = self.crowd.rules.questionnaire(who.stream.questionnaire)
        if who.category not in self._sections:
            self._sections[who.category] = [
                (one, frozenset(key for question in one.questions for key in keys_of(question)))
                for one in form.sections
            ]
        applying = {one.key for one in form.applying({"category": who.category, **who.answers})}
        return [one for one in self._sections[who.category] if one[0].key in applying]

    def _hand_in(self, reference: str, fate: str, at: datetime) -> None:
        who = self.crowd.people[reference]
        token = str(UUID(int=self.story.random.getrandbits(128), version=4))
        eois.submit_eoi(reference=reference, token=token, by=who.hand, at=at)
        self.crowd.representatives.follow(reference, who.client, who.told, at)
        if who.stream.points_confirmed == "after_invitation":
            self.then(reference, fate, at)
        elif fate != "submitted":
            days = self.story.random.choice(CHECKED_AFTER)
            self.story.after(at, days=days, act=lambda when: self._confirm(reference, fate, when))

    def _confirm(self, reference: str, fate: str, at: datetime) -> None:
        officer = self.story.random.choice(self.crowd.officers)
        eois.open_file(reference=reference, reason="review", by=officer, at=at)
        eois.confirm_points(reference=reference, by=officer, at=at)
        self.then(reference, fate, at)


def slug(name: str) -> str:
    """Return ``name`` as the first half of an e-mail address: small letters and hyphens, 24 at most."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower())
    return "-".join(part for part in plain.split("-") if part)[:24]
