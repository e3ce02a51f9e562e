"""The French catalogues against the texts in the code: nothing missing, nothing left over, nothing unsure, the same
named blanks, one French for one text.

``translations.py`` checks and prints what to mend; ``--update`` adds what is missing to the catalogues, untranslated,
and takes out what the code no longer says.
Each room keeps its own catalogue, ``src/passerelle/<room>/locale/fr/LC_MESSAGES/django.po``. Works without gettext.
"""

import ast
import json
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "passerelle"
CALL = re.compile(r"(?<![\w.])(?:_|p?gettext(?:_lazy)?|np?gettext(?:_lazy)?|gettext_noop)\(")
BLANK = re.compile(r"%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]*\}")
NO_BREAK = "\u00a0\u202f"

Key = tuple[str | None, str | tuple[str, str]]


@dataclass(frozen=True)
class Text:
    """One text of the code: where it stands, its context, its words (two for a plural)."""

    where: str
    context: str | None
    words: str | tuple[str, str]

    @property
    def key(self) -> Key:
        return self.context, self.words


def texts_of(room: Path) -> Iterator[Text]:
    """Every text that a room's code and templates mark for translation."""
    for path in sorted([*room.rglob("*.py"), *room.rglob("*.html"), *room.rglob("*.txt")]):
        if "migrations" not in path.parts and "locale" not in path.parts:
            yield from _texts_of_file(path)


def _texts_of_file(path: Path) -> Iterator[Text]:
    where = str(path.relative_to(ROOT))
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _python_texts(source, where)
    else:
        from django.utils.translation.template import templatize

        yield from _template_texts(templatize(source, origin=where), where)


def _python_texts(source: str, where: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        yield from _text(name, node.args, f"{where}:{node.lineno}")


def _template_texts(source: str, where: str) -> Iterator[Text]:
    for found in CALL.finditer(source):
        end = found.end()
        while end := source.find(")", end) + 1:
            try:
                call = ast.parse(source[found.start() : end].strip(), mode="eval").body
            except SyntaxError:
                continue
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                yield from _text(call.func.id, call.args, f"{where}:{source.count(chr(10), 0, found.start()) + 1}")
            break


def _text(function: str, arguments: list[ast.expr], where: str) -> Iterator[Text]:
    kind = function.removesuffix("_lazy").removesuffix("_noop")
    shape = {"_": "m", "gettext": "m", "pgettext": "cm", "ngettext": "mm", "npgettext": "cmm"}.get(kind)
    if not shape or len(arguments) < len(shape):
        return
    given = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in arguments]
    given = given[: len(shape)]
    words = [value for value, part in zip(given, shape, strict=True) if part == "m"]
    if None in words or not words[0]:
        return
    context = given[0] if shape[0] == "c" else None
    yield Text(where, context, (words[0], str(words[1])) if len(words) == 2 else words[0])


def key_of(message: Message) -> Key:
    """The context and words by which a catalogue knows a message."""
    words = message.id
    return message.context, (words[0], words[1]) if isinstance(words, (tuple, list)) else str(words)


def catalogue_path(room: Path) -> Path:
    return room / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    """A catalogue, or an empty French one."""
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale="fr")
    return Catalog(locale="fr", domain="django", project="passerelle", charset="utf-8")


def faults(catalogue: Catalog, path: Path) -> Iterator[str]:
    """What is wrong with the French that is there."""
    where = path.relative_to(ROOT)
    for message in catalogue:
        if not message.id:
            continue
        first = message.id if isinstance(message.id, str) else message.id[0]
        french = [message.string] if isinstance(message.string, str) else list(message.string or [""])
        if message.fuzzy:
            yield f"{where}: marked fuzzy, to be read again: {first!r}"
        if not all(french):
            yield f"{where}: no French for {first!r}"
            continue
        english = [message.id] if isinstance(message.id, str) else list(message.id)
        known = set(BLANK.findall(" ".join(english)))
        for text in french:
            if set(BLANK.findall(text)) - known or (len(french) == 1 and set(BLANK.findall(text)) != known):
                yield f"{where}: other blanks than the English {first!r}: {text!r}"
            yield from (f"{where}: {fault} in {text!r}" for fault in typography(text))


