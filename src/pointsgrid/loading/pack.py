"""One pack, read in the order in which its parts lean on one another."""

from __future__ import annotations

import graphlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pointsgrid.language.tree import names
from pointsgrid.loading.checks import check_grid
from pointsgrid.loading.context import Context, Shared
from pointsgrid.loading.data import check_charts, editions_apart, read_chart, read_csv_rows, read_table
from pointsgrid.loading.facts import declare_facts, read_fact
from pointsgrid.loading.grids import read_grid
from pointsgrid.loading.lists import read_conditions, read_list
from pointsgrid.loading.questionnaires import check_type, declared_answers, read_questionnaire
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import read_answers
from pointsgrid.loading.values import Library
from pointsgrid.loading.vocabulary import Vocabulary
from pointsgrid.model import ChartValue, CodeList, ConditionDef, FactDef, Grid, RecordsValue, TableValue, Text, Type
from pointsgrid.problems import PackProblem, did_you_mean
from pointsgrid.questions import Questionnaire
from pointsgrid.yamltext import Document, parse

if TYPE_CHECKING:
    from pointsgrid.rules import Rules


class Loader:
    """Reads the files of one pack; every fault is added to ``problems`` and reading goes on."""

    def __init__(self, sources: Mapping[str, str], library: Mapping[str, Rules]) -> None:
        self.sources, self.library = sources, library
        self.problems: list[PackProblem] = []
        self.names = Vocabulary()
        self.documents = {
            path: parse(path, text)
            for path, text in sources.items()
            if path.endswith((".yaml", ".yml")) and _ours(path)
        }
        for document in self.documents.values():
            self.problems.extend(document.problems)
        # A file that is no YAML has told its fault; an empty one is read like any other.
        self.documents = {
            path: document
            for path, document in self.documents.items()
            if document.value is not None or not document.problems
        }

    def read(self) -> dict[str, Any]:
        heads = [self.reader(path) for path in self.documents if path == "facts.yaml" or path.startswith("facts/")]
        uses = self._uses(heads)
        charts, tables, lists = self._data(heads, uses)
        dates = self._dates(heads)
        questions = self._answers(heads)
        facts = self._facts(heads, Library(charts, tables, lists))
        conditions = self._conditions(heads)
        for head in heads:
            head.done()
        questionnaires = self._questionnaires(questions)
        shared = self._shared(uses)
        grids = self._grids(facts, shared)
        return {
            "facts": facts,
            "answers": dict(self.names.answers),
            "reference_dates": dates,
            "lists": lists,
            "charts": charts,
            "tables": tables,
            "conditions": conditions,
            "questionnaires": questionnaires,
            "grids": grids,
            "shared_factors": shared,
            "uses": uses,
            "examples": tuple(self.documents[path] for path in sorted(self.documents) if path.startswith("examples/")),
            "order": self._order(facts),
        }

    # -- files --
    def reader(self, path: str) -> Reader:
        return Reader(self.documents[path], self.problems)

    def under(self, folder: str) -> Iterator[Reader]:
        for path in sorted(self.documents):
            if path.startswith(f"{folder}/") and self.documents[path].value is not None:
                yield self.reader(path)

    def problem(self, document: Document, problem: str, remedy: str = "", line: int = 1, path: str = "") -> None:
        self.problems.append(PackProblem(document.file, line, path, problem, remedy))

    # -- parts --
    def _uses(self, heads: list[Reader]) -> tuple[str, ...]:
        found = []
        for head in heads:
            for name in head.raw("uses") or []:
                if name in self.library:
                    found.append(str(name))
                else:
                    head.report(
                        f"The pack {name} is not available.",
                        did_you_mean(str(name), self.library, otherwise=_WHERE_LIBRARIES),
                        "uses",
                    )
        return tuple(found)

    def _data(self, heads: list[Reader], uses: tuple[str, ...]) -> tuple[Any, Any, Any]:
        charts = tuple(read_chart(reader) for reader in self.under("charts"))
        tables = tuple(self._table(reader) for reader in self.under("tables") if "table" in reader.value)
        lists: list[CodeList] = [read_list(name, inner) for head in heads for name, inner in head.named("lists")]
        for reader in self.under("lists"):
            lists.append(read_list(reader.key("list", "Name the list."), reader))
        check_charts(charts, self.problems)
        editions_apart(list(tables), self.problems, "table")
        editions_apart(lists, self.problems, "list")
        for name in uses:
            other = self.library[name]
            charts, tables, lists = charts + other.charts, tables + other.tables, [*lists, *other.lists]
        self.names.list_names.update(item.family for item in lists)
        return charts, tables, tuple(lists)

    def _table(self, reader: Reader) -> Any:
        name = reader.value.get("rows_from")
        if not name:
            return read_table(reader)
        folder = reader.document.file.rsplit("/", 1)[0]
        text = self.sources.get(f"{folder}/{name}")
        if text is None:
            reader.report(f"There is no file {folder}/{name}.", "Put the CSV beside this file.", "rows_from")
        return read_csv_rows(reader, text or "")

    def _dates(self, heads: list[Reader]) -> dict[str, Text]:
        found: dict[str, Text] = {}
        for head in heads:
            inner = head.child("reference_dates")
            for name in inner.value if inner else ():
                found[str(name)] = inner.label(str(name))  # type: ignore[union-attr]
        self.names.dates.update(found)
        return found

    def _answers(self, heads: list[Reader]) -> list[Reader]:
        for head in heads:
            self.names.answers.update(read_answers(head))
        declared = dict(self.names.answers)
        readers = [reader for reader in self.under("questionnaires") if "sections" in reader.value]
        for reader in readers:
            for key, (question, kind) in declared_answers(reader).items():
                if key in declared:
                    check_type(question, declared[key], kind)
                else:
                    self.names.answers[key] = kind
        return readers

    def _facts(self, heads: list[Reader], library: Library) -> dict[str, FactDef]:
        declared: dict[str, tuple[Reader, Type]] = {}
        for head in heads:
            for name, found in declare_facts(head).items():
                if name in declared:
                    found[0].report(f"The fact {name} is declared twice.", "Keep one.")
                declared[name] = found
        self.names.facts.update({name: kind for name, (_, kind) in declared.items()})
        facts = {}
        for name, (reader, kind) in declared.items():
            facts[name] = read_fact(name, reader, kind, self.names, library)
            reader.done()
            answer = self.names.answers.get(name)
            if facts[name].value is None and answer is not None and not reader.has("value"):
                _copies(reader, name, kind, answer)
        return facts

    def _conditions(self, heads: list[Reader]) -> dict[str, ConditionDef]:
        found: dict[str, ConditionDef] = {}
        for reader in [*heads, *self.under("conditions")]:
            found.update(read_conditions(reader, self.names))
        return found

    def _questionnaires(self, readers: list[Reader]) -> dict[str, Questionnaire]:
        found = [read_questionnaire(reader, self.names) for reader in readers]
        for questionnaire in found:
            shows: dict[str, set[str]] = {}
            for section in questionnaire.sections:
                for question in section.questions:
                    shows[question.key] = {*names(section.show_if), *names(question.show_if)} - {question.key}
            self._acyclic(shows, self.documents[questionnaire.file], "show_if")
        return {questionnaire.id: questionnaire for questionnaire in found}

    def _shared(self, uses: tuple[str, ...]) -> dict[str, Shared]:
        found: dict[str, Shared] = {}
        for name in uses:
            found.update({f"{name}/{key}": value for key, value in self.library[name].shared_factors.items()})
        for reader in self.under("factors"):
            for inner in reader.children("factors"):
                key = str(inner.raw("id"))
                if key in found:
                    inner.report(f"The shared factor {key} is written twice.", "Keep one.")
                found[key] = Shared(inner.document, inner.path, inner.value)
            reader.done()
        return found

    def _grids(self, facts: Mapping[str, FactDef], shared: Mapping[str, Shared]) -> dict[str, Grid]:
        grids: dict[str, Grid] = {}
        for reader in self.under("grids"):
            context = Context(self.names, facts, shared, self.problems)
            grid = read_grid(reader, context)
            if grid.id in grids:
                reader.report(f"Two grids are called {grid.id}.", f"The other is in {grids[grid.id].file}.", "grid")
            grids[grid.id] = grid
        for grid in grids.values():
            if grid.gate and grid.gate not in grids:
                self.problem(
                    self.documents[grid.file],
                    f"There is no grid {grid.gate} to be the gate.",
                    did_you_mean(grid.gate, grids),
                    self.documents[grid.file].line(("gate",)),
                    "gate",
                )
        editions_apart(list(grids.values()), self.problems, "grid")
        for grid in grids.values():
            if grid.computable:
                check_grid(grid, facts, self.problems)
        return grids

    # -- cycles --
    def _order(self, facts: Mapping[str, FactDef]) -> tuple[str, ...]:
        """Return the facts so that each comes after those it rests on; a cycle is a problem."""
        needs = {
            key: {name for name in fact_names(fact) if name in facts and not (name == key and fact.value is None)}
            for key, fact in facts.items()
        }
        for key, used in needs.items():
            if key in used and key in self.names.answers:
                used.discard(key)
        try:
            return tuple(graphlib.TopologicalSorter(needs).static_order())
        except graphlib.CycleError as error:
            circle = [str(name) for name in error.args[1]][::-1]
            fact = facts[circle[0]]
            self.problems.append(
                PackProblem(
                    fact.file,
                    fact.line,
                    f"facts.{fact.key}",
                    f"The facts form a cycle: {' needs '.join(circle)}.",
                    "Let one of them rest on answers alone.",
                )
            )
            return ()

    def _acyclic(self, needs: Mapping[str, set[str]], document: Document, what: str) -> None:
        try:
            tuple(graphlib.TopologicalSorter(needs).static_order())
        except graphlib.CycleError as error:
            circle = [str(name) for name in error.args[1]][::-1]
            self.problem(
                document,
                f"The questions form a cycle through {what}: {' needs '.join(circle)}.",
                "Show one of them always.",
            )


