"""Guards of a pool's rows: one question for all rows of a statement, where a foreign key asks one for each (ADR 25).

What these rows name is never deleted (files once handed in, draws, entries: triggers of their own refuse it), nor are the rows
moved to another: what holds when they are written holds from then on.
"""

import pgtrigger

# Put together anew each time (EXECUTE): a plan kept from a draw of ten would look through the table for each of a million.
_ASKED = """
    EXECUTE 'SELECT {name} FROM fresh WHERE NOT EXISTS (SELECT FROM {table} AS known WHERE {match}) LIMIT 1' INTO stray;
    IF stray IS NOT NULL THEN
        RAISE EXCEPTION '% stands on {name} %, which is not there', TG_TABLE_NAME, stray USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
"""


def _asked(key: str, name: str, table: str, match: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=key, operation=pgtrigger.Insert, when=pgtrigger.After, level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="fresh"), declare=[("stray", "bigint")],
        func=_ASKED.format(name=name, table=table, match=match),
    )  # fmt: skip


OF_A_DRAW = _asked("of_a_draw", "draw_id", "draws_draw", "known.id = fresh.draw_id")
# Once handed in a file is kept: one that is not could be gone tomorrow.
OF_A_FILE_HANDED_IN = _asked(
    "of_a_file_handed_in", "eoi_id", "eoi_expressionofinterest",
    "known.id = fresh.eoi_id AND known.first_submitted_at IS NOT NULL",
)  # fmt: skip
ON_AN_ENTRY = _asked("on_an_entry", "entry_id", "draws_entry", "known.id = fresh.entry_id")
ON_AN_ENTRY_OF_THE_DRAW = _asked(
    "on_an_entry", "entry_id", "draws_entry", "known.id = fresh.entry_id AND known.draw_id = fresh.draw_id"
)
