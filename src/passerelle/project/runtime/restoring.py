"""What a restored installation needs before it may run: no old message goes out, nobody is still signed in."""

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction

from passerelle.core import audit
from passerelle.notices import operations as notices
from passerelle.project.runtime.preparing import own_database


def create_own_database() -> None:
    """Start this installation's own server with an empty database, unless DATABASE_URL names another."""
    if own_database():
        settings.OWN_SERVER.start()
        settings.OWN_SERVER.create_database(str(settings.DATABASES["default"]["NAME"]))


def make_safe(*, at: datetime) -> int:
    """Fence the outbox, end all sessions, bring the schema up to date; return how many messages are held back.

    The installation the archive was made from may have sent what waits here: nothing queued before ``at`` is sent
    unless staff ask for it again.
    """
    connection.close()
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        notices.arm_fence(before=at, at=at)
        Session.objects.all().delete()
        audit.record("installation.restored", subject="installation", by=None, at=at)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM notices_notice WHERE state = 'fenced'")
            return int(cursor.fetchone()[0])
