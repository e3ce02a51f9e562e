"""The form that proposes to close a stream."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.core.widgets import DateParts


class ClosingForm(forms.Form):
    """Why a stream closes, in both languages, and from when it is open again."""

    reason_en = forms.CharField(
        label=_("Why, in English"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        help_text=_("One or two sentences. They are published, and everybody whose file ends reads them."),
        error_messages={"required": _("Say in English why the stream closes.")},
    )  # fmt: skip
    reason_fr = forms.CharField(
        label=_("Why, in French"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "lang": "fr"}),
        help_text=_("The same in French."), error_messages={"required": _("Say in French why the stream closes.")},
    )  # fmt: skip
    until = forms.DateField(
        label=_("Open again from"), required=False, widget=DateParts, input_formats=["%Y-%m-%d"],
        help_text=_("Leave it empty if the stream closes for good."),
        error_messages={"invalid": _("Enter a day, month and year that exist, such as 2 7 2027.")},
    )  # fmt: skip

    @property
    def reason(self) -> dict[str, str]:
        """The reason in both languages."""
        return {"en": self.cleaned_data["reason_en"], "fr": self.cleaned_data["reason_fr"]}

    def until_at(self, zone: ZoneInfo) -> datetime | None:
        """Return the first instant of the day on which the stream is open again, None for never."""
        day: Any = self.cleaned_data["until"]
        return datetime.combine(day, time.min, tzinfo=zone) if day else None
