"""Selection: entries in, a ranking and those taken out. Pure, repeatable, and in memory proportional to those taken.

A draw walks the entries from the best rank down. Each *allotment* (places for one cell, or for everybody) walks
them once, in the order in which the allotments are listed, and takes whom it may until its places are gone. Nothing
here knows a clock, a database or chance: a lot comes in as the entry's ``tie``. Format and meaning agree with docs/npd1.md.
"""

from pointsgrid.draw.entries import Entry, OutOfOrder, in_order, one_each, order_key, ranking
from pointsgrid.draw.promoting import Promotion, promote
from pointsgrid.draw.rule import Allotment, Rule, Ties
from pointsgrid.draw.selecting import Filled, Pick, Selection, Stream, Walk, select, select_among

__all__ = [
    "Allotment", "Entry", "Filled", "OutOfOrder", "Pick", "Promotion", "Rule", "Selection", "Stream", "Ties", "Walk", "in_order",
    "one_each", "order_key", "promote", "ranking", "select", "select_among",
]  # fmt: skip
