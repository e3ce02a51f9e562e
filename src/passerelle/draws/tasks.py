"""What the worker does for this room."""

from procrastinate.contrib.django import app

from passerelle.core import clock
from passerelle.draws import operations


@app.task(name="draws.report_fairness", retry=5)
def report_fairness(number: str) -> None:
    """Compare those a selection took with the pool they were taken from."""
    operations.report_fairness(number=number, at=clock.now())
