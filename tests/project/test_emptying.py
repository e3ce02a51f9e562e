"""What a transactional test wrote is gone before the next one begins, whatever guards it."""

import pytest
from django.db import connection

from passerelle.core import jobs
from passerelle.programs import operations as programs
from tests.support import database
from tests.support.cases import NOON

MANY = (
    "INSERT INTO django_session SELECT md5(n::text), repeat(md5(n::text), 40), now() FROM generate_series(1, 4000) AS n"
)


def filled() -> set[str]:
    """The tables that hold a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT " + ",".join(f'EXISTS (TABLE "{name}")' for name in tables))
        return {name for name, holds in zip(tables, cursor.fetchone(), strict=True) if holds}


@pytest.mark.django_db(transaction=True)
def test_every_table_is_emptied_but_those_that_follow_from_the_models() -> None:
    programs.load_packs(at=NOON)
    with connection.cursor() as cursor:
        cursor.execute(MANY)  # more than is deleted row by row
    jobs.defer("notices.send_due")
    assert {"core_auditevent", "programs_pack", "django_session", "procrastinate_jobs"} <= filled()
    database.empty()
    assert filled() == {"django_migrations", *database.AS_MIGRATED}
