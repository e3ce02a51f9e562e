"""Commands about the data as a whole: demo, backup and restore, keys, invariants."""

import json
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from passerelle.project.cli.shared import console, done, errors, fail, now, own_name, progress, start_django

if TYPE_CHECKING:
    from passerelle.project.runtime.archive import Places

PANEL = "Data"


def register(app: typer.Typer) -> None:
    app.command("demo", rich_help_panel=PANEL)(demo)
    app.command("sign-ins", rich_help_panel=PANEL)(sign_ins)
    app.command("backup", rich_help_panel=PANEL)(backup)
    app.command("restore", rich_help_panel=PANEL)(restore)
    app.command("rotate-keys", rich_help_panel=PANEL)(rotate_keys)
    app.command("change-signing-key", rich_help_panel=PANEL)(change_signing_key)
    app.command("invariants", rich_help_panel=PANEL)(invariants)
    app.command("check-trail", rich_help_panel=PANEL)(check_trail)
    app.command("grant-role", rich_help_panel=PANEL)(grant_role)


def demo(
    external: Annotated[bool, typer.Option("--external", help="The database is not this installation's own.")] = False,
    really: Annotated[bool, typer.Option("--really", help="The second word for an external database.")] = False,
    large: Annotated[bool, typer.Option("--large", help="At the scale of a whole program: it takes long.")] = False,
    program: Annotated[str, typer.Option(help="One program alone, by its code.")] = "",
    files: Annotated[
        int | None, typer.Option(min=0, help="So many files instead, where the pack tells its demo.")
    ] = None,
    profiles: Annotated[int | None, typer.Option(min=0, help="So many federal profiles instead.")] = None,
) -> None:
    """Make believable programs of invented people by the real operations. For an empty installation that stands still."""
    start_django()
    from passerelle.project.demo import plans
    from passerelle.project.runtime import preparing
    from passerelle.project.runtime.postgres import ServerUnavailable
    from passerelle.project.runtime.run import CannotRun, database_alone

    if not preparing.own_database() and not (external and really):
        fail(
            "DATABASE_URL names a database that this installation does not keep. Invented people must never stand "
            "among real ones: if you are sure, say so twice with --external --really."
        )
    size = plans.LARGE if large else plans.SMALL
    try:
        with database_alone(console):
            preparing.prepare(demo=False, say=done)
            preparing.refuse_demo_here()
            preparing.load_demo(done, size=size, only=program, counts={"files": files, "profiles": profiles})
    except (CannotRun, ServerUnavailable, preparing.CannotPrepare, LookupError) as problem:
        fail(str(problem))
    done(f"`{own_name()} run` (or `make run`) starts it and shows the sign-ins")


def sign_ins(
    as_json: Annotated[bool, typer.Option("--json", help="Print them for a program to read.")] = False,
) -> None:
    """List the demo accounts with their passwords and the codes of their second factor that count now."""
    start_django()
    if as_json:
        from passerelle.project.demo.sign_ins import sign_ins as demo_sign_ins

        console.print_json(json.dumps([asdict(one) for one in demo_sign_ins(at=now())]))
    else:
        _show_sign_ins()


def backup(
    to: Annotated[Path, typer.Argument(help="The archive to write, such as passerelle.tar.gz")],
) -> None:
    """Write database, files and keys to one archive. Keep it as safe as the keys: it holds them."""
    start_django()
    from passerelle.project.runtime import archive

    if to.exists():
        fail(f"{to} exists already; a backup never overwrites another.")
    try:
        with progress() as tick:
            outcome = archive.back_up(_places(), to, at=now(), tick=tick)
    except archive.BadArchive as problem:
        fail(str(problem))
    done(f"{to}: {outcome.files} members, {outcome.bytes / 2**20:.1f} MB, {outcome.seconds:.1f} s")


def restore(
    archive_file: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="An archive made by `passerelle backup`.")],
) -> None:
    """Restore an archive into an empty database and folder. No message queued before now is sent again."""
    start_django()
    from passerelle.project.runtime import archive, restoring

    try:
        restoring.create_own_database()
        with progress() as tick:
            outcome = archive.restore(_places(), archive_file, tick=tick)
    except archive.BadArchive as problem:
        fail(str(problem))
    held_back = restoring.make_safe(at=now())
    done(f"Restored {outcome.files} members; {held_back} waiting messages are held back and will not be sent")
    lost = now() - outcome.made_at.astimezone(UTC)
    table = Table("Measure", "Figure", title="The drill in figures", title_justify="left")
    table.add_row("Time to restore (RTO)", f"{outcome.seconds:.1f} s")
    table.add_row("Age of the data, which is what a disaster now would lose (RPO)", f"{lost.total_seconds():.0f} s")
    console.print(table)
    _invariants_or_end()


