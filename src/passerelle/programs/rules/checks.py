"""What is checked when a pack is loaded, beyond the shape of its files: that its parts speak of each other rightly."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from passerelle.programs.rules import (
    conditions,
    day_of_draw,
    editions,
    fairness_checks,
    kinds,
    known,
    letter_checks,
    letters,
    library_checks,
    passing,
    selection_checks,
)
from passerelle.programs.rules.problems import Problem, did_you_mean
from passerelle.programs.rules.program import ProgramRules, attempt
from passerelle.programs.rules.questionnaire import Question, Questionnaire
from passerelle.programs.rules.reading import Reader, Sources
from passerelle.programs.rules.schema import Stream
from pointsgrid import examples

GIVEN = frozenset({"category", "stream", "part"})
# What a French text quotes keeps its own words: the name of a column on somebody else's paper.
QUOTED = re.compile("«[^»]*»")
# What a form may be prefilled from for a person who came from the federal pool (invitations gives it).
NOTIFIED = frozenset({
    "federal_profile_number", "federal_crs", "federal_crs_computed", "federal_crs_lowest", "federal_crs_highest",
    "federal_primary_noc", "federal_notified_on",
})  # fmt: skip


def check(sources: Sources) -> list[Problem]:
    """Return every fault of a pack; an empty list is a sound pack. Library packs are checked by their grids alone."""
    if library_checks.is_library(sources):
        return library_checks.faults(sources)
    rules, problems = attempt(sources)
    problems = [*problems, *editions.faults(sources, rules)]
    if rules is None:
        return sorted(set(problems))
    if rules.points:
        problems.extend(day_of_draw.faults(rules.points))
    checker = Checker(rules, Reader(sources))
    steps = (checker.references, checker.settings, checker.forms, checker.conditions, checker.kinds, checker.words)
    for one in steps:
        one()
    letter_checks.tell(rules, checker.reader)
    selection_checks.tell(rules, checker.reader)
    fairness_checks.tell(rules, checker.reader)
    worked = _worked(rules) if not problems else ()
    return sorted({*problems, *checker.reader.problems, *worked})


# Editions of one program often share its facts and grids: their examples are worked once for each content.
_WORKED: dict[tuple[str, ...], tuple[Problem, ...]] = {}


def _worked(rules: ProgramRules) -> tuple[Problem, ...]:
    mark = (rules.points.sha256, *sorted(one.sha256 for one in rules.libraries.values()))
    if mark not in _WORKED:
        _WORKED[mark] = tuple(examples.faults(rules.points))
    return _WORKED[mark]


class Checker:
    """Looks through loaded rules; faults go to the reader, which knows the lines."""

    def __init__(self, rules: ProgramRules, reader: Reader) -> None:
        self.rules, self.reader = rules, reader
        self.asked = {
            key for form in rules.questionnaires.values() for one in form.questions() for key in answer_keys(one)
        }
        points = rules.points
        self.facts = {*points.facts, *points.answers} if points else set()

    # --- names that must exist ----------------------------------------------------------------------------------

    def references(self) -> None:
        """Parts, links, categories and the grid named in program.yaml are there."""
        file = self.rules.file
        for place, stream in enumerate(file.streams):
            self._stream(("streams", place), stream)
        for place, category in enumerate(file.categories):
            if category.link:
                links = {one.key for one in file.links}
                self._known("program.yaml", ("categories", place, "link"), category.link, links, "link")
        for name, key in file.questions:
            if key is not None:
                self._known("program.yaml", ("questions", name), key, self.asked, "question")
        for key in self.rules.reminders:
            self._known("settings.yaml", ("reminders",), key, self.rules.deadlines, "deadline")
        self._category_keys()
        self._factors()

    def _stream(self, path: tuple[Any, ...], stream: Stream) -> None:
        """A stream names a form for each part, a grid and a questionnaire for its pool, deadlines of the pack."""
        file, deadlines, keys = "program.yaml", self.rules.deadlines, {one.key for one in stream.parts}
        for place, part in enumerate(stream.parts):
            at = (*path, "parts", place)
            self._known(file, (*at, "form"), part.form, self.rules.questionnaires, "form")
            if part.opens_after:
                self._known(file, (*at, "opens_after"), part.opens_after, keys - {part.key}, "part")
            if part.deadline:
                self._known(file, (*at, "deadline"), part.deadline, deadlines, "deadline")
        if stream.offer:
            self._known(file, (*path, "offer", "form"), stream.offer.form, self.rules.questionnaires, "form")
            self._known(file, (*path, "offer", "deadline"), stream.offer.deadline, deadlines, "deadline")
            if stream.opened_by != "employer":
                told = "Where an employer's offer opens a file, the employer opens it; here a candidate does"
                self.reader.fault_at(file, (*path, "offer"), told, "Leave offer out, or write opened_by: employer.")
        for key in stream.deadlines.values():
            self._known("program.yaml", (*path, "deadlines"), key, self.rules.deadlines, "deadline")
        lists = {one.family for one in self.rules.points.lists} if self.rules.points else set()
        for key in stream.round.lists if stream.round else ():
            self._known("program.yaml", (*path, "round", "lists"), key, lists, "list")
        if stream.intake == "eoi":
            self._known(
                "program.yaml", (*path, "questionnaire"), stream.questionnaire, self.rules.questionnaires, "form"
            )
            if self.rules.points:
                self._known("program.yaml", (*path, "grid"), stream.grid, self.rules.points.grids, "grid")
        if not self.rules.categories_of(stream.key):
            self.reader.fault_at(
                "program.yaml", path, f"The stream {stream.key} has no category", "Add a category with this stream."
            )

    def _factors(self) -> None:
        """Questions and proofs name factors of the grids in use."""
        grids = self.rules.points.grids if self.rules.points else {}
        used = [grids[one.grid] for one in self.rules.pools if one.grid in grids]
        if not used:
            return
        known = {factor.id for grid in used for factor in grid.root.walk()}
        for place, one in enumerate(self.rules.evidence.values()):
            for factor in one.factors:
                self._known("evidence.yaml", ("evidence", place, "factors"), factor, known, "factor")
            for key in one.questions:
                form_keys = {
                    question.key for form in self.rules.questionnaires.values() for question in form.questions()
                }
                self._known("evidence.yaml", ("evidence", place, "questions"), key, form_keys, "question")
        for file, form in self._form_files():
            for path, question in _places(form):
                if question.factor:
                    self._known(file, (*path, "factor"), question.factor, known, "factor")

    def _category_keys(self) -> None:
        streams = {one.key for one in self.rules.streams}
        for place, category in enumerate(self.rules.categories):
            self._known("program.yaml", ("categories", place, "stream"), category.stream, streams, "stream")
        known = {one.key for one in self.rules.categories}
        stated = {one.key for one in self.rules.all_criteria}
        for place, one in enumerate(self.rules.all_criteria):
            for key in (*one.categories, *one.by):
                self._known("criteria.yaml", ("criteria", place), key, known, "category")
            if not one.source.strip():
                self.reader.fault_at(
                    "criteria.yaml",
                    ("criteria", place, "source"),
                    f"The criterion {one.key} has no source",
                    "Say where it is written.",
                )
        for file in self.reader.files("checklists"):
            for place, slot in enumerate(self.reader.tree(file).get("documents") or ()):
                for key in (*(slot.get("required_in") or ()), *(slot.get("asked_in") or ())):
                    self._known(file, ("documents", place), key, known, "category")
                for key in slot.get("criteria") or ():
                    self._known(file, ("documents", place, "criteria"), key, stated, "criterion")

    def _known(self, file: str, path: tuple[Any, ...], key: str, known: Any, what: str) -> None:
        if key not in known:
            remedy = did_you_mean(key, known) or "Add one, or leave this out."
            self.reader.fault_at(file, path, f"There is no {what} {key}", remedy)

    def settings(self) -> None:
        """Every setting, deadline, reminder and retention rule is one that the platform reads."""
        for file, path, problem, remedy in known.faults(self.rules):
            self.reader.fault_at(file, path, problem, remedy)

    # --- forms --------------------------------------------------------------------------------------------------

    def forms(self) -> None:
        """Each question is asked once, choices have options, records have questions, what is carried over exists."""
        for file, form in self._form_files():
            seen: set[str] = set()
            for place, question in _places(form):
                if question.key in seen:
                    self.reader.fault_at(
                        file, place, f"The question {question.key} is asked twice", "Give one of them another key."
                    )
                seen.add(question.key)
                for fault, remedy in _question_faults(question, form):
                    self.reader.fault_at(file, place, fault, remedy)
            self._carried(file, form)

    def _form_files(self) -> Iterator[tuple[str, Questionnaire]]:
        for file in self.reader.files("forms"):
            key = str((self.reader.tree(file) or {}).get("key"))
            if key in self.rules.questionnaires:
                yield file, self.rules.questionnaires[key]

    def _carried(self, file: str, form: Questionnaire) -> None:
        others = {
            one.key
            for other in self.rules.questionnaires.values()
            if other.key != form.key
            for one in other.questions()
        } | (NOTIFIED if self.rules.federal_streams else frozenset())
        for place, question in _places(form):
            for name, key in (("prefill", question.prefill), ("compare", question.compare and question.compare.with_)):
                if key and key not in others:
                    self.reader.fault_at(
                        file, (*place, name), f"{name} names {key}, which no other form asks", did_you_mean(key, others)
                    )

    # --- conditions ---------------------------------------------------------------------------------------------

    def conditions(self) -> None:
        """Conditions read questions and facts that exist."""
        for file, form in self._form_files():
            own = {key for one in form.questions() for key in answer_keys(one)} | GIVEN
            for place, section in enumerate(form.sections):
                self._reads(file, ("sections", place, "show_if"), section.show_if, own)
            for path, question in _places(form):
                self._reads(file, (*path, "show_if"), question.show_if, own)
                for place, option in enumerate(question.options):
                    self._reads(file, (*path, "options", place, "show_if"), option.show_if, own)
                inner = own | {one.key for one in question.questions}
                for place, part in enumerate(question.questions):
                    self._reads(file, (*path, "questions", place, "show_if"), part.show_if, inner)
            self._circles(file, form)
        # Without the points library's rules nobody knows which facts there are; why they are missing is told already.
        if self.rules.points is None:
            return
        known = self.asked | self.facts | GIVEN
        for place, one in enumerate(self.rules.all_criteria):
            self._reads("criteria.yaml", ("criteria", place, "condition"), one.condition, known)
            for key in one.beside:
                self._known("criteria.yaml", ("criteria", place, "beside"), key, known, "question or fact")
            if one.passes:
                self._passes(("criteria", place, "passes"), one.passes, known)
            for key, variant in one.by.items():
                self._reads("criteria.yaml", ("criteria", place, "by", key, "condition"), variant.condition, known)
        for file in self.reader.files("checklists"):
            for place, slot in enumerate(self.reader.tree(file).get("documents") or ()):
                for name in ("condition", "not_if"):
                    self._reads(file, ("documents", place, name), slot.get(name), known)

    def _passes(self, path: tuple[Any, ...], asked: passing.Passing, known: set[str]) -> None:
        """A grid to pass is one of a library, and what it rests on is asked here."""
        for told, remedy in passing.faults(self.rules.libraries, asked):
            self.reader.fault_at("criteria.yaml", path, told, remedy)
        for key in asked.keys:
            if key not in known:
                told = f"The grid is to read {key}, which is neither a question nor a fact"
                self.reader.fault_at("criteria.yaml", path, told, did_you_mean(key, known))

    def _circles(self, file: str, form: Questionnaire) -> None:
        """No question waits for itself, directly or by way of others: it would never be asked."""
        needs = {
            key: {*conditions.keys(section.show_if), *conditions.keys(question.show_if)}
            for section in form.sections
            for question in section.questions
            for key in answer_keys(question)
        }
        try:
            TopologicalSorter(needs).prepare()
        except CycleError as error:
            circle = [str(key) for key in error.args[1]][::-1]
            place = next(path for path, question in _places(form) if circle[0] in answer_keys(question))
            shown = " needs ".join(circle)
            self.reader.fault_at(
                file,
                (*place, "show_if"),
                f"Questions wait for each other in a circle: {shown}",
                "Take one of the conditions away.",
            )

    def _reads(self, file: str, path: tuple[Any, ...], condition: Any, known: set[str]) -> None:
        for key in conditions.keys(condition):
            if key not in known:
                told = f"The condition reads {key}, which is neither a question nor a fact"
                self.reader.fault_at(file, path, told, did_you_mean(key, known))

    # --- letters ------------------------------------------------------------------------------------------------

    def kinds(self) -> None:
        """Every message and letter that a program of this shape sends is there, with words for its readers."""
        named = {(self.reader.tree(file) or {}).get("kind", ""): file for file in self.reader.files("letters")}
        for kind, path, problem, remedy in kinds.faults(self.rules):
            if kind in named:
                self.reader.fault_at(named[kind], path, problem, remedy)
            else:
                self.reader.fault(f"letters/{kind}.yaml", 0, problem, remedy)

    # --- words --------------------------------------------------------------------------------------------------

    def words(self) -> None:
        """French texts keep to the glossary."""
        banned = {word: term for term in self.rules.glossary for word in term.never_fr}
        patterns = {word: re.compile(rf"(?<![\w'’-]){re.escape(word)}(?![\w-])", re.IGNORECASE) for word in banned}
        for file in sorted(self.reader.sources):
            if (
                ("/" in file and not file.startswith(("forms/", "letters/", "checklists/")))
                or file == "glossary.yaml"
                or not file.endswith(".yaml")
            ):
                continue
            for path, french in _french(self.reader.tree(file), ()):
                for word, pattern in patterns.items():
                    if pattern.search(QUOTED.sub("", letters.BLANK.sub("", french))):
                        term = banned[word]
                        where, line = self.reader.place(file, path)
                        self.reader.fault(
                            where,
                            line,
                            f"The French text says {word!r}",
                            f"For {term.en} the program says {term.fr!r}.",
                        )


def _places(form: Questionnaire) -> Iterator[tuple[tuple[Any, ...], Question]]:
    for number, section in enumerate(form.sections):
        for place, question in enumerate(section.questions):
            yield ("sections", number, "questions", place), question


def _question_faults(question: Question, form: Questionnaire) -> Iterator[tuple[str, str]]:
    if question.type in ("choice", "choices") and not question.options:
        yield f"{question.key} has nothing to choose from", "List the options."
    if question.type == "records" and not question.questions:
        yield f"{question.key} is a list of records without questions", "List what each record holds under questions:."
    if question.type == "language_test" and not form.tests:
        yield f"{question.key} asks for a language test and the form lists none", "Add tests: to the form."
    if question.pattern and not question.pattern_help:
        yield f"{question.key} has a pattern and does not say what to type", "Add pattern_help: in both languages."


def _french(tree: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            if key == "fr" and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _french(value, (*path, key))
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from _french(value, (*path, place))


def answer_keys(question: Question) -> list[str]:
    """Return the keys under which a question's answers are kept."""
    if question.type != "language_test":
        return [question.key]
    parts = ("test", "test_date", "listening", "reading", "writing", "speaking")
    return [f"{question.key}_{part}" for part in parts]
