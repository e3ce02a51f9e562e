"""The demo keeps to the rules it shows."""

from datetime import UTC, datetime, timedelta

import pytest

from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import operations as programs
from passerelle.project.demo.intake import Intake
from passerelle.project.demo.story import Story

pytestmark = pytest.mark.django_db

OPENS = datetime(2026, 3, 9, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_story_that_reaches_back_before_the_opening_hands_nothing_in_before_it():
    programs.load_packs(at=OPENS - 10 * DAY)
    story = Story(until=OPENS + 5 * DAY, staff={}, seed=1)
    intake = Intake(story)
    for moment in (OPENS - 3 * DAY, OPENS - DAY, OPENS + 2 * DAY):
        intake.file(moment, strong=True, stop_at="submitted")

    story.tell(lambda done, total: None)

    handed_in = sorted(ExpressionOfInterest.objects.values_list("submitted_at", flat=True))
    minute = timedelta(minutes=1)
    assert handed_in == [OPENS + minute, OPENS + 2 * minute, OPENS + 2 * DAY]
