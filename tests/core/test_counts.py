"""Several counts asked for in one statement."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passerelle.accounts.models import Person
from passerelle.core import counts
from tests.support.people import an_employer

pytestmark = pytest.mark.django_db


def test_counts_are_those_of_each_query_set_in_one_statement():
    first, _second = an_employer(), an_employer()
    asked = {
        "all": Person.objects.order_by("name"), "one": Person.objects.filter(username=first.username),
        "quoted": Person.objects.filter(name="O'Neil % %s"), "none": Person.objects.none(),
    }  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        found = counts.together(asked)

    assert found == {"all": 2, "one": 1, "quoted": 0, "none": 0}
    assert len(captured) == 1
    assert counts.together({"none": Person.objects.none()}) == {"none": 0}
