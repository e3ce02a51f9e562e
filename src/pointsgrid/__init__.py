"""Answers to facts, (grid, facts) to points: the pure library under every program.

It knows no database, no clock, no network and no files: texts and dates are handed in. What it lends:

* ``pointsgrid.rules``: ``load`` the YAML of a pack into immutable, checked ``Rules``;
* ``pointsgrid.answers``: ``facts`` from answers, ``check`` a condition, ``visible_questions``;
* ``pointsgrid.points``: ``score`` one person with an explanation, ``score_frame`` a column of a million;
* ``pointsgrid.examples``: run the worked examples that a pack ships.

The YAML itself is described for pack authors in ``docs/packs.md``.
"""
