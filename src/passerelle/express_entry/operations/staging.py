"""The table in which a load waits: filled by COPY piece by piece, written to the profiles by one statement."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Self

from django.db import connection

from passerelle.core.sealing import blind, person_key
from passerelle.express_entry.columns import Profile
from passerelle.express_entry.crs import FederalGrids, Score
from passerelle.express_entry.keys import code_key, number_key
from passerelle.express_entry.models import FederalProfile

TABLE = FederalProfile._meta.db_table
IDENTITY = FederalProfile._meta.get_field("identity")
COLUMNS = (
    "code_key", "person_key", "identity", "crs_given", "crs_on", "crs_lines_given", "crs_grid", "crs_computed",
    "crs_lines", "not_computed", "crs_missing", "primary_noc", "primary_noc_months", "experience", "english", "french",
    "english_lowest", "french_lowest", "facts", "provinces", "created_on", "valid_until", "fingerprint",
)  # fmt: skip
STAGED = ("line", "number_key", *COLUMNS)


class Staging:
    """A table of this transaction alone. A profile already kept as it stands leaves its key and line there, no more."""

    def __enter__(self) -> Self:
        with connection.cursor() as cursor:
            columns = ", ".join(("number_key", *COLUMNS))
            cursor.execute(
                f"CREATE TEMP TABLE staged_profiles ON COMMIT DROP AS SELECT 0 AS line, {columns} FROM {TABLE} LIMIT 0"
            )
        return self

    def __exit__(self, *fault: object) -> None:
        if fault[0] is None:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE staged_profiles")

    def add(self, program: str, profiles: Sequence[Profile], grids: FederalGrids, *, write: bool) -> None:
        """Stage a piece; with ``write`` off, only what tells whether a number stands twice."""
        keys = [number_key(program, one.number) for one in profiles]
        prints = [blind(f"{program}|profile", one.told) for one in profiles]
        known = self._known(program, keys)
        fresh = [place for place, key in enumerate(keys) if write and known.get(key) != prints[place]]
        scores = dict(
            zip(fresh, grids.scores([(profiles[one].crs_on, profiles[one].facts) for one in fresh]), strict=True)
        )
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY staged_profiles ({', '.join(STAGED)}) FROM STDIN") as copy,
        ):
            for place, (key, one) in enumerate(zip(keys, profiles, strict=True)):
                score = scores.get(place)
                cells = _cells(program, one, score, prints[place]) if score else (None,) * len(COLUMNS)
                copy.write_row((one.line, key, *cells))

    def _known(self, program: str, keys: list[str]) -> dict[str, str]:
        found = FederalProfile.objects.filter(program=program, number_key__in=keys)
        return dict(found.values_list("number_key", "fingerprint"))

    def twice(self, limit: int = 1000) -> Iterator[tuple[int, int]]:
        """Yield the lines whose number already stood on an earlier one, with that line."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT line, first FROM (SELECT line, min(line) OVER (PARTITION BY number_key) AS first"
                " FROM staged_profiles) AS lines WHERE line <> first ORDER BY line LIMIT %s",
                [limit],
            )
            yield from cursor.fetchall()

    def drop_twice(self) -> int:
        """Keep the first line of each number; return how many others there were."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM staged_profiles USING (SELECT number_key, min(line) AS first FROM staged_profiles"
                " GROUP BY number_key HAVING count(*) > 1) AS more"
                " WHERE staged_profiles.number_key = more.number_key AND line <> first"
            )
            return int(cursor.rowcount)

    def write(self, program: str, load: int, at: datetime) -> tuple[int, int]:
        """Write what is new or changed; return how many of each."""
        listed = ", ".join(COLUMNS)
        changes = ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS, "load_id", "loaded_at"))
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH written AS (INSERT INTO {TABLE} AS kept (program, number_key, first_load_id, load_id, loaded_at, {listed})"
                f" SELECT %s, number_key, %s, %s, %s, {listed} FROM staged_profiles WHERE fingerprint IS NOT NULL ORDER BY line"
                f" ON CONFLICT (program, number_key) DO UPDATE SET {changes} WHERE kept.fingerprint <> excluded.fingerprint"
                " RETURNING (xmax = 0) AS is_new)"
                " SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written",
                [program, load, load, at],
            )
            added, changed = cursor.fetchone()
        return int(added), int(changed)


def _cells(program: str, one: Profile, score: Score, fingerprint: str) -> tuple[Any, ...]:
    who = one.identity
    country, passport = who.get("passport_country", ""), who.get("passport_number", "")
    return (
        code_key(program, one.code_digest), person_key(program, country, passport) if passport else "",
        IDENTITY.get_prep_value({"profile_number": one.number, **who}),
        one.crs, one.crs_on, json.dumps(one.crs_lines), score.grid, score.total, json.dumps(score.lines), score.reason,
        list(score.missing), one.primary_noc, one.experience[one.primary_noc], json.dumps(one.experience),
        list(one.levels["en"]), list(one.levels["fr"]), min(one.levels["en"], default=None),
        min(one.levels["fr"], default=None), json.dumps(one.facts), list(one.provinces), one.created_on,
        one.valid_until, fingerprint,
    )  # fmt: skip
