"""One file across all its stages, for the desks: where it stands now, whose turn it is, by when, and where to go on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from passerelle.accounts.models import Person
from passerelle.applications import queries as applications
from passerelle.applications import wording as application_wording
from passerelle.desks import path
from passerelle.eoi import queries as eois
from passerelle.eoi import wording
from passerelle.invitations import queries as invitations

NO_DEADLINE = datetime.max.replace(tzinfo=UTC)  # after every deadline, for sorting
# Until then another answer could still count.
BEFORE_INVITED = frozenset({"draft", "submitted", "in_pool", "on_hold", "evidence_requested", "doubted"})


@dataclass
class File:
    """A file as one party sees it: tag, sentence, next step, whose turn (a party, staff or nobody), deadline, link."""

    eoi: Any
    tag: Any
    tone: str
    sentence: Any
    next_step: Any = ""
    turn: str = ""
    too_late: datetime | None = None
    link: str = ""
    link_label: Any = ""
    too_late_label: Any = ""
    total: int | None = None
    path: list[dict[str, Any]] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """What tells the file apart on the candidate's desk: the employer who opened it, or its category."""
        rules = eois.rules(self.eoi)
        if rules.stream(self.eoi.stream).opened_by == "employer":
            return str(self.eoi.employer_name)
        return wording.category_name(rules, self.eoi.category)

    @property
    def may_try(self) -> bool:
        """Whether its points can be tried with other answers: until it is invited or ends."""
        return self.eoi.state in BEFORE_INVITED


def files_of(person: Person, at: datetime) -> list[File]:
    """Every file of an employer's or a candidate's account, newest first."""
    files = [_file(eoi, person, at) for eoi in eois.files_of(person)]
    # A candidate opened these, and let the employer into the application alone.
    joined = applications.joined_by(person) if person.is_employer else ()
    return [_in_application(one.invitation.eoi, one, person, at) for one in joined] + files


def _file(eoi: Any, person: Person, at: datetime) -> File:
    invitation = invitations.of_eoi(eoi.reference) if eoi.confirmed_at else None
    application = applications.of_invitation(invitation.reference) if invitation else None
    if application:
        file = _in_application(eoi, application, person, at)
    elif invitation and (eoi.state == "invited" or eois.is_notified(eoi)):
        file = _invited(eoi, invitation, person, at)
    else:
        file = _before(eoi, person, at)
    file.total = wording.total(eoi, person.audience)
    file.path = path.stages(file, invitation, application, person.audience, at)
    return file


def _before(eoi: Any, person: Person, at: datetime) -> File:
    now = wording.standing(eoi, person.audience, at)
    link = reverse(f"eoi:{person.audience}_file", args=[eoi.reference])
    if eoi.state == "draft":
        link = _draft_link(eoi, person)
    mine = now.turn == person.audience
    return File(
        eoi, now.tag, now.tone, now.sentence, now.next_step, now.turn, now.too_late, link,
        _("Go on") if mine else _("Open the file"), too_late_label=now.too_late_label,
    )  # fmt: skip


def _draft_link(eoi: Any, person: Person) -> str:
    if person.is_candidate:
        return reverse("eoi:tasks", args=[eoi.reference])
    return reverse("eoi:criteria" if eoi.candidate_id is None else "eoi:employer_file", args=[eoi.reference])


def _invited(eoi: Any, invitation: Any, person: Person, at: datetime) -> File:
    link = reverse(f"invitations:{person.audience}", args=[invitation.reference])
    if invitations.led_by_candidate(invitation):
        return _invited_candidate(eoi, invitation, person, at, link)
    theirs = person.is_employer
    sentence = _("You are invited to apply.") if theirs else _("Your employer is invited to apply.")
    if invitation.has_lapsed(at):
        return File(
            eoi, _("Lapsed"), "quiet", _("The time to apply has passed."), link=link, link_label=_("Open the file")
        )
    step = (
        _("Open the application and fill in your form: it comes first.")
        if theirs
        else _("Your employer opens the application and fills in its form; then yours opens.")
    )
    return File(
        eoi, pgettext("a file", "Invited"), "success", sentence, step, "employer", invitation.too_late, link,
        _("Go on") if theirs else _("Open the invitation"),
    )  # fmt: skip


