"""Candidates who open their own files: from the account to the pool of a stream, and what befalls them there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from passerelle.accounts import acting
from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.eoi import operations as eois
from passerelle.eoi import queries
from passerelle.programs import queries as programs
from passerelle.programs.forms.pruning import keys_of
from passerelle.project.demo.plans import Plan
from passerelle.project.demo.represented import Representatives
from passerelle.project.demo.sampling import Sampler
from passerelle.project.demo.sign_ins import PASSWORD
from passerelle.project.demo.story import Story

MANY = 1_000_000


@dataclass
class One:
    """A made-up candidate: the account, what they answer, who employs them."""

    category: str
    language: str
    name: str
    answers: dict[str, Any]
    username: str
    person: Any = None
    visitor: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hand(self) -> Person:
        """Who fills in and sends: the representative while one is appointed, else the candidate."""
        represented = acting.representative_of(self.person) if "by" in self.visitor else None
        return represented or self.person

    @property
    def writers(self) -> list[Person]:
        """Who saves a form, one after the other: the representative, then the candidate, who alone declares and signs."""
        return list(dict.fromkeys((self.hand, self.person)))


class Crowd:
    """Makes files one by one, each with a fate of the plan; ``people`` finds a candidate again by the file's reference."""

    def __init__(self, story: Story, plan: Plan) -> None:
        self.story, self.plan, self.number = story, plan, 0
        self.rules = programs.rules_in_force(plan.program, story.until)
        self.open = {one.stream for one in queries.open_categories(self.rules)}
        self.people: dict[str, One] = {}
        self.representatives = Representatives(story, plan)
        self._sections: dict[str, list[tuple[Any, frozenset[str]]]] = {}

    def gather(self, files: int) -> None:
        """Plan ``files`` files over the streams that are open, handed in on days of the plan."""
        told = self.plan.told
        shares = {key: one["share"] for key, one in told["streams"].items() if key in self.open}
        fates, random = told["fates"], self.story.random
        for _file in range(files if shares else 0):
            stream = random.choices(list(shares), list(shares.values()))[0]
            fate = random.choices(list(fates), list(fates.values()))[0]
            moment = self.story.until - timedelta(days=random.uniform(0.2, told["days"]))
            self.file(stream, moment, fate=fate)

    def visitors(self) -> None:
        """Plan the files of those whose accounts visitors use, from what the plan says of each."""
        for one in self.plan.visitors:
            if one.get("stream") in self.open:
                moment = self.story.until - timedelta(days=one["days"])
                self.file(one["stream"], moment, fate=one.get("fate", "kept"), visitor=one)

    def file(self, stream: str, moment: datetime, *, fate: str, visitor: Mapping[str, Any] | None = None) -> None:
        """Plan one file, handed in at ``moment``; who it is gets drawn when it is opened."""
        self.number += 1
        number = self.number
        self.story.at(
            moment - timedelta(hours=30), lambda at: self._open(number, stream, moment, fate, visitor or {}, at)
        )

    def _open(
        self, number: int, stream: str, moment: datetime, fate: str, visitor: Mapping[str, Any], at: datetime
    ) -> None:
        category = self.rules.categories_of(stream)[0].key
        who = self._drawn(number, stream, moment, visitor)
        who.category = category
        person = self._account(who, fate, at)
        if person is None or fate == "registered":
            return
        eoi = eois.open_eoi(program=self.plan.program, category=category, by=who.hand, client=person, at=at)
        self.people[eoi.reference] = who
        yes = dict.fromkeys((one.key for one in queries.criteria(eoi)), "yes")
        eois.answer_criteria(reference=eoi.reference, answers=yes, by=who.hand, at=at)
        sections = self._asked(category, who.answers)
        # A draft waits where its writer left it; what is declared comes when the rest is there.
        reached = sections[:4] if fate == "drafted" else sections
        self._save(eoi.reference, eoi, reached, eois.save_section, at)
        if fate not in ("drafted", "ready"):
            self.story.at(moment, lambda when: self._hand_in(eoi.reference, fate, when))

    def _account(self, who: One, fate: str, at: datetime) -> Person | None:
        """Open the account of a candidate: their own, or with the link that their representative had sent to them."""
        email, by = who.words["email"], who.visitor.get("by")
        if by and "joins" not in who.visitor:
            who.person = self.representatives.bring(
                by, name=who.name, email=email, language=who.language, username="" if fate == "asked" else who.username, at=at
            )  # fmt: skip
            return who.person
        person = accounts.register(
            audience="candidate", program=self.plan.program, username=who.username, email=email,
            name=who.name, phone=who.words["phone"], language=who.language, password=PASSWORD, at=at,
        )  # fmt: skip
        accounts.confirm_email(person=person, email=person.email, at=at)
        person.email_verified_at = at
        who.person = person
        return person

    def _save(
        self,
        reference: str,
        kept: Any,
        sections: Iterable[tuple[Any, frozenset[str]]],
        save: Callable[..., Any],
        at: datetime,
    ) -> Any:
        """Have ``save`` keep what is said in each section that ``kept`` does not hold yet; return what it kept last."""
        who = self.people[reference]
        for by in who.writers:
            for section, keys in sections:
                said = {key: value for key, value in who.answers.items() if key in keys}
                if any(kept.answers.get(key) != value for key, value in said.items()):
                    kept = save(reference=reference, section=section.key, answers=said, by=by, at=at)
        return kept

    def _drawn(self, number: int, stream: str, moment: datetime, visitor: Mapping[str, Any]) -> One:
        told, random = self.plan.told, self.story.random
        language = (
            visitor.get("language") or random.choices(list(told["languages"]), list(told["languages"].values()))[0]
        )
        names = told["names"][language]
        family, given = random.choice(names["family"]), random.choice(names["given"])
        if random.random() < told["names"]["single"]:
            given = ""
        words = {
            "number": number, "family": family, "given": given, "language": language, "stream": stream,
            "company": random.choice(told["names"]["companies"]),
            "email": f"candidate{number}.{self.plan.program}@demo.example", "phone": f"+1 416-555-{number % 10000:04d}",
            "passport": f"{number + MANY * 7}", "business": f"{number % 900 + 100_000_100}",
        }  # fmt: skip
        sampler = Sampler(random, on=moment.date(), words=words)
        parts = [*told["everybody"], *told["by_language"][language], *told["streams"][stream]["answers"]]
        answers = sampler.answers([*parts, visitor.get("answers", {})])
        answers = {key: value for key, value in answers.items() if value not in ("", None)}
        username = visitor.get("username") or f"{self.plan.program}-{number}"
        name = f"{given} {family}".strip()
        return One("", language, name, answers, username, visitor=visitor, words=words)

    def _asked(self, category: str, answers: Mapping[str, Any]) -> list[tuple[Any, frozenset[str]]]:
        """The sections put to somebody, with the keys of their questions: the form is read once for a category."""
        form = self.rules.questionnaire(self.rules.stream_of(category).questionnaire)
        if category not in self._sections:
            self._sections[category] = [
                (one, frozenset(key for question in one.questions for key in keys_of(question)))
                for one in form.sections
            ]
        applying = {one.key for one in form.applying({"category": category, **answers})}
        return [one for one in self._sections[category] if one[0].key in applying]

    def _hand_in(self, reference: str, fate: str, at: datetime) -> None:
        who = self.people[reference]
        token = str(UUID(int=self.story.random.getrandbits(128), version=4))
        eois.submit_eoi(reference=reference, token=token, by=who.hand, at=at)
        self.representatives.follow(reference, who.person, who.visitor, at)
        act = {"changed": self._change, "held": self._hold, "resumed": self._hold, "withdrawn": self._withdraw}.get(
            fate
        )
        if act:
            days = who.visitor.get("acts") or self.story.random.uniform(2, 30)
            self.story.after(at, days=days, act=lambda when: act(reference, fate, when))

    def _in_pool(self, reference: str) -> bool:
        """Whether the file still waits: an invitation may have come first."""
        eoi = queries.eoi_for(self.people[reference].person, reference)
        return bool(eoi.state == "in_pool")

    def _change(self, reference: str, _fate: str, at: datetime) -> None:
        who, told = self.people[reference], self.plan.told
        if not self._in_pool(reference):
            return
        sampler = Sampler(self.story.random, on=at.date(), words=who.words)
        who.answers |= sampler.answers(told["changes"])
        kept = eois.begin_change(reference=reference, by=who.hand, at=at)
        kept = self._save(reference, kept, self._asked(who.category, who.answers), eois.save_change_section, at)
        eois.change_eoi(reference=reference, version=kept.version, by=who.hand, at=at)

    def _hold(self, reference: str, fate: str, at: datetime) -> None:
        if not self._in_pool(reference):
            return
        who = self.people[reference]
        eois.hold_eoi(reference=reference, by=who.hand, at=at)
        if fate == "resumed":
            act = lambda when: eois.resume_eoi(reference=reference, by=who.hand, at=when)  # noqa: E731
            self.story.after(at, days=self.story.random.uniform(5, 40), act=act)

    def _withdraw(self, reference: str, _fate: str, at: datetime) -> None:
        if self._in_pool(reference):
            eois.withdraw_eoi(reference=reference, reason="", by=self.people[reference].person, at=at)
