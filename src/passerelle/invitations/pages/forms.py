"""Forms of this room's pages: they check shape, operations check meaning."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.invitations.operations.keeping import MOST_DAYS


class DeclineForm(forms.Form):
    """Why, if they wish to say."""

    reason = forms.CharField(
        label=_("Why do you decline?"),
        help_text=_("Staff read this. The other party is told that the invitation was declined, not why."),
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
