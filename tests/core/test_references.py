"""Reference numbers: one sequence for each prefix and year, none given twice."""

import threading

import pytest
from django.db import connection, transaction

from passerelle.core.references import next_reference


@pytest.mark.django_db
def test_each_prefix_and_year_has_its_own_sequence():
    given = [next_reference("NT-E", 2026), next_reference("NT-E", 2026), next_reference("NT-D", 2026)]

    assert [*given, next_reference("NT-E", 2027)] == [
        "NT-E-2026-000001", "NT-E-2026-000002", "NT-D-2026-000001", "NT-E-2027-000001",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_number_of_an_act_that_failed_is_given_again():
    with transaction.atomic():
        next_reference("NT-E", 2026)
        transaction.set_rollback(True)

    assert next_reference("NT-E", 2026) == "NT-E-2026-000001"


@pytest.mark.django_db(transaction=True)
def test_people_at_once_get_different_numbers():
    given: list[str] = []

    def take() -> None:
        for _ in range(10):
            with transaction.atomic():
                given.append(next_reference("NT-E", 2026))
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(given) == [f"NT-E-2026-{number:06d}" for number in range(1, 81)]
