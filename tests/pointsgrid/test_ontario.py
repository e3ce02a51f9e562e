"""The Ontario grids: five streams over shared factors, two editions in time, places and lists that agree with one another."""

import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from ruamel.yaml import YAML

from pointsgrid import points
from pointsgrid.answers import NOT_APPLICABLE, check, derive, facts
from pointsgrid.model import Factor, Table
from pointsgrid.rules import InForce, NotInForce, PackErrors, load, read_loaded, with_tables
from tests.pointsgrid.second_scorer import COUNTS, ontario_by_hand
from tests.pointsgrid.support import ROOT, federal, ontario, sources

PACK = ROOT / "packs/ca-on/2024-1"
STREAMS = ("on-fw", "on-is", "on-ids", "on-mg", "on-pg")
GRIDS = sorted(file.stem for file in PACK.glob("grids/*.yaml"))
CERTAIN = {"SEED", "VERIFIED", "VERIFIED-OLD", "SECONDARY", "UNCERTAIN", "GENERAL"}


def factors(grid: str) -> list[Factor]:
    """The factors of a grid, without the total."""
    return [factor for factor in ontario().grid(grid).root.walk() if factor.id != "total"]


@pytest.mark.parametrize(
    ("grid", "maximum", "ids"),
    [
        ("on-fw-2022-11", 76, "teer boc wage permit tenure earnings lang bilingual loc_job"),
        (
            "on-is-2022-11",
            118,
            "teer boc wage permit tenure earnings education field canedu lang bilingual loc_job loc_study",
        ),
        ("on-ids-2022-11", 46, "boc wage permit tenure earnings loc_job"),
        ("on-mg-2022-11", 75, "permit earnings education field canedu lang bilingual loc_study"),
        ("on-pg-2022-11", 75, "permit earnings education field canedu lang bilingual loc_study"),
    ],
)
def test_a_stream_scores_its_own_factors_up_to_its_own_maximum(grid: str, maximum: int, ids: str) -> None:
    assert ontario().grid(grid).root.maximum == (maximum,)
    assert [factor.id for factor in factors(grid)] == ids.split()


def test_every_grid_has_a_file_of_its_name() -> None:
    assert sorted(ontario().grids) == GRIDS


def test_a_maximum_that_the_factors_do_not_add_up_to_keeps_the_pack_from_loading() -> None:
    texts = sources(PACK)
    texts["factors/since-2022.yaml"] = texts["factors/since-2022.yaml"].replace(
        "{at_least: 40000, points: 3,", "{at_least: 40000, points: 4,"
    )
    with pytest.raises(PackErrors) as caught:
        load(texts, library={"ca-federal": federal()})

    wrong = {problem.file for problem in caught.value.problems}
    assert {f"grids/{stream}-2022-11.yaml" for stream in STREAMS} <= wrong


def test_a_shared_factor_is_the_same_in_every_stream_that_has_it() -> None:
    lines: dict[str, set[Any]] = {}
    for stream in STREAMS:
        for factor in factors(f"{stream}-2022-11"):
            lines.setdefault(factor.id, set()).add((factor.file, factor.line, factor.maximum, factor.rows))

    assert {factor: len(forms) for factor, forms in lines.items()} == dict.fromkeys(lines, 1)


@pytest.mark.parametrize("grid", GRIDS)
def test_every_line_says_its_source_and_how_sure_it_is(grid: str) -> None:
    for factor in factors(grid):
        for row in factor.rows:
            assert row.meta.source, (factor.id, row)
            assert row.meta.certainty in CERTAIN, (factor.id, row)


@pytest.mark.parametrize("grid", GRIDS)
def test_every_factor_names_its_evidence_in_both_languages(grid: str) -> None:
    unproven = [factor.id for factor in factors(grid) if not (factor.meta.evidence.en and factor.meta.evidence.fr)]

    assert unproven in ([], ["priority_2021"])  # given by the program, so nothing is asked


