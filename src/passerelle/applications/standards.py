"""The program's own standard for the time that a complete application takes: a deadline of its pack, where it promises one."""

from datetime import datetime
from typing import TYPE_CHECKING

from passerelle.applications import queries
from passerelle.programs import queries as programs

if TYPE_CHECKING:
    from passerelle.applications.models import Application

DECISION = "decision"


def decide_by(application: "Application", at: datetime) -> datetime | None:
    """The first moment too late for the decision on a file complete at ``at``, where its pack promises a time (nwt.md, R6.2)."""
    stream = application.invitation.eoi.stream
    return programs.standard(queries.rules_of(application), DECISION, at, stream=stream)


def has_standard(program: str, at: datetime) -> bool:
    """Whether the program promises a time for the decision on a complete application: then lists say when it is due."""
    return DECISION in programs.rules_in_force(program, at).deadlines
