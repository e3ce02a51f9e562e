"""Forms of this room's staff pages."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

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


class PutInForceForm(forms.Form):
    """From when a version of the rules is to count, and why."""

    when = forms.ChoiceField(
        label=_("From when?"),
        choices=[("confirmed", _("As soon as a second person confirms")), ("from", _("From a day and time"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose from when these rules are to count.")},
    )
    day = forms.DateField(
        label=_("Day, if you chose one"),
        required=False,
        widget=DateParts,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Enter a day, month and year that exist, such as 2 7 2027.")},
    )
    time = forms.TimeField(
        label=_("Time, in the program’s zone"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "size": 5}),
        help_text=_("For example, 00:00 for the start of the day"),
        error_messages={"invalid": _("Enter a time such as 00:00.")},
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The second person reads it, and it stays on record"),
        error_messages={"required": _("Say why these rules are to come into force.")},
    )

    def clean(self) -> dict[str, Any]:
        """A day of one's own is a whole one."""
        said = super().clean() or {}
        if said.get("when") == "from":
            for name, words in (("day", _("Enter the day.")), ("time", _("Enter the time."))):
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, words)
        return said

    def from_at(self, zone: ZoneInfo) -> datetime | None:
        """Return the instant asked for, None for as soon as it is confirmed."""
        if self.cleaned_data["when"] == "confirmed":
            return None
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], tzinfo=zone)
