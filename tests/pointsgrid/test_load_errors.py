"""What is wrong with a pack is told with file, line, problem and remedy, everything at once."""

import pytest

from pointsgrid.asking import TREES
from pointsgrid.examples import check_pack
from pointsgrid.model import ASKED_BY
from tests.pointsgrid.support import FACTS, faults_of_grid, grid, problems

HEADING = 4  # lines before the first factor of a test grid


def only(found):
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def test_overlapping_bands():
    fault = only(
        faults_of_grid("""
  - id: wage
    label: {en: Wage, fr: Salaire}
    max: 10
    of: wage
    bands:
      - {below: 16.01, points: 0}
      - {at_least: 16.00, points: 10}
""")
    )
    assert (fault.file, fault.line, fault.path) == ("grids/g.yaml", 12, "factors[0].bands[1]")
    assert fault.problem == "The bands overlap at 16.00: this row and the one on line 11 both match."
    assert fault.remedy == "End the first with below: 16.00, or begin this one later."


def test_a_gap_between_bands():
    fault = only(
        faults_of_grid("""
  - id: age
    label: {en: Age, fr: Âge}
    max: 10
    of: age
    bands:
      - {below: 18, points: 0}
      - {at_least: 20, points: 10}
""")
    )
    assert (fault.line, fault.problem) == (10, "The bands leave a gap: values from 18 to 19 match no row.")
    assert fault.remedy == "Add a row for them, or otherwise: 0."


@pytest.mark.parametrize(
    ("bands", "values"),
    [
        ("[{at_least: 18, points: 10}]", "from 0 to 17"),
        ("[{below: 18, points: 10}]", "from 18 to 120"),
        ("[{is: 3, points: 10}, {at_least: 4, points: 0}]", "from 0 to 2"),
    ],
)
def test_a_gap_at_an_end(bands, values):
    fault = only(faults_of_grid(f"  - {{id: a, label: {{en: A, fr: A}}, max: 10, of: age, bands: {bands}}}\n"))
    assert fault.problem == f"The bands leave a gap: values {values} match no row."


def test_an_open_fact_needs_open_bands():
    fault = only(
        faults_of_grid("  - {id: a, label: {en: A, fr: A}, max: 10, of: wage, bands: [{at_least: 1, points: 10}]}\n")
    )
    assert fault.problem == "The bands leave a gap: values under 1.00 match no row."


def test_whole_numbers_leave_no_gap_where_decimals_would():
    bands = "[{at_most: 10.50, points: 0}, {at_least: 10.52, points: 10}]"
    fault = only(faults_of_grid(f"  - {{id: a, label: {{en: A, fr: A}}, max: 10, of: wage, bands: {bands}}}\n"))
    assert fault.problem == "The bands leave a gap: values 10.51 match no row."


def test_a_row_outside_the_range_of_its_fact():
    fault = only(
        faults_of_grid("""
  - id: age
    label: {en: Age, fr: Âge}
    max: 10
    of: age
    bands:
      - {below: 18, points: 0}
      - {at_least: 18, at_most: 120, points: 10}
      - {at_least: 121, points: 5}
""")
    )
    assert (fault.line, fault.problem) == (13, "The row can never match: the fact is from 0 to 120.")


def test_a_look_up_row_that_is_no_option():
    found = faults_of_grid(
        "  - {id: a, label: {en: A, fr: A}, max: 10, of: level, lookup: {low: 0, midle: 5, high: 10}}\n"
    )
    assert [one.problem for one in found] == [
        "The look-up leaves a gap: no row for middle.",
        "The row can never match: 'midle' is not one of the options.",
    ]
    assert found[1].remedy == "Did you mean middle?"


def test_a_case_that_an_earlier_one_catches():
    fault = only(
        faults_of_grid("""
  - id: a
    label: {en: A, fr: A}
    max: 10
    cases:
      - {when: "age >= 18", points: 10}
      - {when: "age >= 21 and offer", points: 5}
    otherwise: 0
""")
    )
    assert (fault.line, fault.path) == (11, "factors[0].cases[1]")
    assert fault.problem == "The row can never match: its condition cannot hold, or rows before it catch it."


