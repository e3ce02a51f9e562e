"""Forms of this room's pages: they check shape, operations check meaning."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from passerelle.core.text import clean_name, pick
from passerelle.core.widgets import DateParts
from passerelle.eoi import wording
from passerelle.programs.rules.schema import Category, Criterion, EvidenceType, Stream

LANGUAGES = [("en", "English"), ("fr", "Français")]


def _words(label: Any, rows: int = 5, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=5000, widget=forms.Textarea(attrs={"rows": rows}), **more)


class CategoryForm(forms.Form):
    """Which kind of job."""

    category = forms.ChoiceField(
        label=_("Which category is the job in?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the category that the job is in.")},
    )

    def __init__(self, *args: Any, categories: Iterable[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        shown = [one for one in categories if one.open]
        field.choices = [(one.key, pick(one.name)) for one in shown]
        field.choice_hints = {one.key: pick(one.summary) for one in shown}


class OfferForm(forms.Form):
    """The ID of a job offer."""

    number = forms.CharField(
        label=_("Job Offer ID"), max_length=40,
        help_text=_("It stands in the message about the offer; your employer sees it too."),
        error_messages={"required": _("Enter the Job Offer ID.")},
    )  # fmt: skip


class CriterionForm(forms.Form):
    """One mandatory criterion: yes, no or unsure."""

    answer = forms.ChoiceField(
        label="",
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))],
        error_messages={"required": _("Answer yes, no, or that you are not sure.")},
    )

    def __init__(self, *args: Any, criterion: Criterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["answer"]
        field.label = pick(criterion.label)
        field.help_text = pick(criterion.hint) if criterion.hint else ""
        field.choice_hints = {"unsure": _("You can go on. Staff will look at it.")}


class CandidateForm(forms.Form):
    """Whom to let in."""

    name = forms.CharField(
        label=_("The candidate's name"), max_length=200, help_text=_("As in the passport."),
        error_messages={"required": _("Enter the candidate's name.")},
    )  # fmt: skip
    email = forms.EmailField(
        label=_("The candidate's email"),
        help_text=_("We send the link here. It may be the same as yours: each of you keeps an access of your own."),
        error_messages={
            "required": _("Enter the candidate's email."),
            "invalid": _("Enter an email like name@example.com."),
        },
    )
    language = forms.ChoiceField(
        label=_("The language we write to the candidate in"), choices=LANGUAGES, widget=forms.RadioSelect,
        error_messages={"required": _("Choose a language.")},
    )  # fmt: skip

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class SubmitForm(forms.Form):
    """The button that hands in: a token, and the version of the answers that were checked."""

    token = forms.CharField(max_length=64, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    agree = forms.BooleanField(
        label=_("I have checked my answers. They are accurate and I will keep them so."),
        error_messages={"required": _("Tick the box to confirm that your answers are accurate.")},
    )


class SaveChangeForm(forms.Form):
    """The button that puts a change in place: the version of the change that was checked."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agree = SubmitForm.base_fields["agree"]


