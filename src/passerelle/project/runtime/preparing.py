"""Brings an installation up to date: schema, static files, packs and, on a first start, the demo data."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, connection
from procrastinate.contrib.django.models import ProcrastinateWorker

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.programs import operations as programs
from passerelle.programs import queries
from passerelle.programs.rules import ProgramRules
from passerelle.project import invariants
from passerelle.project.runtime import zones
from passerelle.project.runtime.bucket import Bucket, BucketAway
from passerelle.project.runtime.messages import compile_messages

Say = Callable[[str], None]
# A worker says every ten seconds that it is there.
WORKER_SILENT = timedelta(seconds=30)


class CannotPrepare(RuntimeError):
    """A step failed; the message says which and what to do."""


def prepare(*, demo: bool, say: Say) -> None:
    """Run every step in order; each is safe to repeat. ``say`` is told what each one did."""
    if own_database() and _unfinished_demo().exists():
        start_over(say)
    first = migrate(say)
    find_bucket(say)
    collect_static(say)
    load_packs(say)
    for difference in zones.differences(str(rules.zone) for rules in _rules_in_force()):
        say(f"Time zones differ. {difference}")
    if demo and first and may_hold_demo():
        load_demo(say)


def migrate(say: Say) -> bool:
    """Bring the schema up to date; return whether the installation is new (nobody has an account)."""
    compile_messages(Path(settings.PACKAGE))
    try:
        connection.ensure_connection()
    except OperationalError as problem:
        raise CannotPrepare(f"The database cannot be reached: {problem}") from problem
    call_command("migrate", interactive=False, verbosity=0)
    say("Database schema is up to date")
    return not Person.objects.exists()


def find_bucket(say: Say) -> None:
    """See that the bucket of STORAGE_URL answers, before somebody's upload has to find out."""
    if not settings.STORAGE_URL:
        return
    bucket = Bucket(default_storage)
    try:
        next(iter(bucket.names()), None)
    except (BucketAway, FileNotFoundError) as problem:
        raise CannotPrepare(f"The {bucket} of STORAGE_URL did not answer as it should: {problem}") from problem
    say(f"Uploaded files rest in the {bucket}")


def collect_static(say: Say) -> None:
    """Gather the static files where the web server serves them, with hashed names and compressed twins."""
    out = StringIO()
    call_command("collectstatic", interactive=False, verbosity=1, stdout=out)
    say("Static files are in place")


def load_packs(say: Say) -> None:
    """Load the packs that are new on disk."""
    from passerelle.programs.rules import BadPack

    try:
        new = programs.load_packs(at=clock.now())
    except BadPack as problem:
        raise CannotPrepare(
            f"A pack has faults:\n{problem}\nMend it; `passerelle packs check` lists them."
        ) from problem
    say(f"Packs loaded: {', '.join(map(str, new))}" if new else "Packs are up to date")
    for told in programs_without_rules():
        say(f"Its pages are closed until then: {told}")


def programs_without_rules() -> Iterator[str]:
    """Yield what to do about each program that has no rules to go by now."""
    for program in queries.programs():
        try:
            queries.rules_in_force(program.code, clock.now())
        except queries.RulesUnavailable as problem:
            yield str(problem)


def _rules_in_force() -> Iterator[ProgramRules]:
    for program in queries.programs():
        try:
            yield queries.rules_in_force(program.code, clock.now())
        except queries.RulesUnavailable:
            continue


def own_database() -> bool:
    """Whether the database is the one this installation keeps for itself."""
    server = settings.OWN_SERVER
    return str(settings.DATABASES["default"]["HOST"]) == str(server.sockets)


def may_hold_demo() -> bool:
    """Whether demo data may be loaded without a word: never into a database that somebody else keeps.

    ``DEMO_EXTERNAL=yes`` beside ``DEMO=1`` is the second word for it.
    """
    told_twice = os.environ.get("DEMO") == "1" and os.environ.get("DEMO_EXTERNAL") == "yes"
    return own_database() or told_twice


def refuse_demo_here() -> None:
    """Raise CannotPrepare where a demo would meet other people, or a worker that goes by the real clock.

    The story of a demo is told on a clock of its own, months back: a worker would close its invitations before anybody in it
    could answer. Our own database is held by whoever makes the demo: no worker of ours is there.
    """
    if Person.objects.exists():
        raise CannotPrepare(
            "There are accounts in this database already. The demo is made in an empty one alone: name another folder "
            "with PASSERELLE_VAR, or another database."
        )
    if (
        not own_database()
        and ProcrastinateWorker.objects.filter(last_heartbeat__gt=clock.now() - WORKER_SILENT).exists()
    ):
        raise CannotPrepare(
            "A worker is at work in this database and would close what the demo tells of last spring. Stop it, wait half a minute, "
            "and say it again."
        )


def load_demo(say: Say, **asked: Any) -> None:
    """Make the demo, with its progress on the screen, and check what must always hold on it.

    ``asked`` is what ``making.make_demo`` takes besides. Raises CannotPrepare when an invariant is broken. While it runs a
    mark stands in the folder: a demo that was cut off is half a story, and the next start begins it again (in our own
    database; another's is never emptied).
    """
    from passerelle.project.cli.shared import progress
    from passerelle.project.demo import making

    making.told_of(
        asked.get("only", "")
    )  # a demo that cannot be begun leaves no mark: the next start would empty the database
    mark = _unfinished_demo()
    mark.touch()
    with progress() as tick:
        made = making.make_demo(tick=tick, **asked)
        broken = invariants.broken(invariants.check(at=clock.now(), tick=tick))
    mark.unlink()
    if broken:
        raise CannotPrepare(f"The demo breaks invariants: {'; '.join(one.rule for one in broken)}.")
    say(f"Demo data are made: {made}; every invariant holds on them")


def start_over(say: Say) -> None:
    """Throw away the half-made demo of a first start that was cut off: there was never anything else in this database."""
    name = str(settings.DATABASES["default"]["NAME"])
    connection.close()
    settings.OWN_SERVER.drop_database(name)
    settings.OWN_SERVER.create_database(name)
    _unfinished_demo().unlink()
    say("The demo data were cut off half-way last time: they are begun again")


def _unfinished_demo() -> Path:
    return Path(settings.VAR) / "demo-unfinished"
