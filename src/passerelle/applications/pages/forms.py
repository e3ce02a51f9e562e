"""Forms that check shape; the operations check meaning."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.applications import claims
from passerelle.applications.states import DecisionKind, FindingVerdict, ReviewOutcome

LONG = forms.Textarea(attrs={"rows": 6})
SHORT = forms.Textarea(attrs={"rows": 3})
CHANGES = [
    ("hours", _("The hours fell below those agreed")),
    ("resignation", _("The employee resigned")),
    ("termination", _("The employer ended the employment")),
    ("layoff_temporary", _("Temporary lay-off")),
    ("layoff_permanent", _("Permanent lay-off")),
    ("other", _("Another change")),
]


class OfDate(forms.DateField):
    """A day, typed or picked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}),
            error_messages={"invalid": _("Enter a day as year-month-day, like 2026-03-25.")},
            **kwargs,
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), widget=SHORT, max_length=2000, error_messages={"required": _("Give the reason.")}
    )


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason (optional)"), widget=SHORT, max_length=2000, required=False)


class SignatureForm(forms.Form):
    agree = forms.BooleanField(
        label=_("I confirm that what I have given is true and complete, and I will report any change."),
        error_messages={"required": _("Confirm before you submit.")},
    )
    name = forms.CharField(
        label=_("Your full name, as your signature"), max_length=200, error_messages={"required": _("Type your name.")}
    )


class AgreementForm(forms.Form):
    agree = forms.BooleanField(
        label=_("I have read the agreement and I accept it."), error_messages={"required": _("Accept before you sign.")}
    )
    name = forms.CharField(
        label=_("Your full name, as your signature"), max_length=200, error_messages={"required": _("Type your name.")}
    )


class NothingForm(forms.Form):
    """A button alone."""


class EmployerForm(forms.Form):
    """Whom to send the link to."""

    name = forms.CharField(
        label=_("Name of the company, or of the person who signs for it"), max_length=200,
        error_messages={"required": _("Enter the name.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("Email of the person who signs for the company"), widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the email address."), "invalid": _("Enter an email address, like name@example.com.")},
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language we write to them in"), choices=[("en", _("English")), ("fr", _("French"))],
        widget=forms.RadioSelect, error_messages={"required": _("Choose the language.")},
    )  # fmt: skip


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Your answer"), widget=LONG, max_length=10_000, error_messages={"required": _("Write your answer.")}
    )


class ChangeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What changed?"), choices=CHANGES, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what changed.")},
    )  # fmt: skip
    happened_on = OfDate(label=_("When did it happen?"))
    detail = forms.CharField(label=_("What we should know (optional)"), widget=SHORT, max_length=2000, required=False)


class ReviewForm(forms.Form):
    grounds = forms.CharField(
        label=_("What is wrong with the decision?"), widget=LONG, max_length=10_000,
        help_text=_("Name each point. Another officer will look at the whole file again."),
        error_messages={"required": _("Say what is wrong with the decision.")},
    )  # fmt: skip


class SupportLetterForm(forms.Form):
    permit_expires_on = OfDate(label=_("On what day does the work permit expire?"))


class TakeForm(forms.Form):
    reason = forms.CharField(label=_("Why this file comes first"), widget=SHORT, max_length=2000, required=False)


class FindingForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("What you found"), widget=forms.RadioSelect,
        choices=FindingVerdict.choices,
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), widget=SHORT, max_length=4000, required=False)


class ProofForm(FindingForm):
    """The same of points claimed."""

    verdict = forms.ChoiceField(
        label=_("What you found"), widget=forms.RadioSelect,
        choices=[("met", _("Proven")), ("not_met", _("Not proven")), ("need_more", _("Need more"))],
    )  # fmt: skip


def finding_form(key: str) -> type[FindingForm]:
    """Return the form for a finding on a criterion, or on points claimed."""
    return ProofForm if claims.is_claim(key) else FindingForm


class QuestionForm(forms.Form):
    question = forms.CharField(
        label=_("What do you need to know?"), widget=LONG, max_length=10_000,
        help_text=_("The employer reads these words in the portal. The e-mail only says that a question waits."),
        error_messages={"required": _("Write the question.")},
    )  # fmt: skip


class DecisionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=DecisionKind.choices,
        error_messages={"required": _("Choose the decision.")},
    )  # fmt: skip
    reasons = forms.CharField(
        label=_("Reasons"), widget=LONG, max_length=20_000, required=False,
        help_text=_("Needed for a refusal. The letter to both parties gives these words."),
    )  # fmt: skip


class ReviewDecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"), widget=forms.RadioSelect,
        choices=ReviewOutcome.choices,
    )  # fmt: skip
    reasons = forms.CharField(
        label=_("Reasons"), widget=LONG, max_length=20_000, error_messages={"required": _("Write the reasons.")}
    )
