"""The promises at full count: runs every test marked ``proof`` and writes what came of it under docs/proofs/.

A proof tells its numbers with ``record_property("rounds", 10000)`` of pytest; they stand in the report by its result,
with the date, the seed and the versions, so that anyone can repeat it: ``PASSERELLE_SEED=… make proof``.

On a busy machine ``PROOF_SCALE`` asks for a share of the counts, of all (``0.1``) or by name (``storms=0.1,kills=0.2``; the
names stand in the tests). The report says so: what was run at a share is not proved at its full count.
"""

import json
import os
import platform
import random
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
RESULTS = ROOT / "var" / "reports" / f"proofs-{os.getpid()}"


def main(arguments: list[str]) -> int:
    """Run the proofs (all, or those pytest is told to select) and write the report; return pytest's exit code."""
    seed = os.environ.get("PASSERELLE_SEED") or str(random.SystemRandom().randrange(10**6))
    began, ran_on = datetime.now(UTC), commit()  # noqa: TID251 (the report's own date)
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    command = [str(BIN / "pytest"), "-m", "proof", "-n", os.environ.get("PASSERELLE_TEST_WORKERS", "2"), *arguments]
    given = {**os.environ, "PROOF_RESULTS": str(RESULTS), "PASSERELLE_SEED": seed, "PYTHONTZPATH": ""}
    outcome = run(command, given)
    subprocess.run([str(BIN / "python"), "scripts/stop.py", "--tests"], cwd=ROOT, check=False)
    if not (RESULTS / "chosen").exists():
        print("The proofs did not run: see above.")
        return outcome or 1
    page = free_page(ROOT / "docs" / "proofs" / f"{began:%Y-%m-%d-%H%M}.md")
    page.write_text(written(began, seed, ran_on, arguments), encoding="utf-8")
    print(f"Written to {page.relative_to(ROOT)}")
    return outcome


def free_page(page: Path) -> Path:
    """Return ``page``, or a name beside it: what began in the same minute keeps its own report."""
    page.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while page.exists():
        number += 1
        page = page.with_stem(f"{page.stem[:15]}-{number}")
    return page


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run pytest; Ctrl-C or SIGTERM ends it, and what it has told so far makes the report."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            return 130


@dataclass
class Proof:
    """One proof, what it told and what came of it."""

    name: str
    result: str = "not run to its end"
    seconds: float = 0
    numbers: dict[str, object] = field(default_factory=dict)

    @property
    def row(self) -> str:
        path, _, test = self.name.partition("::")
        words = test.replace("_", " ").removeprefix("test ")
        numbers = ", ".join(f"{name} {value}" for name, value in self.numbers.items())
        return f"| {path.split('/')[1]}: {words} | {numbers} | {self.result} | {self.seconds:.0f} |"


def proofs() -> list[Proof]:
    """Every proof that was chosen, with its result where it has one."""
    found = {name: Proof(name) for name in (RESULTS / "chosen").read_text().splitlines()}
    results = RESULTS / "results"
    for line in results.read_text().splitlines() if results.exists() else ():
        told = json.loads(line)
        proof = found[told["name"].split("@")[0]]
        proof.numbers |= dict(told["numbers"])
        proof.seconds += told["seconds"]
        if told["outcome"] == "failed":
            proof.result = "**does not hold**"
        elif told["when"] == "call":
            proof.result = "holds"
    return sorted(found.values(), key=lambda proof: proof.name)


def written(began: datetime, seed: str, ran_on: str, chosen: list[str]) -> str:
    """The report as Markdown: circumstances, then one row for each proof."""
    every = proofs()
    held = sum(proof.result == "holds" for proof in every)
    lines = [
        f"# Proofs of {began:%Y-%m-%d %H:%M} UTC",
        "",
        f"{held} of {len(every)} hold. Seed {seed}; commit {ran_on}; Python "
        f"{platform.python_version()}; {database_version()}; {os.cpu_count()} cores, {platform.system()}.",
        f"Repeat: `{repeated(seed, chosen)}`. {extent()}",
        "",
        "| proof | numbers | result | seconds |",
        "| --- | --- | --- | ---: |",
        *(proof.row for proof in every),
    ]
    return "\n".join(lines) + "\n"


def repeated(seed: str, chosen: list[str]) -> str:
    """The command that runs the same again."""
    scale = os.environ.get("PROOF_SCALE")
    given = f"PASSERELLE_SEED={seed}" + (f" PROOF_SCALE={scale}" if scale else "")
    return f"{given} python scripts/proof.py {shlex.join(chosen)}" if chosen else f"{given} make proof"


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
