"""The signing key changes while a draw is held: its bundle is signed by the one key that it names, whenever it is built."""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from passerelle.core import keys, sealing
from passerelle.draws import queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import accept, freeze, mark_issued, publish_notice, select
from tests.draws.support import HOUR, NOON, OPENED, announcing_program, director, manager, places, planned, pool
from tests.support.bundles import whole

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR


@pytest.fixture(autouse=True)
def _ring_as_it_was() -> Iterator[None]:
    before = keys.ring()
    yield
    keys.write(before)


def another_key() -> None:
    ring = keys.ring()
    keys.write(replace(ring, signing=(*ring.signing, secrets.token_bytes(32))))


def held() -> Draw:
    """A draw before and during whose every step somebody changed the signing key."""
    announcing_program()
    places()
    pool([400 + number for number in range(24)])
    draw = planned(5)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    another_key()
    freeze(number=draw.number, by=manager(), at=NOON)
    another_key()
    select(number=draw.number, by=manager(), at=AFTER)
    accept(number=draw.number, by=director(), at=AFTER)
    mark_issued(number=draw.number, by=director(), at=AFTER)
    return queries.draw(draw.number)


def check_signatures(members: dict[str, bytes]) -> set[str]:
    """Check each signature of a bundle as its README says; return what is signed."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(members["key.txt"]))
    signed = {name.removesuffix(".sig") for name in members if name.endswith(".sig")}
    for name in signed:
        key.verify(base64.b64decode(members[f"{name}.sig"]), members[f"{name}.json"])
    return signed


def test_every_signature_of_a_bundle_is_by_the_key_it_names():
    draw = held()
    assert base64.b64decode(queries.commitment(draw).key) == keys.public_keys()[-2]

    assert check_signatures(whole(queries.sealed(draw))) == {"notice", "commitment", "result"}
    first = whole(queries.public(draw))
    assert {"notice", "commitment"} <= check_signatures(first)
    another_key()
    assert whole(queries.public(draw)) == first


def test_a_bundle_whose_key_is_gone_stands_without_the_signatures_that_nobody_can_make():
    draw = held()
    ring = keys.ring()
    keys.write(replace(ring, signing=ring.signing[-1:]))

    members = whole(queries.sealed(draw))

    assert check_signatures(members) == {"commitment"}
    assert {"notice.json", "result.json"} <= members.keys()
    with pytest.raises(sealing.NotOurs):
        sealing.sign(b"anything", key=queries.commitment(draw).key)
