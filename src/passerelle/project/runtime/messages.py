"""The compiled French catalogues, made from the written ones in plain Python (the machine may have no gettext)."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_messages(source: Path, *, force: bool = False) -> list[Path]:
    """Compile each ``.po`` under ``source`` whose ``.mo`` is missing or older; return the catalogues written.

    Safe to run from several processes at once: each file is replaced whole.
    """
    written = []
    for catalogue in sorted(source.rglob("LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if not force and compiled.exists() and compiled.stat().st_mtime_ns >= catalogue.stat().st_mtime_ns:
            continue
        _compile(catalogue, compiled)
        written.append(compiled)
    return written


def _compile(catalogue: Path, compiled: Path) -> None:
    with catalogue.open("rb") as text:
        messages = read_po(text, locale=catalogue.parent.parent.name)
    part = compiled.with_name(f"{compiled.name}.{os.getpid()}")
    with part.open("wb") as out:
        write_mo(out, messages)
    part.replace(compiled)