@pytest.mark.parametrize("stream", STREAMS)
def test_a_record_is_scored_under_the_grid_of_its_day(stream: str) -> None:
    rules = ontario()

    assert rules.grid_in_force(stream, on=date(2022, 11, 15)).id == f"{stream}-2021-04"
    assert rules.grid_in_force(stream, on=date(2022, 11, 22)).id == f"{stream}-2022-11"
    assert rules.grid_in_force(stream, on=date(2024, 7, 1)).id == f"{stream}-2022-11"
    for closed in (date(2021, 4, 27), date(2022, 11, 16), date(2022, 11, 21)):
        with pytest.raises(NotInForce):
            rules.grid_in_force(stream, on=closed)


def test_a_record_of_2022_scores_as_it_did_and_not_by_later_rules() -> None:
    rules = ontario()
    given = {
        "stream": "foreign_worker",
        "job_noc_2016": "2173",
        "job_wage_hourly": "36.00",
        "canadian_work_months": 20,
        "canadian_work_noc_2016": "2173",
        "best_year_earnings": "61000",
        "job_location_cd": "3506",
    }
    known = facts(rules, given, on={"submission": date(2022, 3, 1)})
    then = rules.grid_in_force("on-fw", on=date(2022, 3, 1)).id

    assert points.score(rules, then, known).total == 45
    with pytest.raises(points.MissingFacts):
        points.score(rules, "on-fw-2022-11", known)


def divisions() -> Mapping[tuple[str, ...], Mapping[str, Any]]:
    [table] = [table for table in ontario().tables if table.family == "census_divisions"]
    return table.rows


def test_all_49_census_divisions_are_named_in_both_languages_and_lie_in_one_area() -> None:
    rows = divisions()
    count: dict[str, int] = {}
    for row in rows.values():
        count[row["area"]] = count.get(row["area"], 0) + 1

    assert len(rows) == 49
    assert all(row["name_en"] and row["name_fr"] for row in rows.values())
    assert len({row["name_en"] for row in rows.values()}) == len({row["name_fr"] for row in rows.values()}) == 49
    assert count == {"toronto": 1, "gta_outside_toronto": 4, "northern": 13, "other_ontario": 31}
    assert rows[("3553",)]["name_fr"] == "Grand Sudbury"


def test_the_place_of_study_and_the_place_of_the_job_are_told_by_the_same_areas() -> None:
    by_list = {
        item.family.removeprefix("divisions_"): set(item.codes)
        for item in ontario().lists
        if item.family.startswith("divisions_")
    }
    by_table: dict[str, set[str]] = {}
    for (division,), row in divisions().items():
        by_table.setdefault(row["area"], set()).add(division)

    assert by_list == by_table


@pytest.mark.parametrize(
    ("family", "count"),
    [
        ("tech_9", 9),
        ("tech_9_job_offer", 11),
        ("tech_15", 15),
        ("health_42", 42),
        ("health_43", 43),
        ("health_job_offer", 40),
        ("health_job_offer_2024", 41),
        ("trades_st_48", 48),
        ("trades_job_offer_61", 61),
        ("trades_job_offer_63", 63),
        ("french_health_education_finance", 39),
        ("health_ece_10", 10),
    ],
)
def test_a_list_of_a_round_has_as_many_occupations_as_was_announced(family: str, count: int) -> None:
    [found] = [item for item in ontario().lists if item.family == family]

    assert len(found.codes) == count


def test_every_listed_occupation_exists_in_the_classification_of_its_time() -> None:
    known = {line.split(",")[0] for line in sources(ROOT / "packs/ca-nt/2026-1")["tables/noc2021.csv"].splitlines()}
    exact = [item for item in ontario().lists if not item.prefix and not item.family.startswith(("divisions", "redi"))]
    five = {code for item in exact for code in item.codes if len(code) == 5}

    assert five - known == set()


