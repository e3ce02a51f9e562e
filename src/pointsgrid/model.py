"""The immutable objects that a loaded pack is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

CERTAINTIES = ("SEED", "VERIFIED", "VERIFIED-OLD", "SECONDARY", "UNCERTAIN", "GENERAL")
CONFIRMED = ("SEED", "VERIFIED")

NOT_APPLICABLE = "not applicable"  # a fact or answer without meaning for this person: neither blank nor zero


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    en: str = ""
    fr: str = ""

    def __bool__(self) -> bool:
        return bool(self.en)

    def to_json(self) -> dict[str, str]:
        return {"en": self.en, "fr": self.fr}


@dataclass(frozen=True, slots=True)
class InForce:
    """First and last day in force (None: open), and the event whose date chooses (submission, draw, …)."""

    start: date | None = None
    until: date | None = None
    chosen_by: str = ""

    def holds(self, on: date) -> bool:
        return (self.start is None or self.start <= on) and (self.until is None or on <= self.until)

    def meets(self, other: InForce) -> bool:
        """Whether some day lies in both."""
        low, high = date.min, date.max
        return max(self.start or low, other.start or low) <= min(self.until or high, other.until or high)


@dataclass(frozen=True, slots=True)
class Type:
    """What a value may be. ``kind``: integer, decimal, yes_no, choice, choices, text, code, date or records."""

    kind: str
    options: tuple[str, ...] = ()
    ordered: bool = False
    places: int = 0
    low: int | Decimal | None = None
    high: int | Decimal | None = None
    fields: Mapping[str, Type] = field(default_factory=dict, compare=False)

    @property
    def numeric(self) -> bool:
        return self.kind in ("integer", "decimal")

    def __str__(self) -> str:
        names = {"yes_no": "yes/no", "decimal": f"decimal ({self.places} places)", "integer": "whole number"}
        return names.get(self.kind, self.kind)


YES_NO, INTEGER, DATE, TEXT, CODE = Type("yes_no"), Type("integer"), Type("date"), Type("text"), Type("code")


@dataclass(frozen=True, slots=True)
class Meta:
    """What accompanies any line: where it is written, how sure that is, what will be asked, a remark."""

    source: str | Text = ""
    certainty: str = ""
    evidence: Text = Text()
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class FactDef:
    """A declared fact. Without ``value`` it takes the answer of the same key, or is given (by an officer, an import)."""

    key: str
    type: Type
    label: Text
    unit: Text = Text()
    option_labels: Mapping[str, Text] = field(default_factory=dict)
    value: Any = None  # an expression tree, or a RecordsValue, ChartValue, TableValue
    applies_when: Any = None
    meta: Meta = Meta()
    line: int = 1
    file: str = ""


@dataclass(frozen=True, slots=True)
class RecordsValue:
    """An aggregate over a list of records."""

    records: str
    where: Any
    give: str
    of: Any = None
    by: Any = None
    start: str = ""
    end: str = ""
    open_end: Any = None
    window_from: tuple[int, str] | None = None
    window_to: tuple[int, str] | None = None
    before: Any = None
    shortest: tuple[int, str] | None = None
    hours: Any = None
    full_time: Decimal | None = None
    overlap: str = "once"


@dataclass(frozen=True, slots=True)
class ChartValue:
    """A score converted through the chart of a set that fits the choices and the date."""

    chart: str
    choose: Mapping[str, Any]
    taken_on: Any
    ability: str
    score: Any


@dataclass(frozen=True, slots=True)
class TableValue:
    """A value of a data table, found by its keys and the date."""

    table: str
    column: str
    keys: Mapping[str, Any]
    on: Any


@dataclass(frozen=True, slots=True)
class Chart:
    """A dated conversion: for each ability the lowest score of each level, highest level first."""

    id: str
    set: str
    chosen_for: Mapping[str, tuple[str, ...]]
    in_force: InForce
    levels: Mapping[str, tuple[tuple[int, Decimal], ...]]
    scale: Mapping[str, tuple[Decimal, Decimal]]
    under: int
    label: Text
    meta: Meta
    file: str = ""
    line: int = 1

    def level(self, ability: str, score: Decimal) -> int | None:
        """Return the highest level whose minimum the score meets, or None outside the scale."""
        low, high = self.scale.get(ability, (None, None))
        if low is not None and not low <= score <= high:  # type: ignore[operator]
            return None
        return next((level for level, least in self.levels[ability] if score >= least), self.under)


@dataclass(frozen=True, slots=True)
class Table:
    """A dated table of reference values: keys -> row."""

    id: str
    family: str
    in_force: InForce
    keys: tuple[str, ...]
    columns: Mapping[str, Type]
    rows: Mapping[tuple[str, ...], Mapping[str, Any]]
    meta: Meta
    file: str = ""
    line: int = 1
    loadable: bool = False  # its rows may be replaced by a file loaded later
    written: Mapping[str, str] = field(default_factory=dict, compare=False)  # cell -> the pattern it must match
    rising: tuple[str, ...] = ()  # columns of which none may be less than the one before


@dataclass(frozen=True, slots=True)
class CodeList:
    """A dated list of codes; ``prefix`` matching with exceptions; a pending list answers "unknown"."""

    id: str
    family: str
    in_force: InForce
    label: Text
    codes: frozenset[str]
    exceptions: frozenset[str]
    prefix: bool
    pending: bool
    meta: Meta
    file: str = ""
    line: int = 1

    def holds(self, code: str) -> bool | None:
        if self.pending:
            return None
        if not self.prefix:
            return code in self.codes and code not in self.exceptions
        return code.startswith(tuple(self.codes)) and not code.startswith(tuple(self.exceptions))


@dataclass(frozen=True, slots=True)
class ConditionDef:
    """A named condition: an eligibility rule, a checklist condition, a draw filter."""

    key: str
    condition: Any
    label: Text
    meta: Meta = Meta()
    line: int = 1
    file: str = ""


ASKED_BY = ("one_of", "community", "occupation", "at_least", "within_days", "days")


@dataclass(frozen=True, slots=True)
class AskedDef:
    """A draw filter whose value the plan of a draw gives: which values of the fact ``of`` count, chosen as ``choose`` says.

    ``when`` must hold beside it. ``lists`` are the lists that a choice of occupations may name.
    """

    key: str
    of: str
    choose: str
    label: Text
    when: Any = None
    lists: tuple[str, ...] = ()
    meta: Meta = Meta()
    line: int = 1
    file: str = ""


# --- grids ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Columns:
    """Named alternatives for every number of a factor; the first whose condition holds, else the last, is used."""

    names: tuple[str, ...] = ("",)
    conditions: tuple[Any, ...] = ()  # one fewer than names: the last is "otherwise"


SINGLE = Columns()

Amounts = tuple[Any, ...]
"""One number (in the grid's smallest unit) or expression tree per column."""


@dataclass(frozen=True, slots=True)
class Steps:
    """``first + add * floor((x - start) / every)``, kept within ``not_under`` and ``not_over``."""

    start: Decimal
    every: Decimal
    add: int
    first: int
    not_under: int | None = None
    not_over: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. ``low``/``high``: closed interval in the input's smallest unit; ``match``: options."""

    amounts: Amounts
    low: int | None = None
    high: int | None = None
    match: tuple[str, ...] = ()
    when: Any = None
    otherwise: bool = False
    below: bool = False  # the upper end was written as one not included
    label: Text = Text()
    meta: Meta = Meta()
    line: int = 1
    path: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """What a table looks at: an expression, and for this factor only, a grouping of its values."""

    expression: Any
    type: Type
    groups: tuple[tuple[str, tuple[Row, ...]], ...] = ()
    label: Text = Text()
    unit: Text = Text()
    option_labels: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiver:
    when: Any
    gives: Any  # Amounts, or None for "left out"
    label: Text = Text()


@dataclass(frozen=True, slots=True)
class Factor:
    """A node of a grid. ``kind``: bands, lookup, cases, matrix, formula, entered, sum or best_of."""

    id: str
    kind: str
    label: Text
    inputs: tuple[Input, ...] = ()
    rows: tuple[Row, ...] = ()
    across: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    children: tuple[Factor, ...] = ()
    when: Any = None
    waivers: tuple[Waiver, ...] = ()
    columns: Columns = SINGLE
    maximum: Amounts | None = None
    published_max: Amounts | None = None
    cap: Amounts | None = None
    floor: Amounts | None = None
    minimum: Amounts | None = None
    requires: Any = None
    not_answered: Amounts | None = None
    not_applicable: Amounts | None = None
    meta: Meta = Meta()
    file: str = ""
    line: int = 1
    path: str = ""

    def walk(self) -> tuple[Factor, ...]:
        found: tuple[Factor, ...] = (self,)
        for child in self.children:
            found += child.walk()
        return found


@dataclass(frozen=True, slots=True)
class Quota:
    id: str
    label: Text
    when: Any
    places: int | None
    percent: int | None
    meta: Meta = Meta()


@dataclass(frozen=True, slots=True)
class Pool:
    """How people scored under a grid are put in order and filtered."""

    ranked_by: str = "points"
    tie_break: tuple[str, ...] = ()
    resubmission: str = "resets"
    filters: Mapping[str, ConditionDef] = field(default_factory=dict)
    asked: Mapping[str, AskedDef] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    meta: Meta = Meta()


@dataclass(frozen=True, slots=True)
class Grid:
    """A dated grid. ``root`` is the sum of its factors; ``computable`` is False when only parts are known."""

    id: str
    family: str
    label: Text
    in_force: InForce
    root: Factor
    status: str = "official"
    computable: bool = True
    message: Text = Text()
    places: int = 0
    pass_mark: Amounts | None = None
    gate: str = ""
    pool: Pool = Pool()
    known: tuple[Mapping[str, Any], ...] = ()
    meta: Meta = Meta()
    file: str = ""
    line: int = 1

    def factors(self) -> tuple[Factor, ...]:
        """Return every factor and nested factor, outermost first, without the root."""
        return self.root.walk()[1:]

    def maximum(self) -> int | Decimal:
        """Return the declared maximum (the largest of its columns)."""
        values = [amount for amount in self.root.maximum or () if amount is not None]
        return self.points(max(values, default=0))

    def points(self, amount: int) -> int | Decimal:
        """Return an amount of smallest units as points."""
        return amount if not self.places else Decimal(amount).scaleb(-self.places)

    def unconfirmed(self) -> bool:
        """Whether any line rests on something no official source confirms."""
        metas = [self.meta, *(factor.meta for factor in self.factors())]
        metas += [row.meta for factor in self.factors() for row in factor.rows]
        return any(meta.certainty and meta.certainty not in CONFIRMED for meta in metas)
