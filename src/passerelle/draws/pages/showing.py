"""What the pages of a draw show: steps, figures, charts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from npd1.seed import WITHOUT_CHANCE
from passerelle.core import audit, charts, dates, event_words
from passerelle.core.text import pick
from passerelle.draws import queries, terms, wording
from passerelle.draws.states import DrawState
from passerelle.programs.rules import ProgramRules

if TYPE_CHECKING:
    from passerelle.draws.models import Draw


_OPEN: tuple[Any, Any] = (None, None)


def steps(draw: Draw) -> list[dict[str, Any]]:
    """Return the acts of a draw with who did each and when: done, now, or to come."""
    acts = [
        (pgettext("step of a draw", "Plan"), draw.planned_by, draw.planned_at),
        (pgettext("step of a draw", "Freeze"), draw.conducted_by, draw.frozen_at),
        (pgettext("step of a draw", "Select"), draw.selected_by, draw.selected_at),
        (pgettext("step of a draw", "Issue"), draw.approved_by, draw.issued_at),
    ]
    how = terms.of_draw(draw)
    if how.by_chance:
        seed = queries.seed_of(draw)
        acts.insert(2, (pgettext("step of a draw", "Seed"), *((seed.given_by, seed.given_at) if seed else _OPEN)))
    if draw.accepted_at or (how.in_public and not draw.issued_at):
        acts.insert(-1, (pgettext("step of a draw", "Accept"), draw.accepted_by, draw.accepted_at))
    if how.notice_days or how.by_chance:
        notice = queries.notice(draw)
        said = (notice.published_by, notice.published_at) if notice else _OPEN
        acts.insert(1, (pgettext("step of a draw", "Notice"), *said))
    shown = [{"name": name, "who": who, "at": at, "state": "is-done" if at else ""} for name, who, at in acts]
    if draw.voided_at:
        void = {
            "name": pgettext("step of a draw", "Void"),
            "who": draw.voided_by,
            "at": draw.voided_at,
            "state": "is-done",
        }
        return [*(one for one in shown if one["at"]), void]
    following = next((one for one in shown if not one["at"]), None)
    if following:
        following["state"] = "is-now"
    return shown


def pool_chart(outlook: queries.Outlook, *, foreseen: bool) -> charts.Chart | None:
    """Return the pool by score with the cut-off marked; its message is the title."""
    if not outlook.by_score:
        return None
    mark = _("cut-off %(points)s") % {"points": outlook.cutoff} if outlook.cutoff is not None else ""
    return charts.histogram(
        _title(outlook, foreseen), charts.bins(outlook.by_score, cutoff=outlook.cutoff), head=(_("Points"), _("People")),
        cutoff=outlook.cutoff, cutoff_label=mark,
    )  # fmt: skip


def _title(outlook: queries.Outlook, foreseen: bool) -> str:
    told = {"count": outlook.taken, "pool": outlook.pool, "cutoff": outlook.cutoff}
    if not outlook.taken:
        return ngettext("%(pool)s person in the pool", "%(pool)s people in the pool", outlook.pool) % told
    if foreseen:
        return (
            ngettext(
                "%(count)s person of %(pool)s would be taken, cut-off %(cutoff)s",
                "%(count)s people of %(pool)s would be taken, cut-off %(cutoff)s",
                outlook.taken,
            )
            % told
        )
    return ngettext(
        "%(count)s person of %(pool)s taken, cut-off %(cutoff)s",
        "%(count)s people of %(pool)s taken, cut-off %(cutoff)s",
        outlook.taken,
    ) % told  # fmt: skip


def stream_name(result: queries.Result, rules: ProgramRules) -> str:
    """Return the stream of a published draw, in the reader's words; empty where the program has a single one."""
    named = result.stream and len(rules.streams) > 1
    return str(pick(rules.stream(result.stream).short)) if named else ""


def points(result: queries.Result) -> str:
    """Return the points that were taken: a range, or a cut-off and above; empty when they are not known."""
    if result.lowest is None:
        return ""
    if result.threshold or result.highest is None:
        return _("%(n)s and above") % {"n": result.lowest}
    return f"{result.lowest}–{result.highest}"


