"""Expressions of interest: from the draft to the pool, and what takes one out of it.

Owns ``ExpressionOfInterest`` with its score records, changes of fact, evidence requests, doubts, notes, submission keys and
bars. Life cycle: draft, submitted, in_pool, evidence_requested, doubted, invited, closed, withdrawn, refused (``states.py``).
Lends ``operations`` (``mark_invited``, ``close``, …) and ``queries`` (``entries``, ``pool``, ``files_of``, …). An EOI is never
edited after submission; whether it has expired or its person is barred is asked of the clock, never stored.
"""