_WHERE_LIBRARIES = "Put its folder (CODE/VERSION/) beside this pack's, or among the shipped packs."
_FOLDERS = (
    "facts/",
    "conditions/",
    "lists/",
    "charts/",
    "tables/",
    "factors/",
    "grids/",
    "questionnaires/",
    "examples/",
)


def _ours(path: str) -> bool:
    return path == "facts.yaml" or path.startswith(_FOLDERS)


def _copies(reader: Reader, name: str, kind: Type, answer: Type) -> None:
    alike = kind.kind == answer.kind or {kind.kind, answer.kind} <= {"text", "code", "choice"}
    if not alike and not (kind.kind == "decimal" and answer.kind == "integer"):
        reader.report(
            f"The fact is a {kind} and takes the answer {name}, which is a {answer}.",
            "Give both the same type, or add value:.",
            "type",
        )
    if kind.kind == answer.kind == "choice" and set(answer.options) - set(kind.options):
        reader.report(
            f"The answer has options the fact lacks: {', '.join(sorted(set(answer.options) - set(kind.options)))}.",
            "Give both the same options.",
            "options",
        )


def fact_names(fact: FactDef) -> set[str]:
    """Return every name a fact's value and condition use."""
    found = {*names(fact.applies_when)}
    value = fact.value
    if isinstance(value, RecordsValue):
        for tree in (value.where, value.of, value.by, value.open_end, value.before, value.hours):
            found.update(names(tree))
        return found | {value.records}
    if isinstance(value, ChartValue):
        for tree in (*value.choose.values(), value.taken_on, value.score):
            found.update(names(tree))
        return found
    if isinstance(value, TableValue):
        for tree in (*value.keys.values(), value.on):
            found.update(names(tree))
        return found
    return found | {*names(value)}
