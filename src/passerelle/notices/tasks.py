"""What the worker does for this room."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from passerelle.core import clock
from passerelle.notices import operations

STALLED_AFTER_S = 60
KEEP_DONE_JOBS_H = 72


@app.periodic(cron="* * * * * */15")
@app.task(name="notices.send_due", pass_context=False)
def send_due(timestamp: int | None = None) -> int:
    """Send what waits in the outbox: after each commit that queued something, and every 15 seconds."""
    return operations.send_due(at=clock.now())


@app.periodic(cron="*/2 * * * *")
@app.task(name="notices.read_bounces")
def read_bounces(timestamp: int) -> int:
    """Look for delivery reports every two minutes."""
    return operations.read_bounces(at=clock.now())


@app.task(name="notices.make_pdf", retry=5)
def make_pdf(number: str) -> None:
    """Print a letter."""
    operations.make_pdf(number=number)


@app.periodic(cron="* * * * *")
@app.task(name="notices.rescue_stalled", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that died back to the living."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
        await manager.retry_job(job)


@app.periodic(cron="17 4 * * *")
@app.task(name="notices.forget_done_jobs", pass_context=True)
async def forget_done_jobs(context: JobContext, timestamp: int) -> None:
    """Remove finished jobs that nobody will ask about any more."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_DONE_JOBS_H)
