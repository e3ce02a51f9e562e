"""Who there is: made-up candidates, and when each hands in a file of which stream and category, as a plan shares them out."""

import random as chance
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from passerelle.accounts import acting
from passerelle.accounts.models import Person
from passerelle.eoi import queries
from passerelle.programs import queries as programs
from passerelle.programs.rules import Stream
from passerelle.project.demo.befalling import Befalling
from passerelle.project.demo.entering import Entering
from passerelle.project.demo.represented import Representatives
from passerelle.project.demo.sampling import Sampler
from passerelle.project.demo.story import Story

MANY = 1_000_000


@dataclass
class One:
    """A made-up candidate: the account, what they answer, who employs them. ``told`` is what a plan says of them alone."""

    stream: Stream
    category: str
    name: str
    answers: dict[str, Any]
    words: Mapping[str, Any]
    told: Mapping[str, Any] = field(default_factory=dict)
    person: Any = None
    employer: Person | None = None

    @property
    def language(self) -> str:
        """What the candidate is written in, and the employer too."""
        return str(self.words["language"])

    @property
    def username(self) -> str:
        """The candidate's user name; a visitor's is told."""
        return str(self.told.get("username") or f"{self.words['program']}-{self.words['number']}")

    @property
    def office(self) -> str:
        """The employer's user name; a visitor's is told."""
        return str(self.told.get("employer") or f"{self.words['program']}-office-{self.words['number']}")

    @property
    def hand(self) -> Person:
        """Who fills in and sends for the candidate."""
        return self.hand_of(self.person)

    def hand_of(self, party: Person) -> Person:
        """Who fills in and sends: the representative of a party while one is appointed, else the party."""
        represented = acting.representative_of(party) if "by" in self.told else None
        return represented or party

    def writers(self, party: Person) -> list[Person]:
        """Who saves a party's form, one after the other: the representative, then the party, who alone declares and signs."""
        return list(dict.fromkeys((self.hand_of(party), party)))

    @property
    def client(self) -> Person:
        """The party whom the representative of a plan acts for."""
        client: Person | None = self.employer if self.told.get("side") == "employer" else self.person
        assert client
        return client

    @property
    def leads(self) -> Person:
        """Who opens the file and answers an invitation, as the stream says: the employer or the candidate."""
        leader: Person | None = self.employer if self.stream.opened_by == "employer" else self.person
        assert leader
        return leader