def test_a_case_that_cannot_hold():
    fault = only(
        faults_of_grid("""
  - id: a
    label: {en: A, fr: A}
    max: 10
    cases:
      - {when: "age >= 21 and age < 18", points: 10}
    otherwise: 10
""")
    )
    assert fault.problem.startswith("The row can never match")


def test_two_cases_of_equal_condition_and_different_points():
    fault = only(
        faults_of_grid("""
  - id: a
    label: {en: A, fr: A}
    max: 10
    cases:
      - {when: "age >= 18", points: 10}
      - {when: "age >=  18", points: 5}
    otherwise: 0
""")
    )
    assert (fault.line, fault.problem) == (
        11,
        "Two rows have the same condition and different points (the other is on line 10).",
    )


def test_two_bands_of_equal_condition_and_different_points():
    found = faults_of_grid("""
  - id: a
    label: {en: A, fr: A}
    max: 10
    of: age
    bands:
      - {below: 18, points: 0}
      - {at_least: 18, points: 10}
      - {at_least: 18, points: 5}
""")
    assert only(found).problem == "Two rows have the same condition and different points (the other is on line 12)."


def test_two_look_up_rows_for_one_option():
    fault = only(
        faults_of_grid("""
  - id: a
    label: {en: A, fr: A}
    max: 10
    of: level
    lookup:
      - {is: [low, middle], points: 0}
      - {is: [middle, high], points: 10}
""")
    )
    assert fault.problem == "Two rows are for 'middle' and give different points (the other is on line 11)."


def test_a_declared_maximum_that_is_not_the_sum():
    fault = only(
        faults_of_grid(
            """
  - id: section
    label: {en: Section, fr: Section}
    max: 20
    factors:
      - {id: a, label: {en: A, fr: A}, max: 10, bonus: {when: offer, points: 10}}
      - {id: b, label: {en: B, fr: B}, max: 5, bonus: {when: "age >= 18", points: 5}}
""",
            maximum=15,
        )
    )
    assert fault.line == 6
    assert fault.problem == "The declared max is 20, and its factors add up to 15."
    assert fault.remedy == "Write max: 15 (and published_max: 20 if the source says so), or add the missing row."


def test_rows_that_reach_more_than_the_declared_maximum():
    found = faults_of_grid("  - {id: a, label: {en: A, fr: A}, max: 8, bonus: {when: offer, points: 10}}\n")
    assert only(found).problem == "The declared max is 8, and its rows reach 10."
    assert only(found).remedy == "Write max: 10, or cap: 8 if the source limits it."


def test_the_maximum_of_the_grid():
    fault = only(
        faults_of_grid("  - {id: a, label: {en: A, fr: A}, max: 10, bonus: {when: offer, points: 10}}\n", maximum=12)
    )
    assert (fault.line, fault.problem) == (3, "The declared max is 12, and its factors add up to 10.")


def test_exclusive_factors_do_not_add_up():
    fault = only(
        faults_of_grid(
            """
  - {id: a, label: {en: A, fr: A}, max: 10, when: "level == 'low'", bonus: {when: offer, points: 10}}
  - {id: b, label: {en: B, fr: B}, max: 10, when: "level == 'high'", bonus: {when: offer, points: 10}}
""",
            maximum=20,
        )
    )
    assert fault.problem == "The declared max is 20, and its factors add up to 10."


def test_a_factor_without_a_maximum():
    fault = only(faults_of_grid("  - {id: a, label: {en: A, fr: A}, bonus: {when: offer, points: 10}}\n"))
    assert (fault.problem, fault.remedy) == ("The factor declares no max.", "Add max: 10.")


def test_a_maximum_for_each_column():
    fault = only(
        faults_of_grid(
            """
  - {id: a, label: {en: A, fr: A}, max: {with: 8, without: 12}, bonus: {when: "age >= 18", points: {with: 8, without: 11}}}
""",
            head="columns: {with: offer, without: otherwise}\n",
            maximum=11,
        )[1:]
    )
    assert fault.problem == "The declared max is 12, and its rows reach 11 in the column without."


