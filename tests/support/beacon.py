"""A beacon of the tests: a chain of drand whose secret key is known, so that any of its rounds can be signed."""

import hashlib
from functools import cache

from npd1 import beacon
from npd1.curves import G2, compress_G1, compress_G2, hash_to_G1, multiply

_SECRET = 20_260_325


def _key() -> str:
    first, second = compress_G2(multiply(G2, _SECRET))
    return f"{first:096x}{second:096x}"


BEACON = beacon.Beacon(chain="7e57" * 16, public_key=_key(), genesis=beacon.QUICKNET.genesis, period=3)


@cache
def signature(number: int) -> str:
    """Return the signature of round ``number``, in hex."""
    said = hash_to_G1(beacon.message(number), beacon._TAG, hashlib.sha256)
    return f"{compress_G1(multiply(said, _SECRET)):096x}"


def randomness(number: int) -> str:
    """Return what round ``number`` drew, in hex."""
    return hashlib.sha256(bytes.fromhex(signature(number))).hexdigest()