def _notified(eoi: Any, invitation: Any, at: datetime, link: str) -> File:
    """A notification of interest that its person took up: the application is to be begun, or its time is over."""
    if invitation.has_lapsed(at) or invitation.ended_at:
        told = _("The notification of interest has ended without an application.")
        return File(eoi, pgettext("a file", "Ended"), "quiet", told, link=link, link_label=_("Open the file"))
    return File(
        eoi, pgettext("a file", "Notified"), "success", _("You came with a notification of interest."),
        _("Begin the application."), "candidate", invitation.respond_by, link, _("Go on"),
    )  # fmt: skip


def _invited_candidate(eoi: Any, invitation: Any, person: Person, at: datetime, link: str) -> File:
    """An invitation that the candidate takes up."""
    if eois.is_notified(eoi):
        return _notified(eoi, invitation, at, link)
    if invitation.has_lapsed(at):
        return File(
            eoi, _("Lapsed"), "quiet", _("The time to apply has passed."), link=link, link_label=_("Open the file")
        )
    theirs = person.is_candidate
    sentence = _("You are invited to apply.") if theirs else _("Your candidate is invited to apply.")
    step = _("Begin the application.") if theirs else _("Your candidate begins the application.")
    return File(
        eoi, pgettext("a file", "Invited"), "success", sentence, step, "candidate", invitation.respond_by, link,
        _("Go on") if theirs else _("Open the invitation"),
    )  # fmt: skip


def _in_application(eoi: Any, application: Any, person: Person, at: datetime) -> File:
    standing = applications.nomination_standing(application, at)
    tag = application_wording.tag(application, standing)
    link = reverse("applications:file", args=[application.reference])
    sentence, step, turn, too_late = _application_words(application, person, at)
    if over := application_wording.not_in_force(standing):
        sentence, step, turn = over, "", ""
    label = _("Go on") if turn == person.audience else _("Open the file")
    return File(eoi, tag["label"], tag["tone"], sentence, step, turn, too_late, link, label)


def _application_words(application: Any, person: Person, at: datetime) -> tuple[str, str, str, datetime | None]:
    state = application.state
    if state == "filling" and at >= application.complete_by:
        return _("The time to apply has passed."), "", "", None
    if state == "awaiting_payment":
        return _fee_words(application, person)
    if state == "filling":
        waiting = [one.side for one in application.parts.all() if one.state == "open"]
        # Where both forms are open, each party is told of its own.
        turn = person.audience if person.audience in waiting else next(iter(waiting), "")
        whose = {
            "employer": _("The employer's form is to be filled in."),
            "candidate": _("The candidate's form is to be filled in."),
        }
        return _("The application is being filled in."), whose.get(turn, ""), turn, application.complete_by
    if state == "queued":
        told = _("File number %(number)s: the application waits in the queue.") % {"number": application.file_number}
        return told, _("An officer takes it in its turn."), "staff", None
    if state == "information_requested":
        asked = application.information_requests.filter(answered_at=None).first()
        return (
            _("An officer asked a question."),
            _("The employer answers.") if asked and asked.to.is_employer else _("The candidate answers."),
            asked.to.audience if asked else "",
            asked.due_by if asked else None,
        )
    if state == "interview":
        call = application.interviews.filter(outcome="").first()
        return (
            _("An officer calls to an interview."),
            _("The file says when and where."),
            call.to.audience,
            call.held_at,
        )
    if state == "in_assessment":
        return _("An officer is looking at the file."), _("We tell you the decision."), "staff", None
    if state == "nominated":
        unsigned = applications.agreement(application, person) and not application.agreements.filter(by=person).exists()
        step = _("Read and sign the agreement.") if unsigned else _("Read the letter: it says what comes next.")
        return _("Nominated."), step, person.audience if unsigned else "", None
    ended = {
        "refused": _("The application was refused. The letter gives the reasons."),
        "withdrawn": _("The application was withdrawn."),
        "returned": _("The application was returned. The letter says why."),
        "lapsed": _("The application was not submitted in time."),
    }  # fmt: skip
    return ended[state], "", "", None


def _fee_words(application: Any, person: Person) -> tuple[str, str, str, datetime | None]:
    step = _("Pay the fee: the application is complete only then.") if person.is_candidate else _("The candidate pays.")
    return _("Everything is in but the fee."), step, "candidate", application.pay_by
