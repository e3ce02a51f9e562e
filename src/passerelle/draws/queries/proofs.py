"""What proofs are made from: the lines of a frozen pool, where each stands in the tree, and how the draw ended for it."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from npd1 import canonical, leaves, receipts, tree
from npd1 import seed as chance
from npd1.result import Filled
from npd1.words import EVERYBODY
from passerelle.core import audit, sealing
from passerelle.core.text import pick
from passerelle.draws import announced, reasons, selecting
from passerelle.draws.models import Commitment, Draw, Entry, Leaf, Promotion, Seed, Standing
from passerelle.draws.models.repair import Act, Side
from passerelle.draws.queries import promoted, silent
from passerelle.draws.queries.repairs import line_of_repair
from passerelle.draws.queries.rows import rule_of
from passerelle.draws.states import DrawState

_DIGEST = 32


def commitment(draw: Draw) -> Commitment | None:
    """Return what was committed to when the pool was frozen; None before that."""
    return Commitment.objects.filter(draw=draw).first()


def source_of(committed: Commitment) -> dict[str, Any]:
    """Return the source of chance that a commitment names."""
    source: dict[str, Any] = canonical.from_bytes(committed.document.encode())["source"]
    return source


def why(draw: Draw, eoi: Any, held: receipts.Receipt | None) -> str:
    """Return the one sentence for a person about a draw: why taken or not, or why not in it; before the issue what is so far."""
    if draw.state == DrawState.VOID:
        return reasons.void(draw)
    if repaired := _repaired(draw, eoi):
        return repaired
    if held and held.drawn:
        return held.drawn.sentence[(get_language() or "en")[:2]]
    if held:
        return _("You are in this draw. When its invitations are out, this page says how it ended for you.")
    if Entry.objects.filter(draw=draw, eoi=eoi).exists():
        return _("You were in this draw. Its ticket has been erased, so nothing ties its line to you any more.")
    return silent.not_in(draw, eoi)


def _repaired(draw: Draw, eoi: Any) -> str:
    """Return what an error in the draw, found since, meant for a file; empty where it meant nothing."""
    line = line_of_repair(draw, eoi)
    if line is None:
        return ""
    return {
        (Side.HARMED, Act.INVITE): _(
            "An error kept you from being taken in this draw. It was found later, and you were invited in addition."
            " The page of the draw says what was wrong."
        ),
        (Side.HARMED, Act.NONE): _(
            "An error kept you from being taken in this draw. It was found later. The page of the draw says what was wrong"
            " and what was done about it."
        ),
        (Side.GAINED, Act.TAKE_BACK): _(
            "You were taken in this draw through an error that was found later, and your invitation was taken back."
            " The page of the draw says what was wrong."
        ),
        (Side.GAINED, Act.NONE): _(
            "You were taken in this draw through an error that was found later. You did nothing wrong, and nothing changes for you."
            " The page of the draw says what was wrong."
        ),
    }[Side(line.side), Act(line.act)]


def points_in(draw: Draw, held: receipts.Receipt) -> int | None:
    """Return the points that a receipt's line holds; None where the rule puts something else first."""
    return leaves.read(held.line)[1].rank[0] if selecting.blocks(draw).has_points else None


def tells_only_here(draw: Draw, held: receipts.Receipt | None) -> int:
    """Return from how many taken on a cut-off is published, where a receipt has one that is held back; else 0."""
    least = announced.cutoff_from(draw)
    return least if held and held.drawn and any(one.is_few(least) for one in held.drawn.open_to) else 0


def told_only_here(draw: Draw, held: receipts.Receipt | None) -> list[str]:
    """Return the names of the places whose cut-off a receipt has and nothing that is published."""
    least = tells_only_here(draw, held)
    few = [one.cell for one in held.drawn.open_to if one.is_few(least)] if held and held.drawn and least else []
    named = {one.key: str(pick(one.name)) for one in selecting.blocks(draw).reserve}
    return [named.get(one) or _("Everybody") for one in few]


