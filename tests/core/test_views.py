"""The base page: refusals and clashes in words, parts for HTMX, redirects for both."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from passerelle.core import verdicts
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import YES, NotAllowed, Verdict, require
from passerelle.core.views import Page
from tests.support.people import a_staff_member

pytestmark = pytest.mark.django_db


def asked(page: type[Page], *, htmx: bool = False) -> HttpResponse:
    request: Any = RequestFactory().get("/en/")
    request.htmx, request.user, request.session, request.resolver_match = htmx, a_staff_member("officer"), {}, None
    return page.as_view()(request)  # type: ignore[return-value]


class Refusing(Page):
    """Not allowed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        require(Verdict(False, "Only a director does this."))
        raise AssertionError


class Clashing(Page):
    """Changed meanwhile."""

    def get(self, request: HttpRequest) -> HttpResponse:
        raise IllegalMove("confirm", "withdrawn")


class Going(Page):
    """Somewhere else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.go_to("account_login")


def test_what_is_not_allowed_answers_403_with_the_reason():
    answer = asked(Refusing)

    assert answer.status_code == 403
    assert b"Only a director does this." in answer.content


def test_what_changed_meanwhile_answers_409_in_words():
    answer = asked(Clashing)

    assert answer.status_code == 409
    assert b"IllegalMove" not in answer.content


def test_a_redirect_is_one_for_htmx_too():
    assert asked(Going)["Location"].endswith("/account/login/")
    assert asked(Going, htmx=True)["HX-Redirect"].endswith("/account/login/")


def test_a_verdict_is_a_yes_or_a_no_with_a_reason():
    require(YES)
    with pytest.raises(NotAllowed, match="because"):
        require(Verdict(False, "because"))
    assert bool(YES)
    assert not verdicts.Verdict(False, "because")