def rotate_keys() -> None:
    """Make a new key and seal everything with it again. The platform may run meanwhile; safe to repeat."""
    start_django()
    from passerelle.project.runtime import rotating

    try:
        with progress() as tick:
            outcome = rotating.rotate_keys(at=now(), tick=tick)
    except rotating.NotTheOwner as problem:
        fail(str(problem))
    done(f"Key {outcome.key} is in use: {outcome.rows} rows and {outcome.files} files sealed again")


def change_signing_key() -> None:
    """Make a new key for signing draws, letters and receipts. The platform may run meanwhile; what was signed stands."""
    start_django()
    from passerelle.project.runtime import rotating

    fingerprint = rotating.change_signing_key(at=now())
    done(f"Signatures are by a new key from now on; its fingerprint: {fingerprint}")
    console.print("Publish it outside the portal as well: docs/operating.md, Keys.")


def invariants() -> None:
    """Check what must always hold, one query each; ends with an error when a row breaks it."""
    start_django()
    _invariants_or_end()


def check_trail(
    against: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Heads kept elsewhere: /en/check/trail/heads.json, saved."),
    ] = None,
) -> None:
    """Check the daily heads of the audit trail, and that none of those kept elsewhere is gone or another."""
    start_django()
    from passerelle.core import heads

    problems = [*heads.broken_heads(), *(heads.missing(_kept(against)) if against else ())]
    for problem in problems:
        errors.print(problem, markup=False)
    if problems:
        fail("The audit trail is not what its heads were taken over. Keep this database as it is and call for help.")
    done(f"All {heads.heads().count()} heads fit the audit trail")


def _kept(file: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["heads"]
        return [{"number": int(row["number"]), "digest": str(row["digest"])} for row in rows]
    except (ValueError, KeyError, TypeError):
        fail(f"{file} is no file of heads: save /en/check/trail/heads.json of this installation and name that.")


def grant_role(role: Annotated[str, typer.Argument(help="A database role that owns nothing.")]) -> None:
    """Give a database role what the platform does day by day; history it may only add to. Run as the owner after migrating."""
    start_django()
    from passerelle.project.roles import UnfitRole, grant

    try:
        tables = grant(role)
    except UnfitRole as problem:
        fail(str(problem))
    done(f"{role} has its rights; {tables} tables of history it can add to and not change")


def _invariants_or_end() -> None:
    from passerelle.project.invariants import broken, check

    with progress() as tick:
        findings = check(at=now(), tick=tick)
    table = Table("Invariant", "Rows that break it", title="Invariants", title_justify="left")
    for finding in findings:
        table.add_row(finding.rule, str(len(finding.rows) or "none"), style="" if finding.holds else "bold red")
    console.print(table)
    for finding in broken(findings):
        errors.print(f"{finding.rule}: {', '.join(finding.rows[:10])}", markup=False)
    if broken(findings):
        fail(f"{len(broken(findings))} of {len(findings)} invariants do not hold.")
    done(f"All {len(findings)} invariants hold")


def _show_sign_ins() -> None:
    from passerelle.project.demo.sign_ins import sign_ins as demo_sign_ins

    rows = demo_sign_ins(at=now())
    if not rows:
        _say_how_to_begin()
        return
    title = f"Demo sign-ins (`{own_name()} sign-ins` prints fresh codes)"
    table = Table("Who · Qui", title=title, title_justify="left")
    # What is to be typed is never cut, however narrow the screen; the headings break instead.
    for heading in ("User name\nNom d’utilisateur", "Password\nMot de passe", "Code now\nCode actuel"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(row.who, row.username, row.password, row.code or "-")
    console.print(table)


def _say_how_to_begin() -> None:
    from passerelle.accounts.models import Audience, Person

    if not Person.objects.filter(audience=Audience.STAFF).exists():
        console.print(f"No staff yet. Open the first account with [bold]{own_name()} create-staff[/].")


def _places() -> "Places":
    from passerelle.project.runtime.archive import places_of_settings

    return places_of_settings()