@pytest.mark.parametrize(
    ("noc", "held"), [("72310", "yes"), ("63200", "no"), ("63202", "yes"), ("72600", "no"), ("93200", "no")]
)
def test_the_trades_of_the_skilled_trades_stream_leave_out_cooks_and_aircraft(noc: str, held: str) -> None:
    assert check(ontario(), "job_noc in list('skilled_trades')", {"job_noc": noc}).result == held


@pytest.mark.parametrize(
    ("highest", "credential", "held"),
    [
        ("bachelor", "college_graduate_certificate", False),
        ("graduate_diploma", "college_graduate_certificate", True),
        ("master", "master", True),
        ("master", "diploma", False),
        ("undergraduate_diploma", "diploma", True),
    ],
)
def test_the_highest_level_of_education_is_canadian_when_a_credential_earned_here_is_of_it(
    highest: str, credential: str, held: bool
) -> None:
    said: dict[str, Any] = {"highest_education": highest, "has_canadian_credentials": True}
    said |= {"canadian_credentials": [{"credential": credential, "completed": True}]}

    assert facts(ontario(), said, on={"submission": date(2024, 7, 15)})["highest_is_canadian"] is held


def test_a_draw_can_filter_a_pool_on_what_earns_no_points() -> None:
    rules = ontario()
    worker = {"in_tech_15": True, "job_in_gta": False, "job_area": "northern", "french_nclc": 7}
    worker |= {"valid_permit": True, "status_expiry": "2024-12-01"}
    filters = rules.grid("on-fw-2022-11").pool.filters

    for name in ("technology", "outside_gta", "northern", "french", "permit_expiring"):
        assert check(rules, filters[name].condition, worker, on={"draw": date(2024, 7, 15)}).result == "yes", name
    for day in (date(2024, 6, 3), date(2024, 12, 2)):
        assert check(rules, filters["permit_expiring"].condition, worker, on={"draw": day}).result == "no", day
    assert check(rules, filters["health"].condition, {"in_health_job_offer_2024": False}).result == "no"


def test_wages_that_are_made_up_are_said_to_be_and_an_occupation_without_any_stays_unknown() -> None:
    table = reference_wages()
    given = {"job_noc": "10010", "job_wage_hourly": "50", "job_location_cd": "3520"}

    assert table.meta.certainty == "UNCERTAIN"
    assert table.meta.note.fr == "Ces chiffres sont fictifs."
    assert facts(ontario(), given, on={"submission": date(2024, 7, 15)})["wage_percent_of_median"] is None


def test_the_page_on_the_pack_names_everything_that_other_files_may_use() -> None:
    rules, page = ontario(), (ROOT / "docs/pack-ca-on.md").read_text(encoding="utf-8")
    own = [item for item in (*rules.lists, *rules.tables) if item.file not in federal_files()]
    names = {*rules.facts, *rules.answers, *rules.grids, *(item.family for item in own)}

    assert sorted(name for name in names if f"`{name}`" not in page) == []


def federal_files() -> set[str]:
    return {item.file for item in (*federal().lists, *federal().tables)} - set(sources(PACK))


HEADER = "noc,region,low_cents,median_cents,high_cents\n"


def reference_wages() -> Table:
    [table] = [table for table in ontario().tables if table.family == "reference_wages"]
    return table


