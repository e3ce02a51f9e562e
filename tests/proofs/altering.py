"""Runs chosen tests against altered code: one change at a time, in a process of its own, the files left alone.

A server process imports Django, the platform and the tests once. For each change it forks; the child gives the functions
concerned their altered code and runs pytest. So a change costs its tests and not the start, and two are tried at once.

Started as ``python -m tests.proofs.altering JOBS RESULTS WORKERS`` with a file of jobs: ``[{name, path, text, tests, seconds}]``.
"""

import contextlib
import gc
import importlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOUND, MISSED, ENDLESS, BROKEN = "found", "missed", "endless", "broken"
# What pytest would load, and compile, for each change anew.
PLUGINS = ("pytest_django.plugin", "pytest_django.fixtures", "xdist.plugin", "xdist.looponfail", "_hypothesis_pytestplugin",
           "faker.contrib.pytest.plugin")  # fmt: skip
FELL, UNALTERED = 70, 71  # exit codes of a child that did not get to the tests


@dataclass(frozen=True)
class Job:
    """A change: the whole altered ``text`` of the file ``path`` (empty: no change), and the tests that should notice it."""

    name: str
    path: str
    text: str
    tests: list[str]
    seconds: float = 900


class Failures:
    """Notes the tests that fail, by name, in a file that all changes share."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            with self.path.open("a") as told:
                told.write(f"{report.nodeid}\n")


def outcomes(jobs: list[Job], folder: Path, *, workers: int, seed: int) -> dict[str, str]:
    """Try every job; return by its name: found (a test failed), missed (all passed), endless, or broken.

    The tests that failed stand in ``folder / "failed"``.
    """
    given, results = folder / "jobs.json", folder / "results"
    given.write_text(json.dumps([asdict(job) for job in jobs]))
    results.touch()
    # What these runs find is told by their test, not to the report.
    clean = {name: value for name, value in os.environ.items() if name != "PROOF_RESULTS"}
    environment = {**clean, "PASSERELLE_SEED": str(seed), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    environment["FAILED_TESTS"] = str(folder / "failed")
    command = [sys.executable, "-m", "tests.proofs.altering", str(given), str(results), str(workers)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    lines = (line.split("\t") for line in results.read_text().splitlines())
    return {name: outcome for outcome, _seconds, name in lines}


def main(given: str, results: str, workers: str) -> None:
    """Serve: fork for each job, never more than ``workers`` at once."""
    jobs = [Job(**job) for job in json.loads(Path(given).read_text())]
    _import_everything(jobs)
    waiting, running = list(reversed(jobs)), dict[int, tuple[Job, float]]()
    with Path(results).open("a") as told:
        while waiting or running:
            while waiting and len(running) < int(workers):
                job = waiting.pop()
                running[_child(job)] = (job, time.monotonic())
            for pid, (job, began) in list(running.items()):
                outcome = _outcome(pid, job, began)
                if outcome:
                    del running[pid]
                    told.write(f"{outcome}\t{time.monotonic() - began:.1f}\t{job.name}\n")
                    told.flush()
            time.sleep(0.05)


def _import_everything(jobs: list[Job]) -> None:
    import django
    from hypothesis import Phase
    from hypothesis import settings as hypothesis

    django.setup()
    # That a test fails is enough: hypothesis need not look for the shortest case of it.
    hypothesis.register_profile("first failure", phases=[Phase.explicit, Phase.generate])
    importlib.import_module("tests.conftest")
    for name in (*PLUGINS, "passerelle.project.urls", "polars", "allauth.mfa.totp.internal.auth"):
        importlib.import_module(name)
    for path in sorted({test.split("::")[0] for job in jobs for test in job.tests}):
        importlib.import_module(path.removesuffix(".py").replace("/", "."))
    for path in sorted({job.path for job in jobs if job.path}):
        importlib.import_module(
            path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        )


def _child(job: Job) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = FELL
    with contextlib.suppress(BaseException):
        code = _tested(job)
    # Not an exit: what the parent left to be done at its end is none of the child's business.
    os._exit(code)


def _tested(job: Job) -> int:
    import pytest

    os.setsid()
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    if job.path and not alter(ROOT / job.path, job.text):
        return UNALTERED
    gc.freeze()  # pytest collects garbage between tests, and what was imported is none
    options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "-m", "not proof and not journey",
               "--hypothesis-profile", "first failure"]  # fmt: skip
    # One file by itself first: together, pytest-django would put tests without a database behind all others.
    first, *rest = job.tests
    notes = [Failures(Path(os.environ["FAILED_TESTS"]))]
    return int(pytest.main([*options, first], notes)) or (int(pytest.main([*options, *rest], notes)) if rest else 0)


def alter(path: Path, text: str) -> int:
    """Give every living function of the file ``path`` the code it has in ``text``; return how many changed."""
    before, after = (_functions(source, path) for source in (path.read_text(encoding="utf-8"), text))
    new = {name: code for name, code in after.items() if _differs(before.get(name), code)}
    changed = 0
    for one in gc.get_objects():
        if not isinstance(one, FunctionType) or one.__code__.co_filename != str(path):
            continue
        code = new.get(one.__code__.co_qualname)
        if code is not None and code.co_freevars == one.__code__.co_freevars:
            one.__code__ = code
            changed += 1
    return changed


def _functions(source: str, path: Path) -> dict[str, CodeType]:
    """The functions of a module by qualified name, those that another function has made too; not where two share a name."""
    found = list(_codes(compile(source, str(path), "exec", dont_inherit=True)))
    named = Counter(code.co_qualname for code in found)
    return {code.co_qualname: code for code in found if named[code.co_qualname] == 1}


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _differs(before: CodeType | None, after: CodeType) -> bool:
    """Whether two codes do other things; lines may have moved."""
    if before is None:
        return True
    pairs = zip(before.co_consts, after.co_consts, strict=False)
    return (before.co_code, before.co_names, len(before.co_consts)) != (
        after.co_code,
        after.co_names,
        len(after.co_consts),
    ) or any(_constants_differ(one, other) for one, other in pairs)


def _constants_differ(one: object, other: object) -> bool:
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return _differs(one, other)
    return (type(one), one) != (type(other), other)


def _outcome(pid: int, job: Job, began: float) -> str:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        code = os.waitstatus_to_exitcode(status)
        return {0: MISSED, FELL: BROKEN, UNALTERED: BROKEN}.get(code, FOUND)
    if time.monotonic() - began < job.seconds:
        return ""
    with contextlib.suppress(OSError):
        os.killpg(pid, 9)
    os.waitpid(pid, 0)
    return ENDLESS


if __name__ == "__main__":
    main(*sys.argv[1:])
