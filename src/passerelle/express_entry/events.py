"""The events of the federal pool in words."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "profiles.loaded": _("Federal profiles loaded"),
    "profiles.refused": _("File of federal profiles refused"),
    "profiles.purged": _("Federal profiles erased"),
    "profiles.held": _("Federal profile kept"),
    "profiles.hold_lifted": _("Federal profile no longer kept"),
    "round.planned": _("Round planned"),
    "round.replanned": _("Plan of the round changed"),
    "round.conducted": _("Pool searched, those found frozen"),
    "round.issued": _("Notifications of interest issued"),
    "round.void": _("Round made void"),
    "notification.taken_up": _("Notification of interest taken up"),
    "nominations.file_taken": _("File of nominations for the federal side taken"),
    "round.file_taken": _("File for the federal side taken"),
}
