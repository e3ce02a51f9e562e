"""How a fact gets its value: cases, maps, records, charts and tables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pointsgrid.language.tree import Apply, Expression, Literal
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.vocabulary import Vocabulary, checked, condition, expression, parsed
from pointsgrid.model import TEXT, ChartValue, RecordsValue, Table, TableValue, Type
from pointsgrid.problems import did_you_mean

GIVES = (
    "count",
    "any",
    "all",
    "months",
    "years",
    "days",
    "longest_months",
    "longest_years",
    "sum",
    "highest",
    "lowest",
    "latest",
    "earliest",
    "full_time_months",
    "full_time_years",
    "hours",
)


class Library:
    """Charts, tables and lists that expressions may name: the pack's own and those of the packs it uses."""

    def __init__(self, charts: Any, tables: Any, lists: Any) -> None:
        self.charts, self.tables, self.lists = tuple(charts), tuple(tables), tuple(lists)


def read_value(reader: Reader, value: Any, kind: Type, names: Vocabulary, library: Library) -> Any:
    if not isinstance(value, dict):
        found = expression(reader, names, "value", value=value)
        return _fits(reader, found, kind) if found else None
    inner = Reader(reader.document, reader.problems, (*reader.path, "value"), value)
    makers = {"records": _records, "chart": _chart, "table": _table, "cases": _cases, "map": _map}
    for key, make in makers.items():
        if key in value:
            made = make(inner, kind, names, library)
            inner.done()
            return made
    inner.report("A value is a text, or a mapping that begins with one of " + ", ".join(makers) + ".", "")
    return None


def _fits(reader: Reader, found: tuple[Expression, Type], kind: Type, *keys: str | int) -> Expression | None:
    tree, given = found
    where = keys or ("value",)
    if kind.kind == "choice" and isinstance(tree, Literal):
        if tree.value not in kind.options:
            reader.report(
                f"{tree.value!r} is not one of the options.", did_you_mean(str(tree.value), kind.options), *where
            )
        return tree
    same = given.kind == kind.kind or (kind.kind in ("text", "code") and given.kind in ("text", "code"))
    if given.kind == "choice" and kind.kind == "choice" and given.options != kind.options:
        reader.report("The value is a choice with other options.", "Use `map:` to turn one into the other.", *where)
    elif kind.kind == "decimal" and given.numeric:
        if given.places > kind.places:
            reader.report(
                f"The value has {given.places} places and the fact {kind.places}.",
                f"Add places: {given.places}, or wrap it in round_down(…, {kind.places}).",
                *where,
            )
    elif not same and not (given.kind == "text" and kind.kind == "choice"):
        remedy = (
            "Wrap it in floor(…)."
            if kind.kind == "integer" and given.kind in ("decimal", "ratio")
            else "Change the type of the fact, or the value."
        )
        reader.report(f"The fact is a {kind} and its value a {given}.", remedy, *where)
    return tree


def _cases(reader: Reader, kind: Type, names: Vocabulary, library: Library) -> Expression | None:
    """cases: [{when, is}], otherwise: the first that holds, as nested if()."""
    rest = _constant(reader, "otherwise", kind, names)
    for inner in reversed(reader.children("cases")):
        test = condition(inner, names, "when", value=inner.required("when", "Say when: this case holds."))
        then = _constant(inner, "is", kind, names)
        inner.done("label")
        if test is not None and then is not None and rest is not None:
            rest = Apply("if", (test, then, rest))
    return rest


def _constant(reader: Reader, key: str, kind: Type, names: Vocabulary) -> Expression | None:
    """A fixed value; for numbers and yes/no also an expression, for a choice one of its options."""
    value = reader.required(key, f"Say {key}: the value.")
    if value is None:
        return None
    if kind.kind in ("choice", "text", "code") and isinstance(value, (str, int)):
        text = value if isinstance(value, str) else reader.document.raw.get((*reader.path, key), str(value))
        return _fits(reader, (Literal(text), TEXT), kind, key)
    found = expression(reader, names, key, value=value)
    return _fits(reader, found, kind, key) if found else None