def typography(text: str) -> Iterator[str]:
    """French typography as Canadian public servants write it: guillemets, the colon, nothing before ; ? !, one apostrophe."""
    plain = re.sub(r"https?://\S+|<[^>]*>|%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]*\}", "x", text)
    if re.search(rf"«(?![{NO_BREAK}])|(?<![{NO_BREAK}])»", plain):
        yield "no no-break space inside guillemets"
    if re.search(rf"(?<![{NO_BREAK}]):(?=\s|$)", plain):
        yield "no no-break space before a colon"
    if re.search(rf"[ {NO_BREAK}][;?!]", plain):
        yield "a space before ; ? or !"
    if "\u2019" in plain:
        yield "a curly apostrophe (the packs and the pages write the straight one)"


HEADER = """# French of this room, as a Canadian public servant writes it.
msgid ""
msgstr ""
"Language: fr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""


def append(path: Path, texts: Iterable[Text]) -> None:
    """Add texts without French at the end of a catalogue, leaving what is there as it is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        if not file.tell():
            file.write(HEADER)
        for text in texts:
            file.write("\n" + entry(text))


def take_out(path: Path, unused: Collection[Key]) -> None:
    """Take entries out of a catalogue, leaving the others as they are written."""
    head, *entries = path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    kept = [one for one in entries if not (keys := _keys_of(one)) or not keys <= set(unused)]
    path.write_text("\n\n".join([head, *kept]) + "\n", encoding="utf-8")


def _keys_of(entry_text: str) -> set[Key]:
    """The keys of what stands between two blank lines of a catalogue: one, or none where there is only a comment."""
    return {key_of(message) for message in read_po(BytesIO(f"{HEADER}\n{entry_text}\n".encode())) if message.id}


def entry(text: Text) -> str:
    """A catalogue entry whose French is still to be written."""
    context = f"msgctxt {json.dumps(text.context, ensure_ascii=False)}\n" if text.context else ""
    words = [text.words] if isinstance(text.words, str) else list(text.words)
    named = "".join(
        f"{name} {json.dumps(one, ensure_ascii=False)}\n"
        for name, one in zip(("msgid", "msgid_plural"), words, strict=False)
    )
    blank = 'msgstr ""\n' if len(words) == 1 else 'msgstr[0] ""\nmsgstr[1] ""\n'
    return context + named + blank


def check(room: Path, *, update: bool) -> list[str]:
    """The problems of one room, after adding what is missing and taking out what is left over when ``update`` is asked for."""
    path = catalogue_path(room)
    catalogue = read(path)
    said: dict[Key, Text] = {}
    for text in texts_of(room):
        said.setdefault(text.key, text)
    known = {key_of(message): message for message in catalogue if message.id}
    missing, unused = absent(said, known)
    if not update:
        where = path.relative_to(ROOT)
        return [
            *(f"{said[key].where}: not in {where}: {said[key].words!r}" for key in missing),
            *(
                f"{where}: no code of this room says {words!r} any more; make messages takes it out"
                for _, words in unused
            ),
            *faults(catalogue, path),
        ]
    if missing:
        append(path, [said[key] for key in missing])
    if unused:
        take_out(path, unused)
    if missing or unused:
        print(f"{path.relative_to(ROOT)}: {len(missing)} texts added, {len(unused)} taken out")
    return list(faults(read(path), path))


def absent(said: Collection[Key], known: Collection[Key]) -> tuple[list[Key], list[Key]]:
    """What the code says and the catalogue does not know, and what the catalogue knows and no code says."""
    return [key for key in said if key not in known], [key for key in known if key not in said]


def divided(catalogues: Mapping[str, Catalog]) -> Iterator[str]:
    """Texts to which rooms give a different French: Django merges the catalogues, so that one room's would stand everywhere."""
    given: dict[Key, dict[tuple[str, ...], list[str]]] = {}
    for room, catalogue in catalogues.items():
        for message in catalogue:
            if message.id:
                french = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                given.setdefault(key_of(message), {}).setdefault(french, []).append(room)
    for (context, words), said in given.items():
        if len(said) > 1:
            named = f"{words!r}" + (f" ({context})" if context else "")
            ways = "; ".join(f"{', '.join(rooms)}: {french[0]!r}" for french, rooms in said.items())
            yield f"{named} has more than one French: {ways}. Choose one, or give the text a context."


def main(*, update: bool) -> int:
    rooms = sorted(path for path in SOURCE.iterdir() if (path / "__init__.py").exists())
    problems = [problem for room in rooms for problem in check(room, update=update)]
    problems += divided({room.name: read(catalogue_path(room)) for room in rooms})
    print("\n".join(problems) or "Every text has its French.")
    if problems:
        print(f"{len(problems)} to mend.")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(update="--update" in sys.argv))
