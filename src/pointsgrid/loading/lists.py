"""Lists of codes and named conditions."""

from __future__ import annotations

from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import read_meta
from pointsgrid.loading.vocabulary import Vocabulary, condition
from pointsgrid.model import CodeList, ConditionDef


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
