"""Commands about staff accounts."""

from typing import Annotated

import typer

from passerelle.project.cli.shared import console, done, fail, now, start_django

PANEL = "People"


def register(app: typer.Typer) -> None:
    app.command("create-staff", rich_help_panel=PANEL)(create_staff)


def create_staff(
    username: Annotated[str, typer.Option(prompt="User name", help="What the person signs in with.")],
    email: Annotated[str, typer.Option(prompt="E-mail", help="Where messages for staff go.")],
    name: Annotated[str, typer.Option(prompt="Name", help="As shown on decisions and in the trail.")],
    role: Annotated[
        list[str],
        typer.Option(
            help="PROGRAM:ROLE, several times if need be: officer, reviewer, director, draw_manager, auditor, analyst, "
            "administrator. Example: --role ca-xx:administrator"
        ),
    ],
    language: Annotated[str, typer.Option(help="en or fr.")] = "fr",
) -> None:
    """Open a staff account and print its enrolment link, which works once."""
    start_django()
    from django.core.exceptions import ValidationError

    from passerelle.accounts import operations, queries
    from passerelle.accounts.models import RoleName
    from passerelle.programs.queries import programs

    wanted = [tuple(each.split(":", 1)) for each in role]
    known = {program.code for program in programs()}
    for pair in wanted:
        if len(pair) != 2 or pair[1] not in RoleName.values or pair[0] not in known:
            fail(
                f"{':'.join(pair)!r} is not PROGRAM:ROLE. Programs: {', '.join(sorted(known)) or 'none loaded yet'}. "
                f"Roles: {', '.join(RoleName.values)}."
            )
    try:
        link = operations.create_staff(
            username=username, email=email, name=name, language=language, roles=[(p, r) for p, r in wanted], at=now()
        )
    except (ValidationError, operations.UsernameTaken, ValueError) as problem:
        fail(f"The account was not opened: {' '.join(getattr(problem, 'messages', None) or [str(problem)])}")
    done(f"Staff account {username} is open. Hand this link over in person or by a safe way; it works once:")
    console.print(f"    {queries.link_address(link)}", soft_wrap=True)
    console.print(
        f"    It asks for a password, then shows the second factor to enrol. "
        f"Valid until {link.expires_at:%Y-%m-%d %H:%M} UTC."
    )
