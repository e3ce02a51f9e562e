"""Everything a change must pass, in order of speed: ``check.py quick`` (no tests) or ``check.py all``.

Every step runs even when an earlier one failed, so that one run shows all there is to mend; each failure is printed
with what to do. The last line counts the tests: ``N passed, N failed``.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
REPORTS = ROOT / "var" / "reports"
WORKERS = os.environ.get("PASSERELLE_TEST_WORKERS", "2")


@dataclass
class Step:
    """One thing to run; ``remedy`` says what to do when it fails; ``report`` is where its tests are counted."""

    title: str
    command: list[str]
    remedy: str
    report: Path | None = None
    seconds: float = 0
    ok: bool = False
    counts: dict[str, int] = field(default_factory=dict)


def quick_steps() -> list[Step]:
    """Style, types, contracts, migrations, translations."""
    python = str(BIN / "python")
    django = [python, "-m", "django"]
    return [
        Step("Format", [str(BIN / "ruff"), "format", "--check", "."], "Run `make fmt`."),
        Step("Lint", [str(BIN / "ruff"), "check", "."], "Run `make fmt`, then mend what is left by hand."),
        Step("Types", [str(BIN / "mypy")], "Mend the types named above."),
        Step(
            "Import contracts",
            [str(BIN / "lint-imports"), "--no-cache"],
            "A room leans on a later one, or enters another by a window. See docs/architecture.md.",
        ),
        Step(
            "Templates",
            [str(BIN / "djlint"), "src", "--lint", "--quiet"],
            "Mend the templates named above (`.venv/bin/djlint --lint FILE`).",
        ),
        Step(
            "Migrations",
            [*django, "makemigrations", "--check", "--dry-run"],
            "Run `.venv/bin/python -m django makemigrations ROOM` and commit the file.",
        ),
        Step(
            "Translations",
            [python, "scripts/translations.py"],
            "Run `make messages`, then write the French of what it added.",
        ),
    ]


def preparation() -> Step:
    """The migrated template of the tests' databases: made beside the quick steps, not while one of two workers waits."""
    remedy = (
        "Repeat it: `.venv/bin/python -m tests.support.database`; the server's log is var/test-postgres/server.log."
    )
    return Step("Database of the tests", [str(BIN / "python"), "-m", "tests.support.database"], remedy)


def test_steps() -> list[Step]:
    """Unit and integration tests on a real PostgreSQL, then the journeys in a real browser."""
    pytest = [str(BIN / "pytest"), "-q", "--ds", "tests.settings", "-n", WORKERS, "--durations", "10", "--dist"]
    remedy = "Repeat one of them: `.venv/bin/pytest PATH::NAME` (the header of the run names its seed)."
    return [
        Step(title, [*pytest, *chosen, f"--junitxml={report}"], remedy, report)
        for title, chosen, report in [
            ("Tests", ["worksteal"], REPORTS / "tests.xml"),
            (
                "Browser journeys",
                ["load", "--maxschedchunk", "1", "-m", "journey and not proof"],
                REPORTS / "journeys.xml",
            ),
        ]
    ]


def run_quick(steps: list[Step], total: int) -> None:
    """Run steps that use one core each two at a time, and show what each said in their order."""
    with ThreadPoolExecutor(2) as two:
        for number, (step, said) in enumerate(zip(steps, two.map(_said, steps), strict=True), start=1):
            _head(step, number, total)
            print(said, end="")
            _tail(step)


def _said(step: Step) -> str:
    return str(_perform(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout)


def run(step: Step, number: int, total: int) -> None:
    """Run one step with its output shown as it comes."""
    _head(step, number, total)
    outcome = _perform(step)
    if step.report:
        step.counts = counts(step.report)
        step.ok = step.ok or (outcome.returncode == 5 and not step.counts.get("failed"))
    _tail(step)


def _perform(step: Step, **how: Any) -> "subprocess.CompletedProcess[Any]":
    begun = time.monotonic()
    outcome = subprocess.run(step.command, cwd=ROOT, env=environment(), check=False, **how)
    step.seconds = time.monotonic() - begun
    step.ok = outcome.returncode == 0
    return outcome


def _head(step: Step, number: int, total: int) -> None:
    print(f"\n━━ {number}/{total} {step.title} {'━' * max(3, 70 - len(step.title))}", flush=True)


def _tail(step: Step) -> None:
    print(f"   {'passed' if step.ok else 'FAILED'} in {step.seconds:.0f} s", flush=True)


def environment() -> dict[str, str]:
    """The environment of every step: the platform's settings, the pinned time zones, compiled modules kept.

    Where PYTHONDONTWRITEBYTECODE is set, as in many containers, each process of the tests would compile every module anew.
    """
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "DJANGO_SETTINGS_MODULE": "passerelle.project.settings",
        "PYTHONTZPATH": "",
        "PYTHONUNBUFFERED": "1",
        "PASSERELLE_ENVIRONMENT": os.environ.get("PASSERELLE_ENVIRONMENT", "test"),
    }


def counts(report: Path) -> dict[str, int]:
    """Passed, failed and skipped tests of a pytest report (an error in a fixture counts as failed)."""
    if not report.exists():
        return {"passed": 0, "failed": 1, "skipped": 0}
    suites = list(ET.parse(report).getroot().iter("testsuite"))

    def total(name: str) -> int:
        return sum(int(suite.get(name, 0)) for suite in suites)

    failed = total("failures") + total("errors")
    return {"passed": total("tests") - failed - total("skipped"), "failed": failed, "skipped": total("skipped")}


def summary(steps: list[Step]) -> None:
    """Say what passed, what failed and what to do, ending with the line that counts the tests."""
    print(f"\n━━ Summary {'━' * 64}")
    for step in steps:
        print(f"   {'✓' if step.ok else '✗'} {step.title:<22} {step.seconds:>6.0f} s")
    for step in steps:
        if not step.ok:
            print(f"\n   {step.title} failed. {step.remedy}")
    if any(step.report for step in steps):
        total = {name: sum(s.counts.get(name, 0) for s in steps) for name in ("passed", "failed", "skipped")}
        skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
        print(f"\n{total['passed']} passed, {total['failed']} failed{skipped}")
    else:
        print(f"\n{sum(s.ok for s in steps)} checks passed, {sum(not s.ok for s in steps)} failed")


def main(extent: str) -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    quick, tests = quick_steps(), test_steps() if extent == "all" else []
    quick = [preparation(), *quick] if tests else quick
    steps = [*quick, *tests]
    for step in steps:
        if step.report:
            step.report.unlink(missing_ok=True)
    run_quick(quick, len(steps))
    for number, step in enumerate(tests, start=len(quick) + 1):
        run(step, number, len(steps))
    if extent == "all":
        subprocess.run([str(BIN / "python"), "scripts/stop.py", "--tests"], cwd=ROOT, check=False)
    summary(steps)
    return 0 if all(step.ok for step in steps) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
