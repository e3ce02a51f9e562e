"""Forms of this room's staff pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.core.widgets import DateParts


class ClosureForm(forms.Form):
    """A day on which the office is closed."""

    day = forms.DateField(
        label=_("Day"),
        widget=DateParts,
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Enter the day, month and year."),
            "invalid": _("Enter a day, month and year that exist, such as 26 12 2026."),
        },
    )
    name = forms.CharField(
        label=_("Why the office is closed"),
        max_length=100,
        help_text=_("For example, Boxing Day"),
        error_messages={"required": _("Say why the office is closed.")},
    )


class RemovedDay(forms.Form):
    """Which added day to take off the calendar."""

    remove = forms.DateField(input_formats=["%Y-%m-%d"])
