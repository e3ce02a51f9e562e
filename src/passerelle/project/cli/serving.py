"""Commands that run the platform: everything at once, or one process for a service manager."""

import os
from pathlib import Path
from typing import Annotated

import typer

from passerelle.project.cli.shared import console, done, fail, start_django

PANEL = "Running"


def register(app: typer.Typer) -> None:
    app.command("run", rich_help_panel=PANEL)(run)
    app.command("serve", rich_help_panel=PANEL)(serve)
    app.command("worker", rich_help_panel=PANEL)(worker)
    app.command("prepare", rich_help_panel=PANEL)(prepare)
    app.command("mailbox", rich_help_panel=PANEL, hidden=True)(mailbox)


def run() -> None:
    """Start database, web server, worker and a local mailbox; stop them together with Ctrl-C."""
    from passerelle.project.runtime.run import run as run_everything

    raise typer.Exit(run_everything(console))


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.", envvar="PASSERELLE_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", envvar="WEB_PORT")] = 8000,
) -> None:
    """Run the web server alone, in the foreground."""
    from passerelle.project.runtime.run import web_command

    command = web_command(host, port)
    os.execv(command[0], command)


def worker() -> None:
    """Run the worker alone, in the foreground: mail, letters, deadlines. Have it restarted whenever it ends."""
    from passerelle.project.runtime.run import worker_command

    command = worker_command()
    os.execv(command[0], command)


def prepare(
    demo: Annotated[bool, typer.Option(help="On a first start, load the demo data.", envvar="DEMO")] = True,
) -> None:
    """Bring database, packs and static files up to date. Safe to repeat; on a first start it loads the demo data."""
    start_django()
    from passerelle.project.runtime import preparing

    try:
        preparing.prepare(demo=demo, say=done)
    except preparing.CannotPrepare as problem:
        fail(str(problem))


def mailbox(
    smtp_port: Annotated[int, typer.Option(help="Port that receives mail.")] = 2525,
    web_port: Annotated[int, typer.Option(help="Port of the page that shows it.")] = 8025,
) -> None:
    """Receive mail by SMTP and show it on a page; for one machine alone."""
    from passerelle.project.runtime.local_mail import serve as serve_mail

    var = Path(os.environ.get("PASSERELLE_VAR", "var"))
    serve_mail(folder=var / "mail", bounces=var / "bounces", smtp_port=smtp_port, web_port=web_port)
