"""``passerelle score``: one person with every line explained, or a file of people, streamed."""

import json
import time
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from passerelle.project.cli.shared import Tick, console, done, fail, now, progress, start_django

if TYPE_CHECKING:
    import polars as pl

    from pointsgrid.rules import Rules
    from pointsgrid.scoring.sheet import Line, ScoreSheet

PANEL = "Packs and scoring"
WIDEST = 46  # characters of a cell


def register(app: typer.Typer) -> None:
    app.command("score", rich_help_panel=PANEL)(score)


def score(
    pack: Annotated[str, typer.Argument(help="A pack's folder, or its code under packs/ such as ca-xx.")],
    answers: Annotated[Path | None, typer.Argument(help="JSON with one person's answers.")] = None,
    grid: Annotated[str, typer.Option(help="The grid; the pack's own when it has but one in force.")] = "",
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Reference date; today.")] = None,
    facts: Annotated[bool, typer.Option("--facts", help="The JSON holds facts, not answers.")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="A blank gives 0 and is marked, instead of an error.")
    ] = False,
    language: Annotated[str, typer.Option(help="en or fr.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print the sheet as JSON.")] = False,
    csv: Annotated[Path | None, typer.Option(help="A CSV of people, one column for each fact.")] = None,
    parquet: Annotated[Path | None, typer.Option(help="A Parquet file of people.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the scored people go (.csv or .parquet).")] = None,
) -> None:
    """Score one person and print the sheet, or (--csv, --parquet) a file of people of any length."""
    start_django()
    from polars.exceptions import PolarsError

    rules, own_grid = _rules(pack)
    chosen = _grid(rules, grid or own_grid)
    try:
        if csv or parquet:
            _score_file(rules, chosen, csv, parquet, out)
        elif answers:
            given = _read(answers)
            day = on.date() if on else now().date()
            sheet = _score_one(rules, chosen, given, day, facts=facts, partial=partial)
            console.print_json(json.dumps(sheet.to_json())) if as_json else _print(sheet, language)
        else:
            fail("Name a JSON file of answers, or a file of people with --csv or --parquet.")
    except (LookupError, ValueError, OSError, PolarsError) as problem:
        fail(str(problem))


def _rules(name: str) -> "tuple[Rules, str]":
    """The rules of a pack on disk and the grid its program names, if it names one."""
    from django.conf import settings
    from ruamel.yaml import YAML

    from passerelle.programs import files
    from passerelle.programs.rules import scoring
    from pointsgrid.rules import PackErrors

    folder = _folder(name, settings.PACKS)
    sources = files.effective(files.sources(folder))
    program: Mapping[str, Any] = YAML(typ="safe").load(sources.get("program.yaml", "")) or {}
    try:
        return scoring.load(sources, scoring.libraries(sources)), str(program.get("grid") or "")
    except PackErrors as faults:
        fail(f"{folder} has faults:\n{faults}")


def _folder(name: str, packs: Path) -> Path:
    """The folder meant by a path, a code (its newest version) or a code and version."""
    asked = Path(name)
    for folder in (asked, packs / name):
        if (folder / "program.yaml").exists() or (folder / "grids").is_dir():
            return folder.resolve()
        versions = sorted(path.parent for path in folder.glob("*/program.yaml"))
        if versions:
            return versions[-1].resolve()
    fail(f"No pack at {name}: neither a folder with grids, nor a code under {packs}.")


