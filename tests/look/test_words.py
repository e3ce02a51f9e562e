"""Dates, distances and amounts in words, in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from passerelle.core import charts, dates
from passerelle.core.widgets import DateParts

YELLOWKNIFE = ZoneInfo("America/Yellowknife")
NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Friday, April 24, 2026 at 11:59 p.m. (Yellowknife time)"),
        ("fr", "vendredi 24 avril 2026 à 23 h 59 (heure de Yellowknife)"),
    ],
)
def test_a_deadline_is_told_as_its_last_minute(language: str, words: str) -> None:
    too_late = datetime(2026, 4, 25, 6, tzinfo=UTC)
    assert dates.deadline_words(too_late, YELLOWKNIFE, language).replace(NBSP, " ") == words


@pytest.mark.parametrize(
    ("days", "english", "french"),
    [
        (12, "in 12 days", "dans 12 jours"),
        (1, "tomorrow", "demain"),
        (0, "today", "aujourd'hui"),
        (-1, "yesterday", "hier"),
        (-3, "3 days ago", "il y a 3 jours"),
    ],
)
def test_a_distance_is_told_in_days(days: int, english: str, french: str) -> None:
    assert dates.distance_words(days, "en").replace(NBSP, " ") == english
    assert dates.distance_words(days, "fr").replace(NBSP, " ") == french


@pytest.mark.parametrize(
    ("too_late_in", "standing", "words"),
    [
        (timedelta(days=3), "on_time", "2 days left"),
        (timedelta(hours=1), "due_today", "due today"),
        (timedelta(0), "late", "1 day late"),
    ],
)
def test_a_clock_says_how_a_deadline_stands(too_late_in: timedelta, standing: str, words: str) -> None:
    too_late = datetime(2026, 4, 25, 6, tzinfo=UTC)
    page = Template("{% load look %}{% clock too_late zone at as c %}{{ c.standing }}|{{ c.words }}")
    with translation.override("en"):
        said = page.render(Context({"too_late": too_late, "at": too_late - too_late_in, "zone": YELLOWKNIFE}))
    assert said.replace(NBSP, " ") == f"{standing}|{words}"


def test_the_first_of_the_month_and_the_full_hour_are_french() -> None:
    assert dates.day_words(date(2026, 7, 1), "fr").replace(NBSP, " ") == "1er juillet 2026"
    assert dates.time_words(datetime(2026, 3, 9, 9, tzinfo=YELLOWKNIFE), "fr").replace(NBSP, " ") == "9 h"


def test_three_empty_boxes_are_no_date_and_an_impossible_one_is_kept_as_typed() -> None:
    widget = DateParts()
    assert widget.value_from_datadict({"on_day": "", "on_month": "", "on_year": ""}, {}, "on") is None  # type: ignore[arg-type]
    assert widget.value_from_datadict({"on_day": "31", "on_month": "2", "on_year": "1998"}, {}, "on") == "1998-02-31"  # type: ignore[arg-type]
    assert widget.decompress("1998-02-31") == ["31", "2", "1998"]
    assert widget.decompress("no day") == ["no day", "", ""]


def test_a_histogram_keeps_every_value_in_its_table() -> None:
    chart = charts.histogram("t", charts.bins({417: 1, 430: 2, 597: 1}, 100), head=["Points", "Files"], cutoff=417)
    assert chart.rows == [("400–499", 3), ("500–599", 1)]


def test_a_histogram_is_parted_at_the_cut_off_so_that_no_bar_holds_people_of_both_sides() -> None:
    data = charts.bins({50: 4, 76: 5, 78: 3, 98: 1}, 25, cutoff=78)
    assert [(one.low, one.high, one.count) for one in data] == [(50, 74, 4), (75, 77, 5), (78, 99, 4)]


def test_bins_are_as_fine_as_two_dozen_can_be_whatever_the_scale() -> None:
    assert [charts.width_for(low, high) for low, high in ((29, 46), (20, 76), (400, 597), (0, 845), (7, 7))] == [
        1,
        5,
        10,
        50,
        1,
    ]
    assert sum(one.count for one in charts.bins(dict.fromkeys(range(400, 598), 1))) == 198


@pytest.mark.parametrize(("language", "said"), [("en", "6,869"), ("fr", "6\u00a0869")])
def test_bars_say_thousands_as_the_reader_writes_them(language: str, said: str) -> None:
    with translation.override(language):
        chart = charts.bars("Invited", [("2023", 6869)], head=["Year", "Invited"])

    assert said in chart.picture
    assert chart.rows == [("2023", said)]
