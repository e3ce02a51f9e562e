"""What the worker does for this room."""

from procrastinate.contrib.django import app

from passerelle.core import clock
from passerelle.eoi import operations


@app.task(name="eoi.write_receipt", retry=5)
def write_receipt(reference: str) -> None:
    """Write the receipt of a submission as a letter."""
    operations.write_receipt(reference=reference, at=clock.now())


@app.task(name="eoi.empty_closed_pools", retry=5)
def empty_closed_pools() -> None:
    """End the files of the pools of closed streams, one batch a transaction; what a crash leaves, the next sweep takes up."""
    while operations.empty_closed_pools(at=clock.now()):
        pass
