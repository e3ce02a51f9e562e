"""The events of a draw in words, for its own timeline and those of the files in it."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "draw.planned": _("Draw planned"),
    "draw.replanned": _("Plan changed"),
    "draw.announced": _("Notice of the draw published"),
    "draw.leaving_out_asked": _("Leaving a file out asked for"),
    "draw.left_out": _("Left out of a draw by two people"),
    "draw.frozen": _("Pool frozen"),
    "draw.committed": _("Pool committed to"),
    "draw.objected": _("Objection to a draw"),
    "draw.objection_answered": _("Objection answered"),
    "draw.dice_entered": _("Digits of the dice entered"),
    "draw.seeded": _("Seed made known"),
    "draw.accepted": _("Selection accepted"),
    "draw.selected": _("Selection made"),
    "draw.compared": _("Those taken compared with the pool"),
    "draw.issued": _("Invitations issued"),
    "draw.tickets_erased": _("Tickets of files whose time is over erased"),
    "draw.refilled": _("Vacant places filled from the reserve list"),
    "draw.repair_planned": _("Repair planned after an error was found"),
    "draw.repair_withdrawn": _("Plan of a repair withdrawn"),
    "draw.repaired": _("Repair accepted by a second person"),
    "draw.void_asked": _("Void asked for"),
    "draw.void_refused": _("The draw goes on: it is not void"),
    "draw.void": _("Draw made void by two people"),
}
