"""The pages of an error found in a draw: said, looked at, kept, accepted; what the public, the lists and each person then read."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from passerelle.core import clock
from passerelle.draws import queries
from passerelle.draws.models import Draw, Repair, RepairAcceptance
from passerelle.draws.operations import conduct_draw
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations.models import Invitation
from tests.draws.support import DAY, NOON, aimed, aimed_program, eoi, graduate, manager, places, under
from tests.draws.test_replaying import FRENCH, issued
from tests.support.people import a_staff_member, signed_in
from tests.support.worlds import made_once

pytestmark = pytest.mark.django_db
WORDS = {
    "what_en": "The points of one file were wrong.", "what_fr": "Les points d'un dossier étaient faux.", "way": "invite",
    "reason": "They were kept out by our mistake.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _later() -> Iterator[None]:
    with clock.frozen(NOON + 3 * DAY):
        yield


def staff(*roles: str) -> Client:
    return signed_in(a_staff_member(*roles))


@made_once
def wrong() -> tuple[Draw, list[ExpressionOfInterest], dict[str, str]]:
    files = [eoi(points) for points in (500, 490, 480, 470)]
    return issued(2), files, {"wrong": f"{files[0].reference} points=400"}


def address(draw: Draw, language: str = "en") -> str:
    return f"/{language}/staff/draws/{draw.number}/error/"


def told(page: Any) -> str:
    return " ".join(page.content.decode().split())


def notices(page: Any) -> dict[str, str]:
    """The notices as the form holds them, with the mark of what they were drafted from."""
    form = page.context["form"]
    return {name: form[name].value() for name in ("notice_en", "notice_fr", "drafted")}


def kept(client: Client, draw: Draw, said: dict[str, str], **more: Any) -> Repair:
    draft = client.post(address(draw), {**said, **WORDS, **more, "step": "draft"})
    client.post(address(draw), {**said, **WORDS, **more, **notices(draft), "step": "keep"})
    return Repair.objects.get()


def test_a_director_looks_at_whom_an_error_touched_and_nothing_is_kept():
    draw, files, said = wrong()
    client = staff("director")

    asked, seen = client.get(address(draw)), client.post(address(draw), {**said, "step": "look"})
    text = told(seen)

    assert asked.status_code == seen.status_code == 200
    assert files[2].reference in text
    assert "Takes 1 place of 2026, of which 195 are left." in text
    assert f'name="wrong" value="{files[0].reference} points=400"' in text
    assert not Repair.objects.exists()
    back = told(client.post(address(draw), {**said, "step": "change"}))
    assert f"{files[0].reference} points=400</textarea>" in back


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Say what was wrong."), ({"wrong": "NT-E-2026-000001"}, "Line 1: write the number of the file"),
        ({"wrong": "\nNT-E-2026-000001 nonsense=1"}, "Line 2: the pack has no fact nonsense."),
        ({"wrong": "NT-E-2026-000001 points=many"}, "Line 1: many is no value of points."),
        ({"wrong": "NT-E-2026-000001 nwt_employees=few"}, "Line 1: few is no value of nwt_employees."),
        ({"without": "63200"}, "Write the fact and its value"),
        ({"out": "NT-E-2026-999999"}, "Not in this draw: NT-E-2026-999999."),
        ({"size": "0"}, "Enter 1 or more."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_at_its_field(said: dict[str, str], words: str):
    draw, _files, _said = wrong()

    answer = staff("director").post(address(draw), {**said, "step": "look"})

    assert answer.status_code == 422
    assert words in told(answer)


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [
        ({}, 422, "aim"), ({"aim": "as_it_was", "out": "1"}, 422, "aim"), ({"aim": "everybody"}, 422, "aim"),
        ({"aim": "those"}, 200, None),
    ],
)  # fmt: skip
def test_filters_count_only_where_the_draw_should_have_been_aimed_at_them(
    said: dict[str, str], status: int, field: str | None
):
    aimed_program()
    places()
    for number in range(3):
        graduate(500 - number, facts={"targeted_trade": True, "outside_yellowknife": number > 0})
    draw = aimed(1, "trade")
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    client = staff("director")

    shown = client.get(address(draw)).context["said"]
    answer = client.post(address(draw), {**said, "attributes": ["outside"], "step": "look"})

    assert shown["aim"].value() == "as_it_was"
    assert (answer.status_code, field in answer.context["said"].errors) == (status, field is not None)


def test_other_places_of_a_reserve_are_asked_for_and_told_at_their_field():
    for points, french in ((500, False), (490, False), (400, True), (390, True)):
        eoi(points, facts={"francophone": french})
    draw = issued(3, {"order": [{"by": "points"}], "reserve": [FRENCH]})
    client = staff("director")

    asked = client.get(address(draw, "fr"))
    wrong_number = client.post(address(draw), {"places_french": "-1", "step": "look"})
    too_many = client.post(address(draw), {"places_french": "4", "step": "look"})
    seen = client.post(address(draw), {"places_french": "2", "step": "look"})

    assert "Places qu'il aurait fallu réserver pour : Un essai" in told(asked).replace("&#x27;", "'")
    for answer, words in ((wrong_number, "Enter 0 or more."), (too_many, "more than the size of the draw")):
        assert answer.status_code == 422
        assert words in told(answer)
        assert 'href="#id_places_french"' in told(answer)
    assert [len(group["rows"]) for group in seen.context["people"]] == [1, 1]
    assert 'name="places_french" value="2"' in told(seen)


def test_the_notices_are_drafted_read_and_kept_and_another_director_carries_it_out():
    draw, files, said = wrong()
    first, second = staff("director"), staff("director")
    early = first.post(address(draw), {**said, **WORDS, "step": "keep"})
    assert (early.status_code, Repair.objects.exists()) == (422, False)
    draft = first.post(address(draw), {**said, **WORDS, "step": "draft"})
    other_way = first.post(address(draw), {**said, **WORDS, **notices(draft), "way": "notice", "step": "keep"})
    assert other_way.status_code == 422
    assert "Read the notices again" in told(other_way)
    assert "Nobody is invited in addition." in notices(other_way)["notice_en"]

    plan = kept(first, draw, said)
    shown = told(first.get(f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/"))
    accept = f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/accept/"
    refused, asked = first.post(accept), second.get(accept)
    done = second.post(accept)

    assert "You made this plan. Another director accepts it." in shown
    assert (refused.status_code, asked.status_code, done.status_code) == (403, 200, 302)
    assert Invitation.objects.get(eoi=files[2]).repair_id == plan.pk
    assert second.post(accept).status_code == 403
    # Told from those drawn, wherever invitations are listed.
    listed = told(second.get("/en/staff/invitations/"))
    assert len(re.findall("in addition", listed)) == 1
    assert "in addition" in told(second.get(f"/en/staff/invitations/{Invitation.objects.get(eoi=files[2]).reference}/"))
    assert "and it is repaired" in told(second.get(f"/en/staff/draws/{draw.number}/"))


def test_everybody_reads_the_notice_in_both_languages_beside_the_first_result():
    draw, files, said = wrong()
    Draw.objects.filter(pk=draw.pk).update(pool_size=300)
    plan = kept(staff("director"), draw, said)
    before = told(Client().get(f"/en/ca-nt/draws/{draw.number}/"))
    staff("director").post(f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/accept/")

    english, french = (told(Client().get(f"/{code}/ca-nt/draws/{draw.number}/")) for code in ("en", "fr"))

    assert plan.notice["en"][:40] not in before
    assert "kept fewer than 20 people from a place" in english
    assert "moins de 20 personnes" in french
    assert not any(one.reference in english + french for one in files)
    for number in ("invited", "pool"):
        assert getattr(queries.numbers(queries.public_draw("ca-nt", draw.number)), number) is not None  # type: ignore[arg-type]
    record = json.loads(Client().get("/en/ca-nt/draws.json").content)["draws"]
    ours = next(one for one in record if one["number"] == draw.number)
    assert ours["invited"] == 2
    assert ours["repairs"] == [{"at": "2026-03-28T18:00:00Z", **plan.notice}]
    feed = Client().get("/fr/ca-nt/draws.atom").content.decode()
    assert "#repaired-1" in feed
    assert "Erreur découverte et corrigée" in feed
    assert "repairs_fr" in Client().get("/fr/ca-nt/draws.csv").content.decode()


def test_each_person_reads_on_their_own_page_what_the_error_meant_for_them():
    draw, files, said = wrong()
    plan = kept(staff("director"), draw, said, way="replace")
    assert "additional" not in queries.why(draw, files[2], None)
    staff("director").post(f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/accept/")

    sentences = [queries.why(draw, one, queries.receipt(draw, one)) for one in files]

    assert "invitation was taken back" in sentences[0]
    assert "invited in addition" in sentences[2]
    assert "error" not in sentences[1] + sentences[3]


def test_a_plan_whose_people_moved_on_says_so_and_does_nothing():
    draw, files, said = wrong()
    plan = kept(staff("director"), draw, said)
    ExpressionOfInterest.objects.filter(pk=files[2].pk).update(state="withdrawn", closed_at=NOON + DAY)

    answer = staff("director").post(f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/accept/")

    assert answer.status_code == 409
    assert "have changed since this plan" in told(answer)
    assert not RepairAcceptance.objects.exists()


def test_a_director_withdraws_a_plan_with_a_reason_and_nobody_accepts_it():
    draw, _files, said = wrong()
    plan = kept(staff("director"), draw, said)
    client, address_of = staff("director"), f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/"
    assert f'{address_of}withdraw/"' in told(client.get(address_of))

    empty = client.post(f"{address_of}withdraw/", {"reason": ""})
    done = client.post(f"{address_of}withdraw/", {"reason": "Said wrongly."})

    assert (empty.status_code, done.status_code) == (422, 302)
    assert "Give the reason." in told(empty)
    shown = told(client.get(address_of))
    assert ("Said wrongly." in shown, "Accept and carry out" in shown) == (True, False)
    assert client.post(f"{address_of}accept/").status_code == 403
    assert "a plan waits" not in told(client.get(f"/en/staff/draws/{draw.number}/"))
    assert "Withdrawn" in told(client.get(address(draw)))


def test_before_the_issue_the_way_is_to_make_the_draw_void():
    files = [eoi(points) for points in (500, 490)]
    draw = under({"order": [{"by": "points"}]}, 1)
    conduct_draw(number=draw.number, by=manager(), at=NOON)
    client = staff("director")

    seen = client.post(address(draw), {"out": files[0].reference, "step": "look"})
    kept_anyway = client.post(address(draw), {"out": files[0].reference, **WORDS, "step": "keep"})

    assert f"/en/staff/draws/{draw.number}/void/" in told(seen)
    assert "Keep this plan" not in told(seen)
    assert kept_anyway.status_code == 200
    assert not Repair.objects.exists()


def test_only_a_director_looks_and_an_auditor_reads_the_plan():
    draw, _files, said = wrong()
    plan = kept(staff("director"), draw, said)

    for roles in (("draw_manager",), ("officer",), ("auditor",)):
        assert staff(*roles).post(address(draw), {**said, "step": "look"}).status_code == 403
    assert staff("auditor").get(f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/").status_code == 200
    assert staff("officer").get(f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/").status_code == 403


def test_words_that_name_somebody_are_refused_at_their_field():
    draw, files, said = wrong()
    client = staff("director")
    more = {"what_en": f"The points of {files[0].reference} were wrong."}
    draft = client.post(address(draw), {**said, **WORDS, **more, "step": "draft"})

    answer = client.post(address(draw), {**said, **WORDS, **more, **notices(draft), "step": "keep"})

    assert answer.status_code == 422
    assert "Take names and file numbers of people out." in told(answer)
    assert not Repair.objects.exists()


def test_many_draws_with_repairs_are_listed_in_as_many_questions_as_one(django_assert_max_num_queries: Any):
    draw, _files, said = wrong()
    plan = kept(staff("director"), draw, said)
    staff("director").post(f"/en/staff/draws/{draw.number}/repairs/{plan.pk}/accept/")

    with django_assert_max_num_queries(2):
        found = [queries.changed_at(one) for one in queries.public_draws("ca-nt")]

    assert found == [NOON + 3 * DAY + timedelta(0)]
