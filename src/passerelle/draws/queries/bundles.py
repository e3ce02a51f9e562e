"""The bundles of a draw: what a stranger checks it with, and the sealed one of the auditor; the same rows, the same bytes."""

import base64
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import translation

from npd1 import bundle, canonical, result
from npd1.seed import WITHOUT_CHANCE
from passerelle.core import sealing
from passerelle.draws import announced, selecting, terms
from passerelle.draws.models import (
    Commitment,
    Draw,
    Entry,
    KeptResult,
    Leaf,
    PublishedNotice,
    Seed,
    Standing,
)
from passerelle.draws.queries import people, promoted, proofs
from passerelle.draws.states import DrawState

VERIFIER = Path(__file__).resolve().parent.parent / "verifier"


class NotPublic(Exception):
    """The draw has no bundle yet: it is neither issued nor void after its freeze."""


def result_of(draw: Draw) -> result.Result:
    """Return how a draw came out, in the words of npd1."""
    committed = Commitment.objects.get(draw=draw)
    seed, chosen = proofs.seed_of(draw), Standing.objects.filter(entry__draw=draw, selected=True)
    rows = chosen.order_by("entry__leaf__ticket").values_list("entry__leaf__ticket", "cell")
    tickets, least = [(ticket or "", cell) for ticket, cell in rows], announced.cutoff_from(draw)
    void = result.Void(announced.instant(draw.voided_at), draw.void_reason) if draw.voided_at else None
    return result.Result(
        draw=draw.number, commit=committed.commit, source=seed.source if seed else "",
        seed=bytes.fromhex(seed.seed) if seed else b"", selected=tickets,
        allotments=[one.told(least) for one in proofs.filled(draw)], promotions=promoted.told(draw), void=void,
    )  # fmt: skip


def result_file(draw: Draw) -> bytes:
    """Return ``result.json``: as it was kept when the first of its tickets was erased, and until then from the rows."""
    kept = KeptResult.objects.filter(draw=draw).first()
    return kept.document.encode() if kept else result_of(draw).to_bytes()


def erased(draw: Draw) -> int:
    """Return how many tickets of a draw were erased."""
    any_was = KeptResult.objects.filter(draw=draw).exists()
    return Leaf.objects.filter(draw=draw, ticket__isnull=True).count() if any_was else 0


def has_bundle(draw: Draw) -> bool:
    """Say whether a draw has a public bundle: it was committed to, and is issued, or void after its freeze.

    One issued before there were commitments, or seeds without chance, has none.
    """
    if draw.state == DrawState.VOID:
        return draw.frozen_at is not None and Commitment.objects.filter(draw=draw).exists()
    return draw.state == DrawState.ISSUED and Seed.objects.filter(draw=draw).exists()


def signed_ahead(number: str, name: str) -> str | None:
    """Return what was signed of a draw before anybody was chosen, ``notice`` or ``commitment``, as soon as it stands.

    None where there is none (yet), and for the commitment of so small a pool that the public reads its hash alone.
    """
    if name == "notice":
        return PublishedNotice.objects.filter(draw__number=number).values_list("document", flat=True).first()
    large = Commitment.objects.filter(draw__number=number, draw__pool_size__gte=bundle.FEWEST)
    return large.values_list("document", flat=True).first()


def bundled(number: str) -> Draw | None:
    """Return the draw of that number, where it has a public bundle."""
    draw = Draw.objects.filter(number=number).first()
    return draw if draw and has_bundle(draw) else None


def public(draw: Draw) -> dict[str, bundle.Member]:
    """Return the members of the public bundle, as the program's level of privacy says; raises NotPublic.

    What is as long as the pool is asked of the database only as it is read.
    """
    how, seed = terms.of_draw(draw), proofs.seed_of(draw)
    if not has_bundle(draw):
        raise NotPublic
    committed, notice = Commitment.objects.get(draw=draw), PublishedNotice.objects.filter(draw=draw).first()
    out = result_file(draw)
    members: dict[str, bundle.Member] = {
        **_help(), "key.txt": _line(committed.key), "counts.json": _counts(draw, committed, out, how.privacy),
    }  # fmt: skip
    if notice:
        members |= _signed("notice", notice.document.encode(), committed.key, notice.signature)
    if (draw.pool_size or 0) < bundle.FEWEST:
        return members
    members["commitment.json"] = committed.document.encode()
    members["commitment.sig"] = _line(proofs.standard(committed.signature))
    if seed:
        members["seed.json"] = _seed(seed)
    if how.privacy != "auditor":
        members |= _signed("result", out, committed.key)
    if how.privacy == "full" and not announced.rank_names(draw):
        members["leaves.txt"] = bundle.leaves_file(proofs.lines(draw))
    return members


