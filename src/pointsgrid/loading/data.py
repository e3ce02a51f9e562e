"""charts/ and tables/: dated conversions and reference values, in YAML or CSV."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import read_meta
from pointsgrid.model import CODE, TEXT, Chart, InForce, Table, Type
from pointsgrid.problems import PackErrors, PackProblem, did_you_mean


def read_chart(reader: Reader) -> Chart:
    abilities = [
        str(name) for name in reader.required("abilities", "List the abilities, or [score] if there is one.") or []
    ]
    chosen = reader.child("for")
    chart = Chart(
        id=reader.key("chart", "Give the chart a name of its own."),
        set=reader.key("set", "Name the set that facts ask for, such as language."),
        chosen_for={key: _words(chosen, key) for key in chosen.value} if chosen else {},
        in_force=reader.in_force(),
        levels=_levels(reader, abilities),
        scale=_scale(reader, abilities),
        under=reader.integer("under") or 0,
        label=reader.label("label", needed=True),
        meta=read_meta(reader),
        file=reader.document.file,
    )
    reader.done()
    return chart


def _words(reader: Reader, key: str) -> tuple[str, ...]:
    value = reader.raw(key)
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def _levels(reader: Reader, abilities: list[str]) -> dict[str, tuple[tuple[int, Decimal], ...]]:
    inner = reader.child("levels")
    found: dict[str, list[tuple[int, Decimal]]] = {ability: [] for ability in abilities}
    if inner is None:
        reader.report("levels is missing.", "Write levels: {10: [549, 549, 16, 16], 9: …} in the order of abilities.")
        return {}
    for level, value in inner.value.items():
        scores = value if isinstance(value, list) else [value] * len(abilities)
        if not isinstance(level, int) or len(scores) != len(abilities):
            inner.report(
                f"Level {level} needs {len(abilities)} scores, one for each ability.",
                "Write 7: [458, 453, 10, 10].",
                level,
            )
            continue
        for position, (ability, score) in enumerate(zip(abilities, scores, strict=True)):
            if not isinstance(score, (int, Decimal)) or isinstance(score, bool):
                inner.report(f"{score!r} is not a score.", "Write a number without quotes.", level, position)
                continue
            found[ability].append((level, Decimal(score)))
    for ability, pairs in found.items():
        pairs.sort(key=lambda pair: -pair[0])
        for (level, score), (lower, less) in itertools.pairwise(pairs):
            if score <= less:
                inner.report(
                    f"In {ability}, level {level} begins at {score}, not above level {lower} at {less}.",
                    "A higher level needs a higher score; level 4 could never be told from the next.",
                    level,
                )
    return {ability: tuple(pairs) for ability, pairs in found.items()}


def _scale(reader: Reader, abilities: list[str]) -> dict[str, tuple[Decimal, Decimal]]:
    value = reader.raw("scale")
    if value is None:
        return {}
    pairs = value if isinstance(value, dict) else dict.fromkeys(abilities, value)
    found = {}
    for ability, pair in pairs.items():
        if ability not in abilities or not isinstance(pair, list) or len(pair) != 2:
            reader.report(
                "scale must be [lowest, highest] for each ability.", "Write scale: {listening: [0, 699], …}.", "scale"
            )
            continue
        found[ability] = (Decimal(pair[0]), Decimal(pair[1]))
    return found


def check_charts(charts: tuple[Chart, ...], problems: list[PackProblem]) -> None:
    """Two charts of one set may not fit the same choices on the same day."""
    for position, chart in enumerate(charts):
        for other in charts[:position]:
            if chart.set != other.set or not chart.in_force.meets(other.in_force):
                continue
            if all(set(chart.chosen_for.get(key, ())) & set(values) for key, values in other.chosen_for.items()):
                problems.append(
                    PackProblem(
                        chart.file,
                        1,
                        "in_force",
                        f"The charts {other.id} and {chart.id} fit the same test on the same day.",
                        "End one with in_force until, or tell them apart under for:.",
                    )
                )


def read_table(reader: Reader) -> Table:
    """Return a table written in YAML: keys, columns, rows."""
    keys = tuple(str(key) for key in reader.required("keys", "List the columns that find a row.") or [])
    columns = _columns(reader)
    rows: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for inner in reader.children("rows"):
        raw = {name: _cell(inner, name) for name in inner.value}
        _row(inner, raw, keys, columns, rows)
    return _table(reader, keys, columns, rows)


def _columns(reader: Reader) -> dict[str, Type]:
    inner = reader.child("columns")
    found: dict[str, Type] = {}
    for name in inner.value if inner else ():
        word = inner.raw(name)  # type: ignore[union-attr]
        kinds = {
            "integer": Type("integer"),
            "money": Type("decimal", places=2),
            "decimal": Type("decimal", places=2),
            "text": TEXT,
            "code": CODE,
        }
        if word not in kinds:
            reader.report(f"A column cannot be {word!r}.", did_you_mean(str(word), kinds), "columns", name)
        found[name] = kinds.get(word, TEXT)
    if not found:
        reader.report("The table has no columns.", "Write columns: {wage: money}.")
    return found


def _cell(reader: Reader, name: str) -> str:
    value = reader.raw(name)
    return value if isinstance(value, str) else reader.document.raw.get((*reader.path, name), str(value))


def _row(
    reader: Reader,
    raw: Mapping[str, str],
    keys: tuple[str, ...],
    columns: Mapping[str, Type],
    rows: dict[tuple[str, ...], Mapping[str, Any]],
) -> None:
    missing = [name for name in (*keys, *columns) if not raw.get(name)]
    if missing:
        reader.report(f"The row has no {', '.join(missing)}.", "Fill every key and column.")
        return
    key = tuple(raw[name] for name in keys)
    if key in rows:
        reader.report(f"Two rows have the keys {', '.join(key)}.", "Keep one.")
    values: dict[str, Any] = {}
    for name, kind in columns.items():
        try:
            values[name] = (
                int(raw[name])
                if kind.kind == "integer"
                else Decimal(raw[name])
                if kind.kind == "decimal"
                else raw[name]
            )
        except (ValueError, InvalidOperation):
            reader.report(f"{name} is {raw[name]!r}, not a {kind}.", "Write a number.", name)
    rows[key] = values


def _table(
    reader: Reader,
    keys: tuple[str, ...],
    columns: Mapping[str, Type],
    rows: Mapping[tuple[str, ...], Mapping[str, Any]],
) -> Table:
    family = reader.key("table", "Name the table.")
    table = Table(
        reader.text("id") or family,
        family,
        reader.in_force(),
        keys,
        columns,
        rows,
        read_meta(reader),
        reader.document.file,
        loadable=reader.flag("loadable"),
        written=_written(reader),
        rising=tuple(str(name) for name in reader.raw("rising") or ()),
    )
    reader.label("label")
    reader.done()
    return table


def _written(reader: Reader) -> dict[str, str]:
    inner = reader.child("written")
    return {name: str(inner.raw(name)) for name in inner.value} if inner else {}


def _as_written(line: _CsvLine, raw: Mapping[str, str], table: Table) -> None:
    """Report cells that are not written as the table says, and columns that fall where they must rise."""
    for name, pattern in table.written.items():
        if not re.fullmatch(pattern, raw[name]):
            like = _example(table, name)
            line.report(f"{name} is {raw[name]!r}, which it cannot be.", f"Write it like {like}.", name)
    for low, high in itertools.pairwise(table.rising):
        if Decimal(raw[low]) > Decimal(raw[high]):
            line.report(f"{low} {raw[low]} is more than {high} {raw[high]}.", "Put the cells in their order.", low)


def _example(table: Table, name: str) -> Any:
    keys, values = next(iter(table.rows.items()))
    return keys[table.keys.index(name)] if name in table.keys else values[name]


def read_csv_rows(reader: Reader, text: str) -> Table:
    """Return a table whose rows stand in a CSV beside the YAML head (``rows_from: median_wages.csv``)."""
    keys = tuple(str(key) for key in reader.required("keys", "List the columns that find a row.") or [])
    columns = _columns(reader)
    name = f"{reader.document.file.rpartition('/')[0]}/{reader.text('rows_from')}"
    rows: dict[tuple[str, ...], Mapping[str, Any]] = {}
    lines = csv.DictReader(io.StringIO(text))
    if lines.fieldnames and _lacking(lines.fieldnames, (*keys, *columns), _CsvLine(reader.problems, name, 1)):
        return _table(reader, keys, columns, rows)
    for number, raw in enumerate(lines, start=2):
        line = _CsvLine(reader.problems, name, number)
        _row(line, {k: (v or "").strip() for k, v in raw.items() if k}, keys, columns, rows)  # type: ignore[arg-type]
    return _table(reader, keys, columns, rows)


class _CsvLine:
    """Reports against a line of a CSV file."""

    def __init__(self, problems: list[PackProblem], file: str, line: int) -> None:
        self.problems, self.file, self.line = problems, file, line

    def report(self, problem: str, remedy: str = "", *keys: str | int) -> None:
        self.problems.append(PackProblem(self.file, self.line, ".".join(map(str, keys)), problem, remedy))


def _lacking(header: Sequence[str], wanted: tuple[str, ...], line: _CsvLine) -> bool:
    """Report the columns that a CSV has not; return whether there are any."""
    missing = [column for column in wanted if column not in header]
    if missing:
        apart = " Put commas between the columns." if header and any(sign in header[0] for sign in ";\t") else ""
        line.report(f"The header has no {', '.join(missing)}.", f"Write the header {','.join(wanted)}.{apart}")
    return bool(missing)


def read_loaded(declared: Table, text: str, *, name: str, in_force: InForce) -> Table:
    """Return an edition of a ``loadable`` table from a CSV with its keys and columns. Raises PackErrors with every fault."""
    problems: list[PackProblem] = []
    rows: dict[tuple[str, ...], Mapping[str, Any]] = {}
    lines = csv.DictReader(io.StringIO(text))
    if _lacking(lines.fieldnames or (), (*declared.keys, *declared.columns), _CsvLine(problems, name, 1)):
        raise PackErrors(problems)
    for number, raw in enumerate(lines, start=2):
        cells = {key: (value or "").strip() for key, value in raw.items() if key}
        line, before = _CsvLine(problems, name, number), len(problems)
        _row(line, cells, declared.keys, declared.columns, rows)  # type: ignore[arg-type]
        if len(problems) == before:
            _as_written(line, cells, declared)
    if not rows and not problems:
        _CsvLine(problems, name, 1).report("The file has no rows.", "Write one row under the header for each entry.")
    if problems:
        raise PackErrors(problems)
    return replace(declared, id=f"{declared.family}-{in_force.start}", in_force=in_force, rows=rows, file=name, line=1)


def editions_apart(items: list[Any], problems: list[PackProblem], what: str) -> None:
    """Two editions of one family may not be in force on the same day."""
    for position, item in enumerate(items):
        for other in items[:position]:
            if item.family == other.family and item.in_force.meets(other.in_force):
                problems.append(
                    PackProblem(
                        item.file,
                        item.line,
                        "in_force",
                        f"Two editions of the {what} {item.family} are in force on the same day "
                        f"({_days(other.in_force)} and {_days(item.in_force)}).",
                        "End the older with in_force until the day before.",
                    )
                )


def _days(period: InForce) -> str:
    return f"{period.start or 'always'} to {period.until or 'now'}"
