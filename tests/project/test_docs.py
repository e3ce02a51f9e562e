"""What the documentation names is there: functions of the doors, variables of the environment, commands."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from passerelle.project.cli import app

ROOT = Path(__file__).parents[2]
SOURCE = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
CODE = SOURCE + "\n".join(path.read_text() for path in (ROOT / "tests/support").rglob("*.py"))
# Not for an operator: a page of errors for developers, what tests and the time-zone data set, what a verifier asks of a terminal.
OURS = {
    "DEBUG",
    "PYTHONTZPATH",
    "PYTHONUNBUFFERED",
    "TMPDIR",
    "DJANGO_SETTINGS_MODULE",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
    "PGPASSWORD",
}


def test_every_function_that_the_architecture_names_is_there():
    coded = re.findall(r"`([^`\n]+)`", (ROOT / "docs/architecture.md").read_text())
    # Behind a parenthesis stands what a function is given, under a name of its own.
    named = {name for text in coded for name in re.findall(r"(?<![(\w])([a-z_]{4,})\(", text)}

    assert len(named) > 150
    assert (
        sorted(name for name in named if not re.search(rf"\b(def|class) {name}\b|\b(as {name}|{name} = )", CODE)) == []
    )


def test_every_variable_that_is_read_is_told_to_the_operator():
    read = set(
        re.findall(r"""(?i:env|environ)(?:\.get\(|\[)"([A-Z_]+)"|envvar="([A-Z_]+)"|choose\("([A-Z_]+)\"""", SOURCE)
    )
    named = {name for found in read for name in found if name} - OURS

    told = (ROOT / "docs/operating.md").read_text()

    assert len(named) > 30
    assert sorted(name for name in named if not re.search(rf"\b{name}\b", told)) == []


@pytest.mark.parametrize("document", ["README.md", "docs/operating.md", "CONTRIBUTING.md"])
def test_every_command_that_a_page_gives_is_there(document: str):
    text = (ROOT / document).read_text()
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    given = set(re.findall(r"(?:^|[`/ ])passerelle ([a-z][a-z-]+)", text, re.M))
    targets = set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", text, re.M))
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))

    assert given - commands == set()
    assert {name for found in targets for name in found if name} - known == set()
