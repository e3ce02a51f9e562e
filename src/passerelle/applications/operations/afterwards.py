"""After the file number: changes reported, the agreement signed, the work permit support letter."""

import hashlib
import json
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle.accounts.models import Person
from passerelle.applications import letters, messages, queries
from passerelle.applications.models import Application, ChangeReport, SignedAgreement, SupportLetterRequest
from passerelle.applications.permissions import (
    can_ask_support_letter,
    can_assess,
    can_have_support_letter,
    can_report_change,
    can_sign,
)
from passerelle.core import audit, deadlines
from passerelle.core.text import LANGUAGES, clean_name
from passerelle.core.verdicts import NotAllowed, require
from passerelle.notices import operations as notices
from passerelle.programs import queries as programs
from passerelle.programs.rules.changing import ChangeKind


@transaction.atomic
def report_change(
    *, reference: str, kind: str, happened_on: date, detail: str, by: Person, at: datetime
) -> ChangeReport:
    """Record a change of a kind that the pack says this side reports. A late report is taken in and shows as late.

    The officer is asked what the pack says of the kind; the other side is told unless the kind is private. Raises NotAllowed.
    """
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_report_change(by, application))
    rules, side = queries.rules_of(application), application.side_of(by)
    change = rules.change(kind)
    if change is None or side not in change.by:
        raise NotAllowed(_("This change is not one that you report here."))
    if change.in_words and not detail.strip():
        raise NotAllowed(_("Say in words what changed."))
    noon = datetime.combine(happened_on, datetime.min.time(), tzinfo=rules.zone) + timedelta(hours=12)
    report = ChangeReport.objects.create(
        application=application, kind=kind, happened_on=happened_on, detail=detail, by=by, at=at,
        report_by=programs.due(rules, "change_report", noon),
    )  # fmt: skip
    audit.record("application.change_reported", subject=reference, by=by, at=at, program=application.program,
                 detail={"kind": kind, "late": at >= report.report_by,
                         "private_to": side if change.private else ""})  # fmt: skip
    notices.open_task("change_reported", program=application.program, about=reference, at=at,
                      detail=_asked_of_staff(change))  # fmt: skip
    if not change.private:
        messages.change_reported(application, messages.other(application, by), report, change=change.label, at=at)
    return report


def _asked_of_staff(change: ChangeKind) -> dict[str, str]:
    return {one: f"{change.label.pick(one)}. {change.asks.pick(one)}" for one in LANGUAGES}


@transaction.atomic
def sign_agreement(*, reference: str, name: str, by: Person, at: datetime) -> SignedAgreement:
    """Sign the memorandum of understanding by typed name (R6.4): once by each party of a nominated file."""
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_sign(by, application))
    letter = queries.agreement(application, by)
    if letter is None:
        raise NotAllowed(_("There is no agreement for you to sign."))
    if application.agreements.filter(by=by).exists():
        raise NotAllowed(_("You have already signed."))
    text = hashlib.sha256(json.dumps(letter.body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    signed = SignedAgreement.objects.create(
        application=application, letter=letter.number, by=by, name=clean_name(name), text_sha256=text, at=at
    )
    audit.record("agreement.signed", subject=reference, by=by, at=at, program=application.program,
                 detail={"letter": letter.number, "text_sha256": text})  # fmt: skip
    return signed


@transaction.atomic
def ask_support_letter(*, reference: str, permit_expires_on: date, by: Person, at: datetime) -> SupportLetterRequest:
    """Ask for the work permit support letter, inside the window before the permit expires (R6.6)."""
    application = Application.objects.select_for_update(of=("self",)).get(reference=reference)
    require(can_ask_support_letter(by, application, at=at))
    if not queries.stream_of(application).job_offer:
        raise NotAllowed(_("The letter is for nominees with a job offer."))
    if application.support_requests.filter(letter="").exists():
        raise NotAllowed(_("The letter has already been asked for."))
    window = support_window(application, permit_expires_on)
    today = deadlines.local_day(at, queries.rules_of(application).zone)
    if not window[0] <= today <= window[1]:
        told = {"first": window[0].isoformat(), "last": window[1].isoformat()}
        raise NotAllowed(_("For this permit the letter can be asked for from %(first)s to %(last)s.") % told)
    request = SupportLetterRequest.objects.create(
        application=application, permit_expires_on=permit_expires_on, asked_by=by, asked_at=at
    )
    audit.record("support_letter.asked", subject=reference, by=by, at=at, program=application.program)
    notices.open_task("support_letter_asked", program=application.program, about=reference, at=at,
                      detail=gettext_lazy("A work permit support letter was asked for."))  # fmt: skip
    return request


def support_window(application: Application, permit_expires_on: date) -> tuple[date, date]:
    """Return the first and last day to ask: at most six months and more than 30 days before the permit ends (R6.6)."""
    rules = queries.rules_of(application)
    months, days = (
        int(rules.setting("support_letter_until_months_before_expiry")),
        int(rules.setting("support_letter_from_days_before_expiry")),
    )
    return queries.months_before(permit_expires_on, months), permit_expires_on - timedelta(days=days + 1)


@transaction.atomic
def issue_support_letter(*, request: int, by: Person, at: datetime) -> SupportLetterRequest:
    """Issue the letter that was asked for, to the candidate."""
    asked = SupportLetterRequest.objects.select_for_update(of=("self",)).get(pk=request)
    application = asked.application
    require(can_assess(by, application))
    require(can_have_support_letter(application, at=at))
    if asked.letter:
        raise NotAllowed(_("This letter has been issued."))
    asked.letter = letters.support_letter(asked, at=at).number
    asked.issued_by, asked.issued_at = by, at
    asked.save(update_fields=["letter", "issued_by", "issued_at"])
    audit.record("support_letter.issued", subject=application.reference, by=by, at=at, program=application.program,
                 detail={"letter": asked.letter})  # fmt: skip
    messages.tell("support_letter_issued", application, [application.candidate], at=at,
                  file_number=application.file_number)  # fmt: skip
    return asked
