"""``passerelle score``: one person with every line explained, or a file of people, streamed."""

import difflib
import json
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from passerelle.project.cli.shared import Tick, console, done, errors, fail, now, progress, start_django

if TYPE_CHECKING:
    import polars as pl

    from pointsgrid.rules import Rules
    from pointsgrid.scoring.sheet import Line, ScoreSheet

PANEL = "Packs and scoring"
NOT_APPLICABLE = "not applicable"
WIDEST = 46  # characters of a cell


def register(app: typer.Typer) -> None:
    app.command("score", rich_help_panel=PANEL)(score)


def score(
    pack: Annotated[str, typer.Argument(help="A pack's folder, or its code under packs/ such as ca-xx.")],
    answers: Annotated[Path | None, typer.Argument(help="JSON with one person's answers.")] = None,
    grid: Annotated[
        str,
        typer.Option(
            help="The grid, or a family of grids: its edition of that day. The pack's own when it has but one."
        ),
    ] = "",
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
    day = on.date() if on else now().date()
    try:
        chosen = _grid(rules, grid or own_grid, day)
        _remark_edition(rules, chosen, day)
        if csv or parquet:
            _score_file(rules, chosen, csv, parquet, out, day)
        elif answers:
            given = _read(answers)
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
    try:
        sources = files.effective(files.sources(folder))
        program: Mapping[str, Any] = YAML(typ="safe").load(sources.get("program.yaml", "")) or {}
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


def _grid(rules: "Rules", wanted: str, day: date) -> str:
    """The grid named, or that of the family named which was in force on ``day``. Raises NotInForce (a LookupError)."""
    if wanted and wanted not in rules.grids and any(one.family == wanted for one in rules.grids.values()):
        return rules.grid_in_force(wanted, on=day).id
    if wanted:
        return wanted
    if len(rules.grids) == 1:
        return next(iter(rules.grids))
    fail(f"The pack has several grids. Choose one with --grid: {', '.join(rules.grids)}.")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        fail(f"There is no file {path}.")
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

    _remark_misspelt(given, rules.facts if facts else rules.answers)
    values = given if facts else scoring.facts(rules, given, on)
    return points.score(rules, grid, values, partial=partial)


def _remark_misspelt(given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Name each key that nothing reads and that looks like one that is not given."""
    absent = [key for key in known if key not in given]
    for key in given:
        near = difflib.get_close_matches(key, absent, n=1, cutoff=0.8) if key not in known else []
        if near:
            errors.print(f"[yellow]{escape(key)} is not known to the pack. Did you mean {near[0]}?[/]")


def _remark_edition(rules: "Rules", grid: str, day: date) -> None:
    period = rules.grid(grid).in_force
    if not period.holds(day):
        ends = [f"{word} {end}" for word, end in (("from", period.start), ("until", period.until)) if end]
        errors.print(f"[yellow]{grid} is not in force on {day}: it holds {' '.join(ends)}. --on names another day.[/]")


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
        at_floor = line.floor is not None and line.points == line.floor
        capped = f" [yellow]{'min.' if at_floor else 'max.'}[/]" if line.capped else ""
        source = line.source or next((row.source for row in line.rows if row.source), "")
        style = "bold" if line.lines else ""
        name = "  " * depth + words(line.label)
        table.add_row(name, rests_on + mark, f"{line.points}{capped}", str(line.maximum), words(source), style=style)
    table.add_section()
    table.add_row("Total", "", str(sheet.total), str(sheet.maximum), "", style="bold")
    console.print(table)
    _print_remarks(sheet, french=language == "fr")


def _print_remarks(sheet: "ScoreSheet", *, french: bool) -> None:
    """What a reader has to know besides the lines: what it takes to pass, and values without an official source."""
    for told in _passing(sheet, french=french):
        console.print(told)
    if sheet.unconfirmed:
        words = (
            "Certaines lignes reposent sur des valeurs qu'aucune source officielle ne confirme."
            if french
            else "Some lines rest on values that no official source confirms."
        )
        console.print(f"[yellow]{words}[/]")


def _passing(sheet: "ScoreSheet", *, french: bool) -> Iterator[str]:
    """What a grid asks of a person beside points, and whether it is met; nothing for a grid that asks nothing."""
    if sheet.passes is None:
        return
    if sheet.pass_mark is not None:
        met = sheet.total >= sheet.pass_mark
        yield (
            f"Note de passage {sheet.pass_mark} : {'atteinte' if met else 'non atteinte'}"
            if french
            else f"Pass mark {sheet.pass_mark}: {'met' if met else 'not met'}"
        )
    if sheet.gate is not None:
        passed = sheet.gate.passes
        yield (
            f"Barème à réussir d'abord, {escape(sheet.gate.label.fr)} : {'réussi' if passed else 'non réussi'}"
            if french
            else f"Grid to pass first, {escape(sheet.gate.label.en)}: {'passed' if passed else 'not passed'}"
        )
    for line in sheet.all_lines():
        if line.meets_minimum is False:
            yield (
                f"Exigence non remplie : {escape(line.label.fr)}"
                if french
                else f"Requirement not met: {escape(line.label.en)}"
            )
    yield (
        f"Résultat : {'réussite' if sheet.passes else 'échec'}"
        if french
        else f"Result: {'passes' if sheet.passes else 'does not pass'}"
    )


def _walk(lines: "tuple[Line, ...]", depth: int = 0) -> "list[tuple[Line, int]]":
    found = []
    for line in lines:
        found += [(line, depth), *_walk(line.lines, depth + 1)]
    return found


def _score_file(rules: "Rules", grid: str, csv: Path | None, parquet: Path | None, out: Path | None, day: date) -> None:
    import polars as pl

    from pointsgrid import points

    source = csv or parquet
    assert source
    people = _people(rules, csv) if csv else pl.scan_parquet(source)
    dates = {f"on.{name}": pl.lit(day) for name in rules.reference_dates}
    columns = people.collect_schema().names()
    people = people.with_columns(**{name: value for name, value in dates.items() if name not in columns})
    goal = out or source.with_name(f"{source.stem}-scored{source.suffix}")
    total = int(people.select(pl.len()).collect().item())
    if wrong := points.unfit_values(rules, grid, people):
        fail("The file was not scored:\n" + "\n".join(f"  {one}" for one in wrong))
    begun = time.monotonic()
    with progress() as tick:
        try:
            scored = points.score_frame(rules, grid, _counted(people, total, tick))
        except points.MissingFacts as problem:
            fail(f"{grid} cannot be scored: {source.name} lacks the columns {', '.join(problem.facts)}.")
        scored.sink_parquet(goal) if goal.suffix == ".parquet" else scored.sink_csv(goal)
        tick("People", total, total)
    taken = time.monotonic() - begun
    done(f"{total:,} people scored in {taken:.1f} s, written to {goal}")
    _print_spread(goal)


def _people(rules: "Rules", csv: Path) -> "pl.LazyFrame":
    """The people of a CSV: codes, choices and yes/no as they are written, "not applicable" marked as in a JSON of facts."""
    import polars as pl

    kinds = {key: fact.type.kind for key, fact in rules.facts.items()}
    header = pl.scan_csv(csv, infer_schema=False).collect_schema().names()
    if len(header) == 1 and any(sign in header[0] for sign in ";\t"):
        fail(f"{csv} has one column, {header[0]!r}. Save it with commas between the columns.")
    _remark_misspelt(dict.fromkeys(header), rules.facts)
    texts = {key: pl.String for key in header if kinds.get(key) in ("code", "text", "choice", "yes_no")}
    people = pl.scan_csv(csv, try_parse_dates=True, schema_overrides=texts)
    written = [key for key, kind in people.collect_schema().items() if key in kinds and kind == pl.String]
    if not written:
        return people
    found = people.select((pl.col(key) == NOT_APPLICABLE).any() for key in written).collect().row(0, named=True)
    marked = [key for key, any_ in found.items() if any_]
    marks = {
        f"{key}.na": (pl.col(key) == NOT_APPLICABLE).fill_null(False) for key in marked if f"{key}.na" not in header
    }
    values = {key: pl.when(pl.col(key) != NOT_APPLICABLE).then(pl.col(key)) for key in marked}
    return people.with_columns(**marks).with_columns(**values) if marked else people


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
