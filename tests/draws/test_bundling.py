"""The public bundle of a draw is built once, kept as a file, told by its tag, and not sent without end."""

import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from npd1 import bundle
from passerelle.core import clock
from passerelle.core.models import AccessRow
from passerelle.draws import bundling, queries
from passerelle.draws.models import Draw
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations import decline, refill_places
from tests.draws.support import CLOSES, DAY, HOUR, NOON, director, eoi
from tests.draws.test_replaying import issued
from tests.support.bundles import whole
from tests.support.people import a_staff_member, signed_in
from tests.support.threads import together


@pytest.fixture(autouse=True)
def _elsewhere(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR = tmp_path
    with clock.frozen(NOON + HOUR):
        yield


def made(refill: str = "until_issue", people: int = 3) -> Draw:
    for place in range(people):
        eoi(500 - place)
    return issued(2, {"order": [{"by": "points"}], "refill": refill})


def address(draw: Draw) -> str:
    return f"/en/check/draw/{draw.number}/bundle.zip"


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in (folder / bundling.FOLDER).iterdir() if one.suffix != ".lock")


@pytest.mark.django_db
def test_it_is_built_once_and_sent_as_it_was_built(tmp_path: Path):
    draw = made()
    with CaptureQueriesContext(connection) as building:
        first = bundling.kept(draw)
    with CaptureQueriesContext(connection) as finding:
        again = bundling.kept(draw)

    assert (again, again.path.stat().st_ino) == (first, first.path.stat().st_ino)
    assert len(finding) < len(building) / 2
    answer = Client().get(address(draw))
    assert answer.getvalue() == bundle.archive(whole(queries.public(draw)))  # type: ignore[attr-defined]
    assert (answer["Content-Type"], answer["ETag"]) == ("application/zip", first.etag)
    assert answer["Content-Disposition"] == f'attachment; filename="{draw.number}.zip"'
    assert answer["Cache-Control"] == "public, max-age=300"
    assert files(tmp_path) == [first.path.name]


@pytest.mark.django_db
def test_who_has_it_is_told_so_and_who_has_another_gets_it():
    draw = made()
    tag = Client().get(address(draw))["ETag"]

    known = Client().get(address(draw), headers={"If-None-Match": tag})
    other = Client().get(address(draw), headers={"If-None-Match": '"another"'})

    assert (known.status_code, known.content, known["ETag"]) == (304, b"", tag)
    assert (other.status_code, other["ETag"]) == (200, tag)


@pytest.mark.django_db
def test_a_place_filled_after_the_issue_makes_another_in_its_stead(tmp_path: Path):
    draw = made("after_issue", people=bundle.FEWEST)
    before = bundling.kept(draw)
    gone = Invitation.objects.filter(draw=draw).order_by("id").first()
    assert gone
    decline(reference=gone.reference, by=gone.eoi.employer, reason="no longer", at=NOON + DAY)
    assert bundling.kept(draw) == before

    refill_places(number=draw.number, by=director(), at=NOON + 2 * DAY)

    after = bundling.kept(queries.draw(draw.number))
    assert after.etag != before.etag
    assert files(tmp_path) == [after.path.name]
    assert Client().get(address(draw), headers={"If-None-Match": before.etag}).status_code == 200


@pytest.mark.django_db
def test_a_file_that_is_gone_is_built_again_to_the_same_bytes():
    draw = made()
    first = bundling.kept(draw)
    content = first.path.read_bytes()
    first.path.unlink()

    with bundling.opened(draw) as again:
        assert again.read() == content
    assert bundling.kept(draw) == first


@pytest.mark.django_db
def test_one_place_gets_it_sixty_times_an_hour_and_is_told_without_end_that_it_has_it(settings: Any):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    draw, client = made(), Client()
    tag = client.get(address(draw))["ETag"]

    sent = [client.get(address(draw)).status_code for _ in range(60)]
    known = client.get(address(draw), headers={"If-None-Match": tag})

    assert (sent[:59], sent[59], known.status_code) == ([200] * 59, 429, 304)


@pytest.mark.django_db(transaction=True)
def test_who_asks_while_another_builds_it_waits_and_finds_it_built(tmp_path: Path):
    draw, found = made(), []
    with bundling._alone(tmp_path / bundling.FOLDER, draw.number):
        asking = threading.Thread(target=lambda: found.extend(together(3, lambda _number: bundling.kept(draw))))
        asking.start()
        asking.join(0.5)
        assert (asking.is_alive(), files(tmp_path)) == (True, [])
    asking.join()

    assert found == [bundling.kept(draw)] * 3
    assert len(files(tmp_path)) == 1


@pytest.mark.django_db
def test_the_auditors_bundle_comes_as_it_is_written_and_holds_the_same_files():
    draw, reader = made(), signed_in(a_staff_member("auditor"))
    place = f"/en/staff/draws/{draw.number}/auditor.zip"

    answer = reader.get(place)

    assert answer.streaming
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as held:
        assert held.testzip() is None
        assert {name: held.read(name) for name in held.namelist()} == whole(queries.sealed(draw))
    assert AccessRow.objects.filter(what="sealed bundle", subject=draw.number).count() == 1


def test_a_bundle_is_written_in_pieces_of_which_few_are_held():
    def lines() -> Iterator[bytes]:
        for number in range(3000):
            nonlocal furthest
            furthest = number
            yield f"{number:0999d}\n".encode()

    furthest = 0
    members: dict[str, bundle.Member] = {"a.txt": b"one", "leaves.txt": lines()}
    pieces = bundle.pieces(members)

    first = next(pieces)
    assert (len(first) < 100_000, furthest < 200) == (True, True)
    held = first + b"".join(pieces)
    with zipfile.ZipFile(io.BytesIO(held)) as found:
        assert found.read("a.txt") == b"one"
        assert found.read("leaves.txt") == b"".join(f"{number:0999d}\n".encode() for number in range(3000))


@pytest.mark.django_db
def test_more_people_who_are_not_in_a_draw_take_no_more_queries():
    """Once each asked its own questions: of a pool of 250,000 that was a million and more."""

    def asked() -> int:
        with CaptureQueriesContext(connection) as held:
            whole(queries.sealed(draw))
        return len(held)

    for more in ({"submitted_at": CLOSES}, {"valid_before": NOON}):
        eoi(600, **more)
    draw = made()
    few = asked()
    for _each in range(12):
        eoi(600, submitted_at=CLOSES)
        eoi(600, valid_before=NOON)

    assert whole(queries.sealed(draw))["people.csv"].count(b"\r\n") == 1 + 3 + 2 + 24
    assert asked() == few
