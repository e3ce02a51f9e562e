"""The files of a pack read one by one, each into what it states."""

import csv
from collections.abc import Mapping
from datetime import date
from typing import Any

from passerelle.programs.rules import rounds
from passerelle.programs.rules.history import Allocation, Break, Nominations, PastDraw, RoundsTable
from passerelle.programs.rules.letters import Letter
from passerelle.programs.rules.questionnaire import Questionnaire
from passerelle.programs.rules.reading import Reader, by_key
from passerelle.programs.rules.schema import (
    Community,
    CommunityTable,
    Criterion,
    DeadlineRule,
    EvidenceType,
    Holiday,
    ProgramFile,
    Reminder,
    Retention,
    Setting,
    Slot,
    Term,
)
from passerelle.programs.rules.selection import SelectionRule
from passerelle.programs.rules.text import Text, spaced


def stated(reader: Reader) -> dict[str, Any]:
    """Return what each file of a pack states, by the names of ``ProgramRules``; faults go to the reader."""
    criteria = reader.read("criteria.yaml", tuple[Criterion, ...], part="criteria") or ()
    history = "history.yaml"
    return {
        "file": reader.read("program.yaml", ProgramFile),
        "all_criteria": criteria,
        **_settings(reader),
        "selection": _selection(reader),
        "allocations": {
            one.year: one for one in reader.read(history, tuple[Allocation, ...], part="allocations") or ()
        },
        "told_draws": _optional(reader, history, tuple[PastDraw, ...], "draws") or (),
        "rounds": (table := _optional(reader, history, RoundsTable, "rounds")),
        "table_draws": rounds.read(reader, table.file) if table else (),
        "breaks": _optional(reader, history, tuple[Break, ...], "breaks") or (),
        "nominations": reader.read(history, tuple[Nominations, ...], part="nominations") or (),
        "communities": by_key(_communities(reader)),
        "evidence": by_key(reader.read("evidence.yaml", tuple[EvidenceType, ...], part="evidence") or ()),
        "glossary": reader.read("glossary.yaml", tuple[Term, ...], part="terms") or (),
        "questionnaires": _each(reader, Questionnaire),
        "slots": tuple(
            slot
            for file in reader.files("checklists")
            for slot in reader.read(file, tuple[Slot, ...], part="documents") or ()
        ),
        "letters": {one.kind: one for file in reader.files("letters") if (one := reader.read(file, Letter))},
        "calendar": _calendar(reader),
    }


def _settings(reader: Reader) -> dict[str, Any]:
    file = "settings.yaml"
    reminders = reader.read(file, tuple[Reminder, ...], part="reminders") or ()
    return {
        "settings": by_key(reader.read(file, tuple[Setting, ...], part="settings") or ()),
        "deadlines": by_key(reader.read(file, tuple[DeadlineRule, ...], part="deadlines") or ()),
        "reminders": {one.deadline: one.days_before for one in reminders},
        "retention": reader.read(file, tuple[Retention, ...], part="retention") or (),
    }


def _selection(reader: Reader) -> tuple[SelectionRule, ...]:
    """Return the selection rules; a program without a pool needs no such file."""
    file = "selection.yaml"
    return (reader.read(file, tuple[SelectionRule, ...], part="rules") or ()) if file in reader.sources else ()


def _optional(reader: Reader, file: str, shape: type[Any], part: str) -> Any:
    """Return a part that a file may leave out."""
    tree = reader.tree(file)
    return reader.read(file, shape, part=part) if isinstance(tree, Mapping) and part in tree else None


def _communities(reader: Reader) -> tuple[Community, ...]:
    """Return the places of communities.yaml, or the rows of the table it names with ``from``."""
    file = "communities.yaml"
    table = _optional(reader, file, CommunityTable, "from")
    if table is None:
        return reader.read(file, tuple[Community, ...], part="communities") or ()
    if table.file not in reader.sources:
        reader.fault_at(file, ("from", "file"), f"There is no file {table.file}", "Name a CSV of the pack.")
        return ()
    rows = csv.DictReader(reader.sources[table.file].splitlines())
    return tuple(Community(key=row[table.key], name=Text(en=row[table.en], fr=spaced(row[table.fr]))) for row in rows)


def _each(reader: Reader, shape: type[Questionnaire]) -> dict[str, Questionnaire]:
    read_ones = [reader.read(file, shape) for file in reader.files("forms")]
    return by_key(one for one in read_ones if one)


def _calendar(reader: Reader) -> dict[date, Text]:
    days = [
        day for file in reader.files("calendars") for day in reader.read(file, tuple[Holiday, ...], part="days") or ()
    ]
    return {one.day: one.name for one in days}
