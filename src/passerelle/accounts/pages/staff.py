"""Pages of administrators: who works here, in which roles, and the supervised reset of a lost second factor."""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.accounts import hooks, operations, permissions, queries
from passerelle.accounts.access import StaffPage
from passerelle.accounts.models import Person, RoleName, SecondFactorReset
from passerelle.accounts.pages.forms import NewStaffForm, ReasonForm, RoleForm
from passerelle.accounts.pages.member import arrived
from passerelle.accounts.words import event_words
from passerelle.core import audit
from passerelle.core.verdicts import NotAllowed


class AdministratorPage(StaffPage):
    """For administrators of the program they work in now."""

    roles = frozenset({RoleName.ADMINISTRATOR})


class People(AdministratorPage):
    """Everyone who works in the program, and the resets that wait for a second administrator."""

    template_name = "accounts/staff/people.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        staff = queries.staff_of([self.program])
        resets = [
            {"reset": reset, "may": permissions.can_confirm_reset(self.person, reset)}
            for reset in queries.open_resets(staff)
        ]
        return self.show({"rows": [self._row(person) for person in staff], "resets": resets, "nav_current": "people"})

    def _row(self, person: Person) -> dict[str, Any]:
        roles = [role.get_role_display() for role in person.roles.all() if role.program == self.program]
        return {"person": person, "roles": roles}


class NewPerson(AdministratorPage):
    """Open a staff account; its enrolment link is shown once."""

    template_name = "accounts/staff/new.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"form": NewStaffForm(initial={"language": request.LANGUAGE_CODE}), "nav_current": "people"})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NewStaffForm(request.POST)
        if not form.is_valid():
            return self.show({"form": form, "nav_current": "people"}, status=422)
        given = form.cleaned_data
        try:
            link = operations.create_staff(
                username=given["username"], email=given["email"], name=given["name"], language=given["language"],
                roles=[(self.program, given["role"])], by=self.person, at=arrived(request),
            )  # fmt: skip
        except operations.UsernameTaken:
            form.add_error("username", get_adapter().error_messages["username_taken"])
            return self.show({"form": form, "nav_current": "people"}, status=422)
        except NotAllowed as refusal:
            form.add_error("email", str(refusal))
            return self.show({"form": form, "nav_current": "people"}, status=422)
        return _show_link(self, link)


class OnePerson(AdministratorPage):
    """One staff member: roles here, state, what was done to the account; each button is one act."""

    template_name = "accounts/staff/person.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._form(self._subject(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self._subject(pk)
        acts: dict[str, Callable[[Person], HttpResponse]] = {
            "grant": self._grant,
            "revoke": self._revoke,
            "close": self._close,
            "reopen": self._reopen,
            "reset": self._ask_reset,
            "link": self._link,
        }
        act = acts.get(request.POST.get("act", ""))
        return act(person) if act else self._form(person, status=422)

    def _subject(self, pk: int) -> Person:
        return get_object_or_404(queries.staff_of([self.program]), pk=pk)

    def _form(self, person: Person, *, reason: ReasonForm | None = None, status: int = 200) -> HttpResponse:
        last = person.links.order_by("-id").first()
        context = {
            "subject": person, "here": [role for role in person.roles.all() if role.program == self.program],
            "role_form": RoleForm(), "reason_form": reason or ReasonForm(),
            "may_close": permissions.can_close(self.person, person),
            "may_reset": permissions.can_ask_reset(self.person, person),
            "may_link": permissions.can_resend(self.person, person, last),
            "second_factor": queries.second_factor(person), "trail": _trail(person),
            "program_name": hooks.program_name(self.program), "nav_current": "people",
        }  # fmt: skip
        return self.show(context, status=status)

    def _grant(self, person: Person) -> HttpResponse:
        form = RoleForm(self.request.POST)
        if form.is_valid():
            operations.grant_role(
                person=person, program=self.program, role=form.cleaned_data["role"], by=self.person,
                at=arrived(self.request),
            )  # fmt: skip
        return self._done(person, _("Role given. It counts from the next page they open."))

    def _revoke(self, person: Person) -> HttpResponse:
        operations.revoke_role(
            person=person, program=self.program, role=self.request.POST.get("role", ""), by=self.person,
            at=arrived(self.request),
        )  # fmt: skip
        return self._done(person, _("Role taken away. It counts from the next page they open."))

    def _close(self, person: Person) -> HttpResponse:
        operations.close_account(person=person, by=self.person, at=arrived(self.request))
        return self._done(person, _("Account closed. It is shut out from the next page on."))

    def _reopen(self, person: Person) -> HttpResponse:
        operations.reopen_account(person=person, by=self.person, at=arrived(self.request))
        return self._done(person, _("Account reopened."))

    def _ask_reset(self, person: Person) -> HttpResponse:
        form = ReasonForm(self.request.POST)
        if not form.is_valid():
            return self._form(person, reason=form, status=422)
        operations.ask_second_factor_reset(
            person=person, reason=form.cleaned_data["reason"], by=self.person, at=arrived(self.request)
        )
        return self._done(person, _("Asked. Another administrator has to confirm the reset."))

    def _link(self, person: Person) -> HttpResponse:
        return _show_link(self, operations.resend_link(person=person, by=self.person, at=arrived(self.request)))

    def _done(self, person: Person, text: str) -> HttpResponse:
        messages.success(self.request, text)
        return self.go_to("accounts:staff_person", pk=person.pk)


class ConfirmReset(AdministratorPage):
    """A second administrator takes the lost second factor away."""

    template_name = "accounts/staff/reset.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        reset = self._reset(pk)
        verdict = permissions.can_confirm_reset(self.person, reset)
        return self.show({"reset": reset, "may": verdict, "nav_current": "people"})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        link = operations.confirm_second_factor_reset(reset=self._reset(pk), by=self.person, at=arrived(request))
        return _show_link(self, link)

    def _reset(self, pk: int) -> SecondFactorReset:
        return get_object_or_404(queries.open_resets(queries.staff_of([self.program])), pk=pk)


def _trail(person: Person) -> list[dict[str, Any]]:
    newest = audit.trail(person.reference).reverse()[:20]
    return [{"event": row, "words": event_words(row.event, row.detail.get("role", ""))} for row in newest]


def _show_link(page: AdministratorPage, link: Any) -> HttpResponse:
    """Show an enrolment link this once: only its hash is kept."""
    page.template_name = "accounts/staff/link.html"
    return page.show({"link": link, "address": queries.link_address(link), "nav_current": "people"})