class Crowd:
    """Makes files one by one, each with a fate of the plan; ``people`` finds a candidate again by the file's reference."""

    def __init__(self, story: Story) -> None:
        self.story, self.plan, self.number = story, story.plan, 0
        self.rules = programs.rules_in_force(self.plan.program, story.until)
        self.open = {one.stream for one in queries.open_categories(self.rules)}
        self.people: dict[str, One] = {}
        self.representatives = Representatives(story)
        self.entering = Entering(self, Befalling(self).follow)

    @property
    def officers(self) -> list[Person]:
        """The officers, the one who does most first."""
        return [self.story.staff[one] for one in self.plan.members("officer")]

    def gather(self, files: int) -> None:
        """Plan ``files`` files over the waves of the plan and the streams that are open."""
        fates = self.plan.told.get("fates") or {"kept": 1}
        waves = {place: wave.get("share", 1) for place, wave in enumerate(self.plan.waves)}
        for place in _shared(files if self._streams() else 0, waves):
            wave, random = self.plan.waves[place], self.story.random
            first, last = wave["days"]
            moment = self.story.until - timedelta(days=random.uniform(last, first))
            self.file(moment, fate=_drawn(random, fates), kind=_drawn(random, wave.get("kinds") or {"": 1}))

    def told_ones(self) -> None:
        """Plan the files that the plan tells one by one: those of the accounts for visitors, and those beside them."""
        for one in [*self.plan.singly, *(one for one in self.plan.visitors if "days" in one)]:
            if one["stream"] in self.open if "stream" in one else self.open:
                moment = self.story.until - timedelta(days=one["days"])
                self.file(moment, fate=one.get("fate", "kept"), kind=one.get("kind", ""), told=one)

    def file(self, moment: datetime, *, fate: str, kind: str = "", told: Mapping[str, Any] | None = None) -> None:
        """Plan one file, handed in at ``moment``; who it is gets drawn when it is opened, a day and a quarter before.

        Nothing is handed in before the program opens, however far back the story reaches.
        """
        self.number += 1
        number, said = self.number, told or {}
        if self.rules.opens_at:
            moment = max(moment, self.rules.opens_at + timedelta(minutes=number))
        stream = said.get("stream") or _drawn(self.story.random, self._streams())

        def enter(at: datetime) -> None:
            who = self._someone(number, stream, kind, moment, said)
            self.entering.open(who, fate, moment, at)

        self.story.at(moment - timedelta(hours=30), enter)

    def somebody(self, stream: str, told: Mapping[str, Any], at: datetime, *, known: Mapping[str, Any]) -> One:
        """Return somebody who comes without an expression of interest, ``known`` by a name and a date of birth already."""
        self.number += 1
        who, asked = self._someone(self.number, stream, "", at, told), self.rules.questions
        names = (
            (asked.family_name, "family_name"),
            (asked.given_names, "given_names"),
            (asked.date_of_birth, "birth_date"),
        )
        who.answers |= {key: known[name] for key, name in names if key}
        who.name = f"{known['given_names']} {known['family_name']}"
        return who

    def _streams(self) -> dict[str, int]:
        return {key: one.get("share", 1) for key, one in self.plan.told["streams"].items() if key in self.open}

    def _someone(self, number: int, stream: str, kind: str, moment: datetime, said: Mapping[str, Any]) -> One:
        told, random = self.plan.told, self.story.random
        language = said.get("language") or _drawn(random, told["languages"])
        way = told["streams"].get(stream, {})
        categories = way.get("categories") or {one.key: {} for one in self.rules.categories_of(stream)[:1]}
        category = said.get("category") or _drawn(random, {key: one.get("share", 1) for key, one in categories.items()})
        family, given = self._name(language)
        words = {
            "program": self.plan.program, "number": number, "family": family, "given": given, "language": language,
            "stream": stream, "category": category, "kind": kind, "company": random.choice(told["names"].get("companies", [""])),
            "email": f"candidate{number}.{self.plan.program}@demo.example", "four": f"{number % 10000:04d}",
            "passport": f"{number + MANY * 7}", "business": f"{number % 900 + 100_000_100}",
        }  # fmt: skip
        words["phone"] = str(told["phone"]).format_map(words)
        parts = [*told.get("everybody", ()), *told.get("by_language", {}).get(language, ()), *way.get("answers", ())]
        parts += [*categories[category].get("answers", ()), said.get("answers", {})]
        answers = Sampler(random, on=moment.date(), words=words).answers(parts)
        answers = {key: value for key, value in answers.items() if value not in ("", None)}
        name = f"{given} {family}".strip()
        return One(self.rules.stream(stream), category, name, answers, words, said)

    def _name(self, language: str) -> tuple[str, str]:
        """Return a family name and given names; some people have one name alone, which their passport shows as the family's."""
        names, random = self.plan.told["names"], self.story.random
        family, given = random.choice(names[language]["family"]), random.choice(names[language]["given"])
        if random.random() < names.get("single", 0):
            return random.choice(names.get("mononyms", [family])), ""
        return family, given


def _drawn(random: chance.Random, shares: Mapping[str, float]) -> str:
    return random.choices(list(shares), list(shares.values()))[0]


def _shared(files: int, shares: Mapping[int, float]) -> Iterator[int]:
    """Yield a key of ``shares`` for each file, each as often as its share, to the nearest file."""
    total, passed = sum(shares.values()), 0.0
    for key, share in shares.items():
        before, passed = round(files * passed / total), passed + share
        yield from [key] * (round(files * passed / total) - before)
