"""An edition of a pack over the edition it extends: what it says takes the place of what that one says, the rest stands.

In a pack's files, those of the edition it extends stand under ``editions/<version>/``, and of the edition that one extends
under theirs. Files of ``MERGED`` are joined: mappings key by key, lists of records by what names each record; any other
value, and any other file, is replaced whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.error import YAMLError

from passerelle.programs.rules import trees

Sources = Mapping[str, str]
FOLDER = "editions/"
PROGRAM = "program.yaml"
MERGED = (
    PROGRAM, "settings.yaml", "criteria.yaml", "history.yaml", "evidence.yaml", "communities.yaml",
    "selection.yaml", "forms/", "checklists/", "letters/",
)  # fmt: skip
# What an edition says of itself and of no other.
OWN = ("extends", "removes", "about", "version", "in_force_from", "in_force_through", "put_in_force", "opens_at")
# A condition holds as a whole, and a value is one thing: joined with another it would say what nobody wrote.
WHOLE = frozenset({"condition", "passes", "applies_if", "show_if", "not_if", "value", "otherwise", "with", "about"})
# What names a record in a list.
NAMES = ("key", "deadline", "value", "year", "day")
REMOVED, AFTER = "removed", "placed_after"


@dataclass(frozen=True)
class Layer:
    """One edition's own files: ``name`` is empty for the pack itself, else the version it extends."""

    name: str
    files: Sources


@dataclass
class Stray:
    """A record that an edition takes away, or places after another, and that is not there."""

    file: str
    path: tuple[Any, ...]
    word: str
    key: str
    known: list[str] = field(default_factory=list)


def layers(sources: Sources) -> list[Layer]:
    """Return the editions a pack is made of, its own first."""
    own = {path: text for path, text in sources.items() if not path.startswith(FOLDER)}
    found = [Layer("", own)]
    while (name := extends(found[-1].files)) and name not in {one.name for one in found}:
        prefix = f"{FOLDER}{name}/"
        files = {path[len(prefix) :]: text for path, text in sources.items() if path.startswith(prefix)}
        if not files:
            break
        found.append(Layer(name, files))
    return found


def extends(files: Sources) -> str:
    """Return the version that an edition's files say it extends, empty when none."""
    return str(_top(files.get(PROGRAM, "")).get("extends") or "")


def _top(text: str) -> Mapping[str, Any]:
    try:
        tree = trees.load(text)
    except YAMLError:  # told by the reader, with its line
        return {}
    return tree if isinstance(tree, Mapping) else {}


def effective(layers: list[Layer]) -> dict[str, str]:
    """Return the files of a pack by path, each from the uppermost edition that has it; those taken away are not there."""
    files: dict[str, str] = {}
    for layer in reversed(layers):
        files.update(layer.files)
        for path in removed_files(layer):
            files.pop(path, None)
    return files


def removed_files(layer: Layer) -> list[str]:
    """Return the files of the edition it extends that an edition does without."""
    named = _top(layer.files.get(PROGRAM, "")).get("removes")
    return [str(one) for one in named] if isinstance(named, list) else []


def is_merged(path: str) -> bool:
    """Whether a file says only what differs."""
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in MERGED)


class Merging:
    """Joins the trees of one file, the lowest edition's first; notes what an edition speaks of and is not there."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.strays: list[Stray] = []

    def joined(self, trees: list[Any]) -> Any:
        """Return one tree of several, lowest first."""
        whole = trees[0]
        for tree in trees[1:]:
            if self.file == PROGRAM and isinstance(whole, Mapping):
                whole = {key: value for key, value in whole.items() if key not in OWN}
            whole = self._join(whole, tree, ())
        return whole

    def _join(self, below: Any, above: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(below, Mapping) and isinstance(above, Mapping):
            return {
                **below,
                **{
                    key: value if key in WHOLE or key not in below else self._join(below[key], value, (*path, key))
                    for key, value in above.items()
                },
            }
        if isinstance(below, list) and isinstance(above, list) and _named(below) and _named(above):
            return self._records(below, above, path)
        return above

    def _records(self, below: list[Any], above: list[Any], path: tuple[Any, ...]) -> list[Any]:
        found = {name_of(one): one for one in below}
        for place, one in enumerate(above):
            name, said = name_of(one), {key: value for key, value in one.items() if key not in (REMOVED, AFTER)}
            if one.get(REMOVED) is True:
                if found.pop(name, None) is None:
                    self.strays.append(Stray(self.file, (*path, place), REMOVED, name, list(found)))
                continue
            found[name] = self._join(found[name], said, (*path, place)) if name in found else said
            if AFTER in one:
                found = self._moved(found, name, str(one[AFTER]), (*path, place, AFTER))
        return list(found.values())

    def _moved(self, found: dict[str, Any], name: str, after: str, path: tuple[Any, ...]) -> dict[str, Any]:
        others = [key for key in found if key != name]
        if after not in others:
            self.strays.append(Stray(self.file, path, AFTER, after, others))
            return found
        place = others.index(after) + 1
        return {key: found[key] for key in (*others[:place], name, *others[place:])}


def _named(items: list[Any]) -> bool:
    # An empty list is one whose every record is taken away.
    return bool(items) and all(isinstance(one, Mapping) and name_of(one) for one in items)


def name_of(record: Any) -> str:
    """Return what names a record among others of its list, empty when nothing does."""
    if not isinstance(record, Mapping):
        return ""
    return next((str(record[name]) for name in NAMES if name in record), "")


def steps_in(tree: Any, whole: Any, path: list[Any]) -> Iterator[Any]:
    """Yield the steps of ``path``, which leads through the joined tree, as they are in one edition's own tree."""
    for step in path:
        try:
            inner = whole[step]
        except (KeyError, IndexError, TypeError):
            return
        own = step
        if isinstance(step, int) and isinstance(tree, list):
            own = next((at for at, one in enumerate(tree) if name_of(one) == name_of(inner) != ""), None)
            if own is None and name_of(inner) == "" and step < len(tree):
                own = step
        try:
            tree, whole = tree[own], inner
        except (KeyError, IndexError, TypeError):
            return
        yield own


def below(sources: Sources) -> dict[str, str] | None:
    """Return the files of the pack that this one extends, as they were given for it; None when it extends none."""
    found = layers(sources)
    if len(found) < 2:
        return None
    base = found[1]
    lower = {f"{FOLDER}{one.name}/" for one in found[2:]}
    others = {
        path: text
        for path, text in sources.items()
        if any(path.startswith(prefix) for prefix in lower) or path.partition("/")[0] in _libraries(found[0])
    }
    return {**others, **base.files}


def _libraries(layer: Layer) -> set[str]:
    """The folders of library packs, which stand beside a pack's own files under their code and version."""
    return {path.partition("/")[0] for path in layer.files if path.count("/") >= 2 and path.endswith("/program.yaml")}