def results_chart(results: list[queries.Result]) -> charts.Chart | None:
    """Return the range of points of each published draw, the latest first."""
    known = [one for one in results if one.lowest is not None]
    if not known:
        return None
    rows = [
        charts.Range(
            dates.day_words(one.held_on),
            one.lowest,
            one.highest,
            ngettext("%(count)s invited", "%(count)s invited", one.invited or 0) % {"count": one.invited},
        )
        for one in known
    ]
    title = _("Last cut-off %(points)s") % {"points": known[0].lowest}
    top = max(one.highest or 0 for one in known)
    return charts.ranges(title, rows, head=(_("Draw"), _("Points"), _("Invited")), highest=top + 100 - top % 100)


def shares(outlook: queries.Outlook, rules: ProgramRules) -> list[dict[str, Any]]:
    """Return the spread by category: name, in the pool, taken."""
    return [
        {"name": wording.names(rules, [one.category]), "pool": one.pool, "taken": one.taken} for one in outlook.shares
    ]  # fmt: skip


def by_category(result: queries.Result, rules: ProgramRules) -> str:
    """Return the invited by category, as one line."""
    known = {one.key: pick(one.short) for one in rules.categories}
    return ", ".join(f"{known.get(key, key)} {count}" for key, count in result.by_category.items())


def facts(draw: Draw, rules: ProgramRules, at: datetime) -> list[dict[str, Any]]:
    """Return the plan as rows of a summary list."""
    return [
        {"key": _("Kind of draw"), "value": wording.kind(draw, queries.rules_of(draw))},
        *wording.window(draw.filters),
        {"key": _("Categories"), "value": wording.names(rules, draw.categories)},
        {"key": _("Taken"), "value": wording.how_many(draw)},
    ]


def waits_for(moves: dict[str, Any]) -> str:
    """Return the next act of a draw, whose verdict says why it waits; the first of those its state allows."""
    return next((name for name in ("publish", "freeze", "seed", "select", "accept", "issue") if name in moves), "")


def proof(draw: Draw) -> list[dict[str, Any]]:
    """Return the hashes of a frozen draw as rows of a summary list."""
    committed, seed = queries.commitment(draw), queries.seed_of(draw)
    if committed is None:
        return []
    rows = [{"key": _("Commitment"), "value": committed.commit}, {"key": _("Root"), "value": committed.root}]
    if seed:
        source = _("Nothing is left to chance.") if seed.source == WITHOUT_CHANCE else seed.source
        rows += [{"key": _("Source of chance"), "value": source}, {"key": _("Seed"), "value": seed.seed}]
    return rows


def timeline(draw: Draw) -> list[dict[str, Any]]:
    """Return what happened to a draw, the latest first, for ``components/timeline.html``."""
    return [
        {"at": one.at, "text": event_words.told(one.event), "by": one.by.name if one.by else "", "detail": _detail(one)}
        for one in audit.trail(draw.number).order_by("-number")
    ]


def _detail(event: Any) -> str:
    told = [str(event.detail[key]) for key in ("eoi", "reason") if event.detail.get(key)]
    return ": ".join(told)


def lots(draw: Draw, found: queries.Lots, rules: ProgramRules) -> dict[str, Any]:
    """Return what is known of a draw by lot before its seed: groups with places and people, chances where they are even."""
    named = {one.key: str(pick(one.name)) for one in queries.blocks(draw).reserve}
    groups = [
        {"name": named.get(one.cell) or _("Everybody"), "lot": one, "chance": chances(one) if found.even else ""}
        for one in found.groups
    ]
    return {"pool": found.pool, "groups": groups, "even": found.even}


def chances(lot: queries.Lot) -> str:
    """Return the chances of one person of a group in hundredths, in words."""
    if not lot.people:
        return "–"
    if lot.places >= lot.people:
        return _("everybody is taken")
    percent = lot.places * 100 / lot.people
    return _("less than 1 in 100") if percent < 1 else _("about %(n)s in 100") % {"n": round(percent)}


def what_is_known(draw: Draw) -> dict[str, bool]:
    """Return whether the order is known, of all or but for equals (``ranked``), and who is taken: a lot to come leaves them open.

    Of a frozen pool nobody is taken before the selection.
    """
    waits = queries.waits_for_lot(draw)
    open_wholly = waits and not queries.cut_is_known(draw)
    outcome = bool(draw.selected_at) or (is_foreseen(draw) and not open_wholly)
    return {"ordered": not waits, "ranked": not open_wholly, "outcome": outcome}


def is_foreseen(draw: Draw) -> bool:
    """Say whether the numbers are a preview: nothing is frozen yet."""
    return draw.pool_size is None and draw.state == DrawState.PLANNED
