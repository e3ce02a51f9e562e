"""Staff pages: which rules are in force, what no official source confirms, the days the office is closed."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from passerelle.accounts.access import StaffPage
from passerelle.core.lifecycle import IllegalMove
from passerelle.core.verdicts import require
from passerelle.programs import operations, queries, wording
from passerelle.programs.pages.forms import ClosureForm, PutInForceForm, RemovedDay
from passerelle.programs.permissions import (
    KEEPERS,
    can_ask_to_put_in_force,
    can_confirm_put_in_force,
    can_drop_put_in_force,
    can_keep_calendar,
)
from passerelle.programs.rules import editions


class Rules(StaffPage):
    """Packs in force and what in them is not officially confirmed."""

    template_name = "programs/staff/rules.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        pack = queries.pack_in_force(self.program, self.at)
        rules = queries.rules(pack)
        return self.show(
            {
                "pack": pack,
                "rules": rules,
                "title": wording.title(rules),
                "editions": [_row(one, self.at) for one in queries.packs(self.program)],
                "waiting": queries.waiting(self.program),
                "libraries": rules.uses,
                "groups": _by_place(rules.unconfirmed()),
            }
        )


def _row(pack: Any, at: datetime) -> dict[str, Any]:
    """A version for the list; one that this platform cannot read says so."""
    try:
        rules = queries.rules(pack)
    except queries.PackUnreadable:
        rules = None
    return {
        "pack": pack,
        "rules": rules,
        "title": rules and wording.title(rules),
        "standing": queries.standing(pack, at),
    }


class EditionPage(StaffPage):
    """One version of the rules beside those in force: what differs, and what can be done with it."""

    template_name = "programs/staff/edition.html"

    def pack(self, version: str) -> Any:
        return get_object_or_404(queries.packs(self.program), version=version, kind="program")

    def overview(self, pack: Any, form: PutInForceForm | None = None, status: int = 200) -> HttpResponse:
        try:
            rules = queries.rules(pack)
        except queries.PackUnreadable as fault:
            raise Http404 from fault
        now = queries.pack_in_force_or_none(self.program, self.at)
        base = queries.rules(now) if now else None
        put, waiting = None, queries.waiting(self.program)
        if waiting is not None and waiting.pack_id == pack.pk:
            put = waiting
        return self.show(
            {
                "pack": pack, "rules": rules, "title": wording.title(rules), "standing": queries.standing(pack, self.at),
                "base": base if base and now and now.pk != pack.pk else None, "base_title": base and wording.title(base),
                "groups": _by_where(editions.differences(base, rules)) if base else [], "puts": queries.puts(pack),
                "put": put, "form": form or PutInForceForm(),
                "may_ask": can_ask_to_put_in_force(self.person, pack, in_force=now, waiting=waiting),
                "may_confirm": can_confirm_put_in_force(self.person, put) if put else None,
                "may_drop": can_drop_put_in_force(self.person, put) if put else None,
            },
            status=status,
        )  # fmt: skip


class Edition(EditionPage):
    """Read a version, and ask that it be put in force."""

    def get(self, request: HttpRequest, version: str) -> HttpResponse:
        return self.overview(self.pack(version))

    def post(self, request: HttpRequest, version: str) -> HttpResponse:
        pack, form = self.pack(version), PutInForceForm(request.POST)
        if not form.is_valid():
            return self.overview(pack, form, status=422)
        zone = queries.rules(pack).zone
        try:
            operations.ask_to_put_in_force(
                program=self.program, version=version, from_at=form.from_at(zone), reason=form.cleaned_data["reason"],
                by=self.person, at=self.at,
            )  # fmt: skip
        except operations.InstantPassed:
            form.add_error(
                "day", _("This day and time have passed. Rules come into force from now on, not back in time.")
            )
            return self.overview(pack, form, status=422)
        messages.success(request, _("Asked. The rules count once another director or administrator confirms."))
        return self.go_to("programs:edition", version)


class SettleEdition(EditionPage):
    """Confirm what a colleague asked, or take it back."""

    http_method_names = ("post", "options")
    roles: ClassVar[frozenset[str]] = frozenset(KEEPERS)

    def post(self, request: HttpRequest, version: str) -> HttpResponse:
        self.pack(version)  # a label of another program's edition is none here
        put = queries.waiting(self.program)
        if put is None or put.pack.version != version:
            raise IllegalMove("settle", "settled")
        if "drop" in request.POST:
            operations.drop_put_in_force(put=put, by=self.person, at=self.at)
            messages.success(request, _("Taken back. The rules in force stay as they are."))
            return self.go_to("programs:edition", version)
        try:
            operations.confirm_put_in_force(put=put, by=self.person, at=self.at)
        except operations.InstantPassed:
            messages.error(request, _("The instant asked for has passed. Take this back and ask for a later one."))
            return self.go_to("programs:edition", version)
        messages.success(request, _("Confirmed. Files begun from then on follow these rules."))
        return self.go_to("programs:edition", version)


def _by_where(found: list[editions.Difference]) -> list[dict[str, Any]]:
    places = list(dict.fromkeys(one.where for one in found))
    return [{"title": place, "rows": [one for one in found if one.where == place]} for place in places]


def _by_place(values: list[Any]) -> list[dict[str, Any]]:
    names = {
        "settings": _("Settings"),
        "selection": _("How draws choose"),
        "deadlines": _("Deadlines"),
        "criteria": _("Mandatory criteria"),
        "checklist": _("Documents asked"),
        "changes": _("Changes that are reported"),
        "retention": _("How long records are kept"),
        "letters": _("Messages and letters"),
        "history": _("History"),
        "grid": _("Points grid"),
    }
    places = list(dict.fromkeys(one.where for one in values))
    return [
        {"title": names.get(place, place), "rows": [one for one in values if one.where == place]} for place in places
    ]


class Closures(StaffPage):
    """The days on which the office is closed: those of the law, from the pack, and those staff have added."""

    template_name = "programs/staff/closures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ClosureForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        require(can_keep_calendar(self.person, self.program))
        if "remove" in request.POST:
            return self._remove(request)
        form = ClosureForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        operations.close_office(program=self.program, **form.cleaned_data, by=self.person, at=self.at)
        messages.success(request, _("The day was added. Deadlines counted from now on leave it out."))
        return self.go_to("programs:closures")

    def _remove(self, request: HttpRequest) -> HttpResponse:
        form = RemovedDay(request.POST)
        if not form.is_valid():
            raise Http404
        get_object_or_404(queries.closures(self.program), day=form.cleaned_data["remove"])
        operations.reopen_office(program=self.program, day=form.cleaned_data["remove"], by=self.person, at=self.at)
        messages.success(request, _("The day was taken off the calendar."))
        return self.go_to("programs:closures")

    def _page(self, request: HttpRequest, form: ClosureForm, status: int = 200) -> HttpResponse:
        rules = queries.rules_in_force(self.program, self.at)
        year = self.at.astimezone(rules.zone).year
        holidays = [(day, name) for shown in (year, year + 1) for day, name in sorted(rules.holidays(shown).items())]
        return self.show(
            {
                "form": form,
                "rules": rules,
                "holidays": holidays,
                "closures": list(queries.closures(self.program)),
                "may": can_keep_calendar(self.person, self.program),
            },
            status=status,
        )
