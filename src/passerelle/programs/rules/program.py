"""Everything a program's pack says, gathered: what the stages ask it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from passerelle.core.deadlines import local_day, start_of_day
from passerelle.programs.rules import known, scoring
from passerelle.programs.rules.changing import ChangeKind
from passerelle.programs.rules.gathering import stated
from passerelle.programs.rules.history import Allocation, Break, Nominations, PastDraw, RoundsTable
from passerelle.programs.rules.letters import Letter
from passerelle.programs.rules.problems import BadPack, Problem
from passerelle.programs.rules.questionnaire import Questionnaire
from passerelle.programs.rules.reading import Reader, Sources, by_key
from passerelle.programs.rules.schema import (
    Category,
    Community,
    Criterion,
    DeadlineRule,
    EvidenceType,
    Part,
    ProgramFile,
    Retention,
    Setting,
    Slot,
    Sourced,
    Stream,
    Term,
)
from passerelle.programs.rules.selection import SelectionRule
from passerelle.programs.rules.text import Text
from pointsgrid.problems import PackErrors

CERTAINTY_WORDS = {
    "seed": gettext_lazy("stated by the program"),
    "verified": gettext_lazy("seen in an official text"),
    "verified_old": gettext_lazy("seen in an older official text"),
    "secondary": gettext_lazy("seen in other sources only"),
    "uncertain": gettext_lazy("not stated anywhere: chosen here"),
    "general": gettext_lazy("general knowledge"),
}


@dataclass(frozen=True)
class ChecklistItem:
    """A document asked in one file: a slot whose conditions are settled."""

    key: str
    code: str
    label: Text
    hint: Text | None
    required: bool
    side: str
    condition: Any
    when: Text | None
    source: str
    certainty: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProgramRules:
    """The rules of one version of a program. Attributes of ``program.yaml`` are read through: ``rules.name``, ``rules.contact``…"""

    file: ProgramFile
    all_criteria: tuple[Criterion, ...]
    settings: Mapping[str, Setting]
    selection: tuple[SelectionRule, ...]
    deadlines: Mapping[str, DeadlineRule]
    reminders: Mapping[str, tuple[int, ...]]
    retention: tuple[Retention, ...]
    allocations: Mapping[int, Allocation]
    told_draws: tuple[PastDraw, ...]
    table_draws: tuple[PastDraw, ...]
    rounds: RoundsTable | None
    breaks: tuple[Break, ...]
    nominations: tuple[Nominations, ...]
    communities: Mapping[str, Community]
    evidence: Mapping[str, EvidenceType]
    glossary: tuple[Term, ...]
    questionnaires: Mapping[str, Questionnaire]
    slots: tuple[Slot, ...]
    letters: Mapping[str, Letter]
    calendar: Mapping[date, Text]
    points: Any = None
    libraries: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "file":
            raise AttributeError(name)
        return getattr(self.file, name)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the program's days begin and end."""
        return ZoneInfo(self.file.zone)

    @property
    def opens_at(self) -> datetime | None:
        """The instant from which expressions of interest are received; a time without a zone is the program's own."""
        at = self.file.opens_at
        return at if at is None or at.tzinfo else at.replace(tzinfo=self.zone)

    def is_open(self, at: datetime) -> bool:
        """Whether expressions of interest are received at ``at``: from the opening instant itself on."""
        return self.opens_at is None or at >= self.opens_at

    @property
    def past_draws(self) -> tuple[PastDraw, ...]:
        """Every draw published before this installation ran: those told one by one, and those of the table of rounds."""
        return (*self.told_draws, *self.table_draws)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories, in the program's order."""
        return self.file.categories

    def category(self, key: str) -> Category:
        """Return a category; raises KeyError for one that is not there."""
        return by_key(self.categories)[key]

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The streams, in the program's order."""
        return self.file.streams

    def stream(self, key: str) -> Stream:
        """Return a stream; raises KeyError for one that is not there."""
        return by_key(self.streams)[key]

    def stream_of(self, category: str) -> Stream:
        """Return the stream a category belongs to; raises KeyError for a category that is not there."""
        return self.stream(self.category(category).stream)

    def categories_of(self, stream: str) -> tuple[Category, ...]:
        """Return the categories of a stream, in the program's order."""
        return tuple(one for one in self.categories if one.stream == stream)

    @property
    def takes_registrations(self) -> bool:
        """Whether anyone may begin: some category is open."""
        return any(one.open for one in self.categories)

    @property
    def pools(self) -> tuple[Stream, ...]:
        """The streams whose expressions of interest wait in a pool of this program."""
        return tuple(one for one in self.streams if one.intake == "eoi")

    @property
    def confirms(self) -> bool:
        """Whether an officer confirms the points of some stream before a file is in its pool."""
        return any(not one.enters_at_once for one in self.pools)

    @property
    def federal_streams(self) -> tuple[Stream, ...]:
        """The streams whose people come from the federal pool."""
        return tuple(one for one in self.streams if one.intake == "federal")

    @property
    def opened_by(self) -> str:
        """Who opens a file in this program's pools: employer or candidate."""
        return self.pools[0].opened_by if self.pools else "candidate"

    @property
    def openers(self) -> tuple[str, ...]:
        """The sides that open files in this program's pools, the first stream's first."""
        return tuple(dict.fromkeys(one.opened_by for one in self.pools)) or ("candidate",)

    def breaks_of(self, stream: str) -> list[Break]:
        """Return the days from which a stream's points are counted by another grid."""
        return [one for one in self.breaks if not one.streams or stream in one.streams]

    def grid_of(self, category: str) -> Any:
        """Return the grid (``pointsgrid``) that ranks a category's pool."""
        return self.points.grids[self.stream_of(category).grid]

    def filters(self, stream: str) -> Mapping[str, Any]:
        """Return the named attributes by which a draw in a stream may be targeted: key to condition with its label."""
        return self.points.grids[self.stream(stream).grid].pool.filters

    def selection_rule(self, stream: str, on: date) -> SelectionRule | None:
        """Return the rule by which a draw of a stream on a day chooses; None where none is in force."""
        return next((one for one in self.selection if one.holds(stream, on)), None)

    def selection_rules(self, stream: str) -> tuple[SelectionRule, ...]:
        """Return every rule a stream's draws have chosen by, the latest first."""
        held = [one for one in self.selection if not one.streams or stream in one.streams]
        return tuple(sorted(held, key=lambda one: one.in_force_from or date.min, reverse=True))

    def criteria(self, category: str, side: str | None = None) -> list[Criterion]:
        """Return the mandatory criteria of a category, in its words; ``side`` is candidate, employer, position or all."""
        return [
            _in_category(one, category)
            for one in self.all_criteria
            if _asked(one, category) and side in (None, one.side)
        ]

    def questionnaire(self, key: str) -> Questionnaire:
        """Return a questionnaire or a form; raises KeyError for one that is not there."""
        return self.questionnaires[key]

    def deadline(self, key: str, stream: str = "") -> DeadlineRule:
        """Return a deadline's rule, a stream's own where it has one; raises KeyError for one that is not there."""
        own = self.stream(stream).deadlines.get(key, key) if stream else key
        return self.deadlines[own]

    def setting(self, key: str) -> Any:
        """Return the value of a setting; raises KeyError for one that is not there."""
        return self.settings[key].value

    def stated(self, key: str, otherwise: Any) -> Any:
        """Return the value of a setting that a pack may leave out; ``otherwise`` where it does."""
        return self.settings[key].value if key in self.settings else otherwise

    def kept_since(self, key: str, at: datetime) -> datetime | None:
        """Return the instant before which what the retention rule ``key`` counts from must lie to be erased at ``at``.

        None: the pack has no such rule.
        """
        rule = next((one for one in self.retention if one.key == key), None)
        if rule is None:
            return None
        today = local_day(at, self.zone)
        leap = (today.month, today.day) == (2, 29)
        return start_of_day(today.replace(year=today.year - rule.years, day=28 if leap else today.day), self.zone)

    def change(self, key: str) -> ChangeKind | None:
        """Return a kind of change that is reported, None for one that is not there."""
        return next((one for one in self.file.changes if one.key == key), None)

    def changes_of(self, side: str) -> list[ChangeKind]:
        """Return the kinds of change that a side (employer, candidate) reports, in the pack's order."""
        return [one for one in self.file.changes if side in one.by]

    def holidays(self, year: int) -> dict[date, Text]:
        """Return the holidays of a year with their names."""
        return {day: name for day, name in self.calendar.items() if day.year == year}

    def letter(self, kind: str) -> Letter:
        """Return a message or letter; raises KeyError for one that is not there."""
        return self.letters[kind]

    def part(self, stream: str, key: str) -> Part:
        """Return a part of a stream's application; raises KeyError for one that is not there."""
        return by_key(self.stream(stream).parts)[key]

    def checklist(self, side: str, values: Mapping[str, Any]) -> list[ChecklistItem]:
        """Return the documents asked of a side. ``values`` is facts and answers together, ``category`` among them."""
        category = values["category"]
        needed = [(slot, slot.needed(category, values)) for slot in self.slots if slot.side == side]
        return [_item(slot, required) for slot, required in needed if required is not None]

    def given(self, category: str) -> dict[str, str]:
        """Return what is known of a file without asking: its category, and the stream that the category is of."""
        return {"category": category, "stream": self.category(category).stream}

    def facts(
        self, answers: Mapping[str, Any], at: datetime, fixed: Mapping[str, Any] | None = None, *, category: str = ""
    ) -> dict[str, Any]:
        """Return the facts that follow from ``answers`` on the reference instant ``at``; ``fixed`` ones an officer has set.

        Facts that hang on the route of a file need its ``category``.
        """
        known = (
            {key: value for key, value in self.given(category).items() if key in self.points.answers}
            if category
            else {}
        )
        return scoring.facts(self.points, {**answers, **known}, local_day(at, self.zone), fixed)

    def score(self, facts: Mapping[str, Any], *, category: str, partial: bool = False) -> Any:
        """Return the score sheet of ``facts`` under the category's grid; ``partial`` lets blanks stand, marked as such."""
        return scoring.score(self.points, self.stream_of(category).grid, facts, partial=partial)

    @property
    def loadable(self) -> tuple[str, ...]:
        """The tables of reference values whose rows a program may load for itself."""
        return tuple({one.family: None for one in self.points.tables if one.loadable}) if self.points else ()

    def table(self, family: str) -> Any:
        """Return the edition of a table of reference values read last; raises StopIteration for one that is not there."""
        return next(one for one in reversed(self.points.tables) if one.family == family)

    def with_tables(self, loaded: Mapping[tuple[str, date], tuple[str, str]]) -> "ProgramRules":
        """Return these rules with CSVs (name, text), by table and first day in force, in place of the pack's own rows."""
        return replace(self, points=scoring.with_tables(self.points, loaded))

    def unconfirmed(self) -> list["Unconfirmed"]:
        """Return every value that no official source confirms, for staff."""
        groups: list[tuple[str, tuple[Sourced, ...]]] = [
            ("settings", tuple(self.settings.values())),
            ("streams", self.streams),
            ("selection", self.selection),
            ("deadlines", tuple(self.deadlines.values())),
            ("criteria", self.all_criteria),
            ("checklist", self.slots),
            ("changes", self.file.changes),
            ("retention", self.retention),
            ("letters", tuple(self.letters.values())),
            ("history", (*self.allocations.values(), *self.told_draws, *((self.rounds,) if self.rounds else ()))),
        ]
        return [Unconfirmed(where, one) for where, values in groups for one in values if not one.confirmed]


