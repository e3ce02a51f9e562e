"""How an act hands work to the worker: each room's ``tasks.py`` says what is done there."""

from django.db import connection, transaction
from django.db.models import QuerySet
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from passerelle.core.composed import composed


def wake(task: str) -> None:
    """Ask the worker to run ``task`` once this transaction is committed; many asks make one job."""
    if any(getattr(hook, "wakes", "") == task for _, hook, *_ in connection.run_on_commit):
        return

    def hook() -> None:
        _defer_once(task)

    hook.wakes = task  # type: ignore[attr-defined]
    transaction.on_commit(hook, robust=True)


def _defer_once(task: str) -> None:
    if _waiting(task):
        return
    try:
        # In a transaction of its own: when another process was faster, only this insert is undone.
        with transaction.atomic():
            app.configure_task(task, queueing_lock=task).defer()
    except exceptions.AlreadyEnqueued:
        pass


@composed
def _waiting(task: str) -> QuerySet[ProcrastinateJob, int]:
    return (
        ProcrastinateJob.objects.filter(queueing_lock=task, status="todo").order_by().values_list("pk", flat=True)[:1]
    )


def defer(task: str, **arguments: str) -> None:
    """Ask the worker to run ``task`` with ``arguments``; the job is a row of this transaction."""
    app.configure_task(task).defer(**arguments)