def _map(reader: Reader, kind: Type, names: Vocabulary, library: Library) -> Expression | None:
    """map: expression, to: {option: value}, otherwise: value."""
    found = expression(reader, names, "map", value=reader.raw("map"))
    to = reader.child("to")
    if found is None or to is None:
        if to is None:
            reader.report("map needs to: {from: to}.", "List every value and what it becomes.")
        return None
    given, raw = found[1], parsed(reader.raw("map"))
    keys = list(to.value)
    missing = [option for option in given.options if option not in keys] if given.kind == "choice" else ["?"]
    rest: Expression | None = None
    if reader.has("otherwise"):
        rest = _constant(reader, "otherwise", kind, names)
    elif missing:
        reader.report(
            f"map says nothing for {', '.join(missing)}." if given.kind == "choice" else "map needs otherwise:.",
            "Add the missing options, or otherwise:.",
        )
        return None
    for key in reversed(keys):
        then = _constant(to, key, kind, names)
        test = checked(to, names, Apply("==", (raw, Literal(key))), key)
        rest = then if rest is None else Apply("if", (test[0], then, rest)) if test and then else rest
    return rest


def _records(reader: Reader, kind: Type, names: Vocabulary, library: Library) -> RecordsValue | None:
    key = reader.text("records")
    listed = names.answers.get(key)
    if listed is None or listed.kind != "records":
        known = [name for name, type_ in names.answers.items() if type_.kind == "records"]
        reader.report(
            f"{key} is not an answer with records.",
            did_you_mean(key, known, otherwise="Declare it under answers: with type: records."),
            "records",
        )
        return None
    inside = names.inside(listed.fields)
    give, of, by = _give(reader, inside)
    start, end, open_end = _period(reader, listed.fields, names, give)
    window_from, window_to, before = _window(reader, names)
    hours, full_time = _full_time(reader, inside, give)
    value = reader.raw("where")
    return RecordsValue(
        records=key,
        where=None if value is None else condition(reader, inside, "where", value=value),
        give=give,
        of=of,
        by=by,
        start=start,
        end=end,
        open_end=open_end,
        window_from=window_from,
        window_to=window_to,
        before=before,
        shortest=_span(reader, "shortest"),
        hours=hours,
        full_time=full_time,
        overlap=reader.choice("overlap", ("once", "each"), "once"),
    )


def _give(reader: Reader, inside: Vocabulary) -> tuple[str, Any, Any]:
    value = reader.required("give", f"Say what to give: {', '.join(GIVES)}.")
    if isinstance(value, dict):
        inner = Reader(reader.document, reader.problems, (*reader.path, "give"), value)
        word = next((key for key in value if key in GIVES), "")
        if not word:
            inner.report("give must name one aggregate.", f"Use one of {', '.join(GIVES)}.")
            return "count", None, None
        found = expression(inner, inside, word, value=inner.raw(word))
        by = expression(inner, inside, "by", value=inner.raw("by")) if "by" in value else None
        if word in ("latest", "earliest") and by is None:
            inner.report(f"{word} needs by: the date that decides.", "Write give: {latest: score, by: test_date}.")
        inner.done()
        return word, found[0] if found else None, by[0] if by else None
    if value is not None and value not in GIVES:
        reader.report(f"give cannot be {value!r}.", did_you_mean(str(value), GIVES), "give")
        return "count", None, None
    if value in ("sum", "highest", "lowest", "latest", "earliest", "all"):
        reader.report(f"give: {value} needs to know of what.", f"Write give: {{{value}: …}}.", "give")
    return str(value or "count"), None, None


_SPANS = ("months", "years", "days", "longest_months", "longest_years", "full_time_months", "full_time_years", "hours")


def _period(
    reader: Reader, fields: Mapping[str, Type], names: Vocabulary, give: str
) -> tuple[str, str, Expression | None]:
    inner = reader.child("period")
    if inner is None:
        if give in _SPANS or reader.has("window") or reader.has("shortest"):
            reader.report("The dates of the records are not named.", "Add period: {from: start_field, to: end_field}.")
        return "", "", None
    ends = []
    for key in ("from", "to"):
        name = inner.text(key)
        if name and (name not in fields or fields[name].kind != "date"):
            inner.report(f"{name} is not a date field of the records.", did_you_mean(name, fields), key)
        ends.append(name)
    if not ends[0]:
        inner.report("period needs from:.", "Name the field with the first day.")
    open_end = expression(inner, names, "open_end", value=inner.raw("open_end")) if inner.has("open_end") else None
    inner.done()
    return ends[0], ends[1], open_end[0] if open_end else None


def _window(reader: Reader, names: Vocabulary) -> tuple[Any, Any, Expression | None]:
    inner = reader.child("window")
    if inner is None:
        return None, None, None
    before = expression(
        inner, names, "before", value=inner.required("before", "Name the reference date: before: on.submission.")
    )
    first = _span(inner, "last") or _span(inner, "from")
    last = _span(inner, "to")
    if first is None:
        inner.report(
            "The window has no length.",
            "Write last: 10 years, or from: 10 years and to: 5 years (before the reference date).",
        )
    inner.done()
    return first, last, before[0] if before else None


