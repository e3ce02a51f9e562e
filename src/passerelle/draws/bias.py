"""The bias self-test: where chance decided, did it favour a day, an hour, a category, a language or an order of tickets?

In May 2011 most winners of the United States diversity lottery of 2012 came from the first two days of a thirty-day
registration; the result was published and had to be withdrawn. Here such a result is found before anybody is told.

Only the class that chance decided is looked at, allotment by allotment: entries of the rank at the cut-off, some taken and
some not. Above the cut-off all are taken and below it none, as the rule says; whether the rule itself is fair is another
question, and the fairness report's.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from passerelle.draws import chances, queries
from passerelle.draws.models import Draw

# One fair draw in ten thousand is stopped; a person then looks, and makes it void.
LIMIT = 1e-4

# What a group is made by: each is SQL over an entry, its file and its leaf. Days and hours are those of the program's zone.
TRAITS = {
    "day": "to_char(file.first_submitted_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD')",
    "hour": "to_char(file.first_submitted_at AT TIME ZONE %(zone)s, 'HH24')",
    "category": "entry.category",
    "language": "coalesce(candidate.language, '')",
    "ticket": "left(leaf.ticket, 1)",
}

# Of an employer that has used its limit nobody more could be taken: chance did not decide about them.
_COUNTED = """
    WITH used AS (
        SELECT other.grp, count(*) AS times FROM draws_entry AS other JOIN draws_standing AS taken ON taken.entry_id = other.id
        WHERE other.draw_id = %(draw)s AND other.grp <> '' AND taken.selected GROUP BY other.grp)
    SELECT {trait} AS kind, count(*), count(*) FILTER (WHERE standing.selected)
    FROM draws_entry AS entry
    JOIN draws_standing AS standing ON standing.entry_id = entry.id
    JOIN draws_leaf AS leaf ON leaf.entry_id = entry.id
    JOIN eoi_expressionofinterest AS file ON file.id = entry.eoi_id
    LEFT JOIN accounts_person AS candidate ON candidate.id = file.candidate_id
    LEFT JOIN used ON used.grp = entry.grp
    WHERE entry.draw_id = %(draw)s AND entry.rank = %(rank)s::bigint[]
      AND (%(cell)s = '*' OR %(cell)s = ANY (entry.cells))
      AND (NOT standing.selected OR standing.cell = %(cell)s)
      AND (standing.selected OR entry.cap IS NULL OR entry.grp = '' OR entry.cap > coalesce(used.times, 0))
    GROUP BY kind ORDER BY kind
"""


@dataclass(frozen=True)
class Leaning:
    """How likely the spread over one trait is under chance, in the allotment where it is least likely."""

    trait: str
    likely: float

    @property
    def stops(self) -> bool:
        """Whether this alone stops the issue."""
        return self.likely < LIMIT


def leanings(draw: Draw) -> list[Leaning]:
    """Return the least likely spread for each trait that could be tested; empty where chance decided nothing."""
    ends = [end for end in queries.filled(draw) if end.cutoff_rank and end.cutoff_tie]
    found = []
    for trait in TRAITS:
        tables = (_table(draw, trait, end.cell, list(end.cutoff_rank)) for end in ends)
        tested = [likely for likely in map(chances.spread, tables) if likely is not None]
        if tested:
            found.append(Leaning(trait, min(tested)))
    return found


def _table(draw: Draw, trait: str, cell: str, rank: list[int]) -> list[tuple[int, int]]:
    """Return the groups of one class that chance decided, in order: how many, and how many of them were taken."""
    said: dict[str, Any] = {"draw": draw.pk, "zone": str(queries.rules_of(draw).zone), "cell": cell, "rank": rank}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(trait=TRAITS[trait]), said)
        return [(int(size), int(taken)) for _kind, size, taken in cursor.fetchall()]