def frozen_points(draw: Draw, eoi: Any) -> int | None:
    """Return the points with which a file was frozen; None where it was not in the draw."""
    return Entry.objects.filter(draw=draw, eoi=eoi).values_list("points", flat=True).first()


def seed_of(draw: Draw) -> Seed | None:
    """Return the seed of a draw, None while it is not known."""
    return Seed.objects.filter(draw=draw).select_related("given_by", "witnessed_by").first()


def limit_of(group: str, cap: int | None) -> tuple[str, int | None]:
    """Return the limit of an entry as npd1 writes it; it counts only where there is a group that it limits."""
    return (group, cap) if group and cap is not None else ("", None)


def line_of(leaf: Leaf) -> str:
    """Return the line of an entry as it was committed to; raises ValueError where its ticket was erased."""
    entry = leaf.entry
    return _line(leaves.Lines(leaf.draw.number), leaf.ticket, leaf.salt, entry.cells, entry.rank, entry.grp, entry.cap)


def lines(draw: Draw) -> Iterator[str]:
    """Give every line of a frozen pool in the order of the tickets, streamed; of one whose ticket was erased its hash."""
    written, rows = leaves.Lines(draw.number), Leaf.objects.filter(draw=draw).order_by("position")
    return (
        _line(written, *row) if row[0] else leaves.gone(bytes(digest))
        for digest, *row in rows.values_list("digest", *_LINE).iterator(chunk_size=5000)
    )


_LINE = ("ticket", "salt", "entry__cells", "entry__rank", "entry__grp", "entry__cap")


def _line(
    written: leaves.Lines, ticket: str | None, salt: str | None, cells: list[str], rank: list[int], grp: str, cap: int | None
) -> str:  # fmt: skip
    if ticket is None or salt is None:
        raise ValueError("the ticket of this entry was erased: its line is nobody's any more")
    return written.line(ticket, cells, rank, salt, *limit_of(grp, cap))


def filled(draw: Draw) -> list[Filled]:
    """Return how each allotment of a selected draw ended: places, filled, rank and tie of the last one taken."""
    return [one for one, _position in ended(draw)]


def ended(draw: Draw) -> list[tuple[Filled, int]]:
    """Return how each allotment ended by the rows, each with the position of the last one taken (0: nobody)."""
    rule = rule_of(draw)
    taken = Standing.objects.filter(entry__draw=draw, selected=True).order_by()
    ends = {one["cell"]: one for one in taken.values("cell").annotate(count=Count("pk"), last=Max("position"))}
    last_places = [one["last"] for one in ends.values()]
    lasts = Standing.objects.filter(entry__draw=draw, position__in=last_places).select_related("entry", "entry__lot")
    entries = {one.position: one.entry for one in lasts}
    found = []
    for allotment in rule.allotments:
        name = selecting.cell(allotment)
        end = ends.get(name)
        last = entries[end["last"]] if end else None
        tie = last.lot.tie if last and rule.ties != "take_all" and hasattr(last, "lot") else ""
        count, rank = (end["count"], tuple(last.rank)) if end and last else (0, ())
        found.append((Filled(name, allotment.places, count, rank, tie), end["last"] if end else 0))
    return found


def _told(draw: Draw) -> list[tuple[Filled, int]]:
    """Return what ``ended`` does as it was kept at the issue: somebody's receipt does not look through everybody's rows."""
    kept = draw.outcome.get("cells", ())
    if not kept or not all("position" in one for one in kept):
        return ended(draw)  # issued before that was kept
    return [
        (Filled(one["cell"], one["places"], one["filled"], tuple(one["rank"]), one["tie"]), one["position"])
        for one in kept
    ]


