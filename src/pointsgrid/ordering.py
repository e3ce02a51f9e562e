"""A fact as a number to stand in order by, of one person: the meaning that ``sql.higher_first`` gives to a database."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pointsgrid.model import NOT_APPLICABLE
from pointsgrid.rules import Rules
from pointsgrid.sql import FAR, NotStored

_LAST_DAY, _FIRST_DAY = date(2200, 1, 1), date(1900, 1, 1)


def higher_first(
    rules: Rules, key: str, first: str, facts: Mapping[str, Any], *, no_later_than: date | None = None
) -> int:
    """Return a stored fact of one person as a whole number of which more comes first; blank or not applicable is 0.

    The arguments are those of ``sql.higher_first``, written apart from it, so that one can be held against the other.
    Raises NotStored, KeyError.
    """
    kind, low = rules.facts[key].type, first in ("lowest", "earliest", "no")
    said = facts.get(key)
    if said in (None, "", NOT_APPLICABLE):
        return 0
    if no_later_than is not None:
        return int((str(said) <= no_later_than.isoformat()) is not low)
    if kind.kind == "yes_no":
        return int(said is not low)
    if kind.kind == "date":
        day = date.fromisoformat(said)
        return max(1, (_LAST_DAY - day).days if low else (day - _FIRST_DAY).days)
    if kind.numeric:
        amount = int(Decimal(str(said)) * 10**kind.places)
    elif kind.ordered:
        if said not in kind.options:
            return 0
        amount = kind.options.index(said) + 1
    else:
        raise NotStored(f"an order of {key}")
    return max(1, FAR - amount if low else amount + 1)
