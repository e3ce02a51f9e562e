"""``passerelle``: the command line for the people who run an installation.

Each module here holds the commands of one kind of work. A command reads its options, calls one operation, and prints
what came of it; long work shows its progress.
"""

import os
from typing import Annotated

import typer

from passerelle.project.cli import data, draws, mail, packs, people, scoring, serving

app = typer.Typer(
    name="passerelle",
    help="Runs an immigration nominee program's expression-of-interest system. `make run` starts it all at once.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (serving, packs, scoring, people, draws, mail, data):
    part.register(app)


@app.callback()
def begin(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    """Set the environment that every command needs."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"passerelle {installed('passerelle')}")
        raise typer.Exit


def main() -> None:
    """The entry point of the ``passerelle`` program."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passerelle.project.settings")
    os.environ["PYTHONTZPATH"] = ""
    try:
        app()
    except Exception as problem:
        if not _is_database_away(problem):
            raise
        from passerelle.project.cli.shared import errors

        errors.print(f"[bold red]✗[/] {NO_DATABASE}")
        raise SystemExit(1) from None


NO_DATABASE = (
    "The database does not answer. On one machine `make run` in another window starts it; "
    "else see that DATABASE_URL names a server that is up."
)


def _is_database_away(problem: Exception) -> bool:
    """Whether a command failed because no connection could be made, as against a fault of its own."""
    import psycopg

    cause = problem.__cause__
    return isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None
