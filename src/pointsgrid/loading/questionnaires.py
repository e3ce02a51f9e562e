"""questionnaires/*.yaml: what is asked, in sections, with conditions on answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import ANSWER_TYPES
from pointsgrid.loading.vocabulary import Vocabulary, condition
from pointsgrid.model import CODE, DATE, TEXT, Text, Type
from pointsgrid.problems import did_you_mean
from pointsgrid.questions import Question, Questionnaire, Section

LANGUAGE_TEST = {
    "test": TEXT,
    "test_date": DATE,
    **dict.fromkeys(("listening", "reading", "writing", "speaking"), Type("decimal", places=2)),
}
"""What one question of type language_test asks; the answers are ``<key>_test``, ``<key>_listening`` and so on."""


def declared_answers(reader: Reader) -> dict[str, tuple[Reader, Type]]:
    """Return the type of every answer of a file, so that conditions may speak of later ones."""
    found = {}
    for section in reader.children("sections"):
        for question in section.children("questions"):
            key = question.raw("key")
            if question.raw("type") == "language_test":
                found.update({f"{key}_{part}": (question, kind) for part, kind in LANGUAGE_TEST.items()})
            elif isinstance(key, str):
                found[key] = (question, _type(question))
    return found


def _fields(reader: Reader) -> list[Reader]:
    return reader.children("fields") or reader.children("questions")


def _type(reader: Reader) -> Type:
    word = reader.raw("type")
    if word == "records":
        return Type("records", fields={str(inner.raw("key")): _type(inner) for inner in _fields(reader)})
    if word in ("choice", "multi_choice", "community"):
        options = tuple(value for value, _ in _choices(reader))
        if not options:
            return CODE if word == "community" else TEXT
        return Type("choices" if word == "multi_choice" else "choice", options=options)
    return ANSWER_TYPES.get(str(word), TEXT)


def check_type(reader: Reader, declared: Type, asked: Type) -> None:
    """The question and the declaration in facts.yaml must agree."""
    if reader.raw("type") == "language_test":
        return
    if (
        asked.kind in ("text", "code")
        and declared.kind in ("text", "code", "choice", "choices")
        and reader.raw("type") not in ("text", "long_text")
    ):
        return
    if declared.kind != asked.kind and {declared.kind, asked.kind} != {"text", "code"}:
        reader.report(
            f"{reader.raw('key')} is asked as a {asked} and declared in facts.yaml as a {declared}.",
            "Use one type in both.",
            "type",
        )
    unknown = set(asked.options) - set(declared.options) if declared.options else set()
    for option in sorted(unknown):
        reader.report(
            f"The choice {option!r} is not an option in facts.yaml.", did_you_mean(option, declared.options), "choices"
        )
    for inner in _fields(reader):
        field = str(inner.raw("key"))
        if declared.fields and field in declared.fields:
            check_type(inner, declared.fields[field], _type(inner))


def read_questionnaire(reader: Reader, names: Vocabulary) -> Questionnaire:
    sections = tuple(_section(inner, names) for inner in reader.children("sections"))
    seen: dict[str, int] = {}
    for section in sections:
        for question in section.questions:
            if question.key in seen:
                reader.report(
                    f"The question {question.key} is asked twice (first on line {seen[question.key]}).",
                    "Give one of them another key.",
                    "sections",
                )
            seen[question.key] = question.line
    return Questionnaire(
        id=reader.text("questionnaire")
        or reader.text("key")
        or reader.document.file.rsplit("/", 1)[-1].removesuffix(".yaml"),
        label=reader.label("label") or reader.label("title"),
        sections=sections,
        file=reader.document.file,
    )


def _section(reader: Reader, names: Vocabulary) -> Section:
    known = {"id", "key", "label", "title", "intro", "show_if", "questions"}
    return Section(
        id=str(reader.raw("id") or reader.raw("key") or "?"),
        label=reader.label("label") or reader.label("title"),
        intro=reader.label("intro"),
        show_if=_show_if(reader, names.answers_only()),
        questions=tuple(_question(inner, names) for inner in reader.children("questions")),
        extra={key: value for key, value in reader.value.items() if key not in known},
    )


_READ = {"key", "type", "label", "hint", "show_if", "choices", "options", "fields", "questions"}


def _question(reader: Reader, names: Vocabulary, fields: Mapping[str, Type] | None = None) -> Question:
    key = reader.key("key", "Every question needs a key.")
    word = reader.required("type", f"Use one of {', '.join(ANSWER_TYPES)}.")
    if word is not None and word not in (*ANSWER_TYPES, "language_test"):
        reader.report(f"There is no question type {word}.", did_you_mean(str(word), ANSWER_TYPES), "type")
    inner: tuple[Question, ...] = ()
    if word == "records":
        types = {str(item.raw("key")): _type(item) for item in _fields(reader)}
        inner = tuple(_question(item, names, types) for item in _fields(reader))
        if not inner:
            reader.report("A group of records needs fields.", "List them under fields: like questions.")
    scope = names.answers_only(fields)
    required = reader.raw("required", False)
    if isinstance(required, (str, dict)) and required not in ("yes", "no"):
        required = condition(reader, scope, "required", value=required)
    return Question(
        key=key,
        type=str(word),
        label=reader.label("label", needed=True),
        hint=reader.label("hint"),
        required=required in (True, "yes") if isinstance(required, (bool, str)) else required,
        show_if=_show_if(reader, scope),
        choices=_choices(reader),
        fields=inner,
        line=reader.document.line(reader.path),
        extra={name: value for name, value in reader.value.items() if name not in _READ},
    )


def _show_if(reader: Reader, names: Vocabulary) -> Any:
    value = reader.raw("show_if")
    return None if value is None else condition(reader, names, "show_if", value=value)


def _choices(reader: Reader) -> tuple[tuple[str, Text], ...]:
    value = reader.raw("choices")
    if value is None:
        value = reader.raw("options")
    if isinstance(value, dict):
        return tuple((str(key), _text(label)) for key, label in value.items())
    found = []
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            key = item.get("value", item.get("key"))
            found.append((str(key), _text(item.get("label", item))))
        else:
            found.append((str(item), Text(str(item), str(item))))
    return tuple(found)


def _text(value: Any) -> Text:
    return (
        Text(str(value.get("en", "")), str(value.get("fr", "")))
        if isinstance(value, dict)
        else Text(str(value), str(value))
    )