def receipt(draw: Draw, eoi: Any) -> receipts.Receipt | None:
    """Return the receipt of a file in a frozen draw, with how it came out once its invitations are issued.

    None where the file was not in it, or its ticket has been erased.
    """
    leaf = Leaf.objects.select_related("entry", "draw").filter(draw=draw, entry__eoi=eoi, ticket__isnull=False).first()
    made = commitment(draw)
    if leaf is None or made is None:
        return None
    roots = _split(bytes(made.blocks))
    start = leaf.position >> tree.HEIGHT << tree.HEIGHT
    block = Leaf.objects.filter(draw=draw, position__gte=start, position__lt=start + (1 << tree.HEIGHT)).order_by(
        "position"
    )
    digests = [bytes(one) for one in block.values_list("digest", flat=True)]
    last = audit.trail(draw.number).last()
    held = receipts.Receipt(
        draw=draw.number, line=line_of(leaf), index=leaf.position, size=draw.pool_size or 0,
        path=tree.path_through_blocks(digests, roots, leaf.position), commitment=made.document,
        signature=standard(made.signature), key=made.key, head=last.digest if last else "", drawn=drawn(draw, leaf.entry),
    )  # fmt: skip
    return replace(held, cutoffs_signature=_signed_cutoffs(held)) if held.drawn else held


def _signed_cutoffs(held: receipts.Receipt) -> str:
    """Return the signature of the cut-offs in a receipt by the key of its commitment; empty where that key is kept no more."""
    try:
        return standard(sealing.sign(receipts.cutoffs(held.plain()), key=held.key))
    except sealing.NotOurs:
        return ""


def standard(signature: str) -> str:
    """Return one of our signatures in standard base64 with its padding, as npd1 writes them."""
    padded = signature + "=" * (-len(signature) % 4)
    return base64.b64encode(base64.urlsafe_b64decode(padded)).decode()


def drawn(draw: Draw, entry: Entry) -> receipts.Drawn | None:
    """Return what an issued draw came to for an entry; None before the issue: nobody is told a selection that may be void."""
    if draw.state != DrawState.ISSUED:
        return None
    standing, seed = Standing.objects.get(entry=entry), seed_of(draw)
    tie = chance.tie_of(bytes.fromhex(seed.seed), draw.number, entry.leaf.ticket) if seed and entry.leaf.ticket else ""
    fell = Promotion.objects.filter(fallen=entry).exists()
    stepped_up = Promotion.objects.filter(taken=entry).first()
    ends = [one for one in _told(draw) if one[0].cell == EVERYBODY or one[0].cell in entry.cells]
    open_to, last = [one for one, _position in ends], max((position for _one, position in ends), default=0)
    taken = standing.selected or stepped_up is not None
    cell = (stepped_up.cell if stepped_up else standing.cell) if taken else ""
    left = promoted.was_passed(draw, entry.eoi_id)
    stopped = None if taken else _stopped(entry, open_to, before=standing.position < last, left=left)
    end = next((one for one in open_to if one.cell == cell), open_to[-1] if open_to else None)
    ending = reasons.Ending(stopped, end, promoted=stepped_up is not None, fell=fell)
    return receipts.Drawn(
        source=seed.source if seed else "", tie=tie, taken=taken, cell=cell, open_to=open_to,
        sentence=reasons.sentence(draw, entry, ending), stopped=stopped, promoted=stepped_up is not None,
    )  # fmt: skip


def _stopped(entry: Entry, open_to: list[Filled], *, before: bool, left: bool) -> receipts.Stopped:
    """Return the first rule that stopped somebody who was not taken; ``before``: of places open to them a later one was."""
    if left:
        return "left"
    if not open_to:
        return "none"
    # Whoever stands before the last one taken, or where places are left, was passed over: only a limit does that.
    spare = any(one.filled < one.places for one in open_to)
    if entry.grp and entry.cap is not None and (before or spare):
        return "cap"
    return "left" if before or spare else "places"


def _split(roots: bytes) -> list[bytes]:
    return [roots[place : place + _DIGEST] for place in range(0, len(roots), _DIGEST)]
