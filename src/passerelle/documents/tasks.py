"""What the worker does for this room."""

from procrastinate.contrib.django import app

from passerelle.core import clock
from passerelle.documents import operations


@app.periodic(cron="*/2 * * * *")
@app.task(name="documents.scan_waiting")
def scan_waiting(timestamp: int) -> int:
    """Scan what came in while the scanner was away."""
    return operations.scan_waiting(at=clock.now())


@app.periodic(cron="23 4 * * *")
@app.task(name="documents.tidy_uploads")
def tidy_uploads(timestamp: int) -> int:
    """Forget uploads nobody came back to."""
    return operations.tidy_uploads(at=clock.now())


@app.periodic(cron="31 4 * * *")
@app.task(name="documents.tidy_files")
def tidy_files(timestamp: int) -> int:
    """Delete stored files that no document names."""
    return operations.tidy_files(at=clock.now())
