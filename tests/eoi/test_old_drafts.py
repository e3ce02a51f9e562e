"""A draft that nobody touches is not kept for ever: the pack says for how long."""

from datetime import timedelta

import pytest

from passerelle.core.deadlines import anniversary
from passerelle.eoi import operations
from passerelle.notices.models import Notice
from passerelle.programs import queries as programs
from tests.factories import NOON, an_eoi

pytestmark = pytest.mark.django_db


def test_a_draft_untouched_for_as_long_as_the_pack_keeps_drafts_is_closed_and_its_answers_erased():
    old, touched, handed_in = an_eoi("draft"), an_eoi("draft"), an_eoi("submitted")
    over = anniversary(NOON, years=1, zone=programs.rules_in_force("ca-nt", NOON).zone)
    operations.save_section(
        reference=touched.reference, section="about_you", answers={"family_name": "Diallo"}, by=touched.candidate,
        at=NOON + timedelta(days=30),
    )  # fmt: skip

    assert operations.erase_drafts(at=over - timedelta(days=1)) == 0
    assert operations.erase_drafts(at=over) == 1

    for one in (old, touched, handed_in):
        one.refresh_from_db()
    assert (old.state, old.answers, old.criteria, old.closed_at) == ("closed", {}, {}, over)
    assert set(Notice.objects.filter(kind="eoi_stopped").values_list("to", flat=True)) == {
        old.employer_id,
        old.candidate_id,
    }
    assert [one.state for one in (touched, handed_in)] == ["draft", "submitted"]
    assert operations.erase_drafts(at=over) == 0
