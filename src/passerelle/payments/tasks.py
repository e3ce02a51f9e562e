"""What the worker does for this room."""

from procrastinate.contrib.django import app

from passerelle.core import clock
from passerelle.payments import operations


@app.periodic(cron="* * * * *")
@app.task(name="payments.refund_due")
def refund_due(timestamp: int) -> int:
    """Give back what is due, every minute."""
    return operations.refund_due(at=clock.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="payments.look_up_due")
def look_up_due(timestamp: int) -> dict[str, int]:
    """Every ten minutes, ask about payments the provider has not reported, and close card pages nobody needs."""
    at = clock.now()
    return {"ended": operations.look_up_due(at=at), "closed": operations.close_cancelled(at=at)}
