"""Rules of the house that a machine can check and no tool already does."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from passerelle.accounts.access import EnrolledStaffPage
from passerelle.accounts.models import Audience

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
CLOCKS = {"now", "utcnow", "today", "localdate", "localtime"}
CLOCK_MODULES = {"datetime", "date", "timezone", "time"}
SQL_CLOCK = re.compile(
    r"\b(now\(\)|current_timestamp|clock_timestamp|localtimestamp|statement_timestamp)", re.IGNORECASE
)
SECRET_SHAPES = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}")
MACHINE_PATHS = re.compile(r"/(?:home|Users)/[a-z][\w.-]+/|(?<![\w.])/(?:root|work)/|/opt/(?:wheels|pypi)|file:///")
TEXT_ENDINGS = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".html", ".css", ".js", ".sh", ".po", ".json", ".cfg"}


def python_files() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    if not any(listed):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        else:
            yield path, entry


def test_everything_under_staff_is_a_staff_page_and_nothing_else_is():
    with override("en"):
        found = list(patterns(get_resolver()))
    wrong = []
    for path, entry in found:
        page = getattr(entry.callback, "view_class", None)
        is_staff_page = (
            isinstance(page, type) and issubclass(page, EnrolledStaffPage) and page.audiences == {Audience.STAFF}
        )
        if is_staff_page != path.startswith("en/staff/"):
            wrong.append(f"{path} -> {page}")

    assert wrong == []
    assert any(path.startswith("en/staff/") for path, _entry in found)


def test_nothing_but_the_clock_reads_the_time():
    wrong = []
    for path in python_files():
        if path.name == "clock.py" and path.parent.name == "core":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                owner = node.func.value
                name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
                if name in CLOCK_MODULES:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}.{node.func.attr}")
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_CLOCK.search(node.value):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} SQL clock: {node.value[:60]!r}")

    assert wrong == []


def test_no_room_asks_for_a_program_by_name():
    wrong = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                values = [each.value for each in [node.left, *node.comparators] if isinstance(each, ast.Constant)]
                if any(isinstance(value, str) and re.fullmatch(r"ca-[a-z]{2,}|NTNP|OINP", value) for value in values):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")

    assert wrong == [], "what differs between programs is pack data"


def test_modules_and_functions_stay_small():
    wrong = []
    for path in python_files():
        source = path.read_text(encoding="utf-8")
        if source.count("\n") > 400:
            wrong.append(f"{path.relative_to(ROOT)} has {source.count(chr(10))} lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > 50:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines")

    assert wrong == []


def test_no_tracked_file_carries_paths_of_a_machine_or_secrets():
    wrong = []
    for path in tracked_files():
        if path.suffix not in TEXT_ENDINGS or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if MACHINE_PATHS.search(line) or SECRET_SHAPES.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")

    assert wrong == []


def test_nothing_unfinished_is_left_in_the_source():
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XXX|lorem ipsum)\b")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*python_files(), *sorted(SOURCE.rglob("*.html"))]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if marks.search(line)
    ]

    assert wrong == []