@dataclass(frozen=True)
class Unconfirmed:
    """A value in use that no official source confirms."""

    where: str
    value: Sourced

    @property
    def key(self) -> str:
        """The value's key in the pack."""
        return str(
            getattr(self.value, "key", None)
            or getattr(self.value, "kind", None)
            or getattr(self.value, "year", "")
            or getattr(self.value, "held_on", "")
        )

    @property
    def shown(self) -> Any:
        """The value itself, to be told by the page."""
        one = self.value
        if isinstance(one, Setting):
            return one.value
        if isinstance(one, DeadlineRule):
            return str(one.years or one.months or one.days or one.hours)
        return str(one.years) if isinstance(one, Retention) else ""

    @property
    def note(self) -> str:
        """What staff should know of it beside the value: of a retention rule, who carries it out."""
        return str(known.RETENTION[self.value.key]) if isinstance(self.value, Retention) else ""

    @property
    def certainty_words(self) -> str:
        """How sure the value is, in the reader's words."""
        return str(CERTAINTY_WORDS[self.value.certainty])

    @property
    def label(self) -> Text | str:
        """What it is, in words."""
        return (
            getattr(self.value, "label", None)
            or getattr(self.value, "about", None)
            or getattr(self.value, "name", None)
            or self.key
        )


def _asked(criterion: Criterion, category: str) -> bool:
    return not criterion.categories or category in criterion.categories


