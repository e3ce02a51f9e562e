"""The types of answers, and what any part of a pack may say beside its content."""

from __future__ import annotations

from pointsgrid.loading.reader import Reader
from pointsgrid.model import CODE, DATE, NOT_APPLICABLE, TEXT, YES_NO, Meta, Type
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


NOTHING_SAID = Meta()


def read_meta(reader: Reader, outer: Meta = NOTHING_SAID) -> Meta:
    """Return source, certainty, evidence and note; what is not said is taken from around it."""
    return Meta(
        reader.citation("source") or outer.source,
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
        return choice_type(reader, word, options)
    if word == "records":
        return Type("records", fields={name: _declared(inner) for name, inner in reader.named("fields")})
    if base.kind == "decimal":
        return Type("decimal", places=places_of(reader, base.places))
    return base


def _declared(reader: Reader) -> Type:
    found = answer_type(reader)
    reader.label("label")
    reader.done("hint")
    return found


def choice_type(reader: Reader, word: str, options: tuple[str, ...]) -> Type:
    given = options or option_keys(reader)
    if not given and word == "community":
        return CODE
    if not given:
        reader.report(f"A {word} needs its options.", "Add options: [a, b, c].", "type")
    return Type("choices" if word == "multi_choice" else "choice", options=given, ordered=reader.flag("ordered"))


def places_of(reader: Reader, default: int) -> int:
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
