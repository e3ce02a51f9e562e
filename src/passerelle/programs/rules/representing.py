"""What a pack says of representatives."""

from typing import Literal

from pydantic import Field

from passerelle.programs.rules.records import Key, Record, Sourced
from passerelle.programs.rules.text import Bilingual


class LicenceBody(Record):
    """Who licenses representatives. ``numbered``: its licence has a number, which is recorded."""

    key: Key
    name: Bilingual
    numbered: bool = True


class Representatives(Sourced):
    """Those named in ``of`` may appoint a representative, licensed by one of ``bodies``.

    ``copies``: representatives get copies of messages to their clients.
    """

    of: tuple[Literal["candidate", "employer"], ...] = Field(("candidate",), min_length=1)
    bodies: tuple[LicenceBody, ...]
    copies: bool = True

    def body(self, key: str) -> LicenceBody | None:
        """Return a body by its key."""
        return next((one for one in self.bodies if one.key == key), None)
