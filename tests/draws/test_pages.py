"""The staff pages of draws, places and invitations, and the parties' page of an invitation: who gets what, in both languages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from passerelle.allocations.models import Allocation
from passerelle.core import clock
from passerelle.draws.models import Draw
from passerelle.draws.operations import ask_void, conduct_draw, leave_out
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import issue_invitations, mark_accepted
from tests.draws.support import CLOSES, HOUR, NOON, eoi, places, planned, pool
from tests.support.people import a_staff_member, signed_in

pytestmark = pytest.mark.django_db
PLAN = {
    "held_on_day": "25", "held_on_month": "3", "held_on_year": "2026", "closes_on_day": "25", "closes_on_month": "3",
    "closes_on_year": "2026", "closes_time": "00:00", "categories": ["skilled", "express_entry"], "size": "65",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with clock.frozen(NOON):
        yield


def staff(*roles: str) -> Client:
    return signed_in(a_staff_member(*roles))


def test_a_director_sets_the_places_and_sees_the_change():
    places(197)
    client = staff("director")

    refused = client.post("/en/staff/places/", {"year": "2026", "places": "many", "reason": ""})
    client.post("/en/staff/places/", {"year": "2026", "places": "300", "reason": "Raised by Canada"})
    page = client.get("/fr/staff/places/").content.decode()

    assert refused.status_code == 422
    assert Allocation.objects.get().places == 300
    assert "Raised by Canada" in page
    assert "300" in page


def test_places_are_not_put_below_those_spoken_for_and_an_officer_only_looks():
    places(5)
    Allocation.objects.update(held=3)

    answer = staff("director").post("/en/staff/places/", {"year": "2026", "places": "2", "reason": "Cut"})
    looking = staff("officer").get("/en/staff/places/")
    refused = staff("officer").post("/en/staff/places/", {"year": "2026", "places": "9", "reason": "x"})

    assert (answer.status_code, refused.status_code, looking.status_code) == (422, 403, 200)
    assert b"3 places are held or used" in answer.content
    assert b"Only a director" in looking.content


def test_a_draw_is_planned_with_volume_and_places_in_sight():
    places(197)
    pool([400, 417])
    client = staff("draw_manager")
    page = client.get("/en/staff/draws/plan/").content.decode()

    answer = client.post("/en/staff/draws/plan/", PLAN)

    draw = Draw.objects.get()
    assert "places left in 2026" in page
    assert "received this year" in page
    assert answer["Location"] == f"/en/staff/draws/{draw.number}/"
    assert (draw.closes_at, draw.size, draw.categories) == (CLOSES, 65, ["skilled", "express_entry"])


FAULTS: list[dict[str, Any]] = [
    {"size": "0"}, {"size": ""}, {"categories": []}, {"closes_on_day": "27"}, {"closes_time": "25:00"},
    {"held_on_day": "31", "held_on_month": "2"},
]  # fmt: skip


@pytest.mark.parametrize("change", FAULTS)
def test_a_plan_with_a_fault_comes_back_with_what_was_typed(change: dict[str, Any]):
    places()
    answer = staff("draw_manager").post("/en/staff/draws/plan/", {**PLAN, **change})

    assert answer.status_code == 422
    assert b"govuk-error-summary" in answer.content
    assert not Draw.objects.exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_workbench_at_every_step(language: str):
    pool([597, 417, 417, 300])
    places()
    draw, client = planned(2), staff("director")
    address = f"/{language}/staff/draws/{draw.number}/"

    seen = [client.get(address).content.decode()]
    tried = client.get(address + "?size=3").content.decode()
    conduct_draw(number=draw.number, by=a_staff_member("draw_manager"), at=NOON)
    seen.append(client.get(address).content.decode())
    issue_invitations(number=draw.number, by=a_staff_member("director"), at=NOON)
    seen.append(client.get(address).content.decode())

    words = {
        "en": (
            "2 people of 4 would be taken, cut-off 417",
            "Nobody left out outranks anyone taken.",
            "Nothing is left to chance.",
        ),
        "fr": (
            "2 personnes sur 4 seraient retenues, seuil de 417",
            "Aucune personne non retenue ne devance",
            "Rien n&#x27;est laissé au hasard.",
        ),
    }[language]
    assert words[0] in seen[0]
    assert words[1] not in seen[0]
    assert all(word in page for page in seen[1:] for word in words[1:])
    assert "is-now" in seen[0]
    assert tried != seen[0]


def test_a_draw_is_conducted_by_one_and_issued_by_another_through_the_pages():
    pool([597, 417, 300])
    places()
    draw, first, second = planned(2), staff("director"), staff("director")

    first.post(f"/en/staff/draws/{draw.number}/conduct/")
    refused = first.post(f"/en/staff/draws/{draw.number}/issue/")
    issued = second.post(f"/en/staff/draws/{draw.number}/issue/")
    again = second.post(f"/en/staff/draws/{draw.number}/issue/")

    assert (refused.status_code, issued.status_code, again.status_code) == (403, 302, 409)
    assert Invitation.objects.count() == 2


def test_a_file_in_the_way_is_shown_left_out_by_two_and_the_draw_goes_on():
    eoi(500)
    waiting = eoi(state="submitted")
    places()
    draw, first, second = planned(1), staff("draw_manager"), staff("draw_manager")
    act = f"/en/staff/draws/{draw.number}/leave-out/{waiting.reference}/"

    stopped = first.post(f"/en/staff/draws/{draw.number}/conduct/")
    first.post(act, {"reason": "Report not legible"})
    alone = first.post(act, {"confirm": "1"})
    second.post(act, {"confirm": "1"})
    gone_on = first.post(f"/en/staff/draws/{draw.number}/conduct/")

    assert (stopped.status_code, alone.status_code, gone_on.status_code) == (409, 403, 302)
    assert waiting.reference in stopped.content.decode()


def test_void_is_asked_by_one_settled_by_another_and_planned_again():
    eoi(500)
    places()
    draw, first, second = planned(1), staff("draw_manager"), staff("director")

    first.post(f"/en/staff/draws/{draw.number}/void/", {"reason": "Wrong day"})
    refused = first.post(f"/en/staff/draws/{draw.number}/void/settle/")
    second.post(f"/en/staff/draws/{draw.number}/void/settle/")
    first.post(f"/en/staff/draws/plan/?again={draw.number}", PLAN)

    assert refused.status_code == 403
    assert [(one.state, one.follows_id) for one in Draw.objects.order_by("pk")] == [
        ("void", None),
        ("planned", draw.pk),
    ]


@pytest.mark.parametrize("size", [1, 3])
def test_the_lists_cost_the_same_queries_for_one_row_and_for_three(size: int, django_assert_max_num_queries: Any):
    pool([500 + number for number in range(size)])
    places()
    for _ in range(size - 1):
        planned(1)
    draw = planned(size)
    conduct_draw(number=draw.number, by=a_staff_member("draw_manager"), at=NOON)
    issue_invitations(number=draw.number, by=a_staff_member("director"), at=NOON)
    client = staff("director")

    for address, most in (("draws/", 22), ("invitations/", 14), ("places/", 14)):
        with django_assert_max_num_queries(most):
            assert client.get(f"/en/staff/{address}").status_code == 200


ADDRESSES = ["draws/", "draws/plan/", "draws/{0}/", "draws/{0}/plan/", "draws/{0}/ranking/", "draws/{0}/conduct/",
             "draws/{0}/void/", "draws/{0}/void/settle/", "draws/{0}/issue/", "places/", "invitations/",
             "invitations/{1}/", "invitations/{1}/more-time/", "invitations/{1}/cancel/"]  # fmt: skip


def invited() -> tuple[Draw, Invitation]:
    eoi(500)
    places()
    draw = planned(1)
    conduct_draw(number=draw.number, by=a_staff_member("draw_manager"), at=NOON)
    (invitation,) = issue_invitations(number=draw.number, by=a_staff_member("director"), at=NOON)
    return draw, invitation


@pytest.mark.parametrize("address", ADDRESSES)
def test_staff_of_the_program_read_every_page_and_nobody_else_does(address: str):
    draw, invitation = invited()
    path = "/fr/staff/" + address.format(draw.number, invitation.reference)
    elsewhere = signed_in(a_staff_member("director", program="ca-on"))

    assert staff("auditor").get(path).status_code == 200
    assert Client().get(path).status_code == 302
    assert signed_in(invitation.eoi.employer).get(path).status_code == 404
    assert signed_in(invitation.eoi.candidate).get(path).status_code == 404
    if "{" in address:
        assert elsewhere.get(path).status_code in (403, 404)


@pytest.mark.parametrize("side", ["employer", "candidate"])
@pytest.mark.parametrize("page", ["", "decline/", "deadline.ics"])
def test_each_party_reads_its_own_page_and_a_stranger_nothing(side: str, page: str):
    _draw, invitation = invited()
    path = f"/en/{side}/invitation/{invitation.reference}/{page}"
    other = {"employer": "candidate", "candidate": "employer"}[side]

    assert signed_in(getattr(invitation.eoi, side)).get(path).status_code == 200
    assert signed_in(getattr(invitation.eoi, other)).get(path).status_code == 404
    assert signed_in(getattr(eoi(300), side)).get(path).status_code == 404
    assert staff("director").get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_the_page_says_what_next_and_by_when_and_declining_ends_it():
    _draw, invitation = invited()
    client = signed_in(invitation.eoi.employer)
    path = f"/en/employer/invitation/{invitation.reference}/"

    page = client.get(path).content.decode().replace("\u00a0", " ")
    client.post(path + "decline/", {"reason": ""})
    after = client.get(path).content.decode()

    assert "April 24, 2026 at 11:59" in page
    assert f"{invitation.reference}/apply/" in page
    assert Invitation.objects.get().state == "declined"
    assert "declined" in after
    assert "/apply/" not in after


def test_a_moment_too_late_the_page_says_it_is_over_and_the_post_is_refused():
    _draw, invitation = invited()
    client = signed_in(invitation.eoi.candidate)
    path = f"/en/candidate/invitation/{invitation.reference}/"

    with clock.frozen(invitation.respond_by):
        page, post = client.get(path).content.decode(), client.post(path + "decline/", {})
    with clock.frozen(invitation.respond_by - timedelta(microseconds=1)):
        in_time = client.post(path + "decline/", {})

    assert "The time to apply is over" in page
    assert (post.status_code, in_time.status_code) == (403, 302)


def test_staff_give_more_time_and_cancel():
    _draw, invitation = invited()
    path = f"/en/staff/invitations/{invitation.reference}/"

    wrong = staff("officer").post(path + "more-time/", {"days": "0", "reason": ""})
    staff("officer").post(path + "more-time/", {"days": "5", "reason": "Late form"})
    longer = Invitation.objects.get().respond_by
    refused = staff("officer").post(path + "cancel/", {"reason": "Error"})
    staff("director").post(path + "cancel/", {"reason": "Error"})

    assert (wrong.status_code, refused.status_code) == (422, 403)
    assert longer - invitation.respond_by == timedelta(days=5)
    assert Invitation.objects.get().state == "cancelled"


def test_an_application_begun_shows_on_the_page():
    _draw, invitation = invited()
    mark_accepted(reference=invitation.reference, by=invitation.eoi.employer, at=NOON + HOUR)

    page = signed_in(invitation.eoi.employer).get(f"/en/employer/invitation/{invitation.reference}/").content.decode()

    assert "Continue the application" in page
    assert "Decline this invitation" not in page


def test_a_void_asked_for_is_told_on_the_workbench():
    eoi()
    draw = planned(1)
    ask_void(number=draw.number, reason="Wrong size", by=a_staff_member("draw_manager"), at=NOON)

    assert b"asks to make this draw void" in staff("director").get(f"/en/staff/draws/{draw.number}/").content


def test_a_draw_and_its_files_tell_what_happened_in_words():
    waiting, _other = eoi(state="submitted"), eoi(500)
    places()
    draw = planned(1)
    leave_out(number=draw.number, reference=waiting.reference, reason="Not legible", by=a_staff_member("director"),
              confirmed_by=a_staff_member("director"), at=NOON)  # fmt: skip
    conduct_draw(number=draw.number, by=a_staff_member("draw_manager"), at=NOON)

    page = staff("auditor").get(f"/en/staff/draws/{draw.number}/").content.decode()
    told = signed_in(waiting.candidate).get(f"/en/candidate/eoi/{waiting.reference}/").content.decode()

    assert all(
        words in page for words in ("Draw planned", "Left out of a draw by two people", "Pool frozen", "Selection made")
    )
    assert "Left out of a draw by two people" in told
