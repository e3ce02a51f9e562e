"""Forms of this room's pages: they check shape, operations check meaning."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.accounts import hooks
from passerelle.core.text import pick
from passerelle.core.widgets import DateParts
from passerelle.orders.operations import Against, Terms
from passerelle.orders.states import SubjectKind

LONG = forms.Textarea(attrs={"rows": 6})
SHORT = forms.Textarea(attrs={"rows": 3})
WHOLE = {"invalid": _("Enter a whole number."), "required": _("Enter a whole number.")}
NEEDED = {"required": _("Fill this in.")}


class ProposeForm(forms.Form):
    """Whom the order is against and what it would order."""

    kind = forms.ChoiceField(label=_("Against"), choices=SubjectKind.choices, widget=forms.RadioSelect,
                             error_messages={"required": _("Choose whom the order is against.")})  # fmt: skip
    about = forms.CharField(
        label=_("Number of the expression of interest"), max_length=40, required=False,
        help_text=_("For a candidate or an employer: the file in which the contravention was found."),
    )  # fmt: skip
    name = forms.CharField(label=_("Name of the representative"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail of the representative"), required=False)
    language = forms.ChoiceField(label=_("Language of the representative"), choices=[("en", "English"), ("fr", "Français")],
                                 initial="en", widget=forms.RadioSelect, required=False)  # fmt: skip
    licence_body = forms.CharField(label=_("Licensing body of the representative"), max_length=200, required=False)
    licence_number = forms.CharField(label=_("Licence number of the representative"), max_length=60, required=False)
    contravention = forms.CharField(
        label=_("The contravention"), widget=LONG, max_length=10_000, error_messages=NEEDED,
        help_text=_("What was done, when, and how it is known. The person reads these words; the register does not show them."),
    )  # fmt: skip
    provision = forms.CharField(label=_("Provision contravened"), max_length=300, error_messages=NEEDED)
    ban_years = forms.IntegerField(label=_("Ban, in years"), min_value=0, initial=0, error_messages=WHOLE,
                                   help_text=_("0 for none."),
                                   widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}))  # fmt: skip
    penalised = forms.BooleanField(label=_("Impose an administrative penalty"), required=False)
    candidates_concerned = forms.IntegerField(
        label=_("Candidates concerned"), min_value=1, max_value=1000, initial=1, error_messages=WHOLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )  # fmt: skip
    further = forms.DecimalField(
        label=_("Further amount, in dollars"), min_value=Decimal(0), max_value=Decimal(10**9), decimal_places=2, initial=0,
        localize=True, required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 10}),
        error_messages={"invalid": _("Enter an amount, like 1250.00.")},
    )  # fmt: skip
    further_reason = forms.CharField(label=_("Why the further amount"), widget=SHORT, max_length=2000, required=False)

    def __init__(self, *args: Any, program: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = hooks.licences(program).values()
        if bodies:
            # Chosen, not typed: the ban follows the body and the number with which the representative registered.
            choices = [("", "–"), *((pick(one.name, "en"), pick(one.name)) for one in bodies if one.numbered)]
            label = self.fields["licence_body"].label
            self.fields["licence_body"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def against(self) -> Against:
        """Whom the order is against, as the operation asks."""
        names = ("kind", "about", "name", "email", "licence_body", "licence_number")
        given = {name: self.cleaned_data[name] for name in names}
        return Against(language=self.cleaned_data["language"] or "en", **given)

    def terms(self) -> Terms:
        """What is intended, as the operation asks."""
        names = ("contravention", "provision", "ban_years", "penalised", "candidates_concerned", "further_reason")
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in names}
        return Terms(further_cents=int((self.cleaned_data["further"] or Decimal(0)) * 100), **given)


class ReplyForm(forms.Form):
    reply = forms.CharField(label=_("Reply"), widget=LONG, max_length=10_000, error_messages=NEEDED)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=SHORT, max_length=2000, error_messages=NEEDED)


class PaidForm(forms.Form):
    paid_on = forms.DateField(
        label=_("Day on which the money came in"), widget=DateParts,
        error_messages={"invalid": _("Enter a real date, like 18 2 2026."), "required": _("Enter the day.")},
    )  # fmt: skip
