"""The process that looks into files: whatever becomes of it, the next file is looked into."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from passerelle.documents.inspection import parent
from passerelle.documents.inspection.rules import Limits, Refused
from passerelle.project.demo import filling


def look(folder: Path) -> str:
    source = folder / "letter.pdf"
    source.write_bytes(filling.document("Letter").read())
    return parent.inspect(source, Limits()).media_type


def the_idle_one() -> int:
    return parent._idle[-1].process.pid


def test_one_process_looks_into_one_file_after_the_other(tmp_path: Path):
    look(tmp_path)
    first = the_idle_one()
    assert look(tmp_path) == "application/pdf"
    assert the_idle_one() == first


def test_one_that_was_killed_is_replaced(tmp_path: Path):
    look(tmp_path)
    killed = parent._idle[-1].process
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert look(tmp_path) == "application/pdf"
    assert the_idle_one() != killed.pid


def test_one_that_does_not_answer_is_ended_and_the_file_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    look(tmp_path)
    silent = parent._idle[-1].process
    monkeypatch.setattr(parent, "_WALL_SECONDS", 0.2)
    os.kill(silent.pid, signal.SIGSTOP)
    with pytest.raises(Refused, match="too_complex"):
        look(tmp_path)
    assert silent.wait(5) == -signal.SIGKILL
    monkeypatch.undo()
    assert look(tmp_path) == "application/pdf"


def test_it_holds_no_secret(tmp_path: Path):
    look(tmp_path)
    environment = Path(f"/proc/{the_idle_one()}/environ").read_bytes().split(b"\0")
    assert {word.split(b"=")[0] for word in environment if word} <= {b"PATH", b"LANG", b"LC_CTYPE"}


A_CHILD_THAT_LOOKS_AROUND = """
import os
from passerelle.documents.inspection import loaded

def look_around():
    numbers = [int(number) for number in os.listdir("/proc/self/fd")]
    open_ones = [os.readlink(f"/proc/self/fd/{number}") for number in numbers if os.path.exists(f"/proc/self/fd/{number}")]
    print([one.split(":")[0] for one in open_ones if one.startswith(("pipe", "socket"))], end="")

loaded.TASKS["child"] = look_around
with open(os.devnull) as another, os.fdopen(os.pipe()[0]) as line_of_the_parent:
    print(loaded.answer("child", ["/tmp/file"]))
"""


def test_a_child_holds_no_line_but_the_one_of_its_own_answer():
    done = subprocess.run([sys.executable, "-c", A_CHILD_THAT_LOOKS_AROUND], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == """(0, "['pipe', 'pipe']")"""  # standard output, standard error of this test
