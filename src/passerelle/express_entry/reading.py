"""A file of profiles read line by line in bounded memory: CSV with a head, or JSON (an array, or an object a line)."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

WIDEST = 1_000_000  # characters of one JSON object; more is no profile
PIECE = 1 << 16


@dataclass(frozen=True)
class Fault:
    """What is wrong in one field of one line. ``detail`` tells what is expected, never what was found."""

    line: int
    field: str
    code: str
    detail: str = ""


@dataclass(frozen=True)
class Record:
    """One profile as it stands in the file."""

    line: int
    values: Mapping[str, Any]


class Unreadable(Exception):
    """The rest of the file cannot be read; ``fault`` says from where."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def records(file: BinaryIO, path: Path) -> Iterator[Record | Fault]:
    """Yield the profiles of a file and the faults of its shape. Raises Unreadable."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield from _json(text) if path.suffix.lower() in (".json", ".jsonl", ".ndjson") else _csv(text)
    finally:
        text.detach()  # the file is its opener's to close


def _csv(text: io.TextIOWrapper) -> Iterator[Record | Fault]:
    reader = csv.reader(text, strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        for row in reader:
            if row and len(row) != len(head):
                yield Fault(reader.line_num, "", "width", str(len(head)))
            elif row:
                yield Record(reader.line_num, dict(zip(head, row, strict=True)))
    except UnicodeDecodeError as fault:
        raise Unreadable(Fault(reader.line_num + 1, "", "encoding")) from fault
    except csv.Error as fault:
        raise Unreadable(Fault(reader.line_num, "", "csv")) from fault


def _json(text: io.TextIOWrapper) -> Iterator[Record | Fault]:
    """One object after another, whatever stands between them: an array and an object a line are read alike."""
    decoder, buffer, line, ended = json.JSONDecoder(), "", 1, False
    while True:
        stripped = buffer.lstrip(" \t\r\n,[]")
        line += buffer[: len(buffer) - len(stripped)].count("\n")
        buffer = stripped
        if not buffer and ended:
            return
        try:
            value, end = decoder.raw_decode(buffer)
        except ValueError as fault:
            if ended or len(buffer) > WIDEST:
                raise Unreadable(Fault(line, "", "json")) from fault
            piece = _piece(text, line)
            ended, buffer = not piece, buffer + piece
            continue
        yield Record(line, value) if isinstance(value, dict) else Fault(line, "", "json")
        line, buffer = line + buffer[:end].count("\n"), buffer[end:]


def _piece(text: io.TextIOWrapper, line: int) -> str:
    try:
        return text.read(PIECE)
    except UnicodeDecodeError as fault:
        raise Unreadable(Fault(line, "", "encoding")) from fault