def _in_category(criterion: Criterion, category: str) -> Criterion:
    variant = criterion.by.get(category)
    if variant is None:
        return criterion
    return criterion.model_copy(update={name: value for name, value in variant if value is not None})


def _item(slot: Slot, required: bool) -> ChecklistItem:
    return ChecklistItem(
        key=slot.key, code=slot.code, label=slot.label, hint=slot.hint, required=required, side=slot.side,
        condition=slot.condition, when=slot.when, source=slot.source, certainty=slot.certainty,
        criteria=slot.criteria,
    )  # fmt: skip


def read(sources: Sources, sha256: str = "") -> ProgramRules:
    """Return the rules a pack's files state. Raises BadPack with every fault found."""
    rules, problems = attempt(sources, sha256)
    if problems or rules is None:
        raise BadPack(problems)
    return rules


def attempt(sources: Sources, sha256: str = "") -> tuple[ProgramRules | None, list[Problem]]:
    """Return the rules, as far as they can be read, and every fault of shape."""
    reader = Reader(sources)
    parts = stated(reader)
    if reader.problems or parts["file"] is None:
        return None, reader.problems
    try:
        uses = dict.fromkeys((*parts["file"].uses, *scoring.libraries(reader.sources)))
        points = scoring.load(reader.sources, tuple(uses))
    except PackErrors as faults:
        return ProgramRules(**parts, sha256=sha256), list(faults.problems)
    return ProgramRules(
        **parts, points=points, libraries=scoring.by_code(reader.sources, tuple(uses)), sha256=sha256
    ), []
