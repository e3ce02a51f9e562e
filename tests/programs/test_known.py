"""A pack says nothing that nobody reads: each name it may use is read by the code, and any other is refused."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pydantic import BaseModel
from ruamel.yaml import YAML

from passerelle.programs import files
from passerelle.programs.rules import fairness as fairness_rules
from passerelle.programs.rules import history as history_rules
from passerelle.programs.rules import known, letters, questionnaire, schema, selection
from passerelle.programs.rules.checks import check

SOURCE = Path(__file__).resolve().parents[2] / "src"
# Where a call or a container reads a name of the pack, and at which place the name stands.
CALLS = {
    "setting": ("settings", 0), "stated": ("settings", 0), "deadline": ("deadlines", 0), "due": ("deadlines", 1),
    "standard": ("deadlines", 1), "kept_since": ("retention", -1),
}  # fmt: skip
HELD_IN = {"settings", "deadlines", "reminders"}


@pytest.mark.parametrize("code", ["ca-nt", "ca-on"])
def test_every_fact_that_is_worked_out_is_read_by_something(code: str):
    shipped = {
        path: path.read_text() for path in (settings.PACKS / code).glob("*/**/*.yaml") if "examples" not in path.parts
    }
    stated = [text for path, text in shipped.items() if path.name == "facts.yaml" or path.parent.name == "facts"]
    facts = {key: one for text in stated for key, one in YAML(typ="safe").load(text).get("facts", {}).items()}
    told = set(re.findall(r"\w+", re.sub(r"(?m)^  \w+:$", "", "\n".join(shipped.values()))))

    derived = {key for key, one in facts.items() if "value" in one}
    assert derived
    assert derived - told == set()


@lru_cache(maxsize=1)
def modules() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted((SOURCE / "passerelle").rglob("*.py"))}


def constants(tree: ast.Module) -> dict[str, set[str]]:
    """Every text that a module calls by a name of its own, by that name."""
    return {
        name: {value.value}
        for one in tree.body
        if isinstance(one, ast.Assign)
        for name, value in _pairs(one.targets[0], one.value)
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


@lru_cache(maxsize=1)
def lent() -> dict[str, set[str]]:
    """The same over all modules, for a name that one takes from another."""
    found: dict[str, set[str]] = defaultdict(set)
    for tree in modules().values():
        for name, texts in constants(tree).items():
            found[name] |= texts
    return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, its)


def _texts(value: ast.AST, own: dict[str, set[str]]) -> set[str]:
    """The texts that an expression may stand for; ``own`` are the names of its module."""
    if isinstance(value, ast.Constant):
        return {value.value} if isinstance(value.value, str) else set()
    if isinstance(value, ast.Name):
        return own[value.id] if value.id in own else lent().get(value.id, set()) if value.id.isupper() else set()
    if isinstance(value, ast.Attribute):
        return lent().get(value.attr, set()) if value.attr.isupper() else set()
    if isinstance(value, ast.IfExp):
        return _texts(value.body, own) | _texts(value.orelse, own)
    if isinstance(value, ast.BoolOp):
        return set().union(*(_texts(one, own) for one in value.values))
    return set()


@lru_cache(maxsize=1)
def read_by_the_code() -> dict[str, set[str]]:
    """The names of settings, deadlines, reminders and retention rules that the code asks a pack for."""
    found: dict[str, set[str]] = defaultdict(set)
    for tree in modules().values():
        own = constants(tree)
        own |= {name: texts for name, texts in _local(tree, own).items() if texts}
        for one in ast.walk(tree):
            for kind, value in _asked(one):
                found[kind] |= _texts(value, own)
    return found


def _local(tree: ast.Module, own: dict[str, set[str]]) -> dict[str, set[str]]:
    """Texts given to a name inside a function: ``key = "a" if … else "b"``, and the defaults of parameters."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in ast.walk(tree):
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and isinstance(one.value, ast.IfExp):
            found[one.targets[0].id] |= _texts(one.value, own)
        if isinstance(one, ast.FunctionDef):
            for parameter, usual in zip(reversed(one.args.args), reversed(one.args.defaults), strict=False):
                found[parameter.arg] |= _texts(usual, own)
    return found


def _asked(one: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(one, ast.Call):
        name = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
        if name in CALLS:
            kind, place = CALLS[name]
            given = one.args if place == -1 else one.args[place : place + 1]
            yield from ((kind, value) for value in given)
        if name == "get" and isinstance(one.func, ast.Attribute) and _held(one.func.value) in HELD_IN and one.args:
            yield _held(one.func.value), one.args[0]
    if isinstance(one, ast.Subscript) and _held(one.value) in HELD_IN:
        yield _held(one.value), one.slice
    if (
        isinstance(one, ast.Compare)
        and isinstance(one.ops[0], ast.In | ast.NotIn)
        and _held(one.comparators[0]) in HELD_IN
    ):
        yield _held(one.comparators[0]), one.left


def _held(value: ast.expr) -> str:
    return value.attr if isinstance(value, ast.Attribute) else ""


# What a step that is not built yet will read.
COMING: set[str] = set()


def test_every_setting_that_a_pack_may_state_is_read_and_no_other_is():
    read = read_by_the_code()["settings"]

    assert read - set(known.SETTINGS) == set(), "read by the code, and no pack may state it"
    assert set(known.SETTINGS) - read - COMING == set(), "a pack may state it, and no code reads it"


def test_every_deadline_that_a_pack_may_state_is_counted_by():
    read = read_by_the_code()["deadlines"]

    assert read - set(known.DEADLINES) == set(), "read by the code, and no pack may state it"
    assert set(known.DEADLINES) - read - COMING == set(), "a pack may state it, and nothing is counted by it"


def test_people_are_reminded_of_the_deadlines_that_may_have_reminders():
    assert read_by_the_code()["reminders"] == set(known.REMINDED)


def test_a_retention_rule_says_who_carries_it_out():
    read = read_by_the_code()["retention"] & set(known.RETENTION)

    assert read == {one for one, words in known.RETENTION.items() if words is not known.BY_PEOPLE}


# --- the words of every file ---

MODELS = [schema, questionnaire, letters, selection, fairness_rules, history_rules]


def words_of_the_pack() -> list[str]:
    """Every word of every record that a pack is made of: ``Stream.hold``."""
    found = set()
    for module in MODELS:
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, BaseModel):
                found |= {f"{one.__name__}.{name}" for name in one.model_fields}
    return sorted(found)


