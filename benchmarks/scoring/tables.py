"""The CRS of 25 March 2025 (federal.md section 1) as plain tables, copied by hand for the implementations compared here.

Nothing here comes from the pack: the pack and these tables are two readings of the same source, and must agree.
Index 0 of a pair is "with spouse", index 1 "without".
"""

ABILITIES = ("listening", "reading", "writing", "speaking")
EDUCATION = (
    "less_than_secondary", "secondary", "one_year", "two_year", "three_year", "two_or_more", "masters", "doctorate",
)  # fmt: skip
STUDY = ("none", "one_or_two_years", "three_or_more_years")
LANGUAGES = ("en", "fr")

AGES = {
    18: (90, 99), 19: (95, 105), **dict.fromkeys(range(20, 30), (100, 110)), 30: (95, 105), 31: (90, 99), 32: (85, 94),
    33: (80, 88), 34: (75, 83), 35: (70, 77), 36: (65, 72), 37: (60, 66), 38: (55, 61), 39: (50, 55), 40: (45, 50),
    41: (35, 39), 42: (25, 28), 43: (15, 17), 44: (5, 6),
}  # fmt: skip
EDUCATION_POINTS = ((0, 28, 84, 91, 112, 119, 126, 140), (0, 30, 90, 98, 120, 128, 135, 150))
FIRST = ((0, 0, 0, 0, 6, 6, 8, 16, 22, 29, 32, 32, 32), (0, 0, 0, 0, 6, 6, 9, 17, 23, 31, 34, 34, 34))
SECOND = (0, 0, 0, 0, 0, 1, 1, 3, 3, 6, 6, 6, 6)
SECOND_CAP = (22, 24)
CANADIAN_WORK = ((0, 35, 46, 56, 63, 70), (0, 40, 53, 64, 72, 80))
SPOUSE_EDUCATION = (0, 2, 6, 7, 8, 9, 10, 10)
SPOUSE_FIRST = (0, 0, 0, 0, 0, 1, 1, 3, 3, 5, 5, 5, 5)
SPOUSE_WORK = (0, 5, 7, 8, 9, 10)
TIER = (0, 0, 1, 1, 1, 2, 2, 2)
TRANSFER = ((0, 0, 0), (0, 13, 25), (0, 25, 50))
TRANSFER_CAP, TRANSFER_TOTAL_CAP, ADDITIONAL_CAP = 50, 100, 600
SIBLING, FRENCH, FRENCH_AND_ENGLISH, NOMINATION = 15, 25, 50, 600
STUDY_POINTS = (0, 15, 30)
HIGHEST_AGE = 120
HIGHEST_YEARS = 60


def by_age(column: int) -> list[int]:
    """Return the points of every age from 0."""
    return [AGES.get(age, (0, 0))[column] for age in range(HIGHEST_AGE + 1)]


def by_years(points: tuple[int, ...]) -> list[int]:
    """Return the points of every number of years from 0; the last repeats."""
    return [points[min(years, len(points) - 1)] for years in range(HIGHEST_YEARS + 1)]


def language_step(level: int) -> int:
    return 0 if level < 7 else 1 if level < 9 else 2


def work_step(years: int) -> int:
    return min(years, 2)


def foreign_step(years: int) -> int:
    return 0 if years == 0 else 1 if years < 3 else 2
