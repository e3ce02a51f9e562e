"""Handing in."""

import pytest

from passerelle.eoi import operations
from passerelle.eoi.models import ExpressionOfInterest
from tests.factories import NOON, an_eoi

pytestmark = pytest.mark.django_db


def test_case_a_of_the_fact_sheet_scores_597():
    eoi = an_eoi("submitted")

    assert (eoi.state, eoi.points) == ("submitted", 597)