def test_a_cap_larger_than_what_can_be_reached():
    fault = only(
        faults_of_grid("  - {id: a, label: {en: A, fr: A}, max: 10, cap: 30, bonus: {when: offer, points: 10}}\n")
    )
    assert fault.problem == "The cap 30 is larger than the 10 that can be reached."
    assert fault.remedy == "Write cap: 10, or look for a missing row."


def test_an_otherwise_that_nothing_is_left_for():
    bands = "[{below: 18, points: 0}, {at_least: 18, points: 10}]"
    factor = f"  - {{id: a, label: {{en: A, fr: A}}, max: 10, of: age, bands: {bands}, otherwise: 3}}\n"
    fault = only(faults_of_grid(factor))
    assert fault.problem == "otherwise can never match: the rows cover every value."


def test_points_without_a_highest_value():
    fault = only(
        faults_of_grid("""
  - id: a
    label: {en: A, fr: A}
    max: 10
    of: wage
    bands: [{below: 0, points: 0}, {at_least: 0, steps: {every: 1, add: 1}}]
""")[1:]
    )
    assert fault.problem == "The factor has no highest value."
    assert "not_over" in fault.remedy


def test_a_pass_mark_and_a_minimum_out_of_reach():
    found = faults_of_grid(
        "  - {id: a, label: {en: A, fr: A}, max: 10, minimum: 11, bonus: {when: offer, points: 10}}\n",
        head="pass_mark: 60\n",
    )
    assert [one.problem for one in found] == [
        "The pass mark 60 is above the 10 that can be reached.",
        "The minimum 11 can never be met: the factor reaches 10.",
    ]


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ("Age", "label has no French."),
        ("{en: Age}", "label has no French."),
        ('{en: Age, fr: ""}', "label has no French."),
        ("{fr: Âge}", "label has no English."),
        ("{en: Age, fr: Âge, de: Alter}", "label has an unknown language de."),
    ],
)
def test_a_label_in_one_language(label, problem):
    fault = only(faults_of_grid(f"  - {{id: a, label: {label}, max: 10, bonus: {{when: offer, points: 10}}}}\n"))
    assert (fault.path, fault.problem) == ("factors[0].label", problem)


def test_a_label_that_is_missing():
    fault = only(faults_of_grid("  - {id: a, max: 10, bonus: {when: offer, points: 10}}\n"))
    assert (fault.problem, fault.remedy) == ("The key label is missing.", "Add label: {en: …, fr: …}.")


def test_an_unknown_fact():
    fault = only(faults_of_grid("  - {id: a, label: {en: A, fr: A}, max: 10, bonus: {when: ofer, points: 10}}\n"))
    assert (fault.problem, fault.remedy) == ("There is no fact or answer ofer.", "Did you mean offer?")


def test_an_option_without_quotes_reads_as_a_fact():
    fault = only(
        faults_of_grid("  - {id: a, label: {en: A, fr: A}, max: 10, bonus: {when: level == zzz, points: 10}}\n")
    )
    assert fault.remedy.endswith("put quotes around it if it is a choice.")


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("level == 'hihg'", "'hihg' is not one of the options."),
        ("age", "A condition is expected here, and this is a whole number."),
        ("age = 3", "The sign '=' is not used in the expression: age = 3."),
        ("age >= ", "a value is expected, but the expression ends in the expression: age >=."),
        ("(age >= 3", "')' is expected to close the bracket, but the expression ends in the expression: (age >= 3."),
        ("noc == 63200", "A code is compared with a whole number."),
        ("level > 3", "A choice is compared with a whole number."),
        ("offer > 1", "A yes/no is compared with a whole number."),
        ("age and offer", "age is a whole number, and 'and' joins conditions."),
        ("teir(noc) == 1", "There is no function teir()."),
        ("completed_years(age, age) > 1", "completed_years() needs a date, and this is a whole number."),
        ("noc in list('trades')", "There is no list 'trades'."),
        ("age / 2 >= 3", "A ratio is compared with a whole number."),
        ("age in [level]", "only fixed values may stand between [ and ] in the expression: age in [level]."),
        ("age is blank", "'is blank' is not known in the expression: age is blank."),
        ("on.submission > 3", "There is no fact or answer on.submission."),
        ("date('2025-02-30') is answered", "date() needs a day in quotes."),
        ("age >= 3 offer", "'offer' is not expected here in the expression: age >= 3 offer."),
    ],
)
def test_an_expression_that_makes_no_sense(condition, problem):
    factor = f'  - {{id: a, label: {{en: A, fr: A}}, max: 10, bonus: {{when: "{condition}", points: 10}}}}\n'
    assert only(faults_of_grid(factor)).problem == problem


