"""An address that only takes a form is no dead end: whoever opens it finds the page that the form is on."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver, resolve, reverse

from passerelle.accounts.models import Appointment
from passerelle.core import addresses, clock
from passerelle.core.views import Page
from tests.support.people import signed_in
from tests.support.representing import appointed
from tests.support.sample import NOON, an_applicant, an_eoi

pytestmark = pytest.mark.django_db
EXAMPLES = {"int": "1", "uuid": "0d5f4f5e-53a5-4d0b-8f55-6f1d4c0c4e1a", "slug": "sample", "str": "X-1", "path": "x"}


def _routes(patterns: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route, one.callback
        else:
            yield from _routes(one.url_patterns, route)


def _forms_alone() -> Iterator[str]:
    """Return an address of each page of ours that takes forms and does not open; the uploads' speak to a script."""
    for route, view in _routes(get_resolver().url_patterns):
        page = getattr(view, "view_class", None)
        if (
            page
            and issubclass(page, Page)
            and not addresses._opens(view)
            and route.startswith("en/")
            and "/uploads/" not in route
        ):
            yield "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: EXAMPLES[found[1] or "str"], route)


def test_above_every_address_that_takes_a_form_alone_stands_a_page():
    found = {path: addresses.opening(path) for path in _forms_alone()}

    assert len(found) > 20
    assert [path for path, page in found.items() if page in ("/", "/en/")] == []
    assert all(page != path and path.startswith(page) for path, page in found.items())
    assert all(addresses._opens(resolve(page).func) for page in found.values())


def test_a_page_that_opens_is_its_own():
    assert addresses.opening("/en/my-representative/") == "/en/my-representative/"
    assert addresses.opening("/nothing/like/this/") == "/"


def test_whoever_opens_what_takes_a_form_alone_is_shown_its_page():
    client = an_applicant()
    appointed(client)
    act, page = f"/en/my-representative/{Appointment.objects.get().pk}/end/", "/en/my-representative/"

    opened, gone = signed_in(client).get(act), signed_in(an_applicant()).post(act)
    with_head = signed_in(client).head(act)

    assert (opened.status_code, opened["Allow"], with_head.status_code) == (405, "POST, OPTIONS", 405)
    assert f'class="govuk-button" role="button" draggable="false" href="{page}"' in opened.content.decode()
    assert f'href="{page.replace("/en/", "/fr/")}"' in opened.content.decode()  # the same in the other language
    assert gone.status_code == 404


def test_an_act_that_is_refused_leads_back_to_its_page():
    eoi = an_eoi("in_pool")  # and not on hold, so that it cannot be put back
    page = reverse("eoi:candidate_file", args=[eoi.reference])

    with clock.frozen(NOON):
        answer = signed_in(eoi.candidate).post(reverse("eoi:resume", args=[eoi.reference]))

    assert answer.status_code in (403, 409)
    assert f'href="{page}">' in answer.content.decode()
