"""Odd input at every address, from the people it lets in: an answer for people each time, never a failure (500)."""

import re
from collections import defaultdict
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse

from passerelle.core import clock
from tests.access.matrix import EVERYBODY, ROWS, Row
from tests.access.world import World, taken_back

ODD = [
    "\x00", "a\x00b", "\u202etxt.exe", "\u200b", "<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "-1", "0",
    "99999999999999999999", "1e309", "NaN", "../../../etc/passwd", "..\\..\\x", "=1+1", "\r\nX-Injected: yes", "%00", "%s%n",
    "{{7*7}}", "{% debug %}", "🦌" * 40, "x" * 60_000, "\ud7ff\uffff", "2026-13-45", "31", "٣", "on", "", " ", "None", "null",
    "a'; DROP TABLE eoi--", "Ǆ\u0301", "00000000-0000-0000-0000-000000000000", "1_000", "+1", "٠",
]  # fmt: skip
ASKED = [
    "page", "show", "q", "draw", "again", "size", "category", "clock", "document", "why", "item", "reference", "signature",
    "number", "next", "program",
]  # fmt: skip
POSTED = [
    "account", "bar", "remove", "act", "agree", "finding", "keep", "confirm", "confirmed", "slot", "source", "token", "version",
    "autosave", "leave", "role", "program", "kind", "outcome", "reasons", "grounds", "add", "id", "state", "points", "at", "by",
]  # fmt: skip
_NAMES = re.compile(r'name="([^"]{1,80})"')


def who_acts(row: Row) -> list[str]:
    """Return one person the page is for, and somebody it is not for."""
    inside = sorted((row.get or frozenset()) | (row.post or frozenset()))
    first = next((who for who in ("candidate", "employer", "officer", "director", *inside) if who in inside), "officer")
    return ["visitor", first] if row.get == EVERYBODY else [first]


class Fuzz:
    """Sends odd things and keeps what failed."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random, self.failed, self.sent = world, random, [], 0

    def odd(self) -> str:
        return self.random.choice(ODD)

    def send(self, row: Row, who: str, method: str, address: str, data: Any = None, **headers: str) -> Any:
        self.sent += 1
        with taken_back(), clock.frozen(self.world.at):
            answer = getattr(self.world.client(who), method)(address, data or {}, headers=headers)
            body = b"" if answer.streaming else answer.content
        fits = answer.status_code < 500 or (row.name == "/readyz" and answer.status_code == 503)
        if not fits or "X-Injected" in answer.headers:
            shown = {key: str(value)[:60] for key, value in (data or {}).items()}
            self.failed.append(f"{answer.status_code} {row.name} {who} {method} {address[:120]!r} {shown}")
        if b"<script>alert(1)" in body or b"<img src=x" in body:
            self.failed.append(f"markup comes back at {row.name} {who} {method} {address[:120]!r} {data}")
        return answer

    def row(self, row: Row, who: str) -> None:
        """Odd queries, odd forms, odd addresses."""
        address = self.address(row, [getattr(self.world, arg) for arg in row.args])
        asked = {name: self.odd() for name in self.random.sample(ASKED, 8)}
        page = self.send(row, who, "get", address, asked)
        self.send(row, who, "get", address, {name: self.odd() for name in ASKED}, **{"HX-Request": "true"})
        names = set() if page.streaming else set(_NAMES.findall(page.content.decode("utf-8", "replace")))
        for _round in range(3):
            chosen = {name: self.odd() for name in [*names, *self.random.sample(POSTED, 12)]}
            self.send(row, who, "post", address, chosen)
        right = dict(row.data(self.world)) if row.data else {}
        for name in self.random.sample(sorted(right), min(2, len(right))):
            self.send(row, who, "post", address, {**right, name: self.odd()})
        self.send(row, who, "post", address, {"files": self.file(), **{name: "x" for name in names if name != "files"}})
        self.send(row, who, self.random.choice(["put", "patch", "delete", "options", "head"]), address)
        for place in range(len(row.args)):
            args = [getattr(self.world, arg) for arg in row.args]
            args[place] = self.odd()
            if odd := self.address(row, args):
                self.send(row, who, self.random.choice(["get", "post"]), odd)

    def file(self) -> SimpleUploadedFile:
        name = self.random.choice(
            ["../../../tmp/x.pdf", "a\u202efdp.exe", "<b>.png", "x" * 300 + ".jpg", "nul\x01.pdf"]
        )
        return SimpleUploadedFile(name, self.random.choice([b"", b"%PDF-1.7 no", b"\x89PNG\r\n\x1a\n", b"MZ\x90"]))

    def address(self, row: Row, args: list[Any]) -> str:
        if row.name.startswith("/"):
            return row.name
        try:
            return reverse(row.name, args=args)
        except NoReverseMatch:
            return ""


@pytest.mark.long
@pytest.mark.django_db
def test_odd_input_never_fails(seed: int) -> None:
    random, world, rows = Random(seed), World(), defaultdict(list)
    for row in ROWS:
        rows[row.stage].append(row)
    fuzz = Fuzz(world, random)
    for stage in world.stages():
        for row in rows[stage]:
            for who in who_acts(row):
                fuzz.row(row, who)
    assert fuzz.sent > 800
    assert not fuzz.failed, f"seed {seed}: {len(fuzz.failed)} of {fuzz.sent}:\n" + "\n".join(fuzz.failed)
