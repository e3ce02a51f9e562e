"""Commands about packs: check them, load them, score answers with them, load the occupation list."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from passerelle.project.cli.shared import console, counted, done, fail, now, progress, start_django

if TYPE_CHECKING:
    from passerelle.express_entry.models import ProfileLoad
    from passerelle.programs.queries import Standing

PANEL = "Packs and scoring"
SHOWN_FAULTS = 50
packs = typer.Typer(help="Check, load and list packs.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(packs, name="packs", rich_help_panel=PANEL)
    app.command("load-occupations", rich_help_panel=PANEL)(load_occupations)
    app.command("load-wages", rich_help_panel=PANEL)(load_wages)
    app.command("load-profiles", rich_help_panel=PANEL)(load_profiles)


@packs.command("check")
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Version folders; all under packs/ when none.")] = None,
) -> None:
    """Read packs as they would be loaded and list every fault: file, line, what is wrong, what would mend it."""
    start_django()
    from django.conf import settings

    from passerelle.programs import files, operations

    folders = [path.resolve() for path in paths or []] or files.versions(settings.PACKS)
    signs = ("program.yaml", "facts.yaml", "grids")
    missing = [str(path) for path in folders if not any((path / name).exists() for name in signs)]
    if missing:
        fail(
            f"No program.yaml, no facts.yaml and no folder grids/ in {', '.join(missing)}."
            " Name a version folder, such as packs/ca-xx/2026-1."
        )
    where_told = Column("Where", no_wrap=True)  # a line number that is cut off helps nobody
    table = Table("Pack", where_told, "What is wrong", "What would mend it", title="Packs", title_justify="left")
    total = 0
    for name, problems in operations.check_packs(folders).items():
        total += len(problems)
        for problem in problems:
            where = f"{problem.file}:{problem.line}" if problem.line else problem.file
            table.add_row(name, where, escape(problem.problem), escape(problem.remedy))
        if not problems:
            table.add_row(name, "", "[green]nothing[/]", "")
    console.print(table)
    _print_differences(folders)
    if total:
        fail(f"{counted(total, 'fault')} in {counted(len(folders), 'pack')}.")
    done(f"{counted(len(folders), 'pack')}: nothing is wrong")


def _print_differences(folders: list[Path]) -> None:
    """Explain each edition that extends another: what it says that the other does not."""
    from passerelle.programs import operations

    for name, base, found in operations.explain_editions(folders):
        table = Table(
            "Where", "What", base, name.rpartition("/")[2], title=f"What {name} changes in {base}", title_justify="left"
        )
        for one in found:
            table.add_row(one.where, one.what, one.before or "—", one.after or "no longer there")
        console.print(table)


@packs.command("load")
def load() -> None:
    """Load the pack versions that are new on disk. A loaded version never changes."""
    start_django()
    from passerelle.project.runtime import preparing

    try:
        preparing.load_packs(done)
    except preparing.CannotPrepare as problem:
        fail(str(problem))


@packs.command("list")
def list_packs() -> None:
    """List the loaded versions and since when each is in force."""
    start_django()
    from passerelle.programs import queries

    table = Table("Pack", "Version", "Its own day", "Here", "Loaded", "Content")
    for pack in queries.packs():
        here = _here(queries.standing(pack, now()))
        row = (_minute(pack.in_force_from), here, _minute(pack.loaded_at), pack.sha256[:12])
        table.add_row(pack.code, pack.version, *row)
    console.print(table)


def load_occupations(
    file: Annotated[Path, typer.Argument(help="CSV with code, title_en, title_fr (NOC, Statistics Canada).")],
    edition: Annotated[str, typer.Option(help="Name of the edition.")] = "NOC 2021 v1.0",
    in_force_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day it counts.")] = datetime(  # noqa: DTZ001
        2021, 9, 21
    ),
) -> None:
    """Load an edition of the National Occupational Classification; codes already known are left alone."""
    start_django()
    from passerelle.programs import operations
    from passerelle.programs.rules import BadPack

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            new = operations.load_occupations(lines, edition=edition, in_force_from=in_force_from.date(), at=now())
    except (OSError, BadPack) as problem:
        fail(str(problem))
    done(f"{new} occupations are new in edition {edition}")


def load_wages(
    file: Annotated[Path, typer.Argument(help="CSV with noc, region, low_cents, median_cents, high_cents.")],
    program: Annotated[str, typer.Option(help="Code of the program whose offers are held against them.")],
    in_force_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day they count.")],
    table: Annotated[str, typer.Option(help="Name of the table in the pack.")] = "reference_wages",
    name: Annotated[str, typer.Option(help="What officers read the figures were; the name of the file.")] = "",
) -> None:
    """Load a year's low, median and high wages: until then no wage is met or not. The same file again changes nothing."""
    start_django()
    from passerelle.programs import operations
    from passerelle.programs.queries import NoPackInForce
    from passerelle.programs.rules import BadPack

    try:
        rows = operations.load_table(
            file.read_text("utf-8-sig"), program=program, table=table, in_force_from=in_force_from.date(),
            name=name or file.name, at=now(),
        )  # fmt: skip
    except UnicodeDecodeError:
        fail(f"{file.name} is not written in UTF-8, or is no CSV. Save it anew as CSV in UTF-8.")
    except BadPack as faults:
        told = "\n".join(f"  {one}" for one in faults.problems)
        fail(f"Nothing was loaded: {counted(len(faults.problems), 'fault')} in {file.name}.\n{told}")
    except (OSError, NoPackInForce) as problem:
        fail(str(problem))
    done(f"{counted(rows, 'wage')} from {in_force_from:%Y-%m-%d} on" if rows else "These wages are loaded already")


def load_profiles(
    file: Annotated[Path, typer.Argument(help="CSV or JSON of federal profiles (docs/federal-profiles.md).")],
    program: Annotated[str, typer.Option(help="Code of the program whose streams take people from the federal pool.")],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out lines with faults instead of the file.")
    ] = False,
) -> None:
    """Load profiles of the federal pool; the same file again changes nothing. A file with a fault is refused whole."""
    start_django()
    from passerelle.express_entry import operations
    from passerelle.programs.queries import RulesUnavailable

    try:
        with progress() as tick:
            load = operations.load_profiles(program=program, file=file, by=None, at=now(), skip_bad=skip_bad, tick=tick)
    except (OSError, operations.NoFederalPool, RulesUnavailable) as problem:
        fail(str(problem))
    _print_faults(load)
    if not load.accepted:
        fail(
            f"Nothing was loaded: {counted(load.fault_count, 'fault')} in {file.name}."
            " Mend them, or leave them out with --skip-bad."
        )
    done(
        f"{load.added:,} profiles are new, {load.changed:,} changed, {load.unchanged:,} are as they were,"
        f" {load.skipped:,} were left out"
    )


def _print_faults(load: "ProfileLoad") -> None:
    from passerelle.express_entry import wording

    if not load.faults:
        return
    table = Table("Line", "Field", "What is wrong", "What would mend it", title="Faults", title_justify="left")
    for one in wording.faults(load)[:SHOWN_FAULTS]:
        table.add_row(str(one.line), one.field, str(one.problem), str(one.remedy))
    console.print(table)
    if load.fault_count > SHOWN_FAULTS:
        console.print(f"  … and {load.fault_count - SHOWN_FAULTS:,} more; staff see them on the page of the load.")


def _here(standing: "Standing") -> str:
    if standing.comes_at:
        return f"from {_minute(standing.comes_at)}"
    return "in force" if standing.in_force else "followed by another" if standing.since else "waits for staff"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
