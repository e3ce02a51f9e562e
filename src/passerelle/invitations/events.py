"""The events of an invitation in words, for the timelines of the stages before and after it."""

from django.utils.translation import gettext_lazy

WORDS = {
    "invitation.issued": gettext_lazy("Invitation sent"),
    "invitation.taken_up": gettext_lazy("Notification of interest taken up"),
    "invitation.reminded": gettext_lazy("Reminder of the deadline sent"),
    "invitation.extended": gettext_lazy("More time given"),
    "invitation.accepted": gettext_lazy("Application begun"),
    "invitation.met": gettext_lazy("The application came in on time"),
    "invitation.declined": gettext_lazy("Invitation declined"),
    "invitation.cancelled": gettext_lazy("Invitation cancelled"),
    "invitation.lapsed": gettext_lazy("Invitation lapsed"),
}
