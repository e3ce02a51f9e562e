"""The tests put to the test: of the faults planted by rule in the code that decides, how many do they find? (trust 1.6)"""

import random
import tomllib
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.proofs.altering import BROKEN, FOUND, MISSED, ROOT, Job, outcomes
from tests.proofs.mutating import Mutant, mutants
from tests.support.proofs import scaled

ACCEPTED = 0.90
Tell = Callable[[str, object], None]
GRID = [f"tests/pointsgrid/test_{name}.py" for name in ("columns", "asked", "constructs", "ontario", "agreement")]
EOI = [f"tests/eoi/test_{name}.py" for name in ("permissions", "submitting", "checking", "life_cycle", "pool", "races")]
ACCOUNTS = [
    f"tests/accounts/test_{name}.py" for name in ("permissions", "access", "links", "staff_people", "registering")
]
FILES = [f"tests/applications/test_{name}.py" for name in ("permissions", "filling", "deciding", "pages")]
DRAWS = [
    *(f"tests/draws/test_{name}.py" for name in ("checking", "trail", "aimed", "draws", "rules")),
    "tests/invitations/test_invitations.py",
]
DRAWING = [
    "checking",
    *(f"operations/{act}" for act in ("conducting", "issuing", "leaving_out", "planning", "voiding")),
]
SCORING = ("points", "scoring/columns", "scoring/sheet", "scoring/plan")
# Area by area: a file of code, and the tests that are about it, the quickest first.
AREAS: dict[str, dict[str, list[str]]] = {
    "score": {
        **{f"src/pointsgrid/{name}.py": GRID for name in SCORING},
        "src/pointsgrid/deriving.py": [*GRID, "tests/programs/test_checks.py", "tests/eoi/test_submitting.py"],
    },
    "draw": {
        **{
            f"src/pointsgrid/draw/{name}.py": ["tests/pointsgrid_draw/test_draw.py"]
            for name in ("entries", "selecting", "promoting")
        },
        **{f"src/passerelle/draws/{name}.py": DRAWS for name in DRAWING},
    },
    "deadline": {"src/passerelle/core/deadlines.py": ["tests/core/test_deadlines.py", "tests/programs/test_deadlines.py"]},
    "ledger": {"src/passerelle/allocations/operations.py": ["tests/allocations/test_ledger.py"]},
    "permission": {
        "src/passerelle/allocations/permissions.py": ["tests/allocations/test_ledger.py"],
        "src/passerelle/draws/permissions.py": ["tests/draws/test_permissions.py", *DRAWS],
        "src/passerelle/invitations/permissions.py": [
            f"tests/invitations/test_{name}.py" for name in ("permissions", "invitations")
        ],
        "src/passerelle/eoi/permissions.py": EOI,
        "src/passerelle/applications/permissions.py": FILES,
        "src/passerelle/accounts/permissions.py": ACCOUNTS,
    },
}  # fmt: skip
PLANTED = Path(__file__).with_name("planted.toml")
EQUIVALENT = Path(__file__).with_name("equivalent.toml")


def faults(area: str, count: int, chance: random.Random) -> list[Job]:
    """Return ``count`` faults of an area (all there are, when fewer), drawn by ``chance``."""
    found: list[tuple[Mutant, list[str]]] = []
    for path, tests in AREAS[area].items():
        found += [(one, tests) for one in told_apart(path)]
    chosen = chance.sample(found, min(count, len(found)))
    return [Job(f"{one.name} [{number}]", one.path, one.text, tests) for number, (one, tests) in enumerate(chosen)]


def told_apart(path: str) -> list[Mutant]:
    """Return the faults of a file but those of equivalent.toml, which change nothing."""
    source = (ROOT / path).read_text(encoding="utf-8")
    lines = source.splitlines()
    return [one for one in mutants(path, source) if (path, lines[one.line - 1].strip(), one.what) not in equivalent()]


@cache
def equivalent() -> frozenset[tuple[str, str, str]]:
    kept = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))["fault"]
    return frozenset((fault["path"], fault["line"], what) for fault in kept for what in fault["what"])


def missed_of(jobs: list[Job], folder: Path, seed: int, tell: Tell) -> list[str]:
    """Try the jobs, then their control arm; tell the figures; return the names of those no test noticed in its time.

    The control arm: the tests that failed on altered code, each by name, pass on the code as it is.
    """
    found = outcomes(jobs, folder, workers=2, seed=seed)
    assert BROKEN not in found.values(), [name for name, outcome in found.items() if outcome == BROKEN]
    assert len(found) == len(jobs)
    missed = [f"{name} ({outcome})" for name, outcome in found.items() if outcome != FOUND]
    for outcome, number in sorted(Counter(found.values()).items()):
        tell(outcome, number)
    failed = list(dict.fromkeys((folder / "failed").read_text().splitlines()))
    control = folder / "control"
    control.mkdir()
    as_it_is = outcomes([Job("as it is", "", "", failed, 1800)], control, workers=1, seed=seed)
    assert as_it_is == {"as it is": MISSED}, f"a test fails on the code as it is: {failed}"
    tell("tests that failed on a fault and pass without", len(failed))
    return missed


@pytest.mark.proof
@pytest.mark.parametrize("area", AREAS)
def test_nine_of_ten_faults_planted_by_rule_are_found(area: str, tmp_path: Path, seed: int, record_property: Tell):
    jobs = faults(area, scaled(30, "mutants"), random.Random(f"{seed} {area}"))
    record_property("planted", len(jobs))

    missed = missed_of(jobs, tmp_path, seed, record_property)

    record_property("survivors", "; ".join(missed) or "none")
    assert len(missed) <= round((1 - ACCEPTED) * len(jobs)), missed


def planted() -> list[Job]:
    """Return the bugs kept in planted.toml as jobs."""
    jobs = []
    for bug in tomllib.loads(PLANTED.read_text(encoding="utf-8"))["bug"]:
        source = (ROOT / bug["path"]).read_text(encoding="utf-8")
        assert source.count(bug["old"]) == 1, (
            f"{bug['name']}: the text to replace stands {source.count(bug['old'])} times"
        )
        text = source.replace(bug["old"], bug["new"])
        jobs.append(Job(bug["name"], bug["path"], text, [bug["test"]]))
    return jobs


def test_each_fault_that_changes_nothing_still_fits_one_place_of_the_code():
    for path, line, what in sorted(equivalent()):
        source = (ROOT / path).read_text(encoding="utf-8")
        lines = source.splitlines()
        places = [one for one in mutants(path, source) if (lines[one.line - 1].strip(), one.what) == (line, what)]
        assert len(places) == 1, f"{path}: {line} ({what}) stands in {len(places)} places"


def test_twenty_bugs_are_kept_and_each_still_fits_the_code():
    assert len(planted()) == 20


@pytest.mark.proof
def test_twenty_planted_bugs_are_found_each_by_the_test_it_names(tmp_path: Path, seed: int, record_property: Tell):
    jobs = planted()
    record_property("planted", len(jobs))

    assert missed_of(jobs, tmp_path, seed, record_property) == []


def test_a_fault_in_the_ledger_is_found_and_the_untouched_code_passes(tmp_path: Path, seed: int, record_property: Tell):
    """The small arm: one planted bug of the twenty, and the control."""
    job = next(job for job in planted() if "allocations" in job.path)

    assert missed_of([job], tmp_path, seed, record_property) == []
