"""How long a session lasts, and what becomes of a form that was posted after its end (trust.md, 8.5)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict

from passerelle.accounts.models import Audience, Person
from passerelle.core.sealing import seal, unseal

IDLE = {Audience.STAFF: timedelta(minutes=15)}
IDLE_PUBLIC = timedelta(minutes=30)
ABSOLUTE = {Audience.STAFF: timedelta(hours=8)}
ABSOLUTE_PUBLIC = timedelta(hours=12)
# The session row is written at most this often, so a page costs no write; an idle session ends at most so much early.
SEEN_EVERY = timedelta(seconds=30)

BEGAN, SEEN, LEFT_BY, PARKED, SECOND_FACTOR, STAFF_PROGRAM = (
    "began_at", "seen_at", "left_by", "parked_form", "second_factor", "staff_program",
)  # fmt: skip
PARKED_LASTS = timedelta(hours=1)
LARGEST_PARKED = 512 * 1024
_PURPOSE = "accounts.parked_form"
# The token is the old session's; and what a script had saved by itself is now sent by a person, as a whole page.
_NOT_RESTORED = ("csrfmiddlewaretoken", "autosave")


class SessionLimits:
    """Sign out whoever was idle too long or signed in too long ago; staff sooner than the public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._look(request, request.user, request.arrived_at)  # type: ignore[attr-defined]
        return self.get_response(request)

    def _look(self, request: HttpRequest, person: Person, at: datetime) -> None:
        began, seen = moment_of(request, BEGAN) or at, moment_of(request, SEEN) or at
        too_idle = at - seen >= IDLE.get(Audience(person.audience), IDLE_PUBLIC)
        too_old = at - began >= ABSOLUTE.get(Audience(person.audience), ABSOLUTE_PUBLIC)
        if too_idle or too_old:
            logout(request)
            # Remembered so that a form can wait for this person, and for nobody else who sits down here.
            request.session[LEFT_BY] = person.pk
        elif BEGAN not in request.session or at - seen >= SEEN_EVERY:
            request.session[BEGAN], request.session[SEEN] = began.isoformat(), at.isoformat()


def moment_of(request: HttpRequest, key: str) -> datetime | None:
    """Return the instant that the session keeps under ``key``."""
    text = request.session.get(key)
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True)
class ParkedForm:
    """A posted form that waits for its sender to sign in again."""

    path: str
    fields: list[tuple[str, str]]
    person: int
    at: datetime


def park(request: HttpRequest) -> bool:
    """Keep the posted form of somebody whose session has just ended; say whether there was one to keep.

    Files are not kept: the page asks for them again.
    """
    person = request.session.get(LEFT_BY)
    body = request.POST.urlencode()
    if request.method != "POST" or person is None or len(body) > LARGEST_PARKED:
        return False
    kept = {
        "path": request.get_full_path(), "body": body, "person": person,
        "at": request.arrived_at.isoformat(),  # type: ignore[attr-defined]
    }  # fmt: skip
    request.session[PARKED] = seal(json.dumps(kept), _PURPOSE)
    return True


def parked(request: HttpRequest) -> ParkedForm | None:
    """Return the form that waits for the person now signed in; another person's is thrown away unread."""
    sealed = request.session.get(PARKED)
    if not sealed or not request.user.is_authenticated:
        return None
    kept = json.loads(unseal(sealed, _PURPOSE))
    at = datetime.fromisoformat(kept["at"])
    now: datetime = request.arrived_at  # type: ignore[attr-defined]
    if kept["person"] != request.user.pk or now - at >= PARKED_LASTS:
        forget(request)
        return None
    fields = [(name, value) for name, values in QueryDict(kept["body"]).lists() for value in values]
    return ParkedForm(kept["path"], [pair for pair in fields if pair[0] not in _NOT_RESTORED], kept["person"], at)


def forget(request: HttpRequest) -> None:
    """Throw the waiting form away."""
    request.session.pop(PARKED, None)
    request.session.pop(LEFT_BY, None)


def passed_second_factor(request: HttpRequest, authenticator_id: int | None) -> bool:
    """Say whether this very session gave a code of the person's present authenticator."""
    return authenticator_id is not None and request.session.get(SECOND_FACTOR) == authenticator_id
