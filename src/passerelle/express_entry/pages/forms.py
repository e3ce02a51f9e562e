"""Forms of this room's pages: they check shape, operations check meaning."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HoldForm(forms.Form):
    """Which profile is kept past its time, and why."""

    number = forms.CharField(
        label=_("Profile number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the profile number.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the trail of the federal pool. Name nobody."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the profile is kept.")},
    )
