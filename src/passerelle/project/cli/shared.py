"""What the commands share: Django made ready, messages on the screen, progress, the one clock."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

Tick = Callable[[str, int, int], None]


def start_django() -> None:
    """Make models and settings usable; called by each command that needs them, so that ``--help`` stays quick."""
    import django

    # A person reads this screen: routine lines belong to the logs of the servers.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from passerelle.project.file_store import BadStorageUrl

    try:
        django.setup()
    except BadStorageUrl as problem:
        fail(str(problem))


def own_name() -> str:
    """What to type for this program here: its bare name where the shell finds it, else its path from this folder."""
    if shutil.which("passerelle"):
        return "passerelle"
    own = Path(sys.executable).with_name("passerelle")
    return str(own.relative_to(Path.cwd())) if own.is_relative_to(Path.cwd()) else str(own)


def counted(number: int, one: str) -> str:
    """A number with its noun: "1 fault", "2 faults"."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def now() -> datetime:
    """The moment a command acts at."""
    from passerelle.core import clock

    return clock.now()


def done(text: str) -> None:
    """Say that one step is done."""
    console.print(f"[green]✓[/] {escape(text)}")


def fail(text: str, *, code: int = 1) -> NoReturn:
    """Say what went wrong and what to do, and end with an error code."""
    errors.print(f"[bold red]✗[/] {escape(text)}")
    raise typer.Exit(code)


@contextmanager
def progress() -> Iterator[Tick]:
    """Show the progress of long work: call the result with (what, done so far, in all).

    A bar on a screen; where the output goes to a file, one line for each tenth.
    """
    if not console.is_terminal:
        yield _tenths()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=False) as bars:
        known: dict[str, int] = {}

        def tick(what: str, so_far: int, total: int) -> None:
            if what not in known:
                known[what] = int(bars.add_task(what, total=total))
            bars.update(known[what], completed=so_far, total=total)  # type: ignore[arg-type]

        yield tick


def _tenths() -> Tick:
    told: dict[str, int] = {}

    def tick(what: str, so_far: int, total: int) -> None:
        tenth = 10 * so_far // total if total else 10
        if tenth > told.get(what, 0):
            told[what] = tenth
            console.print(f"  {what}: {so_far} of {total}")

    return tick
