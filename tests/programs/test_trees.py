"""The YAML of packs, read fast: what the round-trip reader of ruamel reads slowly, and the same lines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError

from passerelle.programs.rules import trees
from passerelle.programs.rules.reading import line_of, plain
from pointsgrid import yamltext

PACKS = Path(__file__).resolve().parents[2] / "packs"
TEXTS = [*sorted(PACKS.glob("ca-nt/*/*.yaml")), *sorted(PACKS.glob("ca-on/2025-1/forms/*.yaml"))]


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, value in inner:
        yield from places(value, (*path, step))


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: "/".join(file.parts[-3:]))
def test_a_shipped_text_is_what_the_library_reads_line_by_line(file: Path):
    text = file.read_text(encoding="utf-8")
    slow = YAML(typ="rt").load(text)

    assert plain(trees.load(text)) == plain(slow)
    told = [(path, line_of(trees.load(text), path)) for path in places(plain(slow))]
    assert told == [(path, _line(slow, path)) for path in places(plain(slow))]


def _line(tree: Any, path: tuple[Any, ...]) -> int:
    line = 1
    for step in path:
        try:
            line = (tree.lc.key(step) if isinstance(tree, dict) else tree.lc.item(step))[0] + 1
        except KeyError:  # what a merge brought in has no line of its own
            continue
        tree = tree[step]
    return line


@pytest.mark.parametrize(
    "text",
    [
        "a: 12.50", "a: 007", "a: 0o17", "a: 0x1F", "a: 1_000", "a: +5", "a: -5", "a: 1e5", "a: 08:30", "a: 3.x", "a: .5",
        "a: 2026-01-02", "a: 2026-01-02T03:04:05-07:00", "a: yes", "a: No", "a: TRUE", "a: ~", "a:", "a: '5'", "a: \"\"", "5: b",
        "a: [1, '1', x y]", "a: {b: c, d: [e]}", "a: >\n  one\n  two\n", "a: |\n  one\n  two\n", "", "# nothing",
        "a: &b {c: 1}\nd: {<<: *b, e: 2}", "a: &b {c: 1}\nf: &g {c: 3, h: 4}\nd: {<<: [*b, *g], h: 5}",
    ],
)  # fmt: skip
def test_what_else_a_value_may_be(text: str):
    slow = plain(YAML(typ="rt").load(text))
    fast = plain(trees.load(text))

    assert fast == slow
    assert repr(fast) == repr(slow) or "<<" in text  # of what is merged in, the place among the keys says nothing


def test_a_key_written_twice_is_refused():
    with pytest.raises(DuplicateKeyError):
        trees.load("a: 1\nb: 2\na: 3\n")


def test_a_folded_text_holds_no_sign_that_nobody_wrote():
    """ruamel's round-trip reader marks with a bell where a long text was folded, for whoever writes the file again."""
    text = "message: >-\n  one\n  two\n"

    assert yamltext.parse("grids/x.yaml", text).value == {"message": "one two"}
