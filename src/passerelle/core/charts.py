"""Charts as SVG made here: one message each, said in the title, with every value in a table beside the picture.

Widths are percentages and heights pixels, so text keeps its size on a phone. Colours come from the stylesheet by class.
A template shows a ``Chart`` with components/chart.html.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count as counting
from itertools import pairwise
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from passerelle.core.templatetags.look import number

# Between two scores written under a histogram, in percent of its width.
LABEL_EVERY = 20
MOST_BINS = 24
SECOND_LABEL = 18  # pixels from one label at the top of a histogram to the next


@dataclass(frozen=True)
class Chart:
    """A drawn chart: its title (the message), the picture, and the same values as a table."""

    title: str
    picture: SafeString
    head: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    height: int = 220
    key: Sequence[tuple[str, Any]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram: scores from ``low`` up to ``high`` inclusive, and how many."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Range:
    """One row of a range chart: what it is, from where to where, and a remark such as how many."""

    label: Any
    low: int | None
    high: int | None
    note: Any = ""


@dataclass(frozen=True)
class Dot:
    """One value on a day; ``apart`` marks what is not to be compared with the rest. ``note`` stands in the table."""

    day: date
    value: int
    apart: bool = False
    note: Any = ""


def bins(counts: Mapping[int, int], width: int | None = None, cutoff: int | None = None) -> list[Bin]:
    """Return bins over ``{score: how many}``, from lowest to highest; where no width is given, of that of ``width_for``.

    All are even but the one that ``cutoff`` falls into, which is parted there: no bar holds people of both sides.
    """
    if not counts:
        return []
    low, high = min(counts), max(counts)
    width = width or width_for(low, high)
    starts = {step * width for step in range(low // width, high // width + 1)}
    if cutoff is not None and low < cutoff <= high:
        starts.add(cutoff)
    edges = [*sorted(starts), (high // width + 1) * width]
    held = Counter[int]()
    for score, count in counts.items():
        held[edges[bisect_right(edges, score) - 1]] += count
    return [Bin(start, end - 1, held[start]) for start, end in pairwise(edges)]


def width_for(low: int, high: int) -> int:
    """Return the width, of 1, 2, 5, 10, 20 …, of the finest even bins from ``low`` to ``high`` that are ``MOST_BINS`` at most."""
    widths = (step * 10**power for power in counting() for step in (1, 2, 5))
    return next(one for one in widths if high // one - low // one < MOST_BINS)


def histogram(
    title: str, data: Sequence[Bin], *, head: Sequence[Any], cutoff: int | None = None, cutoff_label: Any = "",
    here: int | None = None, here_label: Any = "",
) -> Chart:  # fmt: skip
    """Return bars by score; those at or above ``cutoff`` stand out and a dashed line marks it; another marks ``here``.

    A bar is as wide as its scores reach and as high as it holds people for each score, so that its area says how many: bins
    need not be even. ``head`` names the two columns of the table: score range and how many.
    """
    base, top = 180, max((_density(one) for one in data), default=1) or 1
    # Two labels at the top need room above the highest bar.
    tall = 150 if cutoff is None or here is None else 150 - SECOND_LABEL
    bars = format_html_join(
        "",
        '<rect class="{}" x="{}%" width="{}%" y="{}" height="{}"></rect>',
        (
            (
                "in" if cutoff is not None and one.high >= cutoff else "out",
                _n(_across(data, one.low) + _width(data, one) * 0.08),
                _n(_width(data, one) * 0.84),
                _n(base - tall * _density(one) / top),
                _n(tall * _density(one) / top),
            )
            for one in data
        ),
    )
    labels = format_html_join(
        "",
        '<text x="{}%" y="198" text-anchor="{}">{}</text>',
        (
            (_n(_across(data, one.low)), "start" if index == 0 else "middle", one.low)
            for index, one in enumerate(_labelled(data))
        ),
    )
    picture = format_html(
        '{}<line class="axis" x1="0" x2="100%" y1="180" y2="180"></line>{}{}{}',
        bars,
        labels,
        _mark(data, cutoff, cutoff_label),
        _mark(data, here, here_label, below=SECOND_LABEL if cutoff is not None else 0),
    )
    return Chart(title, picture, head, [(f"{one.low}–{one.high}", one.count) for one in data], height=206)


def _density(one: Bin) -> float:
    return one.count / (one.high - one.low + 1)


def _across(data: Sequence[Bin], score: int) -> float:
    """Return how far from the left edge a score stands, in percent."""
    return 100 * (score - data[0].low) / (data[-1].high - data[0].low + 1)


def _width(data: Sequence[Bin], one: Bin) -> float:
    return _across(data, one.high + 1) - _across(data, one.low)


def _labelled(data: Sequence[Bin]) -> list[Bin]:
    """Return the bars whose lowest score is written below them: about five, none on top of another."""
    found: list[Bin] = []
    for one in data:
        if not found or _across(data, one.low) - _across(data, found[-1].low) >= LABEL_EVERY - 0.01:
            found.append(one)
    return found


def _mark(data: Sequence[Bin], cutoff: int | None, label: Any, below: int = 0) -> SafeString:
    """Return a dashed line at a score and its label, so many pixels ``below`` the top that two do not meet."""
    if cutoff is None or not data:
        return SafeString()
    place = min(max(_across(data, cutoff), 0), 100)
    anchor = "end" if place > 50 else "start"
    return format_html(
        '<line class="mark" x1="{0}%" x2="{0}%" y1="6" y2="180"></line>'
        '<text class="value" x="{0}%" y="{4}" dx="{1}" text-anchor="{2}">{3}</text>',
        _n(place),
        -6 if anchor == "end" else 6,
        anchor,
        label,
        14 + below,
    )


def ranges(title: str, data: Sequence[Range], *, head: Sequence[Any], highest: int) -> Chart:
    """Return one line for each row, from its lowest to its highest value on a scale from 0 to ``highest``."""
    known = [row for row in data if row.low is not None and row.high is not None]
    rows = SafeString("").join(_range_row(index, row, highest) for index, row in enumerate(known))
    height = 56 * len(known) + 26
    scale = format_html(
        '<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"></line><text x="0" y="{1}">0</text>'
        '<text x="100%" y="{1}" text-anchor="end">{2}</text>',
        height - 20,
        height - 4,
        highest,
    )
    table = [(row.label, "–" if row.low is None else f"{row.low}–{row.high}", row.note) for row in data]
    return Chart(title, format_html("{}{}", SafeString(rows), scale), head, table, height=height)


def _range_row(index: int, row: Range, highest: int) -> SafeString:
    low, high = (100 * (value or 0) / highest for value in (row.low, row.high))
    y = 56 * index
    return format_html(
        '<text class="value" x="0" y="{}">{}</text><line class="axis" x1="0" x2="100%" y1="{}" y2="{}"></line>'
        '<line class="range" x1="{}%" x2="{}%" y1="{}" y2="{}"></line>'
        '<text x="{}%" y="{}" text-anchor="end" dx="-10">{}</text><text x="{}%" y="{}" dx="10">{}</text>',
        y + 14, f"{row.label}, {row.note}" if row.note else row.label, y + 34, y + 34, _n(low), _n(high), y + 34, y + 34,
        _n(low), y + 39, row.low, _n(high), y + 39, row.high,
    )  # fmt: skip


def bars(title: str, data: Sequence[tuple[Any, int]], *, head: Sequence[Any], highlight: int | None = None) -> Chart:
    """Return one horizontal bar for each ``(label, value)``, label above and value at the end."""
    top = max((value for _label, value in data), default=1) or 1
    rows = format_html_join(
        "",
        '<text x="0" y="{}">{}</text><rect class="{}" x="0" y="{}" width="{}%" height="14" rx="2"></rect>'
        '<text class="value" x="{}%" y="{}" dx="8">{}</text>',
        (
            (
                46 * i + 14,
                label,
                "in" if highlight is None or i == highlight else "out",
                46 * i + 20,
                _n(85 * value / top),
                _n(85 * value / top),
                46 * i + 32,
                number(value),
            )
            for i, (label, value) in enumerate(data)
        ),
    )
    return Chart(title, rows, head, [(label, number(value)) for label, value in data], height=46 * len(data) + 4)


def over_time(
    title: str, data: Sequence[Dot], *, head: Sequence[Any], say: Callable[[date], str], mark: date | None = None
) -> Chart:
    """Return one dot for each value along the days, years below; ``mark`` is a day across which nothing is compared.

    ``data`` is in order of days; ``say`` tells a day in words.
    """
    first, last = data[0].day.replace(month=1, day=1), data[-1].day.replace(month=12, day=31)
    span, low, high = (last - first).days, min(one.value for one in data), max(one.value for one in data)

    def across(day: date) -> str:
        return _n(3 + 94 * (day - first).days / span)

    def down(value: int) -> str:
        return _n(170 - 140 * (value - low) / max(high - low, 1))

    dots = format_html_join(
        "", '<circle class="{}" r="5" cx="{}%" cy="{}"></circle>',
        (("out" if one.apart else "in", across(one.day), down(one.value)) for one in data),
    )  # fmt: skip
    years = format_html_join(
        "", '<text x="{}%" y="204">{}</text>', ((across(date(year, 1, 1)), year) for year in range(first.year, last.year + 1))
    )  # fmt: skip
    scale = format_html_join(
        "", '<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"></line><text x="0" y="{1}">{2}</text>',
        ((down(value), _n(float(down(value)) - 6), value) for value in dict.fromkeys((low, high))),
    )  # fmt: skip
    shown = mark is not None and first < mark < last
    line = (
        format_html('<line class="mark" x1="{0}%" x2="{0}%" y1="6" y2="186"></line>', across(mark))
        if shown and mark
        else ""
    )
    rows = [(say(one.day), one.value, one.note) for one in reversed(data)]
    return Chart(title, format_html("{}{}{}{}", scale, line, dots, years), head, rows, height=212)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
