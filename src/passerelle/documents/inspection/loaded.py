"""A process with the readers loaded, which gives each file a child: ``python -m passerelle.documents.inspection.loaded``.

Loading the readers takes many times as long as looking into a small file does. This process loads them once, looks into
nothing itself and holds no secret. It reads one line of JSON for each file, ``[task, arguments]``, and answers with one line,
``[exit code, what the child wrote]``; it ends with whoever started it.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from passerelle.documents.inspection import child, drawing

TASKS = {"child": child.main, "drawing": drawing.main}
_MOST_BYTES = 4096


def answer(task: str, arguments: list[str]) -> tuple[int, str]:
    """Do ``task`` in a fresh child; return how it ended (negative: by a signal) and what it wrote."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        _be_the_child(task, arguments, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        output = told.read(_MOST_BYTES)
    if len(output) == _MOST_BYTES:
        os.kill(process, signal.SIGKILL)
    _process, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status), output.decode("ascii", "replace")


def _be_the_child(task: str, arguments: list[str], writing: int) -> NoReturn:
    """Let go of the line to whoever asks, so that nothing in a file can answer for the next one; then do the task."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(writing, 1)
        os.closerange(3, 64)
        folder = str(Path(arguments[0]).parent)
        os.chdir(folder)
        os.environ["TMPDIR"] = folder
        sys.argv = [task, *arguments]
        TASKS[task]()
        sys.stdout.flush()
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    for line in sys.stdin.buffer:
        task, arguments = json.loads(line)
        sys.stdout.write(json.dumps(answer(task, arguments)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
