"""Chance: from a beacon's round or witnessed dice to the seed, and from the seed to each ticket's place among equals."""

import hashlib
import hmac
import re

from npd1 import words
from npd1.words import Malformed

DICE_DIGITS = 40
_DIGITS = re.compile(rf"[0-9]{{{DICE_DIGITS}}}")


def randomness_of(signature: str) -> str:
    """Return the randomness of a drand round: SHA-256 over its signature (hex in, hex out).

    That the signature is the beacon's own is another question: ``npd1.beacon``.
    """
    try:
        return hashlib.sha256(bytes.fromhex(words.hexadecimal(signature, len(signature), "signature"))).hexdigest()
    except ValueError as fault:
        raise Malformed(f"signature: {signature!r} is not whole bytes in lower-case hexadecimal") from fault


def drand_source(chain: str, number: int, randomness: str) -> str:
    """Return the words of a beacon's round: ``drand:<chain>:<round>:<randomness>``."""
    words.hexadecimal(chain, 64, "chain")
    words.hexadecimal(randomness, 64, "randomness")
    return f"drand:{chain}:{words.whole(number, 'round')}:{randomness}"


def dice_source(draw: str, digits: str) -> str:
    """Return the words of witnessed dice: ``dice:<draw>:<40 digits>``."""
    if not _DIGITS.fullmatch(digits):
        raise Malformed(f"dice: give exactly {DICE_DIGITS} digits, not {digits!r}")
    return f"dice:{words.token(draw, 'draw')}:{digits}"


WITHOUT_CHANCE = "none"  # the words of the source of a draw that leaves nothing to chance


def seed_of(commit: str, source: str) -> bytes:
    """Return the seed (32 bytes): SHA-256 over ``npd1-seed|<commit>|<source>``.

    The commitment is inside: whoever could foresee the beacon would still have had to choose the pool first.
    """
    words.hexadecimal(commit, 64, "commit")
    return hashlib.sha256(f"npd1-seed|{commit}|{source}".encode("ascii")).digest()


def tie_of(seed: bytes, draw: str, ticket: str) -> str:
    """Return a ticket's place among equal ranks, lower first: HMAC-SHA-256 under the seed, in hex."""
    return Ties(seed, draw).of(ticket)


class Ties:
    """The places among equals that a seed gives in one draw, for many tickets."""

    def __init__(self, seed: bytes, draw: str) -> None:
        self._seed, self._said = seed, f"npd1-tie|{words.token(draw, 'draw')}|"

    def of(self, ticket: str) -> str:
        """Return a ticket's place (``tie_of``)."""
        said = self._said + words.hexadecimal(ticket, 32, "ticket")
        return hmac.digest(self._seed, said.encode("ascii"), "sha256").hex()