def test_loaded_wages_take_the_place_of_the_sample_by_their_dates() -> None:
    year = InForce(date(2024, 1, 1), date(2024, 12, 31))
    loaded = read_loaded(reference_wages(), HEADER + "21231,3530,3600,6400,7500\n", name="w.csv", in_force=year)
    rules = with_tables(ontario(), [loaded])
    given = {"job_noc": "21231", "job_wage_hourly": "48", "job_location_cd": "3520"}

    assert facts(rules, given, on={"submission": date(2024, 12, 31)})["wage_percent_of_median"] == 75
    assert facts(rules, given, on={"submission": date(2025, 1, 1)})["wage_percent_of_median"] is None
    elsewhere = {**given, "job_location_cd": "3506"}  # in the sample alone
    assert facts(rules, elsewhere, on={"submission": date(2024, 7, 1)})["wage_percent_of_median"] is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("noc,region\n", "w.csv, line 1: The header has no low_cents, median_cents, high_cents."),
        (HEADER, "w.csv, line 1: The file has no rows."),
        (HEADER + "21231,3530,3600,,7500\n", "w.csv, line 2: The row has no median_cents."),
        (
            HEADER + "21231,3530,36.00,6400,7500\n",
            "w.csv, line 2, low_cents: low_cents is '36.00', not a whole number.",
        ),
        (HEADER + "21231,3530,3400,4800,7200\n" * 2, "w.csv, line 3: Two rows have the keys 21231, 3530."),
        (HEADER + "2173,3530,3400,4800,7200\n", "w.csv, line 2, noc: noc is '2173', which it cannot be."),
        (HEADER + "21231,9999,3400,4800,7200\n", "w.csv, line 2, region: region is '9999', which it cannot be."),
        (HEADER + "21231,3530,34,4800,7200\n", "w.csv, line 2, low_cents: low_cents is '34', which it cannot be."),
        (
            HEADER + "21231,3530,4900,4800,7200\n",
            "w.csv, line 2, low_cents: low_cents 4900 is more than median_cents 4800.",
        ),
    ],
)
def test_a_fault_in_loaded_wages_names_line_and_remedy(text: str, fault: str) -> None:
    with pytest.raises(PackErrors) as caught:
        read_loaded(reference_wages(), text, name="w.csv", in_force=InForce())

    [problem] = caught.value.problems
    assert str(problem).startswith(fault)
    assert problem.remedy


def somebody(chance: random.Random) -> dict[str, Any]:
    """Return the facts of somebody, with boundaries more often than life has them."""
    rules, tested, working = ontario(), chance.random() < 0.8, chance.random() < 0.6
    education = chance.choice(rules.facts["highest_education"].type.options)
    studied = "secondary" not in education
    return {
        "job_noc": chance.choice(
            ["00010", "10010", "21231", "31301", "44101", "51111", "62200", "72310", "84120", "95102"]
        ),
        "job_wage": Decimal(chance.choice(["19.99", "20", "24.99", "25", "29.99", "30", "34.99", "35", "39.99", "40"])),
        "valid_permit": chance.random() < 0.7,
        "in_position": working,
        "months_in_position": chance.choice([0, 5, 6, 7]) if working else NOT_APPLICABLE,
        "best_year_earnings": Decimal(chance.choice(["0", "39999.99", "40000"])),
        "highest_education": education,
        "field_of_study": chance.choice(rules.facts["field_of_study"].type.options) if studied else NOT_APPLICABLE,
        "canadian_credentials_count": chance.randint(0, 3),
        "has_language_test": tested,
        "english_clb": chance.randint(4, 12) if tested else NOT_APPLICABLE,
        "french_nclc": chance.choice([NOT_APPLICABLE, *range(4, 13)]) if tested else NOT_APPLICABLE,
        "job_location_cd": chance.choice([key for (key,) in divisions()]),
        "study_area": chance.choice(rules.facts["study_area"].type.options),
    }


@pytest.mark.parametrize("grid", COUNTS)
def test_a_second_scorer_agrees_on_random_people_of_every_stream(grid: str) -> None:
    chance = random.Random(grid)
    people = [somebody(chance) for _ in range(200)]
    known = [derive(ontario(), person) for person in people]
    scored = points.score_frame(ontario(), grid, points.frame(ontario(), known).lazy()).collect()
    wanted = [ontario_by_hand(grid, person) for person in people]

    assert scored.select([pl.col(f"points.{name}").alias(name) for name in wanted[0]]).to_dicts() == wanted


def test_every_factor_of_today_has_a_document_that_proves_it() -> None:
    documents = YAML(typ="safe").load((PACK / "evidence.yaml").read_text(encoding="utf-8"))["evidence"]
    proven = {factor for document in documents for factor in document["factors"]}

    assert proven == {factor.id for stream in STREAMS for factor in factors(f"{stream}-2022-11")}
