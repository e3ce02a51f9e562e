"""Forms of this room's pages: they check shape, operations check meaning."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.express_entry.keys import number_key
from passerelle.invitations.operations.keeping import MOST_DAYS
from passerelle.programs.forms.fields import country_choices

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "size": 20}


class DeclineForm(forms.Form):
    """Why, if they wish to say."""

    reason = forms.CharField(
        label=_("Why do you decline?"),
        help_text=_("Only staff read this."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(forms.Form):
    """A reason both parties are told."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Employer and candidate are told this, in your words."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give the reason.")},
    )


class ExtendForm(ReasonForm):
    """More days."""

    days = forms.IntegerField(
        label=_("How many more calendar days"),
        min_value=1,
        max_value=MOST_DAYS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
        error_messages={
            name: _("Enter a number of days from 1 to 60.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
    field_order = ("days", "reason")


class FilterForm(forms.Form):
    """Which invitations a list shows."""

    show = forms.ChoiceField(label=_("Show"), required=False)
    draw = forms.CharField(label=_("Draw"), required=False, max_length=40, widget=forms.TextInput(attrs={"size": 18}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        show: Any = self.fields["show"]
        show.choices = [
            ("", pgettext_lazy("invitations", "running")),
            ("ended", pgettext_lazy("invitations", "ended")),
            ("all", pgettext_lazy("invitations", "all")),
        ]


class ProofForm(forms.Form):
    """The two numbers that only the person notified and the federal side know."""

    number = forms.CharField(
        label=_("Express Entry profile number"),
        help_text=_("It stands in your federal account, like E012345678."),
        max_length=20,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Enter the profile number.")},
    )
    code = forms.CharField(
        label=_("Job seeker validation code"),
        help_text=_("It stands beside the profile number."),
        max_length=20,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Enter the validation code.")},
    )

    def key(self, program: str) -> str:
        """Return the key by which tries at one number are counted: never the number itself."""
        return number_key(program, self.cleaned_data["number"].strip().upper())


class PassportForm(forms.Form):
    """The passport: one person has one live file in a stream, whatever the account."""

    passport_country = forms.ChoiceField(
        label=_("Country that issued your passport"),
        choices=country_choices,
        error_messages={"required": _("Choose the country.")},
    )
    passport_number = forms.CharField(
        label=_("Passport number"),
        help_text=_("As it is printed."),
        max_length=30,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Enter the passport number.")},
    )
