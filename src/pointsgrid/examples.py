"""The worked examples that a pack ships, run as tests of the pack.

``examples/*.yaml`` (see docs/packs.md)::

    common: {grid: points-2026, facts: {age: 30}}
    examples:
      - name: Cook in Inuvik
        source: nwt.md section 2.5, example C
        facts: {clb_lowest: 5}            # or answers: {…} with on: {submission: 2026-03-09}
        points: {language: 68, total: 158}
      - name: Age
        vary: {fact: age, factor: age, points: {17: 0, 18: 40}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pointsgrid import answers as answering
from pointsgrid.points import MissingFacts, NotComputable, ScoreSheet, frame, score, score_frame
from pointsgrid.problems import PackErrors, PackProblem, did_you_mean
from pointsgrid.rules import NotInForce, Rules, load
from pointsgrid.values import BadValue

_KEYS = {
    "name",
    "source",
    "grid",
    "facts",
    "answers",
    "on",
    "fixed",
    "points",
    "vary",
    "passes",
    "raises",
    "missing",
    "states",
    "derived",
    "partial",
    "note",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that did not come out as written; ``differences`` are sentences, ``remedy`` what would mend it."""

    file: str
    line: int
    name: str
    differences: tuple[str, ...]
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.name}: {' '.join(self.differences)}"


@dataclass(frozen=True, slots=True)
class _Example:
    file: str
    line: int
    content: Mapping[str, Any]


@dataclass(slots=True)
class _Outcome:
    """What came of an example; ``total`` is that of one person with ``facts``, which a column has to give as well."""

    example: _Example
    differences: list[str] = field(default_factory=list)
    remedy: str = "Correct the pack, or the example if its source says otherwise."
    facts: Mapping[str, Any] = field(default_factory=dict)
    total: Any = None


def run(rules: Rules) -> tuple[int, list[Failure]]:
    """Return how many examples ran, and those that failed."""
    outcomes = [_worked(rules, example) for example in _examples(rules)]
    by_grid: dict[str, list[_Outcome]] = {}
    for one in outcomes:
        if one.total is not None:
            by_grid.setdefault(one.example.content["grid"], []).append(one)
    for grid, several in by_grid.items():
        _as_columns(rules, grid, several)
    failures = [
        Failure(
            one.example.file,
            one.example.line,
            str(one.example.content.get("name", "?")),
            tuple(one.differences),
            one.remedy,
        )
        for one in outcomes
        if one.differences
    ]
    return len(outcomes), failures


def _worked(rules: Rules, example: _Example) -> _Outcome:
    outcome = _Outcome(example)
    try:
        outcome.differences = _differences(rules, example.content, outcome)
    except BadValue as error:
        outcome.differences = [_sentence(error)]
        outcome.remedy = _REMEDIES.get(error.wanted.kind, "Correct the value.")
    except Exception as error:  # a faulty example must not hide the others
        outcome.differences = [_sentence(f"{type(error).__name__}: {error}")]
    return outcome


def _as_columns(rules: Rules, grid: str, outcomes: list[_Outcome]) -> None:
    """Score the people of several examples at once; where that fails, one after the other, to say of which it is told."""
    try:
        people = frame(rules, [one.facts for one in outcomes])
        totals = score_frame(rules, grid, people.lazy()).collect()["points.total"].to_list()
    except Exception as error:
        if len(outcomes) == 1:
            outcomes[0].differences.append(_sentence(f"{type(error).__name__}: {error}"))
            return
        for one in outcomes:
            _as_columns(rules, grid, [one])
        return
    for one, total in zip(outcomes, totals, strict=True):
        if total != one.total:
            one.differences.append(f"As a column the total is {total}, for one person {one.total}.")


_REMEDIES = {
    "yes_no": "Write yes or no, in small letters and without quotes.",
    "code": 'Put the code in quotes, with all its digits: "00012".',
    "text": "Put it in quotes.",
    "date": "Write year-month-day without quotes, such as 2026-03-09.",
}


def _sentence(told: object) -> str:
    text = str(told)
    return text if text.endswith((".", "?")) else f"{text}."


def _examples(rules: Rules) -> Iterator[_Example]:
    for document in rules.examples:
        content = document.value or {}
        common = content.get("common") or {}
        for position, one in enumerate(content.get("examples") or []):
            merged = {**common, **one}
            for key in ("facts", "answers", "on"):
                if common.get(key) and one.get(key):
                    merged[key] = {**common[key], **one[key]}
            yield from _spread(_Example(document.file, document.line(("examples", position)), merged))


def _spread(example: _Example) -> Iterator[_Example]:
    """Yield the example, or one for each value it varies a fact over."""
    vary = example.content.get("vary")
    if not vary:
        yield example
        return
    for value, points in vary["points"].items():
        content = {key: item for key, item in example.content.items() if key not in ("vary", "points")}
        where = "answers" if "answer" in vary else "facts"
        key = vary.get("answer") or vary.get("fact")
        changed = dict.fromkeys(key if isinstance(key, list) else [key], value)
        content[where] = {**content.get(where, {}), **changed}
        content["points"] = {vary["factor"]: points}
        content["name"] = f"{content.get('name')} ({value})"
        yield _Example(example.file, example.line, content)