@lru_cache(maxsize=1)
def words_read() -> set[str]:
    """Every attribute that code or a template reads."""
    found = {one.attr for tree in modules().values() for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    for path in SOURCE.rglob("*.html"):
        found |= {word for part in path.read_text().split("{")[1:] for word in _dotted(part)}
    return found


def _dotted(text: str) -> Iterator[str]:
    for piece in text.partition("}")[0].replace("|", " ").replace("=", " ").split():
        yield from piece.split(".")[1:]


# Read by a name that is put together, or from the file before there are any records.
OTHERWISE = {
    "LanguageTest.listening", "LanguageTest.speaking", "LanguageTest.writing", "ProgramFile.put_in_force", "ProgramFile.removes",
}  # fmt: skip


def test_every_word_that_a_pack_may_use_is_read():
    unread = {one for one in words_of_the_pack() if one.partition(".")[2] not in words_read()}

    assert unread == OTHERWISE


# --- what a pack says in vain ---


def told(sources: dict[str, str]) -> list[str]:
    return [f"{one.file}:{one.line}: {one.problem} {one.remedy}" for one in check(sources)]


IN_VAIN = [
    ("- key: roll_forward", "- key: roll_forwards", "Nothing reads the setting roll_forwards", "roll_forward"),
    ("- key: access_link", "- key: acces_link", "Nothing is counted by the deadline acces_link", "access_link"),
    ("- key: access_log", "- key: access_logs", "Nothing is kept under the name access_logs", "access_log"),
    ("{deadline: evidence,", "{deadline: bar,", "Nobody is reminded of the deadline bar", "evidence"),
]  # fmt: skip
WRONG = [
    ("value: false\n", "value: sometimes\n", "The setting roll_forward cannot be 'sometimes'. Write true or false."),
    ("value: bands", "value: band", "The setting draw_privacy cannot be 'band'. Write one of auditor, bands, full."),
    ("value: 25", "value: -1", "The setting upload_max_mb cannot be -1. Write a whole number, 1 or more."),
    ("options: [internal, published]", "options: [published]", "draw_fairness is 'internal', and its options leave that out"),
]  # fmt: skip


def with_all(cases: list[Any]) -> dict[str, str]:
    sources = dict(files.sources(settings.PACKS / "ca-nt" / "2026-1"))
    for old, new, *_words in cases:
        assert old in sources["settings.yaml"], f"{old!r} is not there: the test has gone stale"
        sources["settings.yaml"] = sources["settings.yaml"].replace(old, new, 1)
    return sources


def test_what_nothing_reads_is_refused_with_its_line_and_a_remedy():
    sources = with_all(IN_VAIN)
    text = sources["settings.yaml"]

    faults = told(sources)

    assert len(faults) == len(IN_VAIN), faults
    for _old, new, problem, remedy in IN_VAIN:
        line = text[: text.index(new)].count("\n") + 1
        assert any(one.startswith(f"settings.yaml:{line}: {problem}") and remedy in one for one in faults), faults


def test_a_value_that_nothing_could_follow_is_refused():
    faults = told(with_all(WRONG))

    assert len(faults) == len(WRONG), faults
    assert [words for *_change, words in WRONG if not any(words in one for one in faults)] == []


def test_a_stream_rules_only_deadlines_that_are_counted_by():
    sources = dict(files.sources(settings.PACKS / "ca-on" / "2024-1"))
    sources["program.yaml"] = sources["program.yaml"].replace("{application: noi,", "{aplication: noi,", 1)

    assert any("Nothing is counted by a deadline aplication" in one and "application" in one for one in told(sources))


# --- the day of a draw ---

RECKONED = {
    "facts/status.yaml": (
        "status_expiry >= on.submission", "status_expiry >= on.draw", "The fact work_permit_valid is reckoned from on.draw",
    ),
    "factors/since-2022.yaml": (
        "    of: valid_permit", "    of: valid_permit\n    when: status_expiry >= on.draw",
        "The factor permit is reckoned from on.draw",
    ),
}  # fmt: skip


def test_what_is_worked_out_before_a_draw_is_planned_is_not_reckoned_from_its_day():
    """Filters are, and the shipped packs reckon some so; a fact or a factor would silently take another day for it."""
    shipped = dict(files.sources(settings.PACKS / "ca-on" / "2024-1"))
    assert any("on.draw" in text for path, text in shipped.items() if path.startswith("grids/"))
    assert told(shipped) == []
    for path, (old, new, problem) in RECKONED.items():
        sources = dict(shipped)
        assert old in sources[path], f"{old!r} is not there: the test has gone stale"
        sources[path] = sources[path].replace(old, new, 1)

        faults = [one for one in told(sources) if "on.draw" in one]

        assert faults, path
        assert all(problem in one and "Reckon from on.submission" in one for one in faults), faults
        at = sources[path][: sources[path].index(new)].count("\n") + 1
        assert any(one.startswith(f"{path}:") and abs(int(one.split(":")[1]) - at) <= 6 for one in faults), faults
