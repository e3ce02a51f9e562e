"""Of places that took few the cut-off is held back, and so is all it could be worked out from; receipts keep it (ADR 30)."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.test import Client
from django.utils import translation

from npd1 import receipts
from passerelle.core import clock
from passerelle.desks import cutoffs
from passerelle.draws import queries, verifying
from passerelle.draws.models import Draw
from passerelle.draws.operations import accept, freeze, mark_issued, publish_notice, select
from passerelle.programs import queries as programs
from tests.draws.support import DAY, HOUR, NOON, OPENED, announcing_program, director, eoi, manager, places, pool, under
from tests.draws.test_public import AFTER, announced, read, shown
from tests.support.bundles import whole

pytestmark = pytest.mark.django_db
FEW, MANY = 1, 6
RULE = {
    "order": [{"by": "points"}],
    "reserve": [{"key": "north", "name": {"en": "The North", "fr": "Le Nord"}, "categories": ["entry_level"], "places": FEW}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _world(db: Any, settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path
    announcing_program()
    places()


def drawn(northern: Sequence[int], others: Sequence[int] = range(400, 424), least: int | None = None) -> Draw:
    """A draw of one place for the North and five for everybody, ranked by points; ``least``: another ``draw_cutoff_from``."""
    for points in northern:
        eoi(points, category="entry_level")
    for points in others:
        eoi(points)
    draw = under(RULE, FEW + 5)
    if least is not None:
        Draw.objects.update(rule={**draw.rule, "terms": {**draw.rule["terms"], "cutoff_from": least}})
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    return issued(draw)


def issued(draw: Draw) -> Draw:
    freeze(number=draw.number, by=manager(), at=NOON)
    select(number=draw.number, by=manager(), at=AFTER)
    accept(number=draw.number, by=director(), at=AFTER + HOUR)
    mark_issued(number=draw.number, by=director(), at=AFTER + 2 * HOUR)
    return queries.draw(draw.number)


def held(draw: Draw) -> dict[str, Any]:
    return json.loads(whole(queries.public(draw))["result.json"])["allotments"]


def test_the_cutoff_of_one_place_is_published_nowhere_and_that_of_many_is():
    draw = drawn([700, 300])

    few, many = held(draw)
    assert (few["cell"], few["filled"], few["cutoff_rank"], few["cutoff_tie"]) == ("north", 1, None, None)
    assert (many["cell"], many["filled"], many["cutoff_rank"].split(".")[0]) == ("*", 5, "419")
    counts = json.loads(whole(queries.public(draw))["counts.json"])
    assert (counts["cutoff_from"], counts["bands"], queries.spread(draw)) == (5, [], [])
    numbers = queries.numbers(draw)
    assert [one.cutoff for one in numbers.cells] == [None, 419]
    assert (numbers.lowest, numbers.highest, numbers.held_back) == (None, None, True)
    for language, words in (("en", "not published"), ("fr", "non publié")):
        page = shown(draw, AFTER + DAY, language)
        assert words in page
        assert "700" not in page.split("<main")[1].split("</main>")[0].replace(draw.number, "")
    (record,) = (one for one in json.loads(read("json", AFTER + DAY).content)["draws"] if one["number"] == draw.number)
    assert (record["points_lowest"], record["cutoff_from"]) == (None, 5)
    assert [one["cutoff"] for one in record["cells"]] == [None, 419]


def test_a_program_that_says_so_publishes_every_cutoff_as_draws_before_did():
    draw = drawn([700, 300], least=0)

    assert [one["cutoff_rank"].split(".")[0] for one in held(draw)] == ["700", "419"]
    assert (queries.numbers(draw).lowest, queries.numbers(draw).highest) == (419, 700)
    assert "cutoff_from" not in json.loads(whole(queries.public(draw))["counts.json"])
    assert "cutoff_from" not in json.loads(draw.notice.document)


def test_the_notice_announces_it_in_words_and_as_a_number():
    draw = announced(5)

    assert json.loads(draw.notice.document)["cutoff_from"] == 5
    assert ["Cut-off", "Published where 5 people or more are taken: of fewer it would tell somebody's points."] in (
        queries.said(draw, "en")
    )
    assert "Seuil" in dict(queries.said(draw, "fr"))


def test_a_receipt_keeps_the_cutoff_of_those_whom_the_place_could_have_taken():
    draw = drawn([700, 300])
    second = draw.entries.get(points=300)
    stranger = draw.entries.get(points=400)

    mine, other = queries.receipt(draw, second.eoi), queries.receipt(draw, stranger.eoi)

    assert mine is not None
    assert other is not None
    assert [one["cutoff_rank"].split(".")[0] for one in mine.plain()["allotments"]] == ["700", "419"]
    assert [one["cell"] for one in other.plain()["allotments"]] == ["*"]
    assert (queries.tells_only_here(draw, mine), queries.tells_only_here(draw, other)) == (5, 0)
    assert (queries.told_only_here(draw, mine), queries.told_only_here(draw, other)) == (["The North"], [])


def test_a_draw_of_few_is_no_past_cutoff_to_be_held_against():
    for points in range(400, 430):
        eoi(points)
    draw = under({"order": [{"by": "points"}]}, 2)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    draw = issued(draw)

    with clock.frozen(AFTER + DAY):
        rules = programs.rules_in_force("ca-nt", AFTER + DAY)
        known = [one.number for one in cutoffs.known(rules, draw.stream, AFTER + DAY)]

    assert draw.number not in known
    assert queries.numbers(draw).lowest is None


# Hashes, tickets, signatures and keys of rows, of which a rank has those after the points: others for every pool.
OWN = re.compile(r"[0-9a-f]{32,64}|[A-Za-z0-9+/=_-]{40,}|D-2026-\d+|\.\d{10,}")
SELECTED = re.compile(r'(?<="selected":\[)[^\]]+')
PAGES = ("draws/", "points/")


def published(draw: Draw) -> dict[str, str]:
    """All that anybody reads of a draw, but for hashes, tickets and signatures, which are others for every pool."""
    with clock.frozen(AFTER + DAY), translation.override("en"):
        texts = {form: read(form, AFTER + DAY).content.decode() for form in ("json", "csv", "atom", "ics")}
        texts |= {name: Client().get(f"/en/ca-nt/{name}").content.decode() for name in PAGES}
        texts |= {language: shown(draw, AFTER + DAY, language) for language in ("en", "fr")}
        archive = b"".join(Client().get(f"/en/check/draw/{draw.number}/bundle.zip"))  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(archive)) as bundle:
        texts |= {name: bundle.read(name).decode() for name in bundle.namelist()}
    told = {name: OWN.sub("#", text) for name, text in texts.items()}
    return {
        name: SELECTED.sub(lambda found: ",".join(sorted(re.findall(r"{[^}]*}", found[0]))), text)
        for name, text in told.items()
    }


def test_everything_published_is_the_same_whatever_points_the_few_had():
    """So nothing of it, alone or together, tells them: not the totals, not the bands, not what is left out."""
    told = []
    for points in (700, 699, 650, 429, 424):
        with transaction.atomic():
            told.append(published(drawn([points, 300])))
            transaction.set_rollback(True)

    first, *others = told
    assert {"result.json", "counts.json", "commitment.json", "notice.json", "json", "en"} <= first.keys()
    for other in others:
        for name, text in first.items():
            assert other[name] == text, name


def test_where_enough_were_taken_it_is_published():
    """The arm of the test above: what it compares does tell the points of more than few."""
    one, other = [], []
    for points, into in ((700, one), (699, other)):
        with transaction.atomic():
            into.append(published(drawn([points, 300], least=1)))
            transaction.set_rollback(True)

    assert {name for name, text in one[0].items() if other[0][name] != text} >= {
        "result.json",
        "counts.json",
        "json",
        "en",
    }


def test_the_cutoffs_in_a_receipt_are_signed_by_the_key_of_its_commitment_and_no_others_pass():
    draw = drawn([700, 300])
    mine = queries.receipt(draw, draw.entries.get(points=300).eoi)
    assert mine
    said = mine.plain()
    assert [one["cutoff_rank"].split(".")[0] for one in said["allotments"]] == ["700", "419"]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(said["key"]))
    key.verify(base64.b64decode(said["cutoffs_signature"]), receipts.cutoffs(said))
    assert [one["good"] for one in verifying.checks(draw, mine)] == [True] * 5

    # Somebody is told that the last one of the few had another number.
    other = replace(mine.drawn.open_to[0], cutoff_rank=(650, *mine.drawn.open_to[0].cutoff_rank[1:]))  # type: ignore[union-attr]
    bent = replace(mine, drawn=replace(mine.drawn, open_to=[other, *mine.drawn.open_to[1:]]))  # type: ignore[type-var,union-attr]
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(bent.plain()["cutoffs_signature"]), receipts.cutoffs(bent.plain()))
    assert [one["good"] for one in verifying.checks(draw, bent)] == [True] * 4 + [False]


def test_before_the_draw_there_are_no_cutoffs_to_sign():
    pool([400 + number for number in range(24)])
    draw = under(RULE, FEW + 5)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    freeze(number=draw.number, by=manager(), at=NOON)
    mine = queries.receipt(draw, draw.entries.first().eoi)  # type: ignore[union-attr]
    assert mine
    assert "cutoffs_signature" not in mine.plain()
