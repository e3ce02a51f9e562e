"""What the parties are told about an application, one function a message; the words are the pack's."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from passerelle.accounts import queries as accounts
from passerelle.accounts.models import AccessLink, Person
from passerelle.applications.models import Application, ChangeReport, Decision, InformationRequest, Nomination, Return
from passerelle.applications.states import DecisionKind, ReturnKind
from passerelle.programs import operations as programs
from passerelle.programs.rules.text import Text


def tell(kind: str, application: Application, to: Iterable[Person | None], *, at: datetime, **context: Any) -> None:
    """Queue the pack's message ``kind`` to each of ``to``, in their language, in the caller's transaction."""
    context["notified"] = application.invitation.notification_id is not None
    for person in (one for one in to if one is not None):
        programs.send(kind, program=application.program, to=person, about=application.reference, at=at, context=context)


def both(application: Application) -> list[Person]:
    """The parties there are, employer first."""
    return [one for one in (application.employer, application.candidate) if one]


def other(application: Application, person: Person) -> Person | None:
    """The party that ``person`` is not, where there is one."""
    return application.candidate if application.side_of(person) == "employer" else application.employer


def opened(application: Application, *, at: datetime) -> None:
    tell("application_opened", application, both(application), at=at, deadline=application.complete_by)


def employer_access(application: Application, link: AccessLink, *, joins: bool, at: datetime) -> None:
    """The link for an employer, to a new account or, where ``joins``, into the file with one it has."""
    join = f"{settings.PASSERELLE_URL}{_in(link.person.language, 'applications:join', link.token)}" if joins else ""
    tell("employer_access", application, [link.person], at=at, candidate=application.candidate.name,
         link=accounts.link_address(link), link_good_until=link.expires_at, can_join=joins, join=join,
         deadline=application.complete_by)  # fmt: skip


def _in(language: str, name: str, *args: str) -> str:
    with translation.override(language):
        return reverse(name, args=args)


def employer_joined(application: Application, *, at: datetime) -> None:
    """The candidate learns that the employer has come in, the employer by when both parts must be."""
    tell("employer_joined", application, [application.candidate], at=at, employer=application.employer_name,
         deadline=application.complete_by)  # fmt: skip
    tell("application_opened", application, [application.employer], at=at, deadline=application.complete_by)


def candidate_form_open(application: Application, to: Person | None, *, at: datetime) -> None:
    """N11."""
    tell("candidate_form_open", application, [to], at=at, deadline=application.complete_by)


def complete(application: Application, *, at: datetime) -> None:
    """N12: the file number, the instant received, and that files are worked in that order."""
    told = {"file_number": application.file_number, "received": at}
    tell("application_complete", application, both(application), at=at, **told)


def information_requested(request: InformationRequest, *, at: datetime) -> None:
    """N13."""
    application = request.application
    told = {"file_number": application.file_number, "deadline": request.due_by}
    tell("information_requested", application, [request.to], at=at, **told)


def decided(decision: Decision, *, at: datetime) -> None:
    """N14: to both, that a decision waits in the portal; the reasons stand in the letter alone."""
    application = decision.application
    nominated = decision.kind == DecisionKind.NOMINATION
    told = {
        "file_number": application.file_number, "nominated": nominated, "review": decision.review_before,
        "can_review": decision.review_before is not None,
    }  # fmt: skip
    tell("decision_made", application, both(application), at=at, **told)


def ended(kind: str, application: Application, to: Iterable[Person], *, at: datetime) -> None:
    """The application stopped (withdrawn, offer withdrawn, lapsed): in neutral words."""
    tell(kind, application, to, at=at, file_number=application.file_number or "", day=at)


def nomination_changed(nomination: Nomination, kind: str, *, reason: str, at: datetime) -> None:
    """Tell both parties that it was extended, paused, resumed or cancelled, in the pack's message ``nomination_<kind>``."""
    application = nomination.application
    told = {
        "file_number": application.file_number, "number": nomination.number, "expires": nomination.expires_before,
        "reason": reason, "day": at, "review": nomination.review_before,
        "can_review": nomination.review_before is not None,
    }  # fmt: skip
    tell(f"nomination_{kind}", application, both(application), at=at, **told)


def returned(given_back: Return, *, at: datetime) -> None:
    """Tell both parties that the application goes back; the letter in the portal says why."""
    application = given_back.application
    by_director = given_back.kind == ReturnKind.DIRECTOR
    told = {
        "file_number": application.file_number, "items": [given_back.ground] if by_director else given_back.missing,
        "refunded": given_back.refunded, "by_director": by_director,
    }  # fmt: skip
    tell("application_returned", application, both(application), at=at, **told)


def change_reported(
    application: Application, to: Person | None, report: ChangeReport, *, change: Text, at: datetime
) -> None:
    """Tell the other side which kind of change was reported, and of which day; never what was said of it."""
    told = {"file_number": application.file_number, "happened": report.happened_on, "change": change}
    tell("change_reported", application, [to], at=at, **told)
