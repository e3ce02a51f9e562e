"""Forms of the accounts: our own, and django-allauth's in our words."""

import json
from copy import copy
from typing import Any, cast

from allauth.account.forms import (
    AddEmailForm,
    ChangeEmailForm,
    ChangePasswordForm,
    ConfirmEmailVerificationCodeForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.accounts import hooks, mail, operations
from passerelle.accounts.adapters import moment
from passerelle.accounts.models import Audience, Language, Person, RoleName, username_shape
from passerelle.accounts.passwords import shortest_for
from passerelle.core.text import clean_name, pick

# The period before, the present one and the one after, and as much again for a clock that runs behind.
GOOD_FOR_SECONDS = app_settings.TOTP_PERIOD * 2 * (2 * app_settings.TOTP_TOLERANCE + 1)
CODE_BOX = {"size": 10, "autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}


class Plain(forms.Form):
    """Labels above the boxes say what goes in; nothing is written inside them."""

    words: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.words.get(name, field.label)
            field.help_text = self.hints.get(name, "")


def password_hint(person: Person | None = None) -> Any:
    """Return what a password must be, for ``person``."""
    return _(
        "At least %(count)d characters. A sentence you will remember is a good password; any characters will do."
    ) % {"count": shortest_for(person)}


NEW_PASSWORD = {"password1": _("Password"), "password2": _("Password again")}


class SignInForm(Plain, LoginForm):
    """User name and password."""

    words = {"login": _("User name"), "password": _("Password")}


class PersonFields(forms.Form):
    """How to address and reach somebody."""

    name = forms.CharField(
        label=_("Contact name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        help_text=_("With the area code, like 867-555-0142."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "size": 20}),
    )
    language = forms.ChoiceField(
        label=_("Language of our messages to you"), choices=Language.choices, widget=forms.RadioSelect
    )

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and sum(char.isdigit() for char in phone) < 7:
            raise ValidationError(_("Enter a telephone number with its area code, like 867-555-0142."))
        return phone


class RegisterForm(PersonFields, Plain, SignupForm):
    """An account of the side that opens files. Only the user name has to be new (nwt.md, R1.2 and R1.3)."""

    field_order = ["username", "name", "phone", "email", "language", "password1", "password2"]
    words = {"username": _("User name"), "email": _("Email"), **NEW_PASSWORD}

    def __init__(self, *args: Any, program: str, audience: str = Audience.EMPLOYER, **kwargs: Any) -> None:
        self.program, self.audience = program, audience
        super().__init__(*args, **kwargs)
        if audience == Audience.CANDIDATE:
            self.fields["name"].label = _("Your name")
            self.fields["username"].help_text = _("You sign in with it.")
            self.fields["email"].help_text = _("We send a code to it, and later word of your file.")
        elif hooks.keeps_one_account(program):
            self.fields["username"].help_text = _("You sign in with it.")
            self.fields["email"].help_text = _("We send a code to it, and later word of your files.")
        else:
            self.fields["username"].help_text = _(
                "Each candidate needs an account of its own, so choose a user name for this candidate, for example your "
                "company and the candidate's initials. You sign in with it."
            )
            self.fields["email"].help_text = _(
                "We send a code to it. You may use the same name, telephone and email for several accounts."
            )
        self.fields["phone"].help_text = PersonFields.base_fields["phone"].help_text
        self.fields["password1"].help_text = password_hint()

    def save(self, request: HttpRequest) -> Person:
        """Open the account; raises operations.UsernameTaken when somebody was faster."""
        given = self.cleaned_data
        return operations.register(
            audience=self.audience, program=self.program, username=given["username"], email=given["email"], name=given["name"],
            phone=given["phone"], language=given["language"], password=given["password1"], at=moment(request),
        )  # fmt: skip


class RepresentativeForm(RegisterForm):
    """An account of somebody who acts for others, with their licence."""

    field_order = [
        "username", "name", "phone", "email", "language", "licence_body", "licence_number", "password1", "password2",
    ]  # fmt: skip
    licence_body = forms.ChoiceField(
        label=_("Who licensed you"), widget=forms.RadioSelect, error_messages={"required": _("Choose one.")}
    )
    licence_number = forms.CharField(
        label=_("Licence number"), max_length=60, required=False,
        help_text=_("As on your licence. Your clients and the program see it."),
    )  # fmt: skip

    def __init__(self, *args: Any, program: str, **kwargs: Any) -> None:
        super().__init__(*args, program=program, audience=Audience.REPRESENTATIVE, **kwargs)
        self.licences = hooks.licences(program)
        choices = [(key, pick(one.name)) for key, one in self.licences.items()]
        cast(forms.ChoiceField, self.fields["licence_body"]).choices = choices
        number = self.fields["licence_number"]
        number.looks_required = True  # type: ignore[attr-defined]
        numbered = [key for key, one in self.licences.items() if one.numbered]
        number.widget.attrs["data-shown-when"] = json.dumps({"licence_body": numbered})
        self.fields["name"].label = _("Your name")
        self.fields["username"].help_text = _("You sign in with it.")
        self.fields["email"].help_text = _("Your own, not a client's. We send a code to it.")

    def clean(self) -> dict[str, Any]:
        cleaned = dict(super().clean() or self.cleaned_data)
        body = self.licences.get(cleaned.get("licence_body", ""))
        if body and body.numbered and not cleaned.get("licence_number", "").strip():
            self.add_error("licence_number", _("Enter the number of your licence."))
        return cleaned

    def save(self, request: HttpRequest) -> Person:
        given = self.cleaned_data
        return operations.register_representative(
            program=self.program, username=given["username"], email=given["email"], name=given["name"],
            phone=given["phone"], language=given["language"], password=given["password1"],
            licence_body=given["licence_body"], licence_number=given["licence_number"], at=moment(request),
        )  # fmt: skip


class ConfirmCodeForm(Plain, ConfirmEmailVerificationCodeForm):
    """The code that came by e-mail."""

    words = {"code": _("Code from the email")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE_BOX)


class OtherEmailForm(Plain, ChangeEmailForm):
    """Another address, before the first was confirmed."""

    words = {"email": _("Email")}


class NewEmailForm(Plain, AddEmailForm):
    """Another address for an account in use."""

    words = {"email": _("New email")}


class ForgottenPasswordForm(Plain, ResetPasswordForm):
    """An address to which the links go, if it is known; nothing here depends on whether it is."""

    words = {"email": _("Email")}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        mail.send_reset_links(request, self.cleaned_data["email"])
        return str(self.cleaned_data["email"])


class ForgottenNamesForm(forms.Form):
    """An address to which the user names go, if it is known."""

    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def save(self, request: HttpRequest) -> None:
        mail.send_user_names(request, self.cleaned_data["email"])


class NewPasswordForm(Plain, ResetPasswordKeyForm):
    """A new password after a link."""

    words = {"password1": _("New password"), "password2": _("New password again")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_hint(self.user)


class PasswordChangeForm(Plain, ChangePasswordForm):
    """A new password in place of the present one."""

    words = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_hint(self.user)


class PasswordAgainForm(Plain, ReauthenticateForm):
    """The password once more, before an act that counts."""

    words = {"password": _("Password")}


class OnceOnly:
    """A code is taken once for as long as it is good: django-allauth remembers it 30 seconds, and takes it for up to 90."""

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        used = f"accounts.code_used?user={self.user.pk}&code={normalize_user_code(code)}"  # type: ignore[attr-defined]
        if not cache.add(used, "y", timeout=GOOD_FOR_SECONDS):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


class CodeForm(Plain, OnceOnly, AuthenticateForm):
    """A code of the authenticator, or a recovery code."""

    words = {"code": _("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE_BOX)


class CodeOnceMoreForm(Plain, OnceOnly, CodeAgainForm):
    """A code once more, before an act that counts."""

    words = {"code": _("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE_BOX)


class FirstCodeForm(Plain, ActivateTOTPForm):
    """The first code of a new authenticator."""

    words = {"code": _("Code that the app shows")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE_BOX)


class RedeemForm(forms.Form):
    """A user name and a password for an invited person; staff have their user name already."""

    username = forms.CharField(
        label=_("User name"),
        help_text=_("You sign in with it. 3 to 60 letters, digits, and the signs . _ - @ + (no spaces)."),
        max_length=60,
        validators=[username_shape],
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password1 = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["password1"].help_text = password_hint(person)
        if person.username:
            del self.fields["username"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, again = given.get("password1"), given.get("password2")
        if first and again and first != again:
            self.add_error("password2", _("The two passwords differ. Type the same one twice."))
        elif first:
            self._check_password(first, given.get("username") or self.person.username or "")
        return given

    def _check_password(self, password: str, username: str) -> None:
        judged = copy(self.person)
        judged.username = username  # the name they are about to choose; nothing is saved here
        try:
            validate_password(password, judged)
        except ValidationError as wrong:
            self.add_error("password1", wrong)


class ProfileForm(PersonFields):
    """What a person may change about themselves."""

    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "phone", "language"]

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = person.is_employer


class NewStaffForm(forms.Form):
    """A new staff member with a first role."""

    username = forms.CharField(
        label=_("User name"), max_length=60, validators=[username_shape],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=200)
    email = forms.EmailField(label=_("Email"))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)
    role = forms.ChoiceField(label=_("Role"), choices=RoleName.choices)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class RoleForm(forms.Form):
    """A role to give."""

    role = forms.ChoiceField(label=_("Role"), choices=RoleName.choices)


class ReasonForm(forms.Form):
    """Why a second factor is to be taken away."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("How you made sure that it is this person who asks.")
    )
