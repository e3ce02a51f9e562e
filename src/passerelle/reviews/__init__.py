"""Asking that somebody else look again at what was decided about a person: one idea for every room that decides.

Owns no rows. Lends ``rows.Review``, what each room's own row of a request is made from (with ``rows.by_a_third_person``,
which lets the database know that nobody reviews an act of theirs); ``terms.of(rules)``, what the pack asks of a request and
what follows; ``asking.check``/``keep_additions`` and ``deciding.settle``, the steps every review takes; ``forms`` and the
templates ``reviews/ask.html``, ``reviews/asked.html``, ``reviews/outcome.html``. The room that decided keeps what is its own:
what may be reviewed, until when, the letters, and what a decision set aside leads to.

    asked ──▶ upheld │ overturned     (once, and final)
"""
