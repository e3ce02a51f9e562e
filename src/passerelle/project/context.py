"""What the page frame needs on every page: which program we are in, its zone, colour, contact and notices."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from passerelle.accounts import sessions
from passerelle.accounts.models import Audience
from passerelle.core.text import pick
from passerelle.orders import queries as orders
from passerelle.payments import queries as payments
from passerelle.programs import queries as programs

DEFAULT_ACCENT = "#0b5d4b"


@dataclass
class Site:
    """The frame's view of the program in sight; ``code`` is empty on the installation's own pages."""

    request: HttpRequest
    code: str = ""

    @cached_property
    def rules(self) -> Any:
        """The rules in force for this program, or None."""
        try:
            return programs.rules_in_force(self.code, self.request.arrived_at) if self.code else None  # type: ignore[attr-defined]
        except programs.RulesUnavailable:
            return None

    @property
    def name(self) -> str:
        """What the header calls this place, in the reader's language."""
        return pick(self.rules.name) if self.rules else "Passerelle"

    @property
    def accent(self) -> str:
        """The colour of the line at the top of the page."""
        return getattr(self.rules, "accent", "") or DEFAULT_ACCENT

    @property
    def zone(self) -> ZoneInfo:
        """The zone that times are told in."""
        zone = getattr(self.rules, "zone", None)
        return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone or settings.TIME_ZONE)

    @property
    def contact(self) -> Any:
        """The program's contact facts, or None."""
        return getattr(self.rules, "contact", None)

    @property
    def zone_name(self) -> str:
        """Whose clock the times are told by, in the reader's language; empty to use the zone's own city."""
        return pick(getattr(self.rules, "zone_name", ""))

    @property
    def banner(self) -> str:
        """What pages about the program say while the points grid in force is reconstructed, else nothing.

        Public pages of the program alone: inside a file, the score sheet says it line by line.
        """
        match = self.request.resolver_match
        if match is None or match.app_name != "desks" or not match.kwargs.get("program"):
            return ""
        status = getattr(self.rules, "status", None)
        if status is None or status.grid == "official":
            return ""
        return pick(status.banner) if status.banner else str(_("Reconstructed from public sources, not official."))

    @cached_property
    def takes_fees(self) -> bool:
        """Whether this program has ever asked for a payment: only then do its staff see a way to them."""
        return bool(self.code) and payments.payments_of(self.code).exists()

    @property
    def has_federal_pool(self) -> bool:
        """Whether a stream of this program takes its people from the federal pool."""
        return bool(getattr(self.rules, "federal_streams", ()))

    @property
    def keeps_orders(self) -> bool:
        """Whether this program makes contravention orders."""
        return self.rules is not None and orders.keeps_orders(self.rules)

    @property
    def acting_for(self) -> Any:
        """The client whose file a representative looks at, or None."""
        return getattr(getattr(self.request, "page", None), "acting_for", None)

    @property
    def idle_seconds(self) -> int:
        """After how many seconds without a request the session ends; 0 for visitors."""
        user = self.request.user
        if not user.is_authenticated:
            return 0
        return int(sessions.IDLE.get(Audience(user.audience), sessions.IDLE_PUBLIC).total_seconds())


def _code_in_sight(request: HttpRequest) -> str:
    """The program named in the address, else the signed-in person's, else the only one there is."""
    match = request.resolver_match
    named = match.kwargs.get("program", "") if match else ""
    if named:
        return str(named)
    view_program = getattr(getattr(request, "page", None), "program", "") or getattr(request.user, "program", "")
    if view_program:
        return str(view_program)
    known = list(programs.programs())
    return str(known[0].code) if len(known) == 1 else ""


def site(request: HttpRequest) -> dict[str, Any]:
    """Give templates ``site``; nothing is read until a template asks."""
    return {"site": SimpleLazyObject(lambda: Site(request, _code_in_sight(request)))}
