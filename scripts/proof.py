"""The promises at full count: runs every test marked ``proof`` and writes what came of it under docs/proofs/.

A proof tells its numbers with ``record_property("rounds", 10000)`` of pytest; they stand in the report by its result,
with the date, the seed and the versions, so that anyone can repeat it: ``PASSERELLE_SEED=… make proof``.

On a busy machine ``PROOF_SCALE`` asks for a share of the counts, of all (``0.1``) or by name (``storms=0.1,kills=0.2``; the
names stand in the tests). The report says so: what was run at a share is not proved at its full count.
"""

import os
import platform
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
REPORT = ROOT / "var" / "reports" / "proofs.xml"


def main(arguments: list[str]) -> int:
    """Run the proofs (all, or those pytest is told to select) and write the report; return pytest's exit code."""
    seed = os.environ.get("PASSERELLE_SEED") or str(random.SystemRandom().randrange(10**6))
    began = datetime.now(UTC)  # noqa: TID251 (the report's own date)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.unlink(missing_ok=True)
    command = [str(BIN / "pytest"), "-m", "proof", "-n", os.environ.get("PASSERELLE_TEST_WORKERS", "2")]
    given = {**os.environ, "PROOF": "1", "PASSERELLE_SEED": seed, "PYTHONTZPATH": ""}
    outcome = subprocess.run([*command, f"--junitxml={REPORT}", *arguments], cwd=ROOT, env=given, check=False)
    subprocess.run([str(BIN / "python"), "scripts/stop.py", "--tests"], cwd=ROOT, check=False)
    if not REPORT.exists():
        print("The proofs did not run: see above.")
        return outcome.returncode or 1
    page = ROOT / "docs" / "proofs" / f"{began:%Y-%m-%d-%H%M}.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(written(began, seed, arguments), encoding="utf-8")
    print(f"Written to {page.relative_to(ROOT)}")
    return outcome.returncode


def written(began: datetime, seed: str, chosen: list[str]) -> str:
    """The report as Markdown: circumstances, then one row for each proof."""
    cases = list(ET.parse(REPORT).getroot().iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    lines = [
        f"# Proofs of {began:%Y-%m-%d %H:%M} UTC",
        "",
        f"{len(cases) - len(failed)} of {len(cases)} hold. Seed {seed}; commit {commit()}; Python "
        f"{platform.python_version()}; {database_version()}; {os.cpu_count()} cores, {platform.system()}.",
        f"Repeat: `{repeated(seed, chosen)}`. {extent()}",
        "",
        "| proof | numbers | result | seconds |",
        "| --- | --- | --- | ---: |",
    ]
    for case in sorted(cases, key=lambda case: (case.get("classname", ""), case.get("name", ""))):
        numbers = ", ".join(f"{each.get('name')} {each.get('value')}" for each in case.iter("property"))
        name = str(case.get("name")).replace("_", " ").removeprefix("test ")
        room = str(case.get("classname")).split(".")[1]
        result = "**does not hold**" if case in failed else "holds"
        lines.append(f"| {room}: {name} | {numbers} | {result} | {float(case.get('time', 0)):.1f} |")
    return "\n".join(lines) + "\n"


def repeated(seed: str, chosen: list[str]) -> str:
    """The command that runs the same again."""
    scale = os.environ.get("PROOF_SCALE")
    given = f"PASSERELLE_SEED={seed}" + (f" PROOF_SCALE={scale}" if scale else "")
    return f"{given} python scripts/proof.py {' '.join(chosen)}" if chosen else f"{given} make proof"


def extent() -> str:
    """Whether the counts are the full ones."""
    scale = os.environ.get("PROOF_SCALE")
    return (
        f"Shares of the full counts: {scale}; what is not named was run in full."
        if scale
        else "Counts are the full ones."
    )


def commit() -> str:
    """The commit the proofs ran on, marked when the tree had changes."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"


def database_version() -> str:
    """Name and version of the database server."""
    from passerelle.project.runtime.postgres import program

    return (
        subprocess.check_output([program("postgres"), "--version"], text=True)
        .strip()
        .replace("postgres (", "")
        .replace(")", "")
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