class WithdrawForm(forms.Form):
    """Asking for withdrawal."""

    reason = forms.CharField(
        label=_("Why do you withdraw?"), required=False, max_length=500,
        help_text=_("You may leave this blank."), widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ReplyForm(forms.Form):
    """The candidate's reply to a fairness notice."""

    reply = _words(
        _("Your reply"), 8, help_text=_("Explain in your own words. You can reply once."),
        error_messages={"required": _("Write your reply.")},
    )  # fmt: skip


class ReceiptForm(forms.Form):
    """A receipt to be checked."""

    reference = forms.CharField(
        label=_("Number of the receipt"), max_length=40, help_text=_("Such as NT-E-2026-000123."),
        error_messages={"required": _("Enter the number of the receipt.")},
    )  # fmt: skip
    signature = forms.CharField(
        label=_("Signature"), max_length=200, help_text=_("The long line of letters and digits on the receipt."),
        error_messages={"required": _("Enter the signature of the receipt.")},
    )  # fmt: skip


# --- staff ------------------------------------------------------------------------------------------------------------


class FilterForm(forms.Form):
    """Filters of a list, kept in the address."""

    category = forms.ChoiceField(label=_("Category"), required=False)
    clock = forms.ChoiceField(
        label=_("Clock"), required=False,
        choices=[("", _("All")), ("late", _("Late")), ("due_today", _("Due today")), ("on_time", _("On time"))],
    )  # fmt: skip

    stream = forms.ChoiceField(label=_("Stream"), required=False)

    def __init__(
        self, *args: Any, categories: Iterable[Category], streams: Iterable[Stream] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.choices = [("", _("All")), *((one.key, pick(one.short)) for one in categories)]
        pools: Any = self.fields["stream"]
        pools.choices = [(one.key, pick(one.short)) for one in streams]
        if len(pools.choices) < 2:
            del self.fields["stream"]


class EvidenceForm(forms.Form):
    """Which documents to ask for."""

    items = forms.MultipleChoiceField(
        label=_("Documents to ask for"), widget=forms.CheckboxSelectMultiple, required=False
    )
    other = forms.CharField(label=_("Another document"), required=False, max_length=200)
    note = _words(_("What to look for, for the candidate"), 3, required=False)
    due_on = forms.DateField(
        label=_("Last day to send them"), required=False, widget=DateParts,
        help_text=_("Leave blank for the program's usual period."),
    )  # fmt: skip

    def __init__(self, *args: Any, evidence: Iterable[EvidenceType], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field: Any = self.fields["items"]
        field.choices = [(one.key, pick(one.label)) for one in evidence if one.key != "other"]

    def clean_due_on(self) -> date | None:
        chosen: date | None = self.cleaned_data["due_on"]
        if chosen and chosen <= self.today:
            raise ValidationError(_("Choose a day after today."))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("items") and not cleaned.get("other"):
            raise ValidationError(_("Choose at least one document."))
        return cleaned


class DoubtForm(forms.Form):
    """The fairness notice."""

    what = _words(
        _("What is in doubt"), 6, help_text=_("The candidate reads this word for word. The employer does not."),
        error_messages={"required": _("Say what is in doubt.")},
    )  # fmt: skip


class RefusalForm(forms.Form):
    """Refusing for a false statement."""

    reason = _words(
        _("Reasons for the refusal"), 6, help_text=_("The candidate reads them in the letter."),
        error_messages={"required": _("Give the reasons.")},
    )  # fmt: skip
    bar = forms.BooleanField(
        label=_("Also bar the person from filing for a time"), required=False,
        help_text=_("A second person must confirm before anything happens."),
    )  # fmt: skip


class FactForm(forms.Form):
    """Another value for one fact."""

    fact = forms.CharField(widget=forms.HiddenInput)
    value = forms.CharField(label=_("The fact should be"))
    reason = _words(_("Why"), 4, error_messages={"required": _("Give the reason: it is told to the candidate.")})


class NoteForm(forms.Form):
    """A note among staff."""

    text = _words(_("Note for colleagues"), 3, error_messages={"required": _("Write the note.")})


class QuestionForm(forms.Form):
    """An answer to an employer who was unsure of a criterion."""

    criterion = forms.ChoiceField(label=_("Criterion"), widget=forms.RadioSelect)
    answer = _words(
        _("Answer to the employer"), 4, help_text=_("It is sent by email and stands in the portal."),
        error_messages={"required": _("Write the answer.")},
    )  # fmt: skip

    def __init__(self, *args: Any, criteria: Iterable[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["criterion"]
        field.choices = [(one.key, pick(one.label)) for one in criteria]


class KeyedWithdrawalForm(forms.Form):
    """A request for withdrawal that came by e-mail."""

    reference = forms.CharField(
        label=_("Number of the expression of interest"), max_length=40,
        error_messages={"required": _("Enter the number of the file.")},
    )  # fmt: skip
    reason = _words(
        _("What the email said"), 3, help_text=_("Its date, the address it came from, and the request itself."),
        error_messages={"required": _("Say when and from where the request came.")},
    )  # fmt: skip


class LiftBarForm(forms.Form):
    """Why a bar should end early."""

    reason = _words(_("Why the bar should end"), 3, error_messages={"required": _("Give the reason.")})


PURPOSES = [(key, label) for key, label in wording.PURPOSES.items()]
