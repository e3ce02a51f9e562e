"""What a pack says of the duty to report changes on a file: which kinds there are, who reports each, what staff see to then."""

from typing import Literal

from pydantic import Field

from passerelle.programs.rules.records import Key, Sourced
from passerelle.programs.rules.text import Bilingual

Side = Literal["employer", "candidate"]


class ChangeKind(Sourced):
    """One kind of change that is reported.

    ``by`` are the sides that may report it, ``asks`` is what the officer is asked to see to. ``in_words``: it must be said in words
    what changed. ``private``: it is about whoever reports it alone, and the other side is not told.
    """

    key: Key
    label: Bilingual
    hint: Bilingual | None = None
    by: tuple[Side, ...] = Field(min_length=1)
    asks: Bilingual
    in_words: bool = False
    private: bool = False