def _differences(rules: Rules, content: Mapping[str, Any], outcome: _Outcome) -> list[str]:
    unknown = set(content) - _KEYS
    if unknown:
        return [f"The key {key} is not known in an example. {did_you_mean(key, _KEYS)}" for key in sorted(unknown)]
    try:
        sheet, facts = _scored(rules, content)
    except (MissingFacts, NotComputable, NotInForce) as error:
        wanted = content.get("raises")
        return [] if wanted == type(error).__name__ else [_sentence(error)]
    if "raises" in content:
        return [f"{content['raises']} was expected, and it was scored."]
    if sheet is not None and sheet.complete:
        outcome.facts, outcome.total = facts, sheet.total
    return [*_points(content, sheet), *_others(content, sheet, facts)]


def _scored(rules: Rules, content: Mapping[str, Any]) -> tuple[ScoreSheet | None, dict[str, Any]]:
    facts = dict(content.get("facts") or {})
    unknown = sorted(
        key for key in facts if key not in rules.facts and key not in rules.answers and not key.startswith("on.")
    )
    if unknown:
        raise NotInForce(f"There is no fact {unknown[0]}. {did_you_mean(unknown[0], rules.facts)}")
    if "answers" in content:
        facts = answering.facts(rules, content["answers"], on=content.get("on") or {}, fixed=facts or None)
    else:
        facts |= {f"on.{name}": day for name, day in (content.get("on") or {}).items()}
    if not content.get("grid"):
        return None, answering.derive(rules, facts)
    return score(rules, content["grid"], facts, partial=content.get("partial") in (True, "yes")), answering.derive(
        rules, facts
    )


def _points(content: Mapping[str, Any], sheet: ScoreSheet | None) -> list[str]:
    if sheet is None:
        return []
    found, differences = sheet.points(), []
    for factor, wanted in (content.get("points") or {}).items():
        if factor not in found:
            differences.append(f"There is no factor {factor}. {did_you_mean(str(factor), found)}")
        elif Decimal(found[factor]) != Decimal(wanted):
            differences.append(f"{factor} gives {found[factor]}, and {wanted} is expected.")
    return differences


def _others(content: Mapping[str, Any], sheet: ScoreSheet | None, facts: Mapping[str, Any]) -> list[str]:
    differences = []
    for key, wanted in (content.get("derived") or {}).items():
        if not _same(facts.get(key), wanted):
            differences.append(
                f"The fact {key} is {facts.get(key)!r}, and {wanted!r} is expected.{_given(key, content)}"
            )
    if sheet is None:
        return differences
    if (
        "passes" in content
        and sheet.passes is not {True: True, False: False, "yes": True, "no": False}[content["passes"]]
    ):
        found = {True: "yes", False: "no", None: "not said by this grid"}[sheet.passes]
        differences.append(f"passes is {found}, and {content['passes']} is expected.")
    for factor, wanted in (content.get("states") or {}).items():
        if sheet.line(factor).state != wanted:
            differences.append(f"The state of {factor} is {sheet.line(factor).state}, and {wanted} is expected.")
    if "missing" in content and sorted(sheet.missing) != sorted(content["missing"]):
        differences.append(
            f"{', '.join(sheet.missing) or 'nothing'} is missing, and {', '.join(content['missing'])} is expected."
        )
    return differences


def _given(key: str, content: Mapping[str, Any]) -> str:
    """Why a fact of an example with answers is not what follows from them, if it is given beside them."""
    if key not in (content.get("facts") or {}) or "answers" not in content:
        return ""
    return " It is given under facts, the common ones perhaps, and so not derived: facts: null leaves those out."


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, bool) or isinstance(wanted, bool) or wanted in ("yes", "no"):
        return found is {"yes": True, "no": False, True: True, False: False}.get(wanted)
    return found == wanted or str(found) == str(wanted)


def check_pack(sources: Mapping[str, str], *, library: Mapping[str, Rules] | None = None) -> list[PackProblem]:
    """Return every fault of a pack: those of loading it or, when it loads, the examples that do not come out."""
    try:
        rules = load(sources, library=library)
    except PackErrors as errors:
        return list(errors.problems)
    return faults(rules)


def faults(rules: Rules) -> list[PackProblem]:
    """Return the examples of a pack that do not come out, as faults of it; what is alike in several is told once."""
    alike: dict[tuple[str, tuple[str, ...]], list[Failure]] = {}
    for failure in run(rules)[1]:
        alike.setdefault((failure.file, failure.differences), []).append(failure)
    return [
        PackProblem(
            first.file, first.line, first.name, " ".join(first.differences) + _others_too(len(more)), first.remedy
        )
        for first, *more in alike.values()
    ]


def _others_too(count: int) -> str:
    return f" ({count} more such example{'s' if count > 1 else ''})" if count else ""
