"""Who is chosen from the pool, by which rule, and the proof that it was done so.

Owns Draw, its frozen entries and their standing, promotions, and who was left out or excluded. Life cycle: planned,
frozen, selected, issued, void. Conducting and issuing are acts of different people; each step is a transaction of its
own and can be taken up again. Lends ``operations.mark_issued`` and ``queries.chosen``, ``results``, ``preview``,
``checking.findings`` and ``wording``.

A later, publicly recomputable form puts its commitment between freeze and select: entries are final once frozen, and
``selecting`` reads nothing but them and the draw's rule.
"""
