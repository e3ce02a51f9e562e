"""Representatives of a plan: they register, ask their clients, and act for those who say yes."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.notices import queries as notices
from passerelle.project.demo.sign_ins import PASSWORD
from passerelle.project.demo.story import Story
from passerelle.representatives import operations, queries

LINK = re.compile(r"/access/([^/\s]+)")


class Representatives:
    """Makes the representatives of a plan; a client of the plan names theirs by user name, under ``by``."""

    def __init__(self, story: Story) -> None:
        self.story, self.plan = story, story.plan
        self.people: dict[str, Person] = {}

    def register_all(self) -> None:
        """Have every representative register on the first day of the plan."""
        first = self.story.until - timedelta(days=self.plan.told["days"] + 4)
        for one in self.plan.representatives:
            self.story.at(first, partial(self._register, one))

    def _register(self, one: Mapping[str, Any], at: datetime) -> None:
        person = accounts.register_representative(
            program=self.plan.program, username=one["username"], email=f"{one['username']}@demo.example", name=one["name"],
            phone=one["phone"], language=one["language"], password=PASSWORD, licence_body=one["body"],
            licence_number=one["licence"], at=at,
        )  # fmt: skip
        self.people[one["username"]] = accounts.confirm_email(person=person, email=person.email, at=at)

    def bring(self, by: str, *, name: str, email: str, language: str, username: str, at: datetime) -> Person | None:
        """Have somebody without an account asked by e-mail, open it with the link in the message, and say yes.

        Returns their account; None where no ``username`` is given: they have not answered.
        """
        asked = operations.ask_client(name=name, email=email, language=language, by=self.people[by], at=at)
        if not username:
            return None
        [message] = notices.inbox(asked.client)
        [token] = LINK.findall(message.body)
        client = accounts.redeem_link(token=token, username=username, password=PASSWORD, at=at)
        operations.appoint(appointment=asked.pk, by=client, at=at)
        return client

    def follow(self, eoi: str, client: Person, told: Mapping[str, Any], at: datetime) -> None:
        """Plan how a representative comes to a file handed in at ``at`` (``joins``: days after) and leaves one (``leaves``)."""
        if "joins" in told:
            join = lambda when: self._join(eoi, client, told, when)  # noqa: E731
            self.story.after(at, days=told["joins"], act=join)
        if "leaves" in told:
            self.story.after(at, days=told["leaves"], act=lambda when: self._leave(client, when))

    def _join(self, eoi: str, client: Person, told: Mapping[str, Any], at: datetime) -> None:
        side = client.audience
        asked = operations.ask_by_file(reference=eoi, by=self.people[told["by"]], at=at, side=side)
        if not told.get("waits"):
            operations.appoint(appointment=asked.pk, by=client, at=at)

    def _leave(self, client: Person, at: datetime) -> None:
        standing = queries.current(client)
        if standing:
            operations.end_appointment(appointment=standing.pk, by=client, at=at)
