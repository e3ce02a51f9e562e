"""facts.yaml: the answers a pack knows, the facts derived from them, lists and named conditions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pointsgrid.language.tree import Apply, Expression, Literal
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.vocabulary import Vocabulary, checked, condition, expression, parsed
from pointsgrid.model import (
    CODE,
    DATE,
    NOT_APPLICABLE,
    TEXT,
    YES_NO,
    ChartValue,
    CodeList,
    ConditionDef,
    FactDef,
    Meta,
    RecordsValue,
    TableValue,
    Text,
    Type,
)
from pointsgrid.problems import did_you_mean

ANSWER_TYPES = {
    **dict.fromkeys(("text", "name", "long_text", "email", "phone"), TEXT),
    **dict.fromkeys(("country", "occupation", "community", "code"), CODE),
    **dict.fromkeys(("yes_no", "yes_no_unsure", "declaration"), YES_NO),
    **dict.fromkeys(("date", "month"), DATE),
    "integer": Type("integer"),
    "whole": Type("integer"),
    "decimal": Type("decimal", places=2),
    "money": Type("decimal", places=2),
    "test_score": Type("decimal", places=2),
    "choice": Type("choice"),
    "multi_choice": Type("choices"),
    "records": Type("records"),
    "note": TEXT,
}
FACT_TYPES = ("integer", "decimal", "money", "yes_no", "choice", "multi_choice", "text", "code", "date")
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


NOTHING_SAID = Meta()


def read_meta(reader: Reader, outer: Meta = NOTHING_SAID) -> Meta:
    """Return source, certainty, evidence and note; what is not said is taken from around it."""
    return Meta(
        reader.text("source") or outer.source,
        reader.certainty(outer.certainty),
        reader.label("evidence") or outer.evidence,
        reader.label("note"),
    )


def answer_type(reader: Reader, options: tuple[str, ...] = ()) -> Type:
    """Return the type of an answer declared by ``reader`` (keys type, options, places, fields)."""
    word = reader.required("type", f"Use one of {', '.join(ANSWER_TYPES)}.")
    if word not in ANSWER_TYPES:
        if word is not None:
            reader.report(f"There is no type {word}.", did_you_mean(str(word), ANSWER_TYPES), "type")
        return TEXT
    base = ANSWER_TYPES[word]
    if word in ("choice", "multi_choice", "community"):
        return _choice(reader, word, options)
    if word == "records":
        return Type("records", fields={name: _declared(inner) for name, inner in reader.named("fields")})
    if base.kind == "decimal":
        return Type("decimal", places=_places(reader, base.places))
    return base


def _declared(reader: Reader) -> Type:
    found = answer_type(reader)
    reader.label("label")
    reader.done("hint")
    return found


def _choice(reader: Reader, word: str, options: tuple[str, ...]) -> Type:
    given = options or option_keys(reader)
    if not given and word == "community":
        return CODE
    if not given:
        reader.report(f"A {word} needs its options.", "Add options: [a, b, c].", "type")
    return Type("choices" if word == "multi_choice" else "choice", options=given, ordered=reader.flag("ordered"))


def _places(reader: Reader, default: int) -> int:
    places = reader.integer("places")
    return default if places is None else places


def option_keys(reader: Reader) -> tuple[str, ...]:
    """Return the keys of ``options``, written as a list or as a mapping to labels."""
    value = reader.raw("options")
    if value is None:
        return ()
    if not isinstance(value, (list, dict)):
        reader.report("options must be a list, or a mapping of each option to its label.", "", "options")
        return ()
    keys = []
    for position, key in enumerate(value):
        if isinstance(key, bool) or key is None or isinstance(key, (dict, list)):
            reader.report(
                f"The option {key!r} is not a text.",
                "Put it in quotes.",
                "options",
                position if isinstance(value, list) else str(key),
            )
            continue
        if str(key) == NOT_APPLICABLE:
            reader.report(
                f"No option may be called {NOT_APPLICABLE!r}.",
                "That word is kept for facts that do not apply.",
                "options",
            )
        keys.append(str(key))
    return tuple(keys)


def read_answers(reader: Reader) -> dict[str, Type]:
    found = {}
    for name, inner in reader.named("answers"):
        found[name] = _declared(inner)
    return found


# --- facts -----------------------------------------------------------------------------------------------------------


def declare_facts(reader: Reader) -> dict[str, tuple[Reader, Type]]:
    """Return the type of every fact, before any expression is read (facts may be used before they are written)."""
    found = {}
    for name, inner in reader.named("facts"):
        found[name] = (inner, _fact_type(inner))
    return found


def _fact_type(reader: Reader) -> Type:
    word = reader.required("type", f"Use one of {', '.join(FACT_TYPES)}.")
    if word is not None and word not in FACT_TYPES:
        reader.report(f"There is no fact type {word}.", did_you_mean(str(word), FACT_TYPES), "type")
        return TEXT
    low, high = _range(reader)
    if word in ("decimal", "money"):
        return Type("decimal", places=_places(reader, 2), low=low, high=high)
    if word in ("choice", "multi_choice"):
        return _choice(reader, word, ())
    return Type(str(word or "text"), low=low, high=high)


def _range(reader: Reader) -> tuple[Any, Any]:
    value = reader.raw("range")
    if value is None:
        return None, None
    ends = value if isinstance(value, list) and len(value) == 2 else None
    if ends is None or not all(isinstance(end, (int, Decimal)) for end in ends) or ends[0] > ends[1]:
        reader.report("range must be [lowest, highest].", "Write range: [0, 12].", "range")
        return None, None
    return ends[0], ends[1]


def read_fact(name: str, reader: Reader, kind: Type, names: Vocabulary, library: Library) -> FactDef:
    value = reader.raw("value")
    return FactDef(
        key=name,
        type=kind,
        label=reader.label("label", needed=True),
        unit=reader.label("unit"),
        option_labels=_option_labels(reader, kind),
        value=None if value is None else _value(reader, value, kind, names, library),
        applies_when=_applies(reader, names),
        meta=read_meta(reader),
        line=reader.document.line(reader.path),
        file=reader.document.file,
    )


def _applies(reader: Reader, names: Vocabulary) -> Expression | None:
    value = reader.raw("applies_when")
    return None if value is None else condition(reader, names, "applies_when", value=value)


def _option_labels(reader: Reader, kind: Type) -> dict[str, Text]:
    value = reader.raw("options")
    if not isinstance(value, dict):
        return {}
    inner = Reader(reader.document, reader.problems, (*reader.path, "options"), value)
    return {option: inner.label(option, needed=True) for option in kind.options}


def _value(reader: Reader, value: Any, kind: Type, names: Vocabulary, library: Library) -> Any:
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


def _table(reader: Reader, kind: Type, names: Vocabulary, library: Library) -> TableValue | None:
    family = reader.text("table")
    tables = [table for table in library.tables if table.family == family]
    if not tables:
        known = {table.family for table in library.tables}
        reader.report(
            f"There is no table {family}.", did_you_mean(family, known, otherwise="Add it under tables/."), "table"
        )
        return None
    column = reader.text("column")
    if column not in tables[0].columns:
        reader.report(
            f"The table {family} has no column {column!r}.", did_you_mean(column, tables[0].columns), "column"
        )
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


# --- lists and conditions --------------------------------------------------------------------------------------------


def read_list(family: str, reader: Reader) -> CodeList:
    codes = _codes(reader, "codes")
    pending = reader.choice("status", ("complete", "pending"), "complete") == "pending"
    if not codes and not pending:
        reader.report("The list is empty.", "Add codes, or status: pending if the list is not published.")
    found = CodeList(
        id=reader.text("id") or family,
        family=family,
        in_force=reader.in_force(),
        label=reader.label("label", needed=True),
        codes=codes,
        exceptions=_codes(reader, "except"),
        prefix=reader.choice("match", ("exact", "prefix"), "exact") == "prefix",
        pending=pending,
        meta=read_meta(reader),
        file=reader.document.file,
        line=reader.document.line(reader.path),
    )
    reader.done("list")
    return found


def _codes(reader: Reader, key: str) -> frozenset[str]:
    value = reader.raw(key) or []
    if not isinstance(value, list):
        reader.report(f"{key} must be a list.", "Write codes: ['72010', '72011'].", key)
        return frozenset()
    for position, code in enumerate(value):
        if not isinstance(code, str):
            raw = reader.document.raw.get((*reader.path, key, position), str(code))
            reader.report(
                f"The code {raw} is written without quotes, so leading zeros would be lost.",
                f"Write '{raw}'.",
                key,
                position,
            )
    return frozenset(str(code) for code in value)


def read_conditions(reader: Reader, names: Vocabulary, key: str = "conditions") -> dict[str, ConditionDef]:
    found = {}
    for name, inner in reader.named(key):
        tree = condition(inner, names, "when", value=inner.required("when", "Write the condition under when:."))
        label, meta = inner.label("label", needed=True), read_meta(inner)
        inner.done()
        if tree is not None:
            found[name] = ConditionDef(name, tree, label, meta, reader.document.line(inner.path), reader.document.file)
    return found


class Library:
    """Charts, tables and lists that expressions may name: the pack's own and those of the packs it uses."""

    def __init__(self, charts: Any, tables: Any, lists: Any) -> None:
        self.charts, self.tables, self.lists = tuple(charts), tuple(tables), tuple(lists)