def _span(reader: Reader, key: str) -> tuple[int, str] | None:
    value = reader.raw(key)
    if value is None:
        return None
    words = str(value).split()
    if len(words) == 2 and words[0].isdigit() and words[1].rstrip("s") in ("year", "month", "day"):
        return int(words[0]), words[1].rstrip("s") + "s"
    reader.report(f"{key} must be a length of time, not {value!r}.", "Write it as 10 years, 6 months or 30 days.", key)
    return None


def _full_time(reader: Reader, inside: Vocabulary, give: str) -> tuple[Any, Decimal | None]:
    inner = reader.child("full_time")
    if inner is None:
        if give in ("full_time_months", "full_time_years", "hours"):
            reader.report(
                f"{give} needs the hours of each record.", "Add full_time: {hours: hours_per_week, week: 30}."
            )
        return None, None
    hours = expression(inner, inside, "hours", value=inner.required("hours", "Name the field with the hours a week."))
    week = inner.number("week")
    inner.done()
    return hours[0] if hours else None, Decimal(week if week is not None else 30)


def _chart(reader: Reader, kind: Type, names: Vocabulary, library: Library) -> ChartValue | None:
    name = reader.text("chart")
    charts = [chart for chart in library.charts if chart.set == name]
    if not charts:
        known = {chart.set for chart in library.charts}
        reader.report(
            f"There is no chart set {name}.",
            did_you_mean(name, known, otherwise="Add it under charts/, or `uses:` the pack that has it."),
            "chart",
        )
        reader.leave()
        return None
    chooser = reader.child("choose")
    choose = {}
    for key in chooser.value if chooser else ():
        found = expression(chooser, names, key, value=chooser.raw(key))  # type: ignore[arg-type, union-attr]
        if found:
            choose[key] = found[0]
    for key in sorted(set(charts[0].chosen_for) - set(choose)):
        reader.report(f"The charts of {name} are chosen by {key}, which is not given.", f"Add choose: {{{key}: …}}.")
    ability = reader.text("ability")
    if ability not in charts[0].levels:
        reader.report(
            f"The charts of {name} have no ability {ability!r}.", did_you_mean(ability, charts[0].levels), "ability"
        )
    taken = expression(
        reader, names, "taken_on", value=reader.required("taken_on", "Name the date that chooses the chart.")
    )
    score = expression(reader, names, "score", value=reader.required("score", "Name the score to convert."))
    return ChartValue(name, choose, taken[0] if taken else None, ability, score[0] if score else None)


def _not_options(tables: list[Table], column: str, kind: Type) -> list[str]:
    """Return the values in a column that a choice cannot have."""
    if kind.kind != "choice":
        return []
    given = {str(row[column]) for table in tables for row in table.rows.values() if column in row}
    return sorted(given - set(kind.options))


def _table(reader: Reader, kind: Type, names: Vocabulary, library: Library) -> TableValue | None:
    family = reader.text("table")
    tables = [table for table in library.tables if table.family == family]
    if not tables:
        known = {table.family for table in library.tables}
        reader.report(
            f"There is no table {family}.", did_you_mean(family, known, otherwise="Add it under tables/."), "table"
        )
        reader.leave()
        return None
    column = reader.text("column")
    if column not in tables[0].columns:
        reader.report(
            f"The table {family} has no column {column!r}.", did_you_mean(column, tables[0].columns), "column"
        )
    for value in _not_options(tables, column, kind):
        reader.report(f"The table gives {value!r}, not an option.", did_you_mean(value, kind.options), "column")
    keyed = reader.child("keys")
    keys = {}
    for key in tables[0].keys:
        if keyed is None or not keyed.has(key):
            reader.report(f"The table {family} needs the key {key}.", f"Add keys: {{{key}: …}}.")
            continue
        found = expression(keyed, names, key, value=keyed.raw(key))
        if found:
            keys[key] = found[0]
    if keyed is not None:
        keyed.done()
    on = expression(reader, names, "on", value=reader.raw("on")) if reader.has("on") else None
    if on is None and len(tables) > 1:
        reader.report(f"The table {family} has several editions.", "Add on: the date that chooses one.")
    return TableValue(family, column, keys, on[0] if on else None)
