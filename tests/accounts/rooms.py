"""Addresses with one page of each kind, as another room would build them."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from passerelle.accounts.access import CandidatePage, EmployerPage, FreshSignIn, PartyPage, PublicPage, StaffPage
from passerelle.accounts.models import RoleName


class _Answers:
    """Says who asks, in which program, and what was posted."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{request.user} {getattr(self, 'program', '')}")

    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{request.user} did {request.POST.get('what')}")


class Everyone(_Answers, PublicPage):
    pass


class Candidate(_Answers, CandidatePage):
    pass


class Employer(_Answers, EmployerPage):
    pass


class Party(_Answers, PartyPage):
    pass


class AnyStaff(_Answers, StaffPage):
    pass


class Director(_Answers, StaffPage):
    roles = frozenset({RoleName.DIRECTOR})


class Fresh(_Answers, FreshSignIn, CandidatePage):
    pass


class FreshDirector(_Answers, FreshSignIn, StaffPage):
    roles = frozenset({RoleName.DIRECTOR})


KINDS = {
    "everyone": Everyone,
    "candidate": Candidate,
    "employer": Employer,
    "party": Party,
    "staff": AnyStaff,
    "director": Director,
    "fresh": Fresh,
    "fresh-director": FreshDirector,
}

urlpatterns = i18n_patterns(
    path("account/", include("allauth.urls")),
    *(path(f"try/{name}/", page.as_view()) for name, page in KINDS.items()),
    path("", include("passerelle.accounts.urls")),
)
