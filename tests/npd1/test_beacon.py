"""The beacon's own signature: a real round of drand's chain quicknet, and every way it can be another."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from npd1 import seed
from npd1.beacon import QUICKNET, Beacon, from_info
from npd1.words import Malformed
from tests.support import beacon

# Round 1000 of quicknet, as drand published it.
ROUND = 1000
SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
INFO = {
    "hash": QUICKNET.chain, "public_key": QUICKNET.public_key, "genesis_time": 1692803367, "period": 3,
    "schemeID": "bls-unchained-g1-rfc9380", "metadata": {"beaconID": "quicknet"},
}  # fmt: skip


def test_a_round_that_drand_published_is_the_beacons_own():
    assert QUICKNET.signed(ROUND, SIGNATURE)
    assert seed.randomness_of(SIGNATURE) == RANDOMNESS


@pytest.mark.parametrize(
    ("number", "signature"),
    [
        (ROUND + 1, SIGNATURE),  # another round
        (ROUND, beacon.signature(ROUND)),  # another key
        (ROUND, SIGNATURE[:-1] + "8"),  # one bit: no point of the curve, or another
        (ROUND, "c0" + "00" * 47),  # the point at infinity
        (ROUND, "ab" * 48),
    ],
)
def test_no_other_signature_is(number: int, signature: str):
    assert not QUICKNET.signed(number, signature)


def test_the_curves_leave_the_limit_of_nested_calls_as_it_was():
    with pytest.raises(RecursionError):
        json.loads("[" * 50_000)


def test_the_beacon_of_the_tests_signs_its_own_rounds():
    assert beacon.BEACON.signed(7, beacon.signature(7))
    assert not beacon.BEACON.signed(7, beacon.signature(8))


@pytest.mark.parametrize("signature", ["", "xy", SIGNATURE.upper(), SIGNATURE + "00"])
def test_what_is_not_48_bytes_in_hexadecimal_is_malformed(signature: str):
    with pytest.raises(Malformed):
        QUICKNET.signed(ROUND, signature)


def test_a_round_comes_out_every_three_seconds_and_the_first_after_an_instant_is_never_before_it():
    after = datetime(2026, 7, 7, 23, 5, 1, tzinfo=UTC)
    number = QUICKNET.first_round(after)
    assert after <= QUICKNET.round_at(number) < after + timedelta(seconds=3)
    assert QUICKNET.round_at(1) == datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)


def test_another_chain_is_read_as_drand_describes_it():
    assert from_info(INFO) == QUICKNET
    for changed in ({"schemeID": "pedersen-bls-chained"}, {"public_key": "00"}, {"period": 0}):
        with pytest.raises(Malformed):
            from_info({**INFO, **changed})
    with pytest.raises(Malformed, match="genesis_time"):
        from_info({key: value for key, value in INFO.items() if key != "genesis_time"})
    assert isinstance(from_info(INFO), Beacon)
