"""The keys that sign draws, and what each of them signed: what a stranger holds the ``key.txt`` of a bundle against."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passerelle.core import keys, sealing
from passerelle.draws.models import Commitment
from passerelle.draws.queries import proofs

NEXT = "npd1-next-key"


@dataclass(frozen=True)
class Signed:
    """A draw whose frozen pool a key signed."""

    program: str
    draw: str
    frozen_at: datetime
    commit: str


@dataclass(frozen=True)
class SigningKey:
    """One key. ``public``: its public half as ``key.txt`` has it. ``signed``: every draw that it signed, by their freeze.

    ``vouched``: the signature of the key before it over ``next_key(public)``; empty for the first, and where that key is not in the
    ring any more.
    """

    public: str
    in_use: bool
    signed: tuple[Signed, ...] = ()
    vouched: str = ""

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its 32 bytes."""
        return hashlib.sha256(base64.b64decode(self.public)).hexdigest()

    def spans(self) -> list[dict[str, Any]]:
        """Return from when to when it signed the draws of each program: ``program``, ``draws``, ``first`` and ``last``."""
        found: dict[str, list[Signed]] = {}
        for one in self.signed:
            found.setdefault(one.program, []).append(one)
        return [
            {"program": code, "draws": len(own), "first": own[0], "last": own[-1]}
            for code, own in sorted(found.items())
        ]


def signing_keys() -> list[SigningKey]:
    """Return every key of this installation that signs or has signed draws, the newest first.

    Those that left the ring are known by the draws they signed, and stand last: a bundle names its key for good.
    """
    ours = [base64.b64encode(one).decode() for one in keys.public_keys()]
    signed: dict[str, list[Signed]] = {}
    rows = Commitment.objects.order_by("draw__frozen_at", "draw_id")
    for key, program, number, frozen_at, commit in rows.values_list(
        "key", "draw__program", "draw__number", "draw__frozen_at", "commit"
    ):
        assert frozen_at  # nothing is committed to before
        signed.setdefault(key, []).append(Signed(program, number, frozen_at, commit))
    gone = reversed([one for one in signed if one not in ours])
    held = reversed(list(zip(ours, ["", *ours], strict=False)))
    return [
        *(SigningKey(one, one == ours[-1], tuple(signed.get(one, ())), _vouched(one, before)) for one, before in held),
        *(SigningKey(one, False, tuple(signed[one])) for one in gone),
    ]


def next_key(public: str) -> bytes:
    """Return what a key signs when another comes after it."""
    return f"{NEXT}|{public}".encode()


def _vouched(public: str, before: str) -> str:
    return proofs.standard(sealing.sign(next_key(public), key=before)) if before else ""
