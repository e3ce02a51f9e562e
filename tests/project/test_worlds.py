"""Worlds made once: what is put back is what the builder wrote, and only where it would write the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from passerelle.accounts.models import Person
from tests.support import cases
from tests.support.people import an_employer
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def a_test() -> Iterator[None]:
    """What the database sees of a test: a transaction that is taken back."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def rows() -> dict[str, list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT here::text FROM public."{table}" AS here ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def test_every_row_is_put_back_as_the_operations_wrote_it():
    found, files = [], []
    for _time in range(2):
        with a_test():
            case = cases.queued(cases.an_office())
            found.append(rows())
            files.append(case.file.file_number)

    assert found[0] == found[1]
    assert sum(map(len, found[0].values())) > 100
    assert files[0] == files[1] != ""


def test_a_builder_runs_again_where_it_begins_with_other_rows_or_is_told_something_else():
    ran = []

    @made_once
    def built(name: str, *anything: object) -> Person:
        ran.append(name)
        return an_employer(name=name)

    for begins in (lambda: None, lambda: None, an_employer):
        with a_test():
            begins()
            assert built("Ines").name == "Ines"
    assert ran == ["Ines", "Ines"], "the second time put back, the third time run after somebody else came first"
    with a_test():
        built("Rui")
        built("Rui")
    assert ran[2:] == ["Rui", "Rui"], "one after the other: the second begins with the rows of the first"
    with a_test():
        built("Ines").name = "Changed by a test"
    with a_test():
        assert built("Ines").name == Person.objects.get().name == "Ines"
        Person.objects.update(name="Written by a test")
        built("Rui")
    with a_test():
        built("Ines", object())
    assert ran[4:] == ["Rui", "Ines"], "what cannot be compared is never put back"


def test_rows_that_were_committed_are_never_put_back_over():
    with transaction.atomic():
        first, second = cases.an_office(), cases.an_office()

    assert first.officer.pk != second.officer.pk
    assert Person.objects.filter(pk__in=[first.officer.pk, second.officer.pk]).count() == 2
