"""Our rules inside django-allauth: what it may not decide by itself, it asks here."""

from datetime import datetime
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from passerelle.accounts import hooks, operations, sessions
from passerelle.accounts.models import Person
from passerelle.core import clock, sealing
from passerelle.core.mail import kind_of, may_leave

TOTP_PURPOSE = "allauth.mfa"
UNSENT = "unsent"  # the tag of a message that no email was sent, on pages that would else send the reader to a mailbox

log = structlog.get_logger(__name__)


def moment(request: HttpRequest | None) -> datetime:
    """Return when the request arrived, or now for a command."""
    return getattr(request, "arrived_at", None) or clock.now()


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by user name, mail in the reader's language, throttles that no stranger can turn on an owner."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "incorrect_code": _("This is not the code we sent. Check it and try again."),
        "incorrect_password": _("This is not your password. Try again."),
        "enter_current_password": _("This is not your password. Try again."),
        "username_password_mismatch": _("The user name or the password is not right. Check both and try again."),
        "username_taken": _("This user name is taken. Choose another one, for example with the candidate's initials."),
        "too_many_login_attempts": _(
            "Too many tries. Wait five minutes, or choose a new password now: "
            "the link that we send by email always works."
        ),
        "duplicate_email": _("This is your email address already."),
        "same_as_current": _("This is your email address already."),
        "invalid_password_reset": _("This link has been used or is too old."),
        "rate_limited": _("Too many tries. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People register with a program, on its own page."""
        known = list(hooks.open_programs())
        if len(known) == 1:
            raise ImmediateHttpResponse(redirect("accounts:register", program=known[0]))
        raise ImmediateHttpResponse(redirect("accounts:start"))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:home")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:settings")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("accounts:settings" if self.request.user.is_authenticated else "account_login")

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            operations.confirm_email(person=email_address.user, email=email_address.email, at=moment(request))
        return bool(confirmed)

    def set_password(self, user: Person, password: str) -> None:
        super().set_password(user, password)
        operations.note_password_set(person=user, at=moment(self.request))
        # Whoever has just proved the mailbox starts with a clean slate, whatever was tried from this place before.
        for username in filter(None, [user.username]):
            ratelimit.clear(context.request, action="login_failed", key=self._throttle_key(context.request, username))

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        request.session.pop(sessions.LEFT_BY, None)
        operations.note_sign_in(person=user, at=moment(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # django-allauth counts failures per user name alone, so a stranger could lock the owner out by failing on
        # purpose. Counting them per place and user name leaves the owner's own place untouched (trust.md, 8.4).
        return self._throttle_key(request, credentials.get("username") or credentials.get("email") or "")

    def _throttle_key(self, request: HttpRequest, username: str) -> str:
        # A household of IPv6 has more addresses than it could ever try: its network is the place.
        return f"{get_ip(request)}|{username.lower()}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send at once: a code is waited for. A mail server that is away undoes no act, and the reader is told."""
        if not may_leave(email):
            return
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as fault:
            log.warning("mail server away", error=kind_of(fault))
            messages.warning(
                self.request,
                _("Our mail server does not answer: no email was sent. Try again in a few minutes."),
                extra_tags=UNSENT,
            )

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        reader = context.get("user")
        language = reader.language if isinstance(reader, Person) else translation.get_language()
        with translation.override(language):
            context = {
                **context,
                "program_name": hooks.program_name(reader.program) if reader and reader.program else "",
            }
            return super().render_mail(template_prefix, email, context, headers)

    def send_notification_mail(
        self, template_prefix: str, user: Person, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        return redirect("account_inactive")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets rest sealed, accounts are told apart by user name, and staff cannot go without."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Codes change every 30 seconds: try the newest one."),
        "cannot_delete_authenticator": _(
            "You cannot remove the second factor: staff need one, and others need a password "
            "of at least 15 characters first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sealing.seal(text, TOTP_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text, TOTP_PURPOSE)

    def get_totp_label(self, user: Person) -> str:
        return str(user.username)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        owner = authenticator.user
        return not owner.is_staff_member and owner.password_stands_alone
