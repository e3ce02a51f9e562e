"""What is checked of a library: a pack of points that other packs use, without a program of its own."""

from collections.abc import Mapping

from passerelle.programs.rules.problems import Problem
from passerelle.programs.rules.reading import Reader, Sources
from passerelle.programs.rules.scoring import libraries
from passerelle.programs.rules.scoring import load as load_points
from pointsgrid import examples
from pointsgrid.problems import PackErrors


def is_library(sources: Sources) -> bool:
    """Whether the pack only lends charts and grids; a folder of grids without program.yaml is one too."""
    if "program.yaml" not in sources:
        return "facts.yaml" in sources or any(path.startswith("grids/") for path in sources)
    tree = Reader(sources).tree("program.yaml")
    return isinstance(tree, Mapping) and tree.get("kind") == "library"


def faults(sources: Sources) -> list[Problem]:
    """Return what is wrong with the files of a library: misplaced ones alone, for then the rest says little."""
    if misplaced := _misplaced(sources):
        return misplaced
    try:
        return examples.faults(load_points(sources, libraries(sources)))
    except PackErrors as found:
        return list(found.problems)


# The folder in which a file that begins with such a key is read.
_FOLDER_OF = {
    "grid": "grids", "chart": "charts", "table": "tables", "list": "lists", "factors": "factors", "examples": "examples",
    "facts": "facts", "conditions": "conditions",
}  # fmt: skip


def _misplaced(sources: Sources) -> list[Problem]:
    """Files beside the folders of a pack of points that hold a part of it, and would be passed over in silence."""
    reader = Reader(sources)
    found = []
    for path in sources:
        if "/" in path or not path.endswith(".yaml") or path in ("facts.yaml", "program.yaml"):
            continue
        tree = reader.tree(path)
        folder = next((folder for key, folder in _FOLDER_OF.items() if isinstance(tree, Mapping) and key in tree), "")
        if folder:
            found.append(Problem(path, 0, "", "The file is not read here.", f"Move it to {folder}/{path}."))
    return found
