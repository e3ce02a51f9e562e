"""Rows kept aside and put back: a world made once for many rounds, each of which begins with the same rows."""

from collections.abc import Collection

from django.db import connection

# One of another row, or of none, goes; one that is missing comes back. Rows that did not change are left alone.
_BACK = """
DELETE FROM public.{table} AS here WHERE NOT EXISTS (SELECT FROM kept.{table} AS aside WHERE aside.id = here.id AND aside *= here);
INSERT INTO public.{table} SELECT aside.* FROM kept.{table} AS aside
WHERE NOT EXISTS (SELECT FROM public.{table} AS here WHERE here.id = aside.id);
"""
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
_DIGEST = "SELECT '{table}', count(*), sum(hashtextextended(one::text, 0)) FROM public.{table} AS one"


class Kept:
    """The rows of ``tables`` as they are now, and what all the other tables hold."""

    def __init__(self, tables: Collection[str]) -> None:
        self._tables = sorted(tables)
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept")
            for table in self._tables:
                cursor.execute(f"CREATE TABLE kept.{table} AS TABLE public.{table}; CREATE INDEX ON kept.{table} (id)")
        self._others = self._digests(without=self._tables)
        self._here = self._digests(only=self._tables)

    def back(self, then: str = "") -> None:
        """Put the kept rows back and run the statements ``then``, past triggers and references: one transaction."""
        back = "".join(_BACK.format(table=table) for table in self._tables)
        with connection.cursor() as cursor:
            cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {back} {then} COMMIT;")

    def strayed(self) -> list[str]:
        """Return the tables outside the kept ones whose rows are not those of then: they should be kept, too."""
        return sorted(name for name, rows in self._digests(without=self._tables).items() if rows != self._others[name])

    def differing(self) -> list[str]:
        """Return the kept tables whose rows are not those kept; none once they are back."""
        return sorted(name for name, rows in self._digests(only=self._tables).items() if rows != self._here[name])

    def sweep(self) -> None:
        """Clear away the rows put aside so often, and the schema."""
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA kept CASCADE")
            cursor.execute("VACUUM ANALYZE " + ", ".join(f"public.{table}" for table in self._tables))

    def _digests(
        self, *, only: Collection[str] = (), without: Collection[str] = ()
    ) -> dict[str, tuple[int, int | None]]:
        with connection.cursor() as cursor:
            cursor.execute(_TABLES)
            asked = [name for (name,) in cursor.fetchall() if name not in without and (not only or name in only)]
            cursor.execute(" UNION ALL ".join(_DIGEST.format(table=name) for name in asked))
            return {name: (count, total) for name, count, total in cursor.fetchall()}
