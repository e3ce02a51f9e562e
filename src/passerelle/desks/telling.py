"""What a feed and a calendar say of a draw: one title, one sentence, in the reader's language."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from passerelle.core import dates
from passerelle.core.text import pick
from passerelle.desks.records import Record
from passerelle.programs.rules import ProgramRules


def title(what: str, one: Record, rules: ProgramRules) -> str:
    """Return the title of what happened: announced, announced_elsewhere, issued, void, or repaired-1, repaired-2 …"""
    told = {"day": dates.day_words(one.held_on), "stream": _stream(one, rules)}
    words = {
        "announced": _("Notice: draw of %(day)s%(stream)s"),
        "announced_elsewhere": _("Draw announced for %(day)s%(stream)s"),
        "issued": _("Draw of %(day)s%(stream)s"),
        "void": _("Void: draw of %(day)s%(stream)s"),
        "repaired": _("An error found and repaired: draw of %(day)s%(stream)s"),
    }
    return words[what.partition("-")[0]] % told


def sentence(what: str, one: Record) -> str:
    """Return in one or two sentences what the title speaks of."""
    if what == "announced_elsewhere":
        return one.said.get((get_language() or "en")[:2], "")
    if what.startswith("repaired-"):
        return str(pick({key: one.repairs[int(what[9:]) - 1][key] for key in ("en", "fr")}))
    if what == "void":
        return _("This draw is void: %(reason)s") % {"reason": one.void_reason}
    if what == "announced" and one.places is None:
        return _("Everybody in the draw will be invited. The page says by which rule.")
    if what == "announced":
        return ngettext(
            "%(count)s place. The page says by which rule.",
            "%(count)s places. The page says by which rule.",
            one.places or 0,
        ) % {"count": one.places}
    return _result(one)


def _result(one: Record) -> str:
    if one.pool_few:
        return _("Fewer than 20 people were in the pool: their numbers are not published.")
    told = [ngettext("%(count)s invited.", "%(count)s invited.", one.invited or 0) % {"count": one.invited}]
    if one.crs_lowest is not None:
        told.append(
            _("Federal scores (CRS) from %(low)s to %(high)s.") % {"low": one.crs_lowest, "high": one.crs_highest}
        )
    elif one.points_lowest is not None:
        told.append(_("Lowest points taken: %(points)s.") % {"points": one.points_lowest})
    return " ".join(told)


def _stream(one: Record, rules: ProgramRules) -> str:
    known = {stream.key: str(pick(stream.short)) for stream in rules.streams}
    return f", {known[one.stream]}" if len(known) > 1 and one.stream in known else ""
