"""What a pack tells of the time before an installation ran: allocations, rounds, nominations, changes of grid."""

from datetime import date

from passerelle.programs.rules.schema import Key, Record, Sourced
from passerelle.programs.rules.text import Bilingual, Either


class Told(Sourced):
    """Something that others made public; the public reads where, in its own language."""

    source: Either  # type: ignore[assignment]


class Allocation(Told):
    """Nominations allotted for a year."""

    year: int
    places: int
    note: Bilingual | None = None


class PastDraw(Told):
    """A draw published before this installation ran; ``stream`` where each stream has rounds of its own.

    ``highest`` is the upper end of the range taken; a cut-off that has none leaves it out. ``announced`` words stand for
    a result that is not known, ``target`` says whom a targeted round kept.
    """

    held_on: date
    stream: Key | None = None
    target: Bilingual | None = None
    invited: int | None = None
    announced: Bilingual | None = None
    by_category: dict[Key, int] = {}
    lowest: int | None = None
    highest: int | None = None
    pool: Bilingual | None = None


class RoundsTable(Told):
    """A CSV of the pack with the rounds published before this installation ran."""

    file: str
    label: Bilingual


class Break(Record):
    """A day from which points are counted by another grid: what came before is not compared with what came after."""

    day: date
    words: Bilingual
    streams: tuple[Key, ...] = ()


class Nominations(Told):
    """Nominations made in a year before this installation ran."""

    year: int
    made: int
