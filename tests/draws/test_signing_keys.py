"""The public page of the keys that sign draws: what a stranger holds the ``key.txt`` of a bundle against, also after a change."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client

from passerelle.core import audit, clock, keys
from passerelle.draws import bundling, queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import accept, freeze, mark_issued, publish_notice, select
from passerelle.draws.queries.signing import next_key
from passerelle.project.runtime.rotating import change_signing_key
from tests.draws.support import (
    CLOSES,
    DAY,
    HOUR,
    NOON,
    OPENED,
    announcing_program,
    director,
    manager,
    places,
    planned,
    pool,
)
from tests.support.bundles import whole

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR
LATER = NOON + 60 * DAY


@pytest.fixture(autouse=True)
def _ring_as_it_was(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.VAR = tmp_path
    before = keys.ring()
    yield
    keys.write(before)


def held(shift: Any = 0 * DAY) -> Draw:
    """A draw from its notice to its issue, so much later than the first."""
    announcing_program()
    places()
    pool([400 + number for number in range(24)])
    draw = planned(5, held_on=CLOSES.date() + shift, closes_at=CLOSES + shift)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR + shift)
    freeze(number=draw.number, by=manager(), at=NOON + shift)
    select(number=draw.number, by=manager(), at=AFTER + shift)
    accept(number=draw.number, by=director(), at=AFTER + shift)
    mark_issued(number=draw.number, by=director(), at=AFTER + shift)
    return queries.draw(draw.number)


def key_of(draw: Draw) -> str:
    return whole(queries.public(draw))["key.txt"].decode().strip()


def told() -> list[dict[str, Any]]:
    with clock.frozen(LATER):
        answer = Client().get("/en/check/draw/keys.json")
    assert answer.json()["format"] == "passerelle-keys-1"
    found: list[dict[str, Any]] = answer.json()["keys"]
    return found


def test_who_has_the_file_of_keys_is_not_sent_it_again_until_a_key_is_in_it():
    held()
    with clock.frozen(LATER):
        first = Client().get("/en/check/draw/keys.json")
        again = Client().get("/en/check/draw/keys.json", headers={"If-None-Match": first["ETag"]})
    assert first["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    change_signing_key(at=LATER)
    with clock.frozen(LATER):
        later = Client().get("/en/check/draw/keys.json", headers={"If-None-Match": first["ETag"]})
    assert (later.status_code, len(later.json()["keys"])) == (200, len(first.json()["keys"]) + 1)


def shown(language: str) -> str:
    with clock.frozen(LATER):
        answer = Client().get(f"/{language}/check/draw/keys/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stranger_goes_from_the_readme_of_a_bundle_to_the_page_that_has_its_key(settings: Any):
    settings.PASSERELLE_URL = "https://draws.example.org"
    draw = held()
    files = whole(queries.public(draw))
    for name, language in (("README.md", "en"), ("LISEZMOI.md", "fr")):
        (address,) = re.findall(r"https://draws\.example\.org(/\S+/)", files[name].decode())
        assert address == f"/{language}/check/draw/keys/"
        page = shown(language)
        assert key_of(draw) in page
        assert hashlib.sha256(base64.b64decode(files["key.txt"])).hexdigest() in page
        assert draw.number in page
    assert whole(queries.sealed(draw))["README.md"] == files["README.md"]
    # Nothing of the address is in the file that stands in the repository.
    assert "{keys}" not in files["README.md"].decode()


def test_another_address_of_the_portal_makes_another_bundle(settings: Any):
    draw = held()
    first = bundling.kept(draw).path.name
    settings.PASSERELLE_URL = "https://elsewhere.example.org"
    assert bundling.kept(draw).path.name != first


@pytest.mark.parametrize("path", ["draws/", "draws/{number}/"])
def test_the_pages_of_draws_lead_to_it(path: str):
    draw = held()
    for language in ("en", "fr"):
        with clock.frozen(LATER):
            page = Client().get(f"/{language}/ca-nt/{path.format(number=draw.number)}").content.decode()
        assert f'href="/{language}/check/draw/keys/"' in page


def test_where_no_draw_was_held_it_has_the_key_that_will_sign_them():
    (one,) = told()
    assert (one["in_use"], one["draws"], one["vouched"]) == (True, [], None)
    assert base64.b64decode(one["public"]) == keys.public_keys()[-1]
    assert "It has signed no draw yet." in shown("en")


def test_after_a_change_both_keys_stand_there_with_their_draws_and_the_old_one_vouches_for_the_new():
    first = held()
    before = whole(queries.public(first))
    fingerprint = change_signing_key(at=LATER)
    second = held(40 * DAY)

    new, old = told()
    assert (new["public"], old["public"]) == (key_of(second), key_of(first))
    assert new["fingerprint"] == fingerprint == hashlib.sha256(base64.b64decode(new["public"])).hexdigest()
    assert (new["in_use"], old["in_use"]) == (True, False)
    for one, draw, frozen in ((new, second, "2026-05-04T18:00:00Z"), (old, first, "2026-03-25T18:00:00Z")):
        commit = queries.commitment(draw).commit  # type: ignore[union-attr]
        assert one["draws"] == [{"program": "ca-nt", "draw": draw.number, "frozen": frozen, "commit": commit}]
    # Whoever knows the old key needs to believe nobody.
    vouching = Ed25519PublicKey.from_public_bytes(base64.b64decode(old["public"]))
    vouching.verify(base64.b64decode(new["vouched"]), next_key(new["public"]))
    assert old["vouched"] is None
    # What was published stays as it was, to the byte.
    assert whole(queries.public(first)) == before
    page = shown("fr")
    assert page.index(new["public"]) < page.index(old["public"])
    assert "March" not in page
    assert audit.trail("installation").get().event == "keys.signing_changed"


def test_a_key_that_left_the_ring_is_still_known_by_its_draws():
    draw = held()
    gone = key_of(draw)
    change_signing_key(at=LATER)
    ring = keys.ring()
    keys.write(replace(ring, signing=ring.signing[-1:]))

    new, old = told()
    assert (old["public"], old["in_use"], [one["draw"] for one in old["draws"]]) == (gone, False, [draw.number])
    assert new["vouched"] is None


def test_the_keys_of_a_program_without_rules_in_force_stand_under_its_code():
    draw = held()
    with clock.frozen(OPENED - 9_000 * DAY):
        page = Client().get("/en/check/draw/keys/")
    assert (page.status_code, draw.number in page.content.decode()) == (200, True)
    assert '<th scope="row">ca-nt</th>' in page.content.decode()


def test_a_signing_key_is_added_and_nothing_else_of_the_ring_changes():
    before = keys.ring()
    change_signing_key(at=LATER)
    after = keys.ring()
    assert (after.data, after.person, after.signing[:-1]) == (before.data, before.person, before.signing)
    assert len(set(after.signing)) == len(before.signing) + 1