def test_an_order_that_was_not_declared():
    facts = FACTS.replace("ordered: true, ", "")
    fault = only(
        faults_of_grid(
            "  - {id: a, label: {en: A, fr: A}, max: 10, bonus: {when: \"level >= 'middle'\", points: 10}}\n",
            facts=facts,
        )
    )
    assert fault.problem == "This choice has no order, so < and > mean nothing."


def test_a_cycle_among_facts():
    facts = """
facts:
  a: {type: integer, label: {en: A, fr: A}, value: b + 1}
  b: {type: integer, label: {en: B, fr: B}, value: c + 1}
  c: {type: integer, label: {en: C, fr: C}, value: a + 1}
"""
    fault = only(problems({"facts.yaml": facts}))
    assert fault.problem.startswith("The facts form a cycle:")
    assert all(f"{name} needs" in fault.problem for name in "abc")


def test_a_key_written_twice():
    fault = only(problems({"facts.yaml": FACTS + "  age: {type: integer, label: {en: Age, fr: Âge}}\n"}))
    assert (fault.line, fault.problem) == (8, "The key age is written twice.")
    assert fault.remedy == "Keep one of them; the first is on line 3."


def test_a_key_that_is_not_known():
    fault = only(
        faults_of_grid("  - {id: a, label: {en: A, fr: A}, maxx: 3, max: 10, bonus: {when: offer, points: 10}}\n")
    )
    assert (fault.path, fault.problem, fault.remedy) == (
        "factors[0].maxx",
        "The key maxx is not known here.",
        "Did you mean max?",
    )


@pytest.mark.parametrize(
    ("factor", "problem"),
    [
        ('{max: "10", bonus: {when: offer, points: 10}}', "Points are expected here, not the text '10'."),
        ("{max: 10, bonus: {when: offer, points: yes please}}", "'please' is not expected here"),
        ("{max: 10, bonus: {when: offer, points: 10.5}}", "10.5 has more places than the points of this grid."),
        ("{max: 10, of: age, lookup: {yes: 10}, otherwise: 0}", "'yes' is not a number."),
        ("{max: 10, of: age, bands: [{at_least: old, points: 10}]}", "at_least must be a number, not the text 'old'."),
        ("{max: 10, of: level, bands: [{at_least: 3, points: 10}]}", "bands are for numbers, and this is a choice."),
        ("{max: 10, bands: [{at_least: 3, points: 10}]}", "The table needs either of:"),
        ("{max: 10, of: age, bands: [{at_least: 3}]}", "The row needs either points or steps."),
        ("{max: 10, of: age, bands: [{points: 10}]}", "The band has no end."),
        ("{max: 10, of: age, bands: [{at_least: 9, below: 3, points: 10}]}", "The band is empty"),
        ("{max: 10, of: noc, lookup: {'63200': 10}}", "A look-up over codes needs otherwise:."),
        ("{max: 10, of: noc, lookup: {63200: 10}, otherwise: 0}", "The code 63200 is written without quotes"),
        ("{max: 10, cases: [{when: offer, points: 10}]}", "cases needs otherwise:"),
        ("{max: 10, bonus: {when: offer}}", "The key points is missing."),
        ("{max: 10}", "A factor holds exactly one of"),
        ("{max: 10, factors: [], bonus: {when: offer, points: 1}}", "A factor holds exactly one of"),
        ("{max: 10, waive: {when: offer}, bonus: {when: offer, points: 10}}", "A waiver says what it gives."),
        ("{max: {a: 1, b: 2}, bonus: {when: offer, points: 10}}", "The number has columns, but none are declared."),
        ("{max: 10, certainty: sure, bonus: {when: offer, points: 10}}", "certainty 'sure' is not known."),
        ("{use: nothing}", "There is no shared factor nothing."),
        ("{max: 10, matrix: {down: level, across: age, points: {}}}", "A matrix over a whole number needs groups."),
    ],
)
def test_a_factor_that_cannot_be_read(factor, problem):
    text = factor if "use:" in factor else factor.replace("{max", "{id: a, label: {en: A, fr: A}, max", 1)
    assert any(problem in one.problem for one in faults_of_grid(f"  - {text}\n"))


