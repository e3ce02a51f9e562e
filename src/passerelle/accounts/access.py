"""What each audience's pages require. A stranger gets the sign-in page, or a 404 where somebody else is meant."""

from typing import Any, ClassVar, cast
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect

from passerelle.accounts import acting, hooks, queries, sessions
from passerelle.accounts.models import Audience, Person, RoleName
from passerelle.core.views import Page

WRONG_ROLE = gettext_lazy("Your role in this program does not include this page.")
# Who may see the people behind the numbers: every role but the analyst's, whose figures name nobody.
FILE_READERS = frozenset(RoleName.values) - {RoleName.ANALYST}
OTHER_DESK = gettext_lazy(
    "You opened this form in another program: %(there)s. Choose it again as the program to work in, then send the form."
)
# What a form of staff says of the program it was opened in (``{% desk %}``).
DESK = "desk"
NO_ROLE = gettext_lazy("You have no role in any program yet. An administrator has to give you one.")


def to_sign_in(request: HttpRequest, *, keep: bool = True) -> HttpResponse:
    """Send a visitor to the sign-in page and back here afterwards; what they had typed waits for them (``keep``)."""
    kept = keep and sessions.park(request)
    if kept:
        messages.info(request, _("Your session had ended. We kept what you typed: sign in to go on."))
        back = reverse("accounts:continue")
    else:
        if sessions.LEFT_BY in request.session:
            messages.info(request, _("Your session had ended. Sign in to go on."))
        back = request.get_full_path() if request.method == "GET" else reverse("accounts:home")
    url = f"{reverse('account_login')}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else redirect(url)


def require_fresh_sign_in(request: HttpRequest) -> None:
    """Ask for the password or a code again unless it was given within 5 minutes; the request then goes on by itself."""
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired


class PublicPage(Page):
    """For everyone, signed in or not."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        request.page = self  # type: ignore[attr-defined]


class SignedInPage(PublicPage):
    """For people of some audiences."""

    audiences: ClassVar[frozenset[str]] = frozenset(Audience.values)
    # Whether a representative comes here too; what the page shows is filtered by whom they are appointed for.
    represented: ClassVar[bool] = False
    # Whether what was typed waits for somebody whose session has ended, sealed and for an hour.
    keeps_typed: ClassVar[bool] = True
    # The client whose file a representative looks at; the frame of the page says so.
    acting_for: Person | None = None

    @property
    def person(self) -> Person:
        """The person who is signed in."""
        return cast(Person, self.request.user)

    @property
    def program(self) -> str:
        """Code of the program the person is with."""
        return self.person.program if self.request.user.is_authenticated else ""

    def shown_for(self, *parties: Person | None) -> Person | None:
        """Return the party this page is shown for: the reader, or the client of a representative; None for a stranger."""
        found = acting.party(self.person, *parties)
        self.acting_for = found if self.person.is_representative else None
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.turned_away(request) or super().dispatch(request, *args, **kwargs)

    def turned_away(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return what to answer instead of the page, or None to let the person in; raises Http404."""
        if not request.user.is_authenticated:
            return to_sign_in(request, keep=self.keeps_typed)
        if self.person.audience in self.audiences or (self.represented and self.person.is_representative):
            return None
        raise Http404


class CandidatePage(SignedInPage):
    """For candidates."""

    audiences = frozenset({Audience.CANDIDATE})


class EmployerPage(SignedInPage):
    """For employers."""

    audiences = frozenset({Audience.EMPLOYER})


class RepresentativePage(SignedInPage):
    """For representatives."""

    audiences = frozenset({Audience.REPRESENTATIVE})


class PartyPage(SignedInPage):
    """For the two sides of a file."""

    audiences = frozenset({Audience.CANDIDATE, Audience.EMPLOYER})


class EnrolledStaffPage(SignedInPage):
    """For staff whose second factor was given in this session, whatever their roles."""

    audiences = frozenset({Audience.STAFF})

    @property
    def program(self) -> str:
        """The program in which the staff member works now: the one chosen, else the first of theirs."""
        if not self.request.user.is_authenticated:
            return ""
        mine = self.person.programs_worked_in()
        chosen = self.request.session.get(sessions.STAFF_PROGRAM)
        return str(chosen) if chosen in mine else (mine[0] if mine else "")

    def turned_away(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.user.is_authenticated and self.person.is_staff_member:
            totp = queries.second_factor(self.person)
            if totp is None:
                return redirect("accounts:second_factor")
            if not sessions.passed_second_factor(request, totp):
                # Signed in before the second factor existed: that session never showed it.
                logout(request)
        return super().turned_away(request)


class StaffPage(EnrolledStaffPage):
    """For staff of the program, with one of ``roles`` where a page names some."""

    roles: ClassVar[frozenset[str]] = frozenset()

    def turned_away(self, request: HttpRequest) -> HttpResponseBase | None:
        away = super().turned_away(request) or self._left_desk(request)
        if away is None and not (self.program and self.person.has_role(self.program, *self.roles)):
            reason = WRONG_ROLE if self.program else NO_ROLE
            return render(request, "errors/refused.html", {"reason": reason}, status=403)
        return away

    def _left_desk(self, request: HttpRequest) -> HttpResponseBase | None:
        """Refuse a form opened at another desk: the program was changed in another window, and it would act there."""
        there = request.POST.get(DESK, self.program)
        if there == self.program:
            return None
        reason = OTHER_DESK % {"there": hooks.program_name(there)}
        return render(request, "errors/refused.html", {"reason": reason}, status=409)


def may_open(request: HttpRequest, url: str) -> bool:
    """Whether the reader's role includes the page at ``url``: asked of the page itself, so that a link never leads to a 403.

    Pages for others than staff count as open; what an operation refuses inside a page is for its predicate to say.
    """
    page = getattr(resolve(urlsplit(url).path).func, "view_class", None)
    if page is None or not issubclass(page, StaffPage) or not request.user.is_authenticated:
        return True
    program = getattr(getattr(request, "page", None), "program", "")
    return request.user.has_role(program, *page.roles)


class FreshSignIn(SignedInPage):
    """Stands left of a page class: a POST asks for the password again unless it was given within 5 minutes."""

    def turned_away(self, request: HttpRequest) -> HttpResponseBase | None:
        away = super().turned_away(request)
        if away is None and request.method == "POST":
            require_fresh_sign_in(request)
        return away
