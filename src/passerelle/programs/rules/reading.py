"""YAML in, validated records out; every fault is told with its file and line."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from passerelle.programs.rules import layers, trees
from passerelle.programs.rules.problems import Problem, did_you_mean

T = TypeVar("T")
Sources = Mapping[str, str]


class Reader:
    """Reads the files of one pack and gathers the faults found on the way.

    ``sources`` are its files as they count: of an edition that extends another, that one's files among them.
    """

    def __init__(self, sources: Sources) -> None:
        self.layers = layers.layers(sources)
        self.sources = layers.effective(self.layers)
        self.problems: list[Problem] = []
        self._trees: dict[str, Any] = {}

    def tree(self, file: str) -> Any:
        """Return the YAML of ``file`` with its line marks, None (and a fault) when it is absent or broken."""
        if file not in self._trees:
            self._trees[file] = self._parse(file)
        return self._trees[file]

    def _parse(self, file: str) -> Any:
        if file not in self.sources:
            self.fault(file, 0, "the file is missing", "Add it to the pack.")
            return None
        own = self._own_trees(file)
        if len(own) == 1:
            return own[0][1]
        if any(tree is None for _layer, tree in own):
            return None
        merging = layers.Merging(file)
        whole = merging.joined([plain(tree) for _layer, tree in reversed(own)])
        for one in merging.strays:
            told = "takes away" if one.word == layers.REMOVED else "is placed after"
            remedy = did_you_mean(one.key, one.known) or "Name one that is there."
            line = line_of(own[0][1], one.path)
            self.fault(file, line, f"This {told} {one.key}, which the edition it extends does not have", remedy)
        return whole

    def _own_trees(self, file: str) -> list[tuple[layers.Layer, Any]]:
        """Return what each edition says in ``file``, the uppermost first; of a file that is replaced, the uppermost alone."""
        having = [one for one in self.layers if file in one.files]
        # What a layer takes away, none below it brings back.
        for place, one in enumerate(self.layers):
            if file in layers.removed_files(one):
                having = [layer for layer in having if layer in self.layers[: place + 1]]
        if not layers.is_merged(file):
            having = having[:1]
        return [(one, self._own_tree(one, file)) for one in having]

    def _own_tree(self, layer: layers.Layer, file: str) -> Any:
        named = f"{layer.name}/{file}" if layer.name else file
        try:
            return trees.load(layer.files[file])
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            words = f"not YAML: {error.problem or error.context}"
            self.fault(named, mark.line + 1 if mark else 0, words, "Correct the line.")
        except YAMLError as error:
            self.fault(named, 0, f"not YAML: {error}", "Correct the file.")
        return None

    def fault(self, file: str, line: int, problem: str, remedy: str, path: str = "") -> None:
        """Note a fault."""
        self.problems.append(Problem(file, line, path, _sentence(problem), remedy))

    def fault_at(self, file: str, path: Iterable[Any], problem: str, remedy: str) -> None:
        """Note a fault at the place ``path`` (keys and positions) leads to."""
        steps = list(path)
        where = ".".join(str(step) for step in steps if not _internal(step))
        file, line = self.place(file, steps)
        self.fault(file, line, problem, remedy, where)

    def place(self, file: str, path: Iterable[Any]) -> tuple[str, int]:
        """Return the file and the line that say what stands at ``path``: an edition's own, or those it extends."""
        steps, whole = [one for one in path if not _internal(one)], self.tree(file)
        found = (-1, file, line_of(whole, steps))
        for layer, tree in self._own_trees(file) if len(self.layers) > 1 and file in self.sources else ():
            own = list(layers.steps_in(tree, whole, steps))
            if len(own) > found[0]:
                found = (len(own), f"{layer.name}/{file}" if layer.name else file, line_of(tree, own))
        return found[1], found[2]

    def read(self, file: str, shape: type[T], *, part: str | None = None) -> T | None:
        """Return ``file`` (or its top-level ``part``) as ``shape``; None when it has faults."""
        tree = self.tree(file)
        if tree is None:
            return None
        if part is not None:
            if not isinstance(tree, Mapping) or part not in tree:
                self.fault(file, 0, f"{part!r} is missing", f"Add a top-level {part}: to the file.")
                return None
            tree = tree[part]
        prefix = () if part is None else (part,)
        try:
            return TypeAdapter(shape).validate_python(plain(tree))
        except ValidationError as error:
            for one in error.errors():
                self._told(file, prefix, one)
        return None

    def _told(self, file: str, prefix: tuple[Any, ...], error: Any) -> None:
        path = (*prefix, *error["loc"])
        remedy = _REMEDIES.get(error["type"], "Correct the value.")
        self.fault_at(file, path, _words(error, path), remedy)

    def files(self, folder: str, ending: str = ".yaml") -> list[str]:
        """Return the files of a folder of the pack, sorted."""
        return sorted(name for name in self.sources if name.startswith(folder + "/") and name.endswith(ending))


_REMEDIES = {
    "missing": "Add it.",
    "extra_forbidden": "Remove it, or correct its spelling.",
    "literal_error": "Use one of the values named.",
    "missing_language": "Write the text in both languages.",
    "not_bilingual": "Write the text in both languages.",
    "condition": "See docs/packs-program.md, Conditions.",
    "string_pattern_mismatch": "Use small letters, digits and underscores.",
    "string_type": "Put the value in quotes.",
}
_MESSAGES = {"missing": "is missing", "extra_forbidden": "is not known here"}


def _words(error: Any, path: tuple[Any, ...]) -> str:
    """What is wrong, beginning with the key it is said of: "title has no French text", not "has no French text"."""
    words = _MESSAGES.get(error["type"], error["msg"])
    named = next((step for step in reversed(path) if isinstance(step, str) and not _internal(step)), "")
    return f"{named} {words}" if named and words[:1].islower() else str(words)


def _sentence(problem: str) -> str:
    return problem if problem.endswith((".", ":")) else problem + "."


def _internal(step: Any) -> bool:
    return isinstance(step, str) and (step.startswith("function-") or "[" in step)


def plain(tree: Any) -> Any:
    """Return a YAML tree as plain dicts, lists and scalars."""
    if isinstance(tree, Mapping):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [plain(one) for one in tree]
    if isinstance(tree, str):
        return str(tree)
    if isinstance(tree, datetime):
        return datetime(tree.year, tree.month, tree.day, tree.hour, tree.minute, tree.second, tzinfo=tree.tzinfo)
    if isinstance(tree, bool) or not isinstance(tree, int | float):
        return tree
    return int(tree) if isinstance(tree, int) else float(tree)


def line_of(tree: Any, path: Iterable[Any]) -> int:
    """Return the line, from 1, of the deepest place of ``path`` that exists."""
    line = 1 if tree is not None else 0
    for step in path:
        try:
            if isinstance(tree, trees.Mapped | trees.Listed):
                line = tree.lines[step]
            tree = tree[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    return line


def by_key(items: Iterable[Any]) -> dict[str, Any]:
    """Return records by their key."""
    return {item.key: item for item in items}
