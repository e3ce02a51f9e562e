"""The pages of the act: the notice, an objection and its answer, the seed, acceptance, a receipt; in both languages."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from npd1 import receipts
from passerelle.core import clock
from passerelle.core.models import AccessRow
from passerelle.draws import queries
from passerelle.draws.models import Objection, PublishedNotice, Seed
from tests.draws.support import HOUR, NOON, OPENED, chance_program, places, planned, pool
from tests.support.people import a_staff_member, signed_in

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR
DIGITS = "31415 92653 58979 32384 62643 38327 95028 84197"


def test_a_draw_by_lot_goes_from_notice_to_acceptance_page_by_page():
    chance_program()
    places()
    mine, *_others = pool([400] * 24)
    draw = planned(5)
    here, theirs = f"/en/staff/draws/{draw.number}", f"/fr/candidate/eoi/{mine.reference}/draws/{draw.number}/"
    manager, colleague, director = (a_staff_member(role) for role in ("draw_manager", "draw_manager", "director"))

    with clock.frozen(OPENED + HOUR):
        client, candidate = signed_in(manager), signed_in(mine.candidate)
        assert "Publish the notice" in client.get(f"{here}/").content.decode()
        assert "Publier cet avis" in client.get(f"/fr/staff/draws/{draw.number}/notice/").content.decode()
        assert client.post(f"{here}/notice/").status_code == 302
        assert client.post(f"{here}/notice/").status_code == 403
        assert PublishedNotice.objects.get().signature in client.get(f"{here}/notice/").content.decode()
        assert candidate.get(theirs).status_code == 404

    with clock.frozen(NOON):
        client, candidate = signed_in(manager), signed_in(mine.candidate)
        assert client.post(f"{here}/conduct/").status_code == 302
        assert "People may still object" in client.get(f"{here}/").content.decode()
        assert client.get(f"{here}/bundle.zip").status_code == 404
        assert Client().get(f"/en/check/draw/{draw.number}/bundle.zip").status_code == 404
        page = candidate.get(theirs).content.decode()
        assert "Vous participez à ce tirage" in page
        assert candidate.post(theirs, {"words": ""}).status_code == 422
        assert candidate.post(theirs, {"words": "J'ai 450 points."}).status_code == 302
        assert "J&#x27;ai 450 points." in candidate.get(theirs).content.decode()

    with clock.frozen(AFTER):
        client, candidate = signed_in(manager), signed_in(mine.candidate)
        objection = Objection.objects.get()
        assert mine.reference in client.get(f"{here}/").content.decode()
        answering = f"{here}/objections/{objection.pk}/"
        assert "450 points" in client.get(answering).content.decode()
        assert AccessRow.objects.filter(subject=mine.reference).exists()
        blank = client.post(answering, {"reason": ""})
        assert (blank.status_code, "Write the answer." in blank.content.decode()) == (422, True)
        assert client.post(answering, {"reason": "Vos points sont 400."}).status_code == 302
        assert "Vos points sont 400." in candidate.get(theirs).content.decode()

        assert "Throw ten-sided dice" in client.get(f"{here}/seed/").content.decode()
        assert client.post(f"{here}/seed/", {"digits": "12"}).status_code == 422
        assert client.post(f"{here}/seed/", {"digits": DIGITS}).status_code == 302
        other = signed_in(colleague)
        assert other.post(f"{here}/seed/", {"digits": "0" * 40}).status_code == 422
        assert other.post(f"{here}/seed/", {"digits": DIGITS}).status_code == 302
        assert Seed.objects.get().seed in client.get(f"{here}/").content.decode()

        assert client.post(f"{here}/conduct/").status_code == 302
        head = signed_in(director)
        assert "Accept this selection?" in head.get(f"{here}/accept/").content.decode()
        assert "Accepter cette sélection" in head.get(f"/fr/staff/draws/{draw.number}/accept/").content.decode()
        assert client.post(f"{here}/accept/").status_code == 403
        assert head.post(f"{here}/accept/").status_code == 302
        assert "Issue the invitations" in head.get(f"{here}/").content.decode()
        assert head.post(f"{here}/issue/").status_code == 302

        _as_published(head, here)
        page = candidate.get(theirs, {"verify": "1"}).content.decode()
        assert page.count("is-good") == 5
        assert "is-bad" not in page
        receipt = json.loads(candidate.get(f"{theirs}receipt.json").content)
        assert receipts.proves(receipt)
        assert receipt["sentence"]["fr"] in page.replace("&#x27;", "'")


def _as_published(head: Any, here: str) -> None:
    number = here.split("/")[-1]
    anybody = Client().get(f"/en/check/draw/{number}/bundle.zip").getvalue()
    assert anybody == head.get(f"{here}/bundle.zip").getvalue()
    assert f"/fr/check/draw/{number}/bundle.zip" in Client().get(f"/fr/ca-nt/draws/{number}/").content.decode()
    with zipfile.ZipFile(io.BytesIO(head.get(f"{here}/bundle.zip").getvalue())) as held:
        assert "commitment.json" in held.namelist()
        assert "people.csv" not in held.namelist()
    with zipfile.ZipFile(io.BytesIO(head.get(f"{here}/auditor.zip").getvalue())) as held:
        assert held.read("people.csv").count(b"\r\n") == 25
    assert AccessRow.objects.filter(what="sealed bundle").count() == 1
    assert signed_in(a_staff_member("officer")).get(f"{here}/auditor.zip").status_code == 403


def test_the_next_act_stands_alone_on_the_page():
    chance_program("drand")
    places()
    pool([400, 400])
    draw = planned(1)
    with clock.frozen(OPENED + HOUR):
        page = signed_in(a_staff_member("draw_manager")).get(f"/en/staff/draws/{draw.number}/").content.decode()
    assert page.count('class="govuk-button" role="button"') == 1
    assert queries.notice(draw) is None
