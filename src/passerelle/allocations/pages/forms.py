"""Forms of this room's pages: they check shape, operations check meaning."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.core.text import pick
from passerelle.core.widgets import DateParts


class PlacesForm(forms.Form):
    """The places of a year, with why and since when."""

    year = forms.IntegerField(
        label=_("Year"),
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"required": _("Enter a year, like 2026."), "invalid": _("Enter a year, like 2026.")},
    )
    places = forms.IntegerField(
        label=_("Places in that year"),
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
        error_messages={
            "required": _("Enter the number of places, like 197."),
            "invalid": _("Enter the number of places, like 197."),
        },
    )
    effective_on = forms.DateField(
        label=_("Day of the decision"),
        widget=DateParts,
        required=False,
        error_messages={"invalid": _("Enter a real date, like 18 2 2026.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the ledger beside the change."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the number changes.")},
    )

    def told(self) -> dict[str, Any]:
        """Return what the operation asks for."""
        return dict(self.cleaned_data)


class TargetForm(PlacesForm):
    """How many of a year's places a stream is meant to have."""

    field_order = ("stream", "year", "places", "effective_on", "reason")
    stream = forms.ChoiceField(
        label=_("Stream"), widget=forms.RadioSelect, error_messages={"required": _("Choose a stream.")}
    )

    def __init__(self, *args: Any, streams: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "target"})
        choice: Any = self.fields["stream"]
        choice.choices = [(one.key, pick(one.name)) for one in streams]
        self.fields["places"].label = _("Places it is meant to have")
        self.fields["places"].error_messages["required"] = _("Enter the number of places, like 500.")
