"""Places of a year: how many there are, held by invitations, used by nominations, given back.

Owns the year's ledger row (Allocation) and its moves (PlaceMove, append-only). Numbers are moved, never counted: the
row and its constraint are the truth, the moves tell how it came about. Lends ``operations.set_places``, ``hold``,
``use``, ``release`` and ``queries.places``. Lock order for everybody who holds places: draw, allocation, EOI, outbox.
"""
