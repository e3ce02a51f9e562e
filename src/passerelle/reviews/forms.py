"""The forms of every review: they check shape and what the pack asks to be said."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.reviews.rows import Outcome
from passerelle.reviews.terms import Terms

LONG = forms.Textarea(attrs={"rows": 6})
SHORT = forms.Textarea(attrs={"rows": 3})


class AskForm(forms.Form):
    """What a request says; the files stand beside it (``reviews/ask.html``)."""

    error = forms.CharField(
        label=_("What is wrong with the decision?"), widget=LONG, max_length=10_000,
        help_text=_("Name each point, and where in your file it can be seen."),
        error_messages={"required": _("Say what is wrong with the decision.")},
    )  # fmt: skip
    difference = forms.CharField(
        label=_("What would be different without this error?"), widget=LONG, max_length=10_000,
        help_text=_("An error counts if the outcome would have been another without it."),
        error_messages={"required": _("Say what would be different without the error.")},
    )  # fmt: skip
    additions_reason = forms.CharField(
        label=_("If you add documents: why could they not be had before the decision?"), widget=SHORT, max_length=4000,
        required=False, help_text=_("Only documents that could not reasonably be had before the decision are looked at."),
    )  # fmt: skip

    def __init__(self, *args: Any, terms: Terms, uploads: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uploads = uploads
        if terms.must_have_mattered:
            self.fields["error"].label = _("Which error was made?")
        else:
            del self.fields["difference"]
        if not terms.only_what_is_new:
            del self.fields["additions_reason"]

    def clean(self) -> dict[str, Any]:
        """Ask why the documents come only now, where the pack does."""
        given: dict[str, Any] = self.cleaned_data
        if self.uploads and "additions_reason" in self.fields and not given.get("additions_reason", "").strip():
            self.add_error("additions_reason", _("Say why these documents could not be had before the decision."))
        return given


class DecideForm(forms.Form):
    """What comes of a review; ``words`` say it for what is reviewed."""

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect, choices=Outcome.choices,
                                error_messages={"required": _("Choose the outcome.")})  # fmt: skip
    reasons = forms.CharField(
        label=_("Reasons"), widget=LONG, max_length=20_000, help_text=_("The letter gives these words."),
        error_messages={"required": _("Write the reasons.")},
    )  # fmt: skip

    def __init__(self, *args: Any, words: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if words:
            choices: Any = self.fields["outcome"]
            choices.choices = list(words.items())
