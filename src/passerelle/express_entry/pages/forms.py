"""Forms of this room's pages: they check shape, operations check meaning."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.core.text import pick
from passerelle.core.widgets import DateParts
from passerelle.programs.forms.occupations import OccupationCodes


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


_DAY = {"required": _("Enter the day."), "invalid": _("Enter a real date, like 25 3 2026.")}
_SCORE = {
    "required": _("Enter a score from 0 to 1200."), "invalid": _("Enter a score from 0 to 1200."),
    "min_value": _("Enter a score from 0 to 1200."), "max_value": _("Enter a score from 0 to 1200."),
}  # fmt: skip
_LEVEL = {"invalid": _("Enter a level from 1 to 12, or leave it blank.")}
_LEVEL |= {"min_value": _LEVEL["invalid"], "max_value": _LEVEL["invalid"]}


def _number(size: int = 5) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "size": size, "autocomplete": "off"})


class RoundForm(forms.Form):
    """The plan of a round over the federal pool."""

    held_on = forms.DateField(label=_("Day of the round"), widget=DateParts, error_messages=_DAY)
    crs_lowest = forms.IntegerField(
        label=_("Federal score (CRS) from"), min_value=0, max_value=1200, widget=_number(), error_messages=_SCORE
    )
    crs_highest = forms.IntegerField(
        label=_("Federal score (CRS) up to and including"), min_value=0, max_value=1200, widget=_number(),
        help_text=_("Everybody in the window who has what follows is notified: a round ranks nobody."),
        error_messages=_SCORE,
    )  # fmt: skip
    lists = forms.MultipleChoiceField(
        label=_("Primary occupation on one of these lists"),
        help_text=_("Choose none, and name none below, for a general round over every occupation."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    nocs = OccupationCodes(label=_("Other primary occupations"))
    french_lowest = forms.IntegerField(
        label=_("French at NCLC"), help_text=_("Lowest of the four abilities. Blank: not asked."), required=False,
        min_value=1, max_value=12, widget=_number(3), error_messages=_LEVEL,
    )  # fmt: skip
    english_lowest = forms.IntegerField(
        label=_("English at CLB"), help_text=_("Lowest of the four abilities. Blank: not asked."), required=False,
        min_value=1, max_value=12, widget=_number(3), error_messages=_LEVEL,
    )  # fmt: skip
    either_lowest = forms.IntegerField(
        label=_("French or English, whichever is better, at"), help_text=_("Blank: not asked."), required=False,
        min_value=1, max_value=12, widget=_number(3), error_messages=_LEVEL,
    )  # fmt: skip
    named_alone = forms.ChoiceField(
        label=_("Province of interest"),
        choices=[
            ("0", _("The province is named, or every province and territory")),
            ("1", _("The province itself is named")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    created_from = forms.DateField(label=_("Profile created from"), widget=DateParts, error_messages=_DAY)
    created_through = forms.DateField(
        label=_("Profile created up to and including"), widget=DateParts, error_messages=_DAY
    )

    def __init__(self, *args: Any, lists: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["lists"]
        choices.choices = [(one.family, pick({"en": one.label.en, "fr": one.label.fr})) for one in lists]
        if not lists:
            del self.fields["lists"]

    def clean_named_alone(self) -> bool:
        """Say whether the province itself must be named."""
        return str(self.cleaned_data["named_alone"]) == "1"


class ReasonForm(forms.Form):
    """Why a round is made void."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with the round."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give the reason.")},
    )
