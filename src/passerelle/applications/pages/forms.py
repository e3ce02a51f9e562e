"""Forms that check shape; the operations check meaning."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.applications import claims
from passerelle.applications.states import DecisionKind, FederalAnswer, FindingVerdict, InterviewOutcome
from passerelle.core.text import pick
from passerelle.core.widgets import DateParts
from passerelle.programs.rules.changing import ChangeKind
from passerelle.programs.rules.schema import Criterion
from passerelle.reviews.forms import DecideForm
from passerelle.reviews.rows import Outcome

LONG = forms.Textarea(attrs={"rows": 6})
SHORT = forms.Textarea(attrs={"rows": 3})
_UNANSWERED = _(
    "By what the forms say today, this is not met. If you set the refusal aside, say why you find that it is."
)
_A_DAY = {"required": _("Enter the day."), "invalid": _("Enter a real date, like 25 3 2026.")}


class OfDate(forms.DateField):
    """A day as it is asked everywhere, in three boxes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DateParts, error_messages=_A_DAY, **kwargs)


class ReviewForm(DecideForm):
    """What comes of a review; ``unanswered`` are the criteria that a nomination needs words for."""

    def __init__(self, *args: Any, unanswered: Sequence[Criterion] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unanswered = [(one.key, f"words_{one.key}") for one in unanswered]
        for (_key, name), one in zip(self.unanswered, unanswered, strict=True):
            self.fields[name] = forms.CharField(
                label=pick(one.label), widget=SHORT, max_length=4000, required=False, help_text=_UNANSWERED
            )
            self.fields[name].looks_required = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the words where the outcome is a nomination."""
        given = dict(super().clean() or self.cleaned_data)
        words = {key: given.pop(name, "").strip() for key, name in self.unanswered}
        if given.get("outcome") == Outcome.OVERTURNED:
            for key, name in self.unanswered:
                if not words[key] and name not in self.errors:
                    self.add_error(name, _("Say why you find that it is met."))
        return {**given, "words": words}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), widget=SHORT, max_length=2000, error_messages={"required": _("Give the reason.")}
    )


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=SHORT, max_length=2000, required=False)


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
    """Which of the pack's ``kinds`` of change that this side reports, when it happened, and what is to be said of it."""

    kind = forms.ChoiceField(
        label=_("What changed?"), widget=forms.RadioSelect, error_messages={"required": _("Choose what changed.")}
    )
    happened_on = OfDate(label=_("When did it happen?"))
    detail = forms.CharField(label=_("What we should know"), widget=SHORT, max_length=2000, required=False)

    def __init__(self, *args: Any, kinds: Sequence[ChangeKind] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {one.key: one for one in kinds}
        self.fields["kind"].choices = [(one.key, _with_hint(one)) for one in kinds]  # type: ignore[attr-defined]
        if said := [str(_("“%(label)s”") % {"label": one.label}) for one in kinds if one.in_words]:
            self.fields["detail"].help_text = _("Say it in words if you chose %(kinds)s.") % {"kinds": ", ".join(said)}

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or self.cleaned_data)
        chosen = self.kinds.get(given.get("kind", ""))
        if chosen and chosen.in_words and not given.get("detail", "").strip():
            self.add_error("detail", _("Say in words what changed."))
        return given


def _with_hint(kind: ChangeKind) -> str:
    return f"{kind.label} ({kind.hint})" if kind.hint else str(kind.label)


class NoQuestions(forms.Form):
    """Nothing is asked beside the files that come with it."""


class FederalRecordForm(forms.Form):
    """The date of a federal invitation that staff record: they answer for nobody."""

    invited_on = forms.DateField(
        label=_("Date of the federal invitation"), widget=DateParts, error_messages=_A_DAY,
        help_text=_("It stands on the invitation in the federal account."),
    )  # fmt: skip


class FederalInvitationForm(FederalRecordForm):
    """The same from the candidate, with what they do about it."""

    answer = forms.ChoiceField(
        label=_("What will you do?"), choices=FederalAnswer.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you will do.")},
    )  # fmt: skip


class FederalOutcomeForm(forms.Form):
    """What an officer makes of a federal invitation: of the proof, if there is one, or that it was recorded by mistake."""

    outcome = forms.ChoiceField(
        label=_("What you found"), widget=forms.RadioSelect, error_messages={"required": _("Choose what you found.")}
    )
    reason = forms.CharField(
        label=_("Reason"), widget=SHORT, max_length=2000, required=False,
        help_text=_("Needed unless you accept the proof. The candidate reads it in the portal."),
    )  # fmt: skip

    def __init__(self, *args: Any, proof: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [
            ("accepted", _("The proof shows that it was declined")),
            ("not_accepted", _("The proof does not show it")),
        ]
        outcome: Any = self.fields["outcome"]
        outcome.choices = [
            *(found if proof else []),
            ("mistaken", _("There is no such invitation: it was recorded by mistake")),
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for a reason unless the proof is accepted."""
        said = self.cleaned_data
        if said.get("outcome") in ("not_accepted", "mistaken") and not said.get("reason", "").strip():
            self.add_error("reason", _("Give the reason: the candidate reads it in the portal."))
        return said


class NominationsFileForm(forms.Form):
    """The days whose nominations the federal side is told of."""

    first = forms.DateField(label=_("From"), widget=DateParts, error_messages=_A_DAY)
    through = forms.DateField(label=_("Up to and including"), widget=DateParts, error_messages=_A_DAY)


class SupportLetterForm(forms.Form):
    """``renews``: the letter is for a permit that ends, so the day is asked of everybody."""

    permit_expires_on = OfDate(label=_("On what day does the work permit expire?"), required=False)

    def __init__(self, *args: Any, renews: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.fields["permit_expires_on"]
        day.required = renews
        day.error_messages["required"] = _("Give the day on which the work permit expires.")


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
    side = forms.ChoiceField(
        label=_("Who is asked"), widget=forms.RadioSelect, error_messages={"required": _("Choose who is asked.")}
    )
    question = forms.CharField(
        label=_("What do you need to know?"), widget=LONG, max_length=10_000,
        help_text=_("They read these words in the portal. The e-mail only says that a question waits."),
        error_messages={"required": _("Write the question.")},
    )  # fmt: skip

    def __init__(self, *args: Any, sides: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(sides) < 2:
            del self.fields["side"]  # nobody else can be asked
            return
        words = {"candidate": _("The candidate"), "employer": _("The employer")}
        side: Any = self.fields["side"]
        side.choices = [(one, words[one]) for one in sides]


class DecisionForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=DecisionKind.choices,
        error_messages={"required": _("Choose the decision.")},
    )  # fmt: skip
    reasons = forms.CharField(
        label=_("Reasons"), widget=LONG, max_length=20_000, required=False,
        help_text=_("Needed for a refusal. The letter to the parties gives these words."),
    )  # fmt: skip


class MissingForm(forms.Form):
    missing = forms.CharField(
        label=_("What is missing, one line each"), widget=LONG, max_length=10_000,
        help_text=_("The letter to the parties gives these lines."),
        error_messages={"required": _("List what is missing.")},
    )  # fmt: skip


class GroundForm(forms.Form):
    ground = forms.CharField(
        label=_("Ground"), widget=LONG, max_length=10_000, help_text=_("The letter to the parties gives these words."),
        error_messages={"required": _("Write the ground.")},
    )  # fmt: skip


class InterviewForm(forms.Form):
    """Whom, when (in the program's zone), and where or by which link."""

    side = forms.ChoiceField(
        label=_("Who is called"), widget=forms.RadioSelect, initial="candidate",
        error_messages={"required": _("Choose who is called.")},
    )  # fmt: skip
    day = OfDate(label=_("Day"))
    time = forms.TimeField(
        label=_("Time, in the program's zone"), widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"required": _("Enter the time."), "invalid": _("Enter a time, like 14:30.")},
    )  # fmt: skip
    place = forms.CharField(label=pgettext_lazy("of an interview", "Place"), max_length=300, required=False)
    link = forms.URLField(
        label=_("Link, for an interview by video"), max_length=500, required=False, assume_scheme="https",
        error_messages={"invalid": _("Enter a whole address, like https://example.com/room.")},
    )  # fmt: skip

    def __init__(self, *args: Any, zone: Any, employer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        side: Any = self.fields["side"]
        side.choices = [("candidate", _("The candidate")), *([("employer", _("The employer"))] if employer else [])]

    def clean(self) -> dict[str, Any]:
        """Return what the operation takes: the instant in place of day and time."""
        said = self.cleaned_data
        if not said.get("place") and not said.get("link") and "link" not in self.errors:
            self.add_error("place", _("Give a place or a link."))
        day, time = said.pop("day", None), said.pop("time", None)
        if day and time:
            said["held_at"] = datetime.combine(day, time, tzinfo=self.zone).astimezone(UTC)
        return said


class InterviewOutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"), widget=forms.RadioSelect, choices=InterviewOutcome.choices,
        error_messages={"required": _("Choose the outcome.")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), widget=LONG, max_length=10_000, error_messages={"required": _("Write a note.")}
    )


class ExtendNominationForm(ReasonForm):
    days = forms.IntegerField(
        label=_("How many more calendar days"), min_value=1, max_value=366,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
        error_messages={
            name: _("Enter a number of days from 1 to 366.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )  # fmt: skip
    field_order = ("days", "reason")
