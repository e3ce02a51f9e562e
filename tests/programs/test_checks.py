"""Broken packs: each fault is told with its file, its line, what is wrong and what would do."""

import re

import pytest

from passerelle.programs.rules import check


def broken(sources: dict[str, str], file: str, old: str, new: str) -> dict[str, str]:
    assert old in sources[file], f"{old!r} is not in {file}: the test has gone stale"
    return {**sources, file: sources[file].replace(old, new, 1)}


def line_of(sources: dict[str, str], file: str, text: str) -> int:
    return sources[file][: sources[file].index(text)].count("\n") + 1


def test_the_shipped_pack_is_sound(nwt_sources):
    assert check(nwt_sources) == []


CASES = [
    (
        "settings.yaml",
        "label: {en: Application fee, fr: Frais de demande}",
        "label: {en: Application fee}",
        "no French text",
    ),
    ("settings.yaml", "certainty: uncertain", "certainty: maybe", "Input should be"),
    ("settings.yaml", "unit: business_days", "unit: business_day", "Input should be"),
    ("criteria.yaml", "work_permit_valid: true", "work_permit_vaild: true", "neither a question nor a fact"),
    ("criteria.yaml", 'source: "nwt.md section 3.1 (consultants\' pages)"', 'source: ""', "has no source"),
    ("checklists/application.yaml", "criteria: [licence]", "criteria: [license]", "no criterion license"),
    ("criteria.yaml", "categories: [entry_level]", "categories: [entry]", "no category entry"),
    ("criteria.yaml", "{at_least: 12}", "{atleast: 12}", "unknown word atleast"),
    ("program.yaml", "form: employer", "form: employers", "no form employers"),
    ("program.yaml", "grid: ntnp-eoi-2026-r1", "grid: ntnp-eoi-2026-r9", "no grid ntnp-eoi-2026-r9"),
    ("program.yaml", "passport_number: passport_number", "passport_number: passport", "no question passport"),
    ("letters/score_assigned.yaml", "Your total is {total}", "Your total is {totall}", "blank totall is not declared"),
    ("letters/score_assigned.yaml", "{total} points of {max_total}.", "{total} points.", "stands in one language only"),
    (
        "letters/eoi_refused.yaml",
        "Your candidate was told the reasons.",
        "The reasons: {ground}",
        "private and stands in words to an employer",
    ),
    ("letters/eoi_received.yaml", "kind: eoi_received", "kind: eoi_received\nextra: 1", "not known here"),
    ("letters/eoi_received.yaml", "Bonjour {name},\n", "", "paragraphs"),
    (
        "forms/eoi.yaml",
        "show_if: {has_second_language: true}",
        "show_if: {has_second_langauge: true}",
        "has_second_langauge",
    ),
    ("forms/eoi.yaml", "show_if: {has_second_language: true}", "show_if: {l2_test: ielts_general}", "in a circle"),
    ("forms/eoi.yaml", "- key: given_names", "- key: family_name", "asked twice"),
    ("forms/employer.yaml", "prefill: job_title", "prefill: jobtitle", "which no other form asks"),
    ("letters/eoi_expired.yaml", "a quitté le bassin", "a quitté le pool", "says 'pool'"),
    ("checklists/application.yaml", "condition: {unionized: true}", "condition: {unionised: true}", "unionised"),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), CASES, ids=lambda value: None)
def test_a_fault_is_told_with_its_file_its_line_and_a_remedy(nwt_sources, file, old, new, words):
    sources = broken(nwt_sources, file, old, new)
    told = [one for one in check(sources) if one.file == file and words in f"{one.problem} {one.path}"]

    assert told, [str(one) for one in check(sources)]
    assert all(one.line > 0 and one.remedy for one in told)


def test_the_line_is_that_of_the_fault(nwt_sources):
    text = "label: {en: Application fee, fr: Frais de demande}"
    sources = broken(nwt_sources, "settings.yaml", text, "label: {en: Application fee}")
    (problem,) = check(sources)

    assert (problem.file, problem.line) == ("settings.yaml", line_of(nwt_sources, "settings.yaml", text))


def test_a_file_that_is_missing_or_not_yaml_is_told(nwt_sources):
    missing = {name: text for name, text in nwt_sources.items() if name != "history.yaml"}
    assert any(one.file == "history.yaml" and "missing" in one.problem for one in check(missing))
    bad = {**nwt_sources, "history.yaml": "allocations: [\n  {year: 2024"}
    assert any(one.file == "history.yaml" and one.line and "not YAML" in one.problem for one in check(bad))


def test_a_key_given_twice_is_told(nwt_sources):
    sources = broken(nwt_sources, "glossary.yaml", "terms:", "terms: []\nterms:")
    assert any(one.file == "glossary.yaml" and re.search("duplicate", one.problem) for one in check(sources))


def test_every_fault_of_a_pack_is_told_at_once(nwt_sources):
    sources = broken(nwt_sources, "settings.yaml", "fr: Frais de demande", "de: Gebühr")
    sources = broken(sources, "history.yaml", "year: 2024", "year: soon")

    assert {one.file for one in check(sources)} >= {"settings.yaml", "history.yaml"}


def test_a_fault_in_the_grid_brings_no_false_ones_elsewhere(nwt_sources):
    """While the grid cannot be read nobody knows the facts: a condition that reads one is not to blame for it."""
    found = check(broken(nwt_sources, "grids/ntnp-eoi-2026-r1.yaml", "max: 845", "max: 850"))
    assert [(one.file, one.problem) for one in found] == [
        ("grids/ntnp-eoi-2026-r1.yaml", "The declared max is 850, and its factors add up to 845.")
    ]


def test_what_is_wrong_begins_with_the_key_it_is_wrong_with(nwt_sources):
    (found,) = check(broken(nwt_sources, "forms/eoi.yaml", "fr: Déclaration d'intérêt}", "fr: ''}"))
    assert found.problem.startswith("title has no French text")


def test_a_fault_in_the_grid_is_told_among_the_others(nwt_sources):
    grid = next(name for name in nwt_sources if name.startswith("grids/"))
    sources = {**nwt_sources, grid: nwt_sources[grid].replace("845", "846", 1)}

    assert any("grid" in one.file for one in check(sources))
