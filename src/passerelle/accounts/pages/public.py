"""Pages before and around signing in: registering, invitations, forgotten user names, where one lands."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import complete_signup, perform_login
from allauth.core import ratelimit
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from passerelle.accounts import hooks, operations, sessions
from passerelle.accounts.access import PublicPage, SignedInPage
from passerelle.accounts.models import AccessLink, Audience, Person
from passerelle.accounts.operations import LinkNotValid, UsernameTaken
from passerelle.accounts.pages.forms import ForgottenNamesForm, RedeemForm, RegisterForm, RepresentativeForm

DESKS = {
    Audience.EMPLOYER: "desks:employer_home",
    Audience.CANDIDATE: "desks:candidate_home",
    Audience.REPRESENTATIVE: "desks:representative_home",
    Audience.STAFF: "desks:staff_home",
}


class Start(PublicPage):
    """Which program to register with, where there are several."""

    template_name = "accounts/start.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"programs": hooks.open_programs()})


class Register(PublicPage):
    """Whoever opens files in the program opens an account; an employer signed in already opens one more (nwt.md, R1.2)."""

    template_name = "accounts/register.html"

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        self._known(program)
        return self._form(
            RegisterForm(program=program, audience=self._audience(program), initial=self._initial(program))
        )

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        self._known(program)
        if too_many := ratelimit.consume_or_429(request, action="signup"):
            return too_many
        return self._register(RegisterForm(request.POST, program=program, audience=self._audience(program)))

    def _register(self, form: RegisterForm) -> HttpResponse:
        if not form.is_valid():
            return self._form(form, status=422)
        try:
            person = form.save(self.request)
        except UsernameTaken:
            form.add_error("username", get_adapter().error_messages["username_taken"])
            return self._form(form, status=422)
        self._confirm_at_once(person)
        return complete_signup(self.request, user=person, email_verification=None, success_url=reverse("accounts:home"))

    def _known(self, program: str) -> None:
        if program not in hooks.open_programs():
            raise Http404

    def _form(self, form: RegisterForm, status: int = 200) -> HttpResponse:
        others = [one for one in hooks.who_registers(form.program) if one != form.audience]
        return self.show(
            {
                "form": form, "program": form.program, "own": form.audience == Audience.CANDIDATE,
                "others": others, "side": form.audience, "one_for_all": hooks.keeps_one_account(form.program),
                "represents": bool(hooks.licences(form.program)),
            },
            status=status,
        )  # fmt: skip

    def _audience(self, program: str) -> str:
        """The side that registers: where both may, the one that the address names (``?as=employer``)."""
        may = hooks.who_registers(program)
        asked = self.request.GET.get("as", "")
        return asked if asked in may else may[0]

    def _signed_in(self, program: str) -> Person | None:
        user = self.request.user
        return (
            user if isinstance(user, Person) and (user.audience, user.program) == (Audience.EMPLOYER, program) else None
        )

    def _initial(self, program: str) -> dict[str, Any]:
        known = self._signed_in(program)
        if known is None:
            return {"language": get_language()}
        return {"name": known.name, "phone": known.phone, "email": known.email, "language": known.language}

    def _confirm_at_once(self, person: Person) -> None:
        """Somebody signed in has proved their e-mail already: the same address needs no second code."""
        known = self._signed_in(person.program)
        if known is not None and known.email_verified_at and known.email == person.email:
            operations.confirm_email(person=person, email=person.email, at=self.request.arrived_at)  # type: ignore[attr-defined]
        if self.request.user.is_authenticated:
            logout(self.request)


class RegisterRepresentative(Register):
    """Whoever acts for others opens an account with the licence that allows it; clients then appoint them."""

    template_name = "accounts/register_representative.html"

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        self._known(program)
        return self._form(RepresentativeForm(program=program, initial={"language": get_language()}))

    def post(self, request: HttpRequest, program: str) -> HttpResponse:
        self._known(program)
        if too_many := ratelimit.consume_or_429(request, action="signup"):
            return too_many
        return self._register(RepresentativeForm(request.POST, program=program))

    def _known(self, program: str) -> None:
        super()._known(program)
        if not hooks.licences(program):
            raise Http404


class Redeem(PublicPage):
    """An invited person chooses a sign-in. Looking uses nothing up, so a mail scanner may look; the button counts."""

    template_name = "accounts/redeem.html"
    program = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"  # the address itself is a secret
        return answer

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._with_link(token, lambda link: self._form(link, RedeemForm(person=link.person)))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._with_link(token, lambda link: self._redeem(link, token))

    def _with_link(self, token: str, then: Any) -> HttpResponse:
        try:
            answer: HttpResponse = then(operations.open_link(token=token, at=self.request.arrived_at))  # type: ignore[attr-defined]
        except LinkNotValid as gone:
            return self.show({"why": gone.why}, status=404 if gone.why == "unknown" else 410)
        return answer

    def _form(self, link: AccessLink, form: RedeemForm, status: int = 200) -> HttpResponse:
        self.program = link.person.program
        context = {"link": link, "form": form, "program_name": hooks.program_name(link.person.program)}
        return self.show(context, status=status)

    def _redeem(self, link: AccessLink, token: str) -> HttpResponse:
        form = RedeemForm(self.request.POST, person=link.person)
        if not form.is_valid():
            return self._form(link, form, status=422)
        try:
            person = operations.redeem_link(
                token=token, username=form.cleaned_data.get("username", ""), password=form.cleaned_data["password1"],
                at=self.request.arrived_at,  # type: ignore[attr-defined]
            )  # fmt: skip
        except UsernameTaken:
            form.add_error("username", get_adapter().error_messages["username_taken"])
            return self._form(link, form, status=422)
        return sign_in(self.request, person, method="password")


def sign_in(request: HttpRequest, person: Person, *, method: str) -> HttpResponse:
    """Sign ``person`` in by django-allauth's stages: a second factor, where there is one, is still asked for."""
    if request.user.is_authenticated:
        logout(request)
    record_authentication(request, person, method=method)
    answer: HttpResponse = perform_login(request, person, redirect_url=reverse("accounts:home"))
    if method == "password" and request.user.is_authenticated:
        reauthenticate_by_password(request)
    return answer


class UserNames(PublicPage):
    """ "Send me my user names": answers by e-mail alone."""

    template_name = "accounts/user_names.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"form": ForgottenNamesForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        if too_many := ratelimit.consume_or_429(request, action="reset_password"):
            return too_many
        form = ForgottenNamesForm(request.POST)
        if not form.is_valid():
            return self.show({"form": form}, status=422)
        form.save(request)
        return redirect("account_reset_password_done")


class Home(SignedInPage):
    """Send each audience to its desk."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            return redirect(reverse(DESKS[Audience(self.person.audience)]))
        except NoReverseMatch:
            return redirect("accounts:settings")


class Continue(SignedInPage):
    """Send again, with one press, what was posted after a session had ended."""

    template_name = "accounts/continue.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = sessions.parked(request)
        if waiting is None:
            return redirect("accounts:home")
        return self.show({"waiting": waiting})

    def post(self, request: HttpRequest) -> HttpResponse:
        sessions.forget(request)
        return redirect("accounts:home")
