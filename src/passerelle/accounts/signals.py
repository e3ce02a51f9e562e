"""What django-allauth tells us when a second factor is used or enrolled: this very session has shown it."""

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.dispatch import receiver
from django.http import HttpRequest

from passerelle.accounts import adapters, queries, sessions
from passerelle.accounts.models import Person
from passerelle.core import audit


@receiver([authenticator_used, authenticator_added], dispatch_uid="accounts.second_factor_shown")
def _shown(request: HttpRequest, user: Person, **_kwargs: Any) -> None:
    request.session[sessions.SECOND_FACTOR] = queries.second_factor(user)


@receiver(authenticator_added, dispatch_uid="accounts.second_factor_added")
def _added(request: HttpRequest, user: Person, authenticator: Any, **_kwargs: Any) -> None:
    _record("account.second_factor_added", request, user, authenticator)


@receiver(authenticator_removed, dispatch_uid="accounts.second_factor_removed")
def _removed(request: HttpRequest, user: Person, authenticator: Any, **_kwargs: Any) -> None:
    _record("account.second_factor_removed", request, user, authenticator)


def _record(event: str, request: HttpRequest, user: Person, authenticator: Any) -> None:
    audit.record(
        event, subject=user.reference, by=user, at=adapters.moment(request), program=user.program,
        detail={"type": authenticator.type},
    )  # fmt: skip
