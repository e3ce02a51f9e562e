"""The seed: chance, brought in after the window for objections has closed, from a public beacon or from dice."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from npd1 import canonical, seed
from npd1.words import Malformed
from passerelle.core.sets import as_sets
from passerelle.core.verdicts import require
from passerelle.draws import selecting, terms
from passerelle.draws.models import Commitment, Draw, Leaf, Lot, Seed, Throw
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_seed
from passerelle.draws.states import DRAW_LIFECYCLE
from pointsgrid import draw as choosing


class WrongSeed(ValueError):
    """What was brought cannot be the seed of this draw. ``why``: source, round, malformed, signature, beacon, digits, differ."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def give_round(*, number: str, round_number: int, signature: str, by: Any, at: datetime, randomness: str = "") -> Seed:
    """Bring the beacon's round that the commitment named. ``signature`` and ``randomness`` are hex, as the beacon gives them.

    Randomness is taken from the signature (its SHA-256) and compared where it is given; the signature must be the beacon's own.
    Raises NotAllowed, IllegalMove, WrongSeed.
    """
    draw, committed = _to_be_seeded(number, by, at)
    source = _source(committed, "drand")
    if round_number != source["round"] or at < terms.beacon().round_at(round_number):
        raise WrongSeed("round")
    try:
        made, genuine = seed.randomness_of(signature), terms.beacon().signed(round_number, signature)
    except Malformed as fault:
        raise WrongSeed("malformed") from fault
    if randomness and randomness != made:
        raise WrongSeed("signature")
    if source["chain"] != terms.beacon().chain or not genuine:
        raise WrongSeed("beacon")
    said = seed.drand_source(source["chain"], round_number, made)
    return _keep(draw, committed, said, by=by, at=at, signature=signature)


@transaction.atomic
def enter_dice(*, number: str, digits: str, by: Any, at: datetime) -> Seed | None:
    """Enter the forty digits that ``by`` saw fall. The second person who enters the same makes the seed; None before that.

    Raises NotAllowed, IllegalMove, WrongSeed (also where the digits are not those the first person entered).
    """
    draw, committed = _to_be_seeded(number, by, at)
    _source(committed, "dice")
    try:
        said = seed.dice_source(draw.number, digits)
    except Malformed as fault:
        raise WrongSeed("digits") from fault
    first = Throw.objects.filter(draw=draw).exclude(entered_by=by).first()
    if first and first.digits != digits:
        raise WrongSeed("differ")
    Throw.objects.create(draw=draw, digits=digits, entered_by=by, entered_at=at)
    told("draw.dice_entered", draw, by=by, at=at)
    return _keep(draw, committed, said, by=first.entered_by, at=at, witness=by) if first else None


def without_chance(draw: Draw, *, by: Any, at: datetime) -> None:
    """Keep the seed that follows from the commitment alone, for a draw about to be selected that leaves nothing to chance."""
    committed = Commitment.objects.get(draw=draw)
    made = seed.seed_of(committed.commit, seed.WITHOUT_CHANCE)
    Seed.objects.create(
        draw=draw,
        source=seed.WITHOUT_CHANCE,
        signature="",
        seed=made.hex(),
        given_by=by,
        witnessed_by=None,
        given_at=at,
    )


def lots_of_the_last(draw: Draw, outcome: choosing.Selection) -> None:
    """Keep the lots of the last ones taken, which stand in the result although they decided nothing.

    No two ranks are equal where nothing is left to chance (``ranked_by`` sees to that), so nobody else needs one; of those who
    take everybody at the last rank none is told.
    """
    if selecting.blocks(draw).ties == "take_all":
        return
    last = [selecting.key(part.cutoff) for part in outcome.filled if part.cutoff]
    key = bytes.fromhex(Seed.objects.get(draw=draw).seed)
    leaves = Leaf.objects.filter(draw=draw, entry__eoi__in=last).order_by("position")
    Lot.objects.bulk_create(
        Lot(entry_id=one.entry_id, tie=seed.tie_of(key, draw.number, str(one.ticket))) for one in leaves
    )


def _to_be_seeded(number: str, by: Any, at: datetime) -> tuple[Draw, Commitment]:
    draw = locked(number)
    require(can_seed(by, draw, at))
    DRAW_LIFECYCLE.after(draw.state, "seed")
    return draw, Commitment.objects.get(draw=draw)


def _source(committed: Commitment, kind: str) -> dict[str, Any]:
    source: dict[str, Any] = canonical.from_bytes(committed.document.encode())["source"]
    if source["kind"] != kind:
        raise WrongSeed("source")
    return source


def _keep(
    draw: Draw, committed: Commitment, source: str, *, by: Any, at: datetime, signature: str = "", witness: Any = None
) -> Seed:  # fmt: skip
    made = seed.seed_of(committed.commit, source)
    kept = Seed.objects.create(
        draw=draw, source=source, signature=signature, seed=made.hex(), given_by=by, witnessed_by=witness, given_at=at
    )
    _lots(draw, made)
    told("draw.seeded", draw, by=witness or by, at=at, source=source, seed=kept.seed)
    return kept


def _lots(draw: Draw, key: bytes) -> None:
    """Give every entry its place among equals, HMAC-SHA-256 of its ticket under the seed, in one statement.

    The server has SHA-256 and no HMAC; RFC 2104 says how the one makes the other. One is made again by npd1 and compared.
    """
    inner, outer = (bytes(one ^ pad for one in key.ljust(64, b"\x00")) for pad in (0x36, 0x5C))
    head = f"npd1-tie|{draw.number}|"
    with as_sets(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO draws_lot (entry_id, tie)"
            " SELECT entry_id, encode(sha256(%s::bytea || sha256(%s::bytea || convert_to(%s || ticket, 'UTF8'))), 'hex')"
            " FROM draws_leaf WHERE draw_id = %s ORDER BY entry_id",
            [outer, inner, head, draw.pk],
        )
    one = Lot.objects.filter(entry__draw=draw).select_related("entry__leaf").first()
    ticket = one.entry.leaf.ticket if one else None
    if one and ticket and seed.tie_of(key, draw.number, ticket) != one.tie:
        raise RuntimeError(f"draw {draw.number}: the server and npd1 disagree on the tie of a ticket")
