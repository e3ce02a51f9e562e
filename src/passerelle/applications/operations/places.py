"""The place of the year behind an application: held from the invitation, or taken at the nomination, as the stream says."""

from datetime import datetime

from passerelle.accounts.models import Person
from passerelle.allocations import operations as allocations
from passerelle.applications import queries
from passerelle.applications.models import Application


def _about(application: Application) -> list[str]:
    return [application.invitation.reference]


def use_place(application: Application, *, by: Person, at: datetime) -> None:
    """Use the place held for the file, or take one of the year now. Raises NoPlaceLeft."""
    if queries.holds_place(application):
        allocations.use(about=_about(application), by=by, at=at)
        return
    allocations.use_unheld(
        program=application.program, year=queries.local_year(application, at), about=application.invitation.reference,
        by=by, at=at, stream=application.invitation.stream,
    )  # fmt: skip


def hold_place(application: Application, *, by: Person, at: datetime) -> None:
    """Hold a place of this year for the file. Raises NoPlaceLeft."""
    year = queries.local_year(application, at)
    allocations.hold(
        program=application.program,
        year=year,
        about=_about(application),
        by=by,
        at=at,
        stream=application.invitation.stream,
    )


def retake_place(application: Application, *, by: Person, at: datetime) -> None:
    """Take a place of this year again for a nomination that had given its own back. Raises NoPlaceLeft."""
    if queries.holds_place(application):
        hold_place(application, by=by, at=at)
    use_place(application, by=by, at=at)


def release_place(application: Application, *, by: Person | None, at: datetime) -> None:
    """Give back the place of a file that ends without a nomination; where none was held or used there is nothing to do."""
    if queries.holds_place(application):
        allocations.release(about=_about(application), by=by, at=at)
    else:
        allocations.give_back(about=application.invitation.reference, by=by, at=at)