def sealed(draw: Draw) -> dict[str, bundle.Member]:
    """Return the members of the auditor's bundle: everything, with every line and who is behind it.

    Between freeze and selection there is no result, nor are there counts of one. What is as long as the pool is asked of the
    database only as it is read.
    """
    committed, notice, seed = (
        Commitment.objects.get(draw=draw),
        PublishedNotice.objects.filter(draw=draw).first(),
        proofs.seed_of(draw),
    )
    members: dict[str, bundle.Member] = {
        **_help(), "key.txt": _line(committed.key), "commitment.json": committed.document.encode(),
        "commitment.sig": _line(proofs.standard(committed.signature)),
        "leaves.txt": bundle.leaves_file(proofs.lines(draw)), "people.csv": people.people_file(draw),
    }  # fmt: skip
    if draw.state != DrawState.FROZEN:
        out = result_file(draw)
        members |= _signed("result", out, committed.key)
        members["counts.json"] = _counts(draw, committed, out, terms.of_draw(draw).privacy)
    if notice:
        members |= _signed("notice", notice.document.encode(), committed.key, notice.signature)
    if seed:
        members["seed.json"] = _seed(seed)
    return members


def _signed(name: str, document: bytes, key: str, kept: str = "") -> dict[str, bytes]:
    """Return a document with its signature by ``key``, the one that ``key.txt`` names: signing keys may have changed since.

    ``kept`` is the signature that was made, if it was by that key. Ed25519 makes the same each time. Where the key is not in the
    ring any more the document stands without one: a verifier then says that it could not check it, and not that the draw is false.
    """
    signature = kept if kept and sealing.verify_signature(document, kept, key=key) else ""
    try:
        signature = signature or sealing.sign(document, key=key)
    except sealing.NotOurs:
        return {f"{name}.json": document}
    return {f"{name}.json": document, f"{name}.sig": _line(proofs.standard(signature))}


def _help() -> dict[str, bytes]:
    """Return how to check a bundle, in both languages, with the address of the page of our keys; and the program that does."""
    said = {"verify_draw.py": (VERIFIER / "verify_draw.py").read_bytes()}
    for name, language in (("README.md", "en"), ("LISEZMOI.md", "fr")):
        with translation.override(language):
            page = f"{settings.PASSERELLE_URL}{reverse('draws:keys')}"
        said[name] = (VERIFIER / name).read_text().replace("{keys}", page).encode()
    return said


def _seed(seed: Seed) -> bytes:
    if seed.source == WITHOUT_CHANCE:
        return canonical.to_bytes({"source": seed.source})
    if seed.source.startswith("dice:"):
        witnesses = [one.name for one in (seed.given_by, seed.witnessed_by) if one]
        return canonical.to_bytes({"source": seed.source, "witnesses": witnesses})
    return canonical.to_bytes({"source": seed.source, "signature": seed.signature})


def _counts(draw: Draw, committed: Commitment, out: bytes, level: Any) -> bytes:
    # A void draw is held again over nearly the same people: bands of both, subtracted, would tell of those few who came or went.
    banded = bool(announced.rank_names(draw)) and draw.state != DrawState.VOID
    by_number = Entry.objects.filter(draw=draw).order_by("rank__0").values_list("rank__0").annotate(count=Count("pk"))
    ends = proofs.filled(draw)
    return bundle.counts(
        draw=draw.number, level=level, commit=committed.commit, result=out, size=draw.pool_size or 0,
        selected=sum(one.filled for one in ends), allotments=ends,
        by_number=list(by_number) if banded else (),
        everybody=selecting.blocks(draw).takes == "everybody", cutoff_from=announced.cutoff_from(draw),
    )  # fmt: skip


def _line(text: str) -> bytes:
    base64.b64decode(text, validate=True)
    return text.encode() + b"\n"
