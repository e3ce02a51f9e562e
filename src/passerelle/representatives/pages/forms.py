"""What a representative types."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.accounts.models import Language
from passerelle.core.text import clean_name
from passerelle.representatives.permissions import ASK_BY_NUMBER, can_ask_by_email

_BY_EITHER = _("By email for a new file; for a file that is there already, by its number.")
SIDES = [("candidate", _("A candidate")), ("employer", _("An employer"))]


class AskForm(forms.Form):
    """Whom to ask: by name and e-mail, or by the number of a file they have.

    ``sides``: who may appoint somebody here; ``by_number``: those of them who are asked by a number alone; ``one_each``: an
    account is for one candidate.
    """

    side = forms.ChoiceField(
        label=_("Who is your client?"), widget=forms.RadioSelect, choices=SIDES, initial="candidate",
        error_messages={"required": _("Choose one.")},
    )  # fmt: skip
    known = forms.ChoiceField(
        label=_("Has your client a file here already?"), widget=forms.RadioSelect, initial="new",
        choices=[("new", _("No, or I do not know")), ("file", _("Yes, and they gave me its number"))],
        error_messages={"required": _("Choose one.")},
    )  # fmt: skip
    name = forms.CharField(label=_("Client's name"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Client's own email"), required=False,
        help_text=_("We write to it. They sign in with it; give an address that only they read, never your own."),
        error_messages={"invalid": _("Enter an email address, like name@example.com.")},
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language your client reads"), choices=Language.choices, widget=forms.RadioSelect, required=False
    )
    reference = forms.CharField(
        label=_("File number"), max_length=40, required=False, help_text=_("As your client gave it to you.")
    )

    def __init__(
        self, *args: Any, sides: Sequence[str] = ("candidate",), by_number: Collection[str] = (), one_each: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.sides, self.by_number = sides, by_number
        hints = {side: ASK_BY_NUMBER if side in by_number else _BY_EITHER for side in sides if one_each}
        self.fields["side"].choice_hints = hints  # type: ignore[attr-defined]
        if len(sides) == 1:
            del self.fields["side"]
        for name in ("name", "email", "language", "reference"):
            # Asked for in the one case or in the other.
            self.fields[name].looks_required = True  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        return clean_name(name) if name else ""

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or self.cleaned_data)
        given.setdefault("side", self.sides[0] if len(self.sides) == 1 else "")
        if given.get("known") == "new" and not (may := can_ask_by_email(given["side"], by_number=self.by_number)):
            self.add_error("known", str(may.reason))
        elif given.get("known") == "file":
            self._need(given, reference=_("Enter the number of the file."))
        elif given.get("known") == "new":
            self._need(
                given, name=_("Enter your client's name."), email=_("Enter your client's own email address."),
                language=_("Choose a language."),
            )  # fmt: skip
        return given

    def _need(self, given: dict[str, Any], **words: Any) -> None:
        for name, missing in words.items():
            if name not in self.errors and not str(given.get(name, "")).strip():
                self.add_error(name, missing)


class StartForm(forms.Form):
    """Which stream the client's file is for."""

    category = forms.ChoiceField(
        label=_("Which stream is it for?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a stream.")}
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