def test_codes_without_quotes():
    facts = FACTS + 'lists:\n  l:\n    label: {en: L, fr: L}\n    codes: [00012, "63200"]\n'
    fault = only(problems({"facts.yaml": facts}))
    assert (fault.line, fault.path) == (11, "lists.l.codes[0]")
    assert fault.problem == "The code 00012 is written without quotes, so leading zeros would be lost."
    assert fault.remedy == "Write '00012'."


def test_two_editions_in_force_on_one_day():
    first = grid("  - {id: a, label: {en: A, fr: A}, max: 10, bonus: {when: offer, points: 10}}\n")
    texts = {
        "facts.yaml": FACTS,
        "grids/a.yaml": first.replace("grid: g", "grid: a\nfamily: f\nin_force: {from: 2025-01-01, until: 2025-12-31}"),
        "grids/b.yaml": first.replace("grid: g", "grid: b\nfamily: f\nin_force: {from: 2025-12-31}"),
    }
    assert only(problems(texts)).problem.startswith("Two editions of the grid f are in force on the same day")


def test_a_chart_whose_levels_are_out_of_order():
    chart = """
chart: c
set: language
label: {en: C, fr: C}
abilities: [listening]
levels:
  7: 400
  6: 450
"""
    fault = only(problems({"charts/c.yaml": chart}))
    assert (fault.line, fault.path) == (7, "levels[7]")
    assert fault.problem == "In listening, level 7 begins at 400, not above level 6 at 450."


def test_broken_yaml():
    fault = only(problems({"facts.yaml": "facts:\n  age: {type: integer\n"}))
    assert fault.problem.startswith("This is not valid YAML")
    assert fault.line == 3


def test_a_fact_whose_value_is_of_another_type():
    facts = FACTS + '  half: {type: integer, label: {en: Half, fr: Demi}, value: "age / 2"}\n'
    fault = only(problems({"facts.yaml": facts}))
    assert (fault.problem, fault.remedy) == (
        "The fact is a whole number and its value a ratio.",
        "Wrap it in floor(…).",
    )


def test_a_question_that_disagrees_with_the_declared_answer():
    facts = "answers:\n  age: {type: integer}\n" + FACTS
    questions = """
questionnaire: q
label: {en: Q, fr: Q}
sections:
  - id: s
    label: {en: S, fr: S}
    questions:
      - {key: age, type: date, label: {en: Age, fr: Âge}}
"""
    fault = only(problems({"facts.yaml": facts, "questionnaires/q.yaml": questions}))
    assert fault.problem == "age is asked as a date and declared in facts.yaml as a whole number."


