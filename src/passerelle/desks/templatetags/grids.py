"""Words for a points grid, as the page on scoring tells them."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pointsgrid.scoring.explain import interval

register = template.Library()

CONFIRMED = frozenset({"SEED", "VERIFIED"})


@dataclass(frozen=True)
class RowWords:
    """One row of a factor: when it applies, what it gives, whether an official source says so."""

    when: str
    points: Any
    confirmed: bool


@register.filter
def grid_words(text: Any) -> str:
    """``{{ factor.label|grid_words }}``: a text of the grid in the reader's language."""
    code = "fr" if (get_language() or "en").startswith("fr") else "en"
    return str(getattr(text, code, "") or getattr(text, "en", "") or "")


@register.filter
def factor_max(factor: Any) -> Any:
    """``{{ factor|factor_max }}``: the most points a factor gives in any of its columns."""
    amounts = [one for one in factor.maximum or factor.published_max or () if isinstance(one, int)]
    return max(amounts, default="")


@register.simple_tag
def factor_rows(factor: Any) -> list[RowWords]:
    """``{% factor_rows factor as rows %}``: the rows of a factor in words, in the grid's own order, those said alike once."""
    source = factor.inputs[0] if factor.inputs else None
    rows = [
        RowWords(_when(row, source), max(row.amounts), (row.meta.certainty or factor.meta.certainty) in CONFIRMED)
        for row in factor.rows
        if all(isinstance(amount, int) for amount in row.amounts)
    ]
    return list(dict.fromkeys(rows))


def _when(row: Any, source: Any) -> str:
    if row.label:
        return grid_words(row.label)
    if row.otherwise:
        return _("otherwise")
    if row.match:
        labels = source.option_labels if source else {}
        return ", ".join(grid_words(labels.get(value)) or value for value in row.match)
    if row.low is None and row.high is None:
        return _("if it applies")
    return grid_words(interval(row, source))
