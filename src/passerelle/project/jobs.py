"""What the worker does by itself across rooms: closing books on deadlines, reminding, tidying. Each room adds its own.

Nothing here decides anything: an expired EOI or a lapsed invitation is so the moment its time has passed, whether or
not a job has run. The jobs write the letters and close the rows.
"""

from django.core.management import call_command
from procrastinate.contrib.django import app

from passerelle.core import clock, heads
from passerelle.project import sweeping


@app.periodic(cron="*/10 * * * *")
@app.task(name="project.sweep_deadlines")
def sweep_deadlines(timestamp: int) -> dict[str, int]:
    """Close what has lapsed and send reminders, every ten minutes, latest stage first."""
    return sweeping.sweep(at=clock.now())


@app.periodic(cron="43 3 * * *")
@app.task(name="project.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Remove sessions that ended."""
    call_command("clearsessions")


@app.periodic(cron="12 * * * *")
@app.task(name="project.take_trail_head")
def take_trail_head(timestamp: int) -> None:
    """Take the day's head of the audit trail in the first hour it can be taken."""
    heads.take_daily(at=clock.now())