def test_questions_that_show_each_other():
    questions = """
questionnaire: q
label: {en: Q, fr: Q}
sections:
  - id: s
    label: {en: S, fr: S}
    questions:
      - {key: a, type: yes_no, label: {en: A, fr: A}, show_if: b}
      - {key: b, type: yes_no, label: {en: B, fr: B}, show_if: a}
"""
    assert only(problems({"questionnaires/q.yaml": questions})).problem.startswith("The questions form a cycle")


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("facts:\n\tage: {type: integer}\n", 2, "Put spaces in place of the tab."),
        ("facts:\n  a:\n    type: integer\n   label: {en: A, fr: A}\n", 4, "Begin lines that belong together"),
        ("facts:\n  a: {type: integer label: {en: A, fr: A}}\n", 2, "Look for a missing comma or bracket"),
        ("facts:\n  a: \x00\n", 1, "Save it as UTF-8."),
    ],
    ids=["tab", "indent", "comma", "no text"],
)
def test_what_is_not_yaml_has_the_remedy_of_its_kind(text, line, remedy):
    fault = only(problems({"facts.yaml": text}))
    assert fault.line == line
    assert fault.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("formula", "remedy"),
    [
        ("1 000", "Write the number without spaces: 1000."),
        ("“age”", "Write straight quotes: ' inside an expression, \" around it."),
        ("age × 2", "Write *."),
        ("points.b", "Write the condition on the facts that give them."),
    ],
)
def test_an_expression_as_an_office_program_writes_it(formula, remedy):
    fault = only(faults_of_grid(f"  - {{id: a, label: {{en: A, fr: A}}, max: 10, formula: {formula}}}\n"))
    assert (fault.line, fault.remedy) == (5, remedy)


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        ("bonus: {when: yes, points: 10}", "The condition always holds.", "Correct it, or give everybody the points"),
        ("of: day, bands: [{below: 3, points: 10}]", "A table cannot look at a date.", "Write cases: with conditions"),
        ("of: age / 2, bands: [{below: 3, points: 10}]", "A table cannot look at a ratio.", "Wrap the division"),
        (
            "of: age, bands: [{below: 16,50, points: 10}], otherwise: 0",
            "The key 50 is not known here.",
            "A decimal takes",
        ),
    ],
)
def test_what_an_author_tries_first(content, problem, remedy):
    facts = FACTS + "  day: {type: date, label: {en: Day, fr: Jour}}\n"
    fault = only(faults_of_grid(f"  - {{id: a, label: {{en: A, fr: A}}, max: 10, {content}}}\n", facts=facts))
    assert fault.problem == problem
    assert fault.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("formula", "reached"),
    [("round_half_up(age / 7, 0)", 17), ("round_half_up(age / 32, 0)", 4), ("round_down(age / 7, 0) * 2", 34)],
)
def test_rounding_keeps_the_highest_value(formula, reached):
    factor = f"  - {{id: a, label: {{en: A, fr: A}}, max: 99, formula: '{formula}'}}\n"
    told = {one.problem for one in faults_of_grid(factor, maximum=reached)}
    assert told == {f"The declared max is 99, and its rows reach {reached}."}


def test_points_of_what_does_not_apply_count_for_the_maximum():
    """A factor may give most to those to whom it does not apply."""
    bands = "of: age, bands: [{below: 18, points: 0}, {at_least: 18, points: 5}]"
    factor = f"  - {{id: a, label: {{en: A, fr: A}}, max: 5, not_applicable: 10, {bands}}}\n"
    told = "The declared max is 5, and its rows reach 10."
    assert [one.problem for one in faults_of_grid(factor, maximum=10)] == [told]


def test_a_type_that_is_no_type_is_told_once():
    fault = only(problems({"facts.yaml": "facts:\n  a: {type: number, range: [0, 9], label: {en: A, fr: A}}\n"}))
    assert (fault.problem, fault.remedy) == ("There is no fact type number.", "Did you mean integer?")


TABLE = "table: t\nkeys: [town]\ncolumns: {region: text}\nrows_from: t.csv\n"
REGION = """facts:
  town: {type: code, label: {en: Town, fr: Ville}}
  region: {type: choice, options: [north, south], label: {en: R, fr: R}, value: {table: t, column: region, keys: {town: town}}}
"""


def test_a_table_that_gives_what_is_no_option():
    texts = {"facts.yaml": REGION, "tables/t.yaml": TABLE, "tables/t.csv": "town,region\na,north\nb,nort\n"}
    fault = only(problems(texts))
    assert (fault.file, fault.line) == ("facts.yaml", 3)
    assert (fault.problem, fault.remedy) == ("The table gives 'nort', not an option.", "Did you mean north?")


