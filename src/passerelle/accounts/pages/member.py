"""Pages of somebody signed in: their account, their other files, their second factor, the program staff work in."""

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from passerelle.accounts import hooks, operations, queries, sessions, words
from passerelle.accounts.access import EnrolledStaffPage, PartyPage, SignedInPage
from passerelle.accounts.pages.forms import ProfileForm
from passerelle.accounts.pages.public import sign_in
from passerelle.accounts.words import roles_in_words


def arrived(request: HttpRequest) -> datetime:
    """Return when the request arrived."""
    return cast(datetime, request.arrived_at)  # type: ignore[attr-defined]


class Settings(SignedInPage):
    """What we know about the account, and where each thing is changed."""

    template_name = "accounts/settings.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({
            "rows": self._rows(), "other_files": queries.other_files(self.person),
            "second_factor": queries.second_factor(self.person), "roles": roles_in_words(self.person),
        })  # fmt: skip

    def _rows(self) -> list[dict[str, Any]]:
        person, profile = self.person, reverse("accounts:profile")
        held = person.licence if person.is_representative else None
        licence = (
            [{"key": _("Licence"), "value": words.licence(person.program, held.body, held.number)}] if held else []
        )
        return [
            {"key": _("User name"), "value": person.username},
            {"key": pgettext("of a person", "Name"), "value": person.name, "change": profile},
            {"key": _("Telephone"), "value": person.phone, "change": profile},
            {"key": _("Email"), "value": person.email, "change": reverse("account_email")},
            {"key": _("Language"), "value": person.get_language_display(), "change": profile},
            *licence,
            {"key": _("Password"), "value": "••••••••", "change": reverse("account_change_password")},
        ]


class Profile(SignedInPage):
    """Name, telephone and language."""

    template_name = "accounts/profile.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        person = self.person
        initial = {"name": person.name, "phone": person.phone, "language": person.language}
        return self.show({"form": ProfileForm(person=person, initial=initial)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProfileForm(request.POST, person=self.person)
        if not form.is_valid():
            return self.show({"form": form}, status=422)
        operations.update_profile(person=self.person, at=arrived(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return self.go_to("accounts:settings")


class Files(PartyPage):
    """The person's other files side by side; one press goes on as another of them (R1.3)."""

    template_name = "accounts/files.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show({"other_files": queries.other_files(self.person)})

    def post(self, request: HttpRequest) -> HttpResponse:
        other = get_object_or_404(queries.other_files(self.person), pk=_number(request.POST.get("account")))
        target = operations.switch_file(person=self.person, to=other, at=arrived(request))
        began = request.session.get(sessions.BEGAN)
        answer = sign_in(request, target, method="other_file")
        if began and request.user.is_authenticated:
            # Moving between files must not stretch the day's longest session.
            request.session[sessions.BEGAN], request.session[sessions.SEEN] = began, arrived(request).isoformat()
        messages.info(request, _("You are now in the file of %(username)s.") % {"username": target.username})
        return answer


class SecondFactor(SignedInPage):
    """Why staff need a second factor, and the way to get one."""

    template_name = "accounts/second_factor.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if queries.second_factor(self.person):
            return redirect("accounts:home")
        return self.show()


class StaffProgram(EnrolledStaffPage):
    """Choose the program to work in."""

    template_name = "accounts/staff/program.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = self.person.programs_worked_in()
        return self.show({"programs": {code: hooks.program_name(code) for code in mine}})

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = request.POST.get("program", "")
        if chosen in self.person.programs_worked_in():
            request.session[sessions.STAFF_PROGRAM] = chosen
        return self.go_to("accounts:home")


def _number(text: Any) -> int:
    return int(text) if str(text).isdecimal() and len(str(text)) < 18 else 0
