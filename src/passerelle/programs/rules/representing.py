"""What a pack says of representatives."""

from passerelle.programs.rules.records import Key, Record, Sourced
from passerelle.programs.rules.text import Bilingual


class LicenceBody(Record):
    """Who licenses representatives. ``numbered``: its licence has a number, which is recorded."""

    key: Key
    name: Bilingual
    numbered: bool = True


class Representatives(Sourced):
    """Candidates may appoint a representative, licensed by one of ``bodies``; ``copies``: they get copies of messages."""

    bodies: tuple[LicenceBody, ...]
    copies: bool = True

    def body(self, key: str) -> LicenceBody | None:
        """Return a body by its key."""
        return next((one for one in self.bodies if one.key == key), None)
