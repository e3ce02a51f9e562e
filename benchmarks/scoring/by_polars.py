"""The CRS written by hand in Polars, as fast as we could make it: constant tables looked up in place."""

import polars as pl

from benchmarks.scoring import tables as t


def total(people: pl.LazyFrame) -> pl.LazyFrame:
    """Return the total of each person."""
    spouse = pl.col("spouse_accompanies") & ~pl.col("spouse_is_canadian")
    lowest_first = pl.min_horizontal([f"first_{a}" for a in t.ABILITIES])
    lowest_second = pl.min_horizontal([f"second_{a}" for a in t.ABILITIES]) * pl.col("has_second_language").cast(
        pl.Int8
    )
    people = people.with_columns(
        counts=spouse,
        alone=(~spouse).cast(pl.UInt8),
        lowest=lowest_first.cast(pl.UInt8),
        lowest_second=lowest_second,
        edu=pl.col("education").to_physical().cast(pl.UInt8),
        cw=pl.col("canadian_work_years").cast(pl.UInt8),
    ).with_columns(
        french=pl.when(pl.col("first_language") == "fr")
        .then(pl.col("lowest").cast(pl.Int8))
        .otherwise("lowest_second"),
        english=pl.when(pl.col("first_language") == "en")
        .then(pl.col("lowest").cast(pl.Int8))
        .otherwise("lowest_second"),
        tier=look(t.TIER, pl.col("edu"), pl.UInt8),
        clb=look([t.language_step(level) for level in range(13)], pl.col("lowest"), pl.UInt8),
        work=pl.min_horizontal(pl.col("cw"), pl.lit(2, pl.UInt8)),
        abroad=look(
            [t.foreign_step(years) for years in range(61)], pl.col("foreign_work_years").cast(pl.UInt8), pl.UInt8
        ),
    )
    return people.select((core() + spouse_points() + transferability() + additional()).alias("total"))


def look(values: list[int] | tuple[int, ...], index: pl.Expr, kind: type[pl.DataType] = pl.Int16) -> pl.Expr:
    return pl.lit(pl.Series(list(values), dtype=kind)).gather(index)


def pair(values: tuple[list[int] | tuple[int, ...], ...], index: pl.Expr) -> pl.Expr:
    """Look up in the table of the person's column: the two tables stand end to end."""
    size = len(values[0])
    return look([*values[0], *values[1]], index.cast(pl.UInt8) + pl.col("alone") * pl.lit(size, pl.UInt8))


def core() -> pl.Expr:
    first = [pair(t.FIRST, pl.col(f"first_{a}")) for a in t.ABILITIES]
    second = sum((look(t.SECOND, pl.col(f"second_{a}").cast(pl.UInt8)) for a in t.ABILITIES), start=pl.lit(0, pl.Int16))
    cap = look(t.SECOND_CAP, pl.col("alone"))
    work = tuple(t.by_years(points) for points in t.CANADIAN_WORK)
    return (
        pair((t.by_age(0), t.by_age(1)), pl.col("age"))
        + pair(t.EDUCATION_POINTS, pl.col("edu"))
        + sum(first, start=pl.lit(0, pl.Int16))
        + pl.min_horizontal(second, cap)
        + pair(work, pl.col("cw"))
    )


def spouse_points() -> pl.Expr:
    language = [look(t.SPOUSE_FIRST, pl.col(f"spouse_{a}").cast(pl.UInt8)) for a in t.ABILITIES]
    points = (
        look(t.SPOUSE_EDUCATION, pl.col("spouse_education").to_physical().cast(pl.UInt8))
        + look(t.by_years(t.SPOUSE_WORK), pl.col("spouse_canadian_work_years").cast(pl.UInt8))
        + sum(language, start=pl.lit(0, pl.Int16))
    )
    return pl.when("counts").then(points).otherwise(pl.lit(0, pl.Int16))


def transferability() -> pl.Expr:
    flat = [points for row in t.TRANSFER for points in row]

    def matrix(down: str, across: str) -> pl.Expr:
        return look(flat, pl.col(down) * pl.lit(3, pl.UInt8) + pl.col(across))

    cap = pl.lit(t.TRANSFER_CAP, pl.Int16)
    education = pl.min_horizontal(matrix("tier", "clb") + matrix("tier", "work"), cap)
    foreign = pl.min_horizontal(matrix("abroad", "clb") + matrix("abroad", "work"), cap)
    step = (pl.col("lowest") >= 5).cast(pl.Int16) + (pl.col("lowest") >= 7).cast(pl.Int16)
    trade = pl.col("trade_certificate").cast(pl.Int16) * step * 25
    return pl.min_horizontal(education + foreign + trade, pl.lit(t.TRANSFER_TOTAL_CAP, pl.Int16))


def additional() -> pl.Expr:
    has_french = pl.col("french") >= 7
    french = has_french.cast(pl.Int16) * t.FRENCH + (has_french & (pl.col("english") >= 5)).cast(pl.Int16) * 25
    total_ = (
        pl.col("sibling_in_canada").cast(pl.Int16) * t.SIBLING
        + french
        + look(t.STUDY_POINTS, pl.col("canadian_study").to_physical().cast(pl.UInt8))
        + pl.col("provincial_nomination").cast(pl.Int16) * t.NOMINATION
    )
    return pl.min_horizontal(total_, pl.lit(t.ADDITIONAL_CAP, pl.Int16))
