"""A file of profiles taken in whole, or refused: read in pieces, staged by COPY, written by one statement."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connection, transaction

from passerelle.core import audit
from passerelle.core.verdicts import require
from passerelle.express_entry import queries
from passerelle.express_entry.columns import Columns, Profile
from passerelle.express_entry.crs import SETTING, FederalGrids
from passerelle.express_entry.models import ProfileLoad
from passerelle.express_entry.operations.staging import Staging
from passerelle.express_entry.permissions import can_load
from passerelle.express_entry.reading import Fault, Record, Unreadable, records
from passerelle.programs import queries as programs

PIECE = 5_000  # profiles in memory at once
MOST_FAULTS = 1_000  # after so many, the rest of a file that is refused anyway is not read
KEPT_FAULTS = 200
Tick = Callable[[str, int, int], None]


class NoFederalPool(Exception):
    """The program's pack has no stream whose people come from the federal pool, or names no federal grid."""


@transaction.atomic
def load_profiles(
    *, program: str, file: Path, by: Any, at: datetime, skip_bad: bool = False,
    tick: Tick = lambda what, done, total: None,
) -> ProfileLoad:  # fmt: skip
    """Take a file of federal profiles in and return its load; a file with a fault is refused whole, and so says the load.

    A profile is known by its number: one that changed is written anew, one that did not is left alone. With ``skip_bad``
    the lines with faults are left out instead. Raises NotAllowed, NoFederalPool, OSError, and RulesUnavailable.
    """
    require(can_load(by, program))
    columns = _columns(program, at)
    queries.one_change_at_a_time(program)
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        loading = _Loading(program, columns, skip_bad=skip_bad, tick=tick, size=file.stat().st_size)
        with Staging() as staging:
            loading.stage(stream, file, staging)
            load = _written(loading, staging, name=file.name[:200], sha256=sha256, by=by, at=at)
    audit.record(
        "profiles.loaded" if load.accepted else "profiles.refused", subject=queries.subject(program), by=by, at=at,
        program=program, detail=queries.numbers(load) | {"load": load.pk, "sha256": sha256},
    )  # fmt: skip
    return load


def _columns(program: str, at: datetime) -> Columns:
    rules = programs.rules_in_force(program, at)
    if not rules.federal_streams:
        raise NoFederalPool(f"No stream of {program} takes its people from the federal pool (intake: federal).")
    if SETTING not in rules.settings:
        raise NoFederalPool(f"The pack of {program} has no setting {SETTING}, such as: value: ca-federal/crs.")
    return Columns(FederalGrids(rules), frozenset(programs.occupations().values_list("code", flat=True)))


class _Loading:
    """One run over a file: what was counted, what was wrong."""

    def __init__(self, program: str, columns: Columns, *, skip_bad: bool, tick: Tick, size: int) -> None:
        self.program, self.columns, self.skip_bad, self.tick, self.size = program, columns, skip_bad, tick, size
        self.rows = self.bad = self.fault_count = 0
        self.faults: list[Fault] = []

    @property
    def refused(self) -> bool:
        """Whether nothing may be written: a fault that is not to be skipped, or a file without a profile in order."""
        return self.fault_count > 0 and (not self.skip_bad or self.rows == self.bad)

    def wrong(self, faults: Iterable[Fault], *, lines: int = 1) -> None:
        """Note the faults of so many lines."""
        self.bad += lines
        for fault in faults:
            self.fault_count += 1
            if len(self.faults) < KEPT_FAULTS:
                self.faults.append(fault)

    def stage(self, stream: BinaryIO, path: Path, staging: Staging) -> None:
        """Read the file and stage what is in order; stops early once a file that will be refused shows too many faults."""
        profiles = self._profiles(stream, path)
        while piece := list(islice(profiles, PIECE)):
            staging.add(self.program, piece, self.columns.grids, write=not self.refused)
            self.tick("Kilobytes of profiles", min(stream.tell(), self.size) // 1000, self.size // 1000)
        self.wrong([Fault(line, "profile_number", "twice", str(first)) for line, first in staging.twice()], lines=0)
        self.bad += staging.drop_twice()

    def _profiles(self, stream: BinaryIO, path: Path) -> Iterator[Profile]:
        try:
            for found in records(stream, path):
                self.rows += 1
                if self.rows == 1 and isinstance(found, Record) and (faults := list(self.columns.head_faults(found))):
                    self.skip_bad = False
                    self.wrong(faults)
                    return
                profile = [found] if isinstance(found, Fault) else self.columns.read(found)
                if isinstance(profile, Profile):
                    yield profile
                    continue
                self.wrong(profile)
                if self.fault_count >= MOST_FAULTS and not self.skip_bad:
                    return
        except Unreadable as rest:
            # What cannot be read cannot be skipped: nobody knows how many people are in it.
            self.skip_bad = False
            self.wrong([rest.fault])


def _written(
    loading: _Loading, staging: Staging, *, name: str, sha256: str, by: Any, at: datetime
) -> ProfileLoad:  # fmt: skip
    load = ProfileLoad(
        program=loading.program, file_name=name, sha256=sha256, at=at, by=by, accepted=not loading.refused,
        rows=loading.rows, skipped=loading.bad if not loading.refused else 0, fault_count=loading.fault_count,
        faults=[[one.line, one.field, one.code, one.detail] for one in loading.faults],
    )  # fmt: skip
    if load.accepted:
        # The row's number is needed by the profiles; the row itself is written once, when its counts are known.
        load.pk = _next_number()
        load.added, load.changed = staging.write(loading.program, load.pk, at)
        load.unchanged = load.rows - load.skipped - load.added - load.changed
    load.save(force_insert=True)
    return load


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [ProfileLoad._meta.db_table])
        return int(cursor.fetchone()[0])
