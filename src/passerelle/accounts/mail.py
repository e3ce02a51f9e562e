"""Answers by e-mail alone: forgotten password, forgotten user name. Known and unknown addresses are served alike."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from passerelle.accounts import hooks, queries
from passerelle.accounts.models import Person


@contextmanager
def even_time() -> Iterator[None]:
    """Take the same time whatever happens inside: the clock must not tell a known address from an unknown one."""
    begun = time.monotonic()
    yield
    time.sleep(max(0.0, settings.PASSERELLE_EVEN_SECONDS - (time.monotonic() - begun)))


def send_reset_links(request: HttpRequest, email: str) -> None:
    """Mail one link per user name of ``email``, or say that there is none."""
    with even_time():
        people = queries.accounts_reading(email)
        with _in_language_of(people):
            accounts = [{"username": person.username, "url": _reset_url(person)} for person in people]
            _send(request, "account/email/password_reset_key", email, people, {"accounts": accounts})


def send_user_names(request: HttpRequest, email: str) -> None:
    """Mail the user names of ``email``, or say that there is none."""
    with even_time():
        people = queries.accounts_reading(email)
        with _in_language_of(people):
            accounts = [
                {"username": person.username, "name": person.name, "program": hooks.program_name(person.program)}
                for person in people
            ]
            url = _address(reverse("account_login"))
            _send(request, "account/email/user_names", email, people, {"accounts": accounts, "sign_in_url": url})


def _in_language_of(people: list[Person]) -> AbstractContextManager[None]:
    return translation.override(people[0].language if people else translation.get_language())


def _send(request: HttpRequest, template: str, email: str, people: list[Person], context: dict[str, object]) -> None:
    if not ratelimit.consume(request, action="mail_to_address", key=email.lower()):
        return
    if not people:
        template = "account/email/unknown_account"
    get_adapter().send_mail(template, email, {**context, "user": people[0] if people else None})


def _address(path: str) -> str:
    """Where a link in a message leads: to us, whatever host the request that asked for the message named."""
    return f"{settings.PASSERELLE_URL}{path}"


def _reset_url(person: Person) -> str:
    key = default_token_generator.make_token(person)
    place = {"uidb36": user_pk_to_url_str(person), "key": key}
    return _address(reverse("account_reset_password_from_key", kwargs=place))
