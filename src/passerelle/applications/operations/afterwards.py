"""After the file number: changes reported, the agreement signed."""

import hashlib
import json
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications import messages, queries
from passerelle.applications.models import Application, ChangeReport, SignedAgreement
from passerelle.applications.permissions import can_report_change, can_sign
from passerelle.core import audit
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