def test_a_csv_with_semicolons_is_told_once_and_with_its_folder():
    texts = {"facts.yaml": REGION, "tables/t.yaml": TABLE, "tables/t.csv": "town;region\na;north\nb;south\n"}
    fault = only(problems(texts))
    assert (fault.file, fault.line) == ("tables/t.csv", 1)
    assert fault.remedy == "Write the header town,region. Put commas between the columns."


EXAMPLES = """common: {grid: g, facts: {age: 30}}
examples:
  - {name: one, facts: {offer: NO}}
  - {name: two, facts: {offer: NO}}
"""
OFFER = "  - {id: a, label: {en: A, fr: A}, max: 10, bonus: {when: offer, points: 10}}\n"


def test_what_is_alike_in_several_examples_is_told_once():
    fault = only(check_pack({"facts.yaml": FACTS, "grids/g.yaml": grid(OFFER), "examples/e.yaml": EXAMPLES}))
    assert (fault.line, fault.path) == (3, "one")
    assert fault.problem == "offer is 'NO', and a yes/no is expected. (1 more such example)"
    assert fault.remedy == "Write yes or no, in small letters and without quotes."


def test_an_example_of_a_grid_that_is_not_there():
    fault = only(
        check_pack({"facts.yaml": FACTS, "examples/e.yaml": "examples: [{name: a, grid: g, facts: {age: 3}}]\n"})
    )
    assert fault.problem == "There is no grid g. No file grids/*.yaml holds a grid."


def test_a_fact_of_an_example_that_hides_what_is_derived():
    facts = "answers: {born: {type: integer}}\n" + FACTS.replace(
        "range: [0, 120]", "range: [0, 120], value: 2026 - born"
    )
    one = "examples: [{name: a, grid: g, facts: {age: 3, offer: no}, answers: {born: 2000}, derived: {age: 26}}]\n"
    fault = only(check_pack({"facts.yaml": facts, "grids/g.yaml": grid(OFFER), "examples/e.yaml": one}))
    assert "The fact age is 3, and 26 is expected. It is given under facts" in fault.problem


def test_every_problem_is_told_at_once():
    found = faults_of_grid("""
  - {id: a, label: {en: A}, max: 10, bonus: {when: ofer, points: 10}}
  - {id: b, label: {en: B, fr: B}, max: 10, of: age, bands: [{at_least: 18, points: 10}]}
  - {id: c, label: {en: C, fr: C}, max: 10, of: level, lookup: {low: 0}}
""")
    assert len(found) == 4
    assert [one.line for one in found] == sorted(one.line for one in found)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("{of: wages, choose: at_least}", "There is no fact wages."),
        ("{choose: at_least}", "The key of is missing."),
        ("{of: noc, choose: at_least}", "noc is a code, and at_least needs a number, or a choice whose options are ordered."),
        ("{of: level, choose: occupation}", "level is a choice, and occupation needs a code."),
        ("{of: age, choose: exactly}", "choose cannot be 'exactly'."),
        ("{of: noc, choose: occupation, lists: [trades]}", "There is no list 'trades'."),
        ("{of: level, choose: one_of, least: 3}", "The key least is not known here."),
        ("{of: day, choose: within_days}", "within_days counts from the day of the draw."),
        ("{of: age, choose: at_least, when: age}", "A condition is expected here, and this is a whole number."),
    ],
)  # fmt: skip
def test_a_filter_that_the_plan_of_a_draw_cannot_be_asked(asked, problem):
    facts = FACTS + "  day: {type: date, label: {en: Day, fr: Jour}}\n"
    pool = f"pool: {{asked: {{it: {{label: {{en: A, fr: A}}, {asked[1:]}}}}}\n"
    factor = "  - {id: a, label: {en: A, fr: A}, max: 10, bonus: {when: offer, points: 10}}\n"
    assert only(faults_of_grid(factor, head=pool, facts=facts)).problem == problem


def test_each_kind_of_asked_filter_has_a_tree():
    assert tuple(TREES) == ASKED_BY
