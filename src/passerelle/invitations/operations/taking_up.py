"""Taking a notification of interest up: whoever shows its number and code gets a file, an invitation and its deadline."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from passerelle.core import deadlines, sealing
from passerelle.core.references import next_reference
from passerelle.core.verdicts import require
from passerelle.eoi import operations as eois
from passerelle.express_entry import operations as federal
from passerelle.express_entry import queries as pool
from passerelle.invitations import queries
from passerelle.invitations.models import Invitation
from passerelle.invitations.operations.support import TooLate, tell, told
from passerelle.invitations.permissions import TOO_LATE, can_take_up
from passerelle.programs import queries as programs

# So long a proof holds: enough to open an account and come back from the mail.
PROOF_HOLDS = timedelta(hours=24)


class NotProved(Exception):
    """The number and the code were not shown, or too long ago."""


def prove(*, program: str, number: str, code: str, at: datetime) -> str:
    """Return a proof that somebody knows number and code of a notified profile; an empty text whatever is wrong.

    It names the notification and the instant, and is signed by us: it may wait in a session while an account is opened.
    """
    found = pool.claimed(program, number, code)
    if found is None:
        return ""
    stated = {"notification": found.reference, "program": program, "at": at.isoformat()}
    payload = json.dumps(stated, sort_keys=True)
    return json.dumps({"stated": payload, "signature": sealing.sign(payload.encode())})


def proved(*, proof: str, program: str, at: datetime) -> Any:
    """Return the notification that a proof is of; raises NotProved for one that is not ours, of elsewhere, or old."""
    try:
        read = json.loads(proof)
        genuine = sealing.verify_signature(read["stated"].encode(), read["signature"])
        stated = json.loads(read["stated"])
        shown = datetime.fromisoformat(stated["at"])
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NotProved from fault
    if not genuine or stated["program"] != program or not shown <= at < shown + PROOF_HOLDS:
        raise NotProved
    return pool.notification(stated["notification"])


@transaction.atomic
def take_up(
    *, proof: str, passport_country: str, passport_number: str, by: Any, at: datetime
) -> Invitation:  # fmt: skip
    """Open the file of the person who proved to be the one notified, with the time that the notification gave.

    The same account again gets the same invitation. Raises NotProved, NotificationOver, TooLate, NotAllowed, AlreadyLive,
    CandidateIsBarred.
    """
    require(can_take_up(by))
    notification = proved(proof=proof, program=by.program, at=at)
    already = queries.taken_up(notification.reference, by)
    if already is not None:
        return already
    if at >= notification.respond_by:
        raise TooLate(str(TOO_LATE))
    notification = federal.mark_taken_up(reference=notification.reference, by=by, at=at)
    answers = _known(notification, by, passport_country, passport_number, at)
    eoi = eois.open_notified(
        program=notification.program, stream=notification.stream, answers=answers, points=notification.entry.crs,
        valid_before=notification.respond_by, by=by, at=at,
    )  # fmt: skip
    issuer = notification.round.approved_by
    assert issuer is not None  # an issued round has one, by constraint
    rules = programs.rules(eoi.pack)
    year = deadlines.local_day(at, rules.zone).year
    invitation = Invitation.objects.create(
        reference=next_reference(f"{rules.reference_prefix}-I", year), program=eoi.program, stream=eoi.stream, eoi=eoi,
        notification=notification, issued_at=notification.issued_at, issued_by=issuer,
        respond_by=notification.respond_by,
    )  # fmt: skip
    told("invitation.taken_up", invitation, by=by, at=at, notification=notification.reference)
    tell("notification_taken_up", invitation, by, at=at, noticed=notification.issued_at)
    return invitation


def _known(notification: Any, by: Any, country: str, number: str, at: datetime) -> dict[str, Any]:
    """What is known of the person, under the pack's own questions and under the names a form may be prefilled from."""
    rules = programs.rules_in_force(notification.program, at)
    # Its profile is kept: no pack erases one while the time to apply runs.
    who, entry, asked = notification.profile.identity, notification.entry, rules.questions
    found_by = notification.round
    stated = {
        asked.family_name: who["family_name"], asked.given_names: who["given_names"],
        asked.date_of_birth: who["birth_date"], asked.passport_country: country, asked.passport_number: number,
        asked.email: by.email, asked.phone: by.phone, asked.language: by.language,
        "federal_profile_number": who["profile_number"], "federal_crs": entry.crs,
        "federal_crs_computed": notification.profile.crs_computed,
        "federal_crs_lowest": found_by.crs_lowest, "federal_crs_highest": found_by.crs_highest,
        "federal_primary_noc": entry.primary_noc,
        "federal_notified_on": deadlines.local_day(notification.issued_at, rules.zone).isoformat(),
    }  # fmt: skip
    return {key: value for key, value in stated.items() if key and value not in (None, "")}
