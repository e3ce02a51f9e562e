"""Every draw of a program as open data: one record for each, the same fields whatever becomes of it (docs/open-data.md).

Our own draws from their notice on, rounds over the federal pool, and those held before this installation ran. The number of
queries does not grow with the draws.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any

from django.urls import reverse

from passerelle.desks import figures
from passerelle.draws import queries as drawn
from passerelle.programs import queries as programs
from passerelle.programs.rules import ProgramRules

FORMAT = "passerelle-draws-1"
Address = Callable[[str], str]


@dataclass(frozen=True)
class Record:
    """One draw. Numbers that are not known, not yet public, or held back are None; instants are UTC, days the program's."""

    number: str
    state: str
    held_on: date
    page: str = ""
    stream: str = ""
    kind: str = "general"
    targets: list[dict[str, str]] = field(default_factory=list)
    match: str = ""
    first_from: str = ""
    first_through: str = ""
    closes_at: datetime | None = None
    announced_at: datetime | None = None
    frozen_at: datetime | None = None
    objections_until: datetime | None = None
    selected_at: datetime | None = None
    accepted_at: datetime | None = None
    issued_at: datetime | None = None
    voided_at: datetime | None = None
    void_reason: str = ""
    replaces: str = ""
    places: int | None = None
    pool: int | None = None
    pool_few: bool = False
    invited: int | None = None
    points_lowest: int | None = None
    points_highest: int | None = None
    cutoff_from: int | None = None
    crs_lowest: int | None = None
    crs_highest: int | None = None
    by_category: dict[str, int] = field(default_factory=dict)
    cells: list[dict[str, Any]] = field(default_factory=list)
    seed_source: str = ""
    privacy: str = ""
    commit: str = ""
    bundle: str = ""
    fairness: str = ""
    repairs: list[dict[str, Any]] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    source: str = ""
    certainty: str = ""

    def plain(self) -> dict[str, Any]:
        """Return the record as JSON writes it."""
        return {one.name: _plain(getattr(self, one.name)) for one in fields(self)}


@dataclass(frozen=True)
class Listed:
    """All records of a program, the newest first, and when the list last changed."""

    rules: ProgramRules
    records: list[Record]
    changed_at: datetime


def listed(rules: ProgramRules, at: datetime, address: Address) -> Listed:
    """Return every draw of a program; ``address`` makes a whole address of a path."""
    own, known = list(drawn.public_draws(rules.code)), figures.results(rules, at)
    ours = {one.number for one in own}
    found = [_of_draw(rules, one, address) for one in own]
    found += [_of_result(rules, one, address) for one in known if one.number not in ours]
    days = {(one.held_on, one.stream) for one in found}
    only = rules.streams[0].key if len(rules.streams) == 1 else ""
    found += [
        _announced(one, only)
        for one in rules.past_draws
        if one.announced and (one.held_on, one.stream or only) not in days
    ]
    moments = [drawn.changed_at(one) for one in own]
    moments += [one.told.issued_at for one in known if one.told.issued_at]
    moments += [
        one.loaded_at for one in programs.packs(rules.code).filter(loaded_at__lte=at).order_by("-loaded_at")[:1]
    ]
    return Listed(
        rules, sorted(found, key=lambda one: (one.held_on, one.number), reverse=True), max(moments, default=at)
    )


def _of_draw(rules: ProgramRules, draw: Any, address: Address) -> Record:
    numbers, aimed = drawn.numbers(draw), drawn.aimed(draw)
    return Record(
        number=draw.number, state={"planned": "announced"}.get(draw.state, draw.state), held_on=draw.held_on,
        page=_page(rules, draw.number, address), stream=draw.stream, kind="targeted" if draw.is_targeted else "general",
        targets=aimed["targets"], match=aimed["match"], first_from=aimed["first_from"],
        first_through=aimed["first_through"], closes_at=draw.closes_at,
        announced_at=draw.notice.published_at if hasattr(draw, "notice") else None, frozen_at=draw.frozen_at,
        objections_until=draw.commitment.objections_until if hasattr(draw, "commitment") else None,
        selected_at=draw.selected_at, accepted_at=draw.accepted_at, issued_at=draw.issued_at, voided_at=draw.voided_at,
        void_reason=draw.void_reason if draw.voided_at else "", replaces=draw.follows.number if draw.follows else "",
        places=numbers.places, pool=numbers.pool, pool_few=numbers.few, invited=numbers.invited,
        points_lowest=numbers.lowest, points_highest=numbers.highest,
        cutoff_from=numbers.cutoff_from or None, by_category=dict(numbers.by_category or {}),
        cells=[
            {"cell": one.key, "places": one.places, "filled": one.filled, "cutoff": one.cutoff} for one in numbers.cells
        ],
        seed_source=drawn.terms_of(draw).seed, privacy=drawn.terms_of(draw).privacy,
        commit=draw.commitment.commit if hasattr(draw, "commitment") else "",
        bundle=address(reverse("draws:public_bundle", args=[draw.number])) if drawn.has_bundle(draw) else "",
        fairness=_fairness(rules, draw, address),
        repairs=[{"at": one.acceptance.accepted_at, **one.notice} for one in drawn.accepted_repairs(draw)],
    )  # fmt: skip


def _fairness(rules: ProgramRules, draw: Any, address: Address) -> str:
    if not drawn.tells_fairness(draw):
        return ""
    return address(reverse("desks:fairness_json", kwargs={"program": rules.code, "number": draw.number}))


def _of_result(rules: ProgramRules, one: figures.Result, address: Address) -> Record:
    """Return a round over the federal pool, or one held before this installation ran."""
    ends = {("crs" if one.federal else "points") + f"_{end}": getattr(one, end) for end in ("lowest", "highest")}
    kind = "federal" if one.federal else ("targeted" if one.targets else "general")
    return Record(
        number=one.number, state="issued" if one.told.number else "earlier", held_on=one.held_on,
        page=_page(rules, one.number, address), stream=one.stream, kind=kind,
        targets=[_both(target) for target in one.targets], match=one.match, first_from=one.first_from,
        first_through=one.first_through, issued_at=one.told.issued_at, invited=one.invited, by_category=one.by_category,
        said=_both(one.told.pool) if one.told.pool and not isinstance(one.told.pool, int) else {},
        source=one.elsewhere, certainty=one.told.certainty, **ends,
    )  # fmt: skip


def _announced(one: Any, only: str) -> Record:
    return Record(
        number=one.held_on.isoformat(), state="announced_elsewhere", held_on=one.held_on, stream=one.stream or only,
        said=_both(one.announced), source=str(one.source), certainty=one.certainty,
    )  # fmt: skip


def _page(rules: ProgramRules, number: str, address: Address) -> str:
    return address(reverse("desks:draw", kwargs={"program": rules.code, "number": number}))


def _both(words: Any) -> dict[str, str]:
    return {language: str(words[language]) for language in ("en", "fr")}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, list):
        return [{key: _plain(part) for key, part in one.items()} for one in value]
    return value.isoformat() if isinstance(value, date) else value
