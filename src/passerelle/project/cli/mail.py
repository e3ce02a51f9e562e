"""Commands of the outbox and the calendar: the same steps the worker takes by itself, run once."""

import typer

from passerelle.project.cli.shared import console, done, now, start_django

PANEL = "Mail and deadlines"


def register(app: typer.Typer) -> None:
    app.command("send-mail", rich_help_panel=PANEL)(send_mail)
    app.command("read-bounces", rich_help_panel=PANEL)(read_bounces)
    app.command("sweep-deadlines", rich_help_panel=PANEL)(sweep_deadlines)


def send_mail(limit: int = typer.Option(1000, help="Send at most this many.")) -> None:
    """Send what waits in the outbox, once."""
    start_django()
    from passerelle.notices import operations

    done(f"{operations.send_due(at=now(), limit=limit)} messages sent")


def read_bounces() -> None:
    """Read the delivery reports that have come back, once."""
    start_django()
    from passerelle.notices import operations

    done(f"{operations.read_bounces(at=now())} delivery reports read")


def sweep_deadlines() -> None:
    """Close what has lapsed and write the reminders that are due, once."""
    start_django()
    from passerelle.project.sweeping import sweep

    for what, count in sweep(at=now()).items():
        console.print(f"{count:>6}  {what}")
