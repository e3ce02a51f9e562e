"""The public beacon drand: when its rounds come out, and whether a round's signature is the beacon's own.

The scheme is ``bls-unchained-g1-rfc9380`` (that of the chain *quicknet*): the beacon signs SHA-256 over the round's number with
BLS on the curve BLS12-381, signatures in G1, its public key in G2, the message put on the curve by RFC 9380. Nobody has the
whole secret key: nobody can choose a round, and a signature that fits the key is the only one there is.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from npd1 import words
from npd1.words import Malformed

SCHEME = "bls-unchained-g1-rfc9380"
_TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
_SIGNATURE, _KEY = 96, 192  # hex digits of a point of G1 and of one of G2, compressed


@dataclass(frozen=True, slots=True)
class Beacon:
    """One chain of drand. ``chain`` is its hash and ``public_key`` its key, in hex; ``genesis`` the second (Unix) of round 1."""

    chain: str
    public_key: str
    genesis: int
    period: int

    def __post_init__(self) -> None:
        words.hexadecimal(self.chain, 64, "chain")
        words.hexadecimal(self.public_key, _KEY, "public_key")
        if self.period < 1:
            raise Malformed(f"period: {self.period} is no number of seconds between rounds")

    def first_round(self, after: datetime) -> int:
        """Return the first round that does not come out before ``after``."""
        seconds = -(-(after.timestamp() - self.genesis) // self.period)
        return max(int(seconds), 0) + 1

    def round_at(self, number: int) -> datetime:
        """Return the instant at which round ``number`` comes out."""
        return datetime.fromtimestamp(self.genesis + (number - 1) * self.period, UTC)

    def signed(self, number: int, signature: str) -> bool:
        """Say whether ``signature`` (hex) is the beacon's own over round ``number``: takes some tenths of a second.

        Raises Malformed where it is not the hexadecimal of 48 bytes.
        """
        # Loaded where it is needed: the curves take a second to load, and no other page or job uses them.
        from npd1 import curves

        raw = int(words.hexadecimal(signature, _SIGNATURE, "signature"), 16)
        key = bytes.fromhex(self.public_key)
        try:
            point = curves.decompress_G1(raw)  # type: ignore[arg-type]  # their names for whole numbers
            theirs = curves.decompress_G2((int.from_bytes(key[:48]), int.from_bytes(key[48:])))  # type: ignore[arg-type]
        except ValueError:
            return False  # no point of the curve
        if curves.is_inf(point) or not curves.is_inf(curves.multiply(point, curves.curve_order)):
            return False
        said = curves.hash_to_G1(message(number), _TAG, hashlib.sha256)  # type: ignore[arg-type]
        left = curves.pairing(curves.G2, point, final_exponentiate=False)
        right = curves.pairing(theirs, curves.neg(said), final_exponentiate=False)
        return bool(curves.final_exponentiate(left * right) == curves.Target.one())


QUICKNET = Beacon(
    chain="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis=1_692_803_367,
    period=3,
)


def message(number: int) -> bytes:
    """Return what the beacon signs for round ``number``: SHA-256 over its eight bytes, highest first."""
    return hashlib.sha256(words.whole(number, "round").to_bytes(8)).digest()


def from_info(info: Mapping[str, Any]) -> Beacon:
    """Return the beacon that ``info`` describes, as drand answers at ``/<chain>/info``. Raises Malformed."""
    if info.get("schemeID") != SCHEME:
        raise Malformed(f"schemeID: {info.get('schemeID')!r}; this reads {SCHEME} alone")
    try:
        return Beacon(str(info["hash"]), str(info["public_key"]), int(info["genesis_time"]), int(info["period"]))
    except (KeyError, ValueError) as fault:
        raise Malformed(f"a beacon's info has hash, public_key, genesis_time and period: {fault}") from fault
