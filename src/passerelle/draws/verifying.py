"""A receipt checked here: from its own words, step by step, as anyone can do elsewhere with ``verify_draw.py mine``."""

import base64
from typing import Any

from django.utils.translation import gettext as _

from npd1 import leaves, receipts, seed
from passerelle.core import sealing
from passerelle.draws.models import Draw


def checks(draw: Draw, receipt: receipts.Receipt) -> list[dict[str, Any]]:
    """Return what was checked and whether it holds, as lines for ``components/checks.html``."""
    said = receipt.plain()
    found = [
        (receipts.proves(said), _("Your line leads to the root that the commitment names.")),
        (_signed(said["commitment"].encode(), said["signature"]), _("The commitment is signed with the key of this installation.")),
    ]  # fmt: skip
    if said.get("tie"):
        found.append((_tie(said), _("Your lot follows from the seed and from your ticket.")))
    if receipt.drawn and said["cutoff_rank"]:
        found.append((_side(said), _("You stand on the side of the cut-off that the draw says.")))
    if signature := said.get("cutoffs_signature"):
        found.append(
            (_signed(receipts.cutoffs(said), signature), _("The cut-offs in your receipt are signed with it, too."))
        )
    return [{"good": good, "text": text, "detail": ""} for good, text in found]


def _signed(document: bytes, signature: str) -> bool:
    return sealing.verify_signature(
        document, base64.urlsafe_b64encode(base64.b64decode(signature)).decode().rstrip("=")
    )


def _tie(said: dict[str, Any]) -> bool:
    _draw, leaf = leaves.read(said["line"])
    return seed.tie_of(seed.seed_of(said["commit"], said["source"]), said["draw"], leaf.ticket) == said["tie"]


def _side(said: dict[str, Any]) -> bool:
    """Say whether somebody taken stands at or before the cut-off, and somebody for whom no place was left after it."""
    _draw, leaf = leaves.read(said["line"])
    cutoff = tuple(int(one) for one in said["cutoff_rank"].split("."))
    mine, last = (_key(leaf.rank, said["tie"]), _key(cutoff, said["cutoff_tie"]))
    if said["cutoff_tie"] is None:
        mine, last = mine[:1], last[:1]
    if said["taken"]:
        return bool(said.get("promoted")) or mine <= last
    return said["stopped"] != "places" or mine > last


def _key(rank: tuple[int, ...], tie: str | None) -> tuple[Any, ...]:
    return tuple(-number for number in rank), tie or ""
