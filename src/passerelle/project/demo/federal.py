"""The federal pool of a plan: a file of made-up profiles, loaded as any file is, the rounds that search it, who answers them."""

import csv
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from passerelle.core import deadlines
from passerelle.express_entry import operations
from passerelle.express_entry import queries as pool
from passerelle.express_entry.columns import Columns
from passerelle.express_entry.crs import FederalGrids
from passerelle.express_entry.reading import Record
from passerelle.invitations import operations as invitations
from passerelle.programs import queries as programs
from passerelle.project.demo.crowd import Crowd
from passerelle.project.demo.rounds import Follow
from passerelle.project.demo.sampling import Sampler

PIECE = 5_000


class FederalPool:
    """Loads the profiles on their day and holds the rounds on theirs; those told as applicants take their notification up.

    ``follow(eoi, fate, at)`` is told what becomes of each of them.
    """

    def __init__(self, crowd: Crowd, *, follow: Follow) -> None:
        self.crowd, self.story, self.plan, self.follow = crowd, crowd.story, crowd.plan, follow
        self.told: Mapping[str, Any] = self.plan.told.get("federal", {})
        self.rules = programs.rules_in_force(self.plan.program, self.story.until)
        self.held = 0
        # What the plan tells of an applicant, with the validation code, by the number of the profile.
        self.applicants: dict[str, tuple[Mapping[str, Any], str]] = {}

    def plan_all(self, profiles: int) -> None:
        """Put the load of ``profiles`` profiles and every round on its day."""
        if not (self.told and self.rules.federal_streams and profiles):
            return
        zone = self.rules.zone
        today = deadlines.local_day(self.story.until, zone)
        self.story.at(self.story.until - timedelta(days=self.told["loaded"]), lambda at: self._load(profiles, at))
        for one in self.told["rounds"]:
            held = datetime.combine(today - timedelta(days=one["days"]), time(10), tzinfo=zone)
            self._round(one, held)

    def _load(self, profiles: int, at: datetime) -> None:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "profiles.csv"
            with file.open("w", encoding="utf-8", newline="") as out:
                lines = self._lines(profiles, at)
                first = next(lines)
                writer = csv.DictWriter(out, first)
                writer.writeheader()
                writer.writerow(first)
                writer.writerows(lines)
            manager = self.story.member("draw_manager")
            load = operations.load_profiles(program=self.plan.program, file=file, by=manager, at=at)
        if not load.accepted:
            raise ValueError(f"the made-up profiles have faults: {load.faults[:3]}")

    def _lines(self, profiles: int, at: datetime) -> Iterator[dict[str, Any]]:
        """The lines of the file, each with the score that its facts give, as the federal side would have computed it."""
        grids = FederalGrids(self.rules)
        columns = Columns(grids, frozenset())
        for first in range(0, profiles, PIECE):
            lines = [self._line(number, at) for number in range(first, min(first + PIECE, profiles))]
            read = [columns.read(Record(place, line)) for place, line in enumerate(lines)]
            faults = [one for one in read if isinstance(one, list)]
            if faults:
                raise ValueError(f"a made-up profile has faults: {faults[0]}")
            scores = grids.scores([(one.crs_on, one.facts) for one in read if not isinstance(one, list)])
            for line, score in zip(lines, scores, strict=True):
                # A day whose grid is not known keeps the score that was drawn for it.
                if score.total is not None:
                    line["crs"] = score.total
                yield line

    def _line(self, number: int, at: datetime) -> dict[str, Any]:
        random, names = self.story.random, self.plan.told["names"]
        languages, applicants = self.told["languages"], self.told.get("applicants", ())
        told = applicants[number] if number < len(applicants) else {}
        language = told.get("language") or random.choices(list(languages), list(languages.values()))[0]
        words = {
            "number": f"{number:08}", "language": language, "family": random.choice(names[language]["family"]),
            "given": random.choice(names[language]["given"]),
        }  # fmt: skip
        sampler = Sampler(random, on=deadlines.local_day(at, self.rules.zone), words=words)
        parts = [*self.told["profiles"], *self.told["by_language"][language], told.get("profile", {})]
        line = sampler.answers(parts)
        if told:
            self.applicants[line["profile_number"]] = (told, line["validation_code"])
        return {key: {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
                for key, value in line.items()}  # fmt: skip

    def _round(self, told: Mapping[str, Any], held: datetime) -> None:
        number: list[str] = []
        manager, director = (self.story.member(role) for role in ("draw_manager", "director"))
        day = deadlines.local_day(held, self.rules.zone)

        def conduct(at: datetime) -> None:
            # A small pool may hold nobody for a round: then it was never planned.
            with suppress(operations.RoundBlocked), transaction.atomic():
                planned = operations.plan_round(
                    program=self.plan.program, held_on=day, by=manager, at=at,
                    created_from=day - timedelta(days=365), created_through=day, **told["asked"],
                )  # fmt: skip
                operations.conduct_round(number=planned.number, by=manager, at=at)
                number.append(planned.number)

        def issue(at: datetime) -> None:
            for one in number:
                operations.issue_round(number=one, by=director, at=at)
                self.held += 1
                self._await(one, at)

        self.story.at(held, conduct)
        self.story.at(held + timedelta(hours=1), issue)

    def _await(self, number: str, at: datetime) -> None:
        """Plan that the applicants whom a round notified come with their notification some days later."""
        for notified in pool.notifications(pool.round_of(number)) if self.applicants else ():
            profile = notified.profile
            told, code = self.applicants.get(profile.identity["profile_number"], ({}, "")) if profile else ({}, "")
            if told:
                self.story.after(at, days=told["days"], act=partial(self._take_up, notified, told, code))

    def _take_up(self, notified: Any, told: Mapping[str, Any], code: str, at: datetime) -> None:
        known = notified.profile.identity
        who = self.crowd.somebody(notified.stream, told, at, known=known)
        who.person = self.crowd.entering.registered("candidate", who.username, str(who.words["email"]), who, at)
        proof = invitations.prove(program=self.plan.program, number=known["profile_number"], code=code, at=at)
        taken = invitations.take_up(
            proof=proof, passport_country=who.answers["passport_country"], passport_number=who.answers["passport_number"],
            by=who.person, at=at,
        )  # fmt: skip
        self.crowd.people[taken.eoi.reference] = who
        self.follow(taken.eoi.reference, told["after"], at)