def _grid(rules: "Rules", wanted: str) -> str:
    if wanted:
        return wanted
    if len(rules.grids) == 1:
        return next(iter(rules.grids))
    fail(f"The pack has several grids. Choose one with --grid: {', '.join(rules.grids)}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        fail(f"{path} cannot be read as JSON: {problem}")
    if not isinstance(found, dict):
        fail(f"{path} holds no answers: an object of answer keys and values is expected.")
    return dict(found.get("answers") or found.get("facts") or found)


def _score_one(
    rules: "Rules", grid: str, given: dict[str, Any], on: date, *, facts: bool, partial: bool
) -> "ScoreSheet":
    from passerelle.programs.rules import scoring
    from pointsgrid import points

    values = given if facts else scoring.facts(rules, given, on)
    return points.score(rules, grid, values, partial=partial)


def _print(sheet: "ScoreSheet", language: str) -> None:
    """The sheet as a table: factor, what it rests on, points of the most possible, source."""

    def words(text: Any) -> str:
        shown = str(getattr(text, language, "") or text or "")
        return shown if len(shown) <= WIDEST else shown[: WIDEST - 1] + "…"

    heads = ("Facteur", "Fait", "Points", "Au plus", "Source") if language == "fr" else (
        "Factor", "Fact", "Points", "At most", "Source",
    )  # fmt: skip
    table = Table(*heads, title=f"{words(sheet.label)} ({sheet.grid})", title_justify="left")
    for line, depth in _walk(sheet.lines):
        rests_on = "; ".join(f"{words(given.label)}: {words(given.shown)}" for given in line.inputs)
        mark = "" if line.state == "counted" else f" [dim]({line.state.replace('_', ' ')})[/]"
        capped = " [yellow]max.[/]" if line.capped else ""
        source = line.source or next((row.source for row in line.rows if row.source), "")
        style = "bold" if line.lines else ""
        name = "  " * depth + words(line.label)
        table.add_row(name, rests_on + mark, f"{line.points}{capped}", str(line.maximum), words(source), style=style)
    table.add_section()
    table.add_row("Total", "", str(sheet.total), str(sheet.maximum), "", style="bold")
    console.print(table)
    _print_remarks(sheet, french=language == "fr")


def _print_remarks(sheet: "ScoreSheet", *, french: bool) -> None:
    """What a reader has to know besides the lines: the pass mark, and values without an official source."""
    if sheet.passes is not None:
        met, not_met = ("atteinte", "non atteinte") if french else ("met", "not met")
        name = "Note de passage" if french else "Pass mark"
        console.print(f"{name} {sheet.pass_mark}{' ' if french else ''}: {met if sheet.passes else not_met}")
    if sheet.unconfirmed:
        words = (
            "Certaines lignes reposent sur des valeurs qu'aucune source officielle ne confirme."
            if french
            else "Some lines rest on values that no official source confirms."
        )
        console.print(f"[yellow]{words}[/]")


def _walk(lines: "tuple[Line, ...]", depth: int = 0) -> "list[tuple[Line, int]]":
    found = []
    for line in lines:
        found += [(line, depth), *_walk(line.lines, depth + 1)]
    return found


def _score_file(rules: "Rules", grid: str, csv: Path | None, parquet: Path | None, out: Path | None) -> None:
    import polars as pl

    from pointsgrid import points

    source = csv or parquet
    assert source
    people = pl.scan_csv(csv, try_parse_dates=True) if csv else pl.scan_parquet(source)
    goal = out or source.with_name(f"{source.stem}-scored{source.suffix}")
    total = int(people.select(pl.len()).collect().item())
    if wrong := points.unfit_values(rules, grid, people):
        fail("The file was not scored:\n" + "\n".join(f"  {one}" for one in wrong))
    begun = time.monotonic()
    with progress() as tick:
        scored = points.score_frame(rules, grid, _counted(people, total, tick))
        scored.sink_parquet(goal) if goal.suffix == ".parquet" else scored.sink_csv(goal)
        tick("People", total, total)
    taken = time.monotonic() - begun
    done(f"{total:,} people scored in {taken:.1f} s, written to {goal}")
    _print_spread(goal)


def _counted(people: "pl.LazyFrame", total: int, tick: Tick) -> "pl.LazyFrame":
    """The same people, with each batch that passes shown as progress."""
    seen = 0

    def count(batch: "pl.DataFrame") -> "pl.DataFrame":
        nonlocal seen
        seen += batch.height
        tick("People", min(seen, total), total)
        return batch

    return people.map_batches(count, streamable=True, schema=people.collect_schema())


def _print_spread(path: Path) -> None:
    import polars as pl

    scored = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path)
    points = pl.col("points.total").cast(pl.Float64)
    spread = scored.select(
        points.min().alias("lowest"), points.median().alias("middle"), points.max().alias("highest"),
        points.null_count().alias("not scored"),
    ).collect()  # fmt: skip
    table = Table(*spread.columns, title="Totals", title_justify="left")
    table.add_row(*(f"{Decimal(str(value)).normalize():f}" if value is not None else "-" for value in spread.row(0)))
    console.print(table)
