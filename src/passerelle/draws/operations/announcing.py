"""Publishing the notice of a draw: rule, sizes and source of chance, signed, ahead of the day; afterwards nothing changes."""

from datetime import datetime
from typing import Any

from django.db import transaction

from npd1.notice import Notice
from passerelle.core import sealing
from passerelle.core.verdicts import require
from passerelle.draws import announced, terms
from passerelle.draws.models import Draw, PublishedNotice
from passerelle.draws.operations.support import locked, told
from passerelle.draws.permissions import can_publish
from passerelle.draws.states import DRAW_LIFECYCLE

_COLONS = {"en": ": ", "fr": "\u00a0: "}


@transaction.atomic
def publish_notice(*, number: str, by: Any, at: datetime) -> PublishedNotice:
    """Publish the notice of a planned draw. From now on its plan stands: to change it, make it void and plan another.

    Raises NotAllowed (as when the day of the draw is nearer than the days of notice the program promises), IllegalMove.
    """
    draw = locked(number)
    require(can_publish(by, draw, at))
    DRAW_LIFECYCLE.after(draw.state, "publish")
    said = announced.words(draw)
    document = _notice(draw, said, at).to_bytes()
    published = PublishedNotice.objects.create(
        draw=draw,
        said=said,
        document=document.decode(),
        signature=sealing.sign(document),
        published_by=by,
        published_at=at,
    )
    told("draw.announced", draw, by=by, at=at, signature=published.signature)
    return published


def _notice(draw: Draw, said: dict[str, list[list[str]]], at: datetime) -> Notice:
    how = terms.of_draw(draw)
    return Notice(
        program=draw.program, draw=draw.number, published=announced.instant(at), closes=announced.instant(draw.closes_at),
        notice_days=how.notice_days, objection_hours=how.objection_hours, pack=draw.rule["pack_sha256"],
        allotments=announced.allotments(draw), order=announced.order(draw), rank=announced.rank_names(draw),
        source=terms.source(how, at), filters=dict(draw.filters), level=how.privacy,
        cutoff_from=announced.cutoff_from(draw),
        rule={language: "\n".join(_COLONS[language].join(row) for row in rows) for language, rows in said.items()},
    )  # fmt: skip
