"""Returned undecided: incomplete, or by the director on a ground. The fee goes back and the expression of interest closes."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.applications import fee, letters, messages, queries
from passerelle.applications.models import Application, Return
from passerelle.applications.operations.ending import end
from passerelle.applications.operations.paying import settle_fee
from passerelle.applications.permissions import can_return, can_return_as_director
from passerelle.applications.states import ReturnKind
from passerelle.core.verdicts import NotAllowed, require


@transaction.atomic
def return_incomplete(*, reference: str, missing: Sequence[str], by: Person, at: datetime) -> Return:
    """Give an application back because of what is ``missing``, one line each; the letter lists it. Raises NotAllowed."""
    application = _locked(reference)
    require(can_return(by, application, known=queries.has_words(application, "return_letter", at)))
    lines = [one.strip() for one in missing if one.strip()]
    if not lines:
        raise NotAllowed(_("List what is missing: the letter gives it to the parties."))
    return _return(application, ReturnKind.INCOMPLETE, missing=lines, ground="", by=by, at=at)


@transaction.atomic
def return_by_director(*, reference: str, ground: str, by: Person, at: datetime) -> Return:
    """Give an undecided application back on a ground of the director's; the letter gives it. Raises NotAllowed."""
    application = _locked(reference)
    require(can_return_as_director(by, application, known=queries.director_returns(application, at)))
    if not ground.strip():
        raise NotAllowed(_("Write the ground: the letter gives it to the parties."))
    return _return(application, ReturnKind.DIRECTOR, missing=[], ground=ground, by=by, at=at)


def _return(
    application: Application, kind: ReturnKind, *, missing: list[str], ground: str, by: Person, at: datetime
) -> Return:
    refunded = settle_fee(application, refund=fee.goes_back(application, "returned"), reason="returned", by=by, at=at)
    move = "return_incomplete" if kind == ReturnKind.INCOMPLETE else "return_by_director"
    end(application, move, eoi="returned", by=by, at=at)
    returned = Return.objects.create(
        application=application, kind=kind, missing=missing, ground=ground, refunded=refunded, by=by, at=at
    )
    letters.for_return(returned, at=at)
    messages.returned(returned, at=at)
    return returned


def _locked(reference: str) -> Application:
    Application.objects.select_for_update(of=("self",)).get(reference=reference)
    found = queries.of_reference(reference)
    assert found is not None  # locked just now
    return found
