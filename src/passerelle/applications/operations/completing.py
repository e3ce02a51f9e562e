"""An application is complete: it gets its file number and joins the queue."""

from datetime import datetime

from passerelle.accounts.models import Person
from passerelle.applications import messages, queries, standards
from passerelle.applications.models import Application
from passerelle.applications.states import APPLICATION_LIFECYCLE
from passerelle.core import audit, deadlines
from passerelle.core.references import next_reference


def complete(application: Application, *, by: Person | None, at: datetime) -> None:
    """Give a locked application its file number and, from now on, its place in the queue."""
    rules = queries.rules_of(application)
    application.state = APPLICATION_LIFECYCLE.after(application.state, "complete")
    application.file_number = next_reference(rules.reference_prefix, deadlines.local_day(at, rules.zone).year)
    application.received_at = at
    application.decide_by = standards.decide_by(application, at)
    application.save(update_fields=["state", "file_number", "received_at", "decide_by"])
    audit.record("application.complete", subject=application.reference, by=by, at=at, program=application.program,
                 detail={"file_number": application.file_number})  # fmt: skip
    messages.complete(application, at=at)
