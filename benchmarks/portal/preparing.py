"""What a run needs: a server of its own, drafts that are whole, people who are signed in, a pool of any size.

A few files are made by the real operations and then copied as rows with people, passport and birth date of their own: the
preparation is not measured, and what is measured begins with a draft whatever it came from.
"""

import copy
import os
from datetime import date, timedelta
from hashlib import sha256
from itertools import count, cycle
from pathlib import Path
from random import Random
from typing import Any

from passerelle.project.runtime.postgres import Server

PROGRAM = "ca-nt"
_numbers = count(1)


def server(folder: Path) -> Server:
    """Start a PostgreSQL of our own (durable: fsync on), migrate it, load the packs and make the bare view's table."""
    made = Server(folder / "pg")
    os.environ |= {
        "PASSERELLE_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.portal.settings", "PASSERELLE_ENVIRONMENT": "test",
        "DATABASE_URL": made.url("passerelle"), "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    made.start()
    made.create_database("passerelle")
    import django

    django.setup()
    _fill()
    return made


def _fill() -> None:
    from django.core.management import call_command
    from django.db import connection

    from passerelle.core import clock
    from passerelle.programs import operations as programs

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id bigserial PRIMARY KEY, person bigint NOT NULL, words text NOT NULL)")
    programs.load_packs(at=clock.now())


def originals(number: int) -> list[Any]:
    """Make ``number`` whole drafts by the real operations, in every category, English and French."""
    from django.test.utils import override_settings

    from passerelle.core import clock
    from passerelle.eoi import queries
    from passerelle.project.demo import plans
    from passerelle.project.demo.crowd import Crowd
    from passerelle.project.demo.story import Story

    now = clock.now()
    plan = next(one for one in plans.found() if one.program == PROGRAM)
    crowd = Crowd(story := Story(plan, until=now + timedelta(days=1), staff={}))
    categories = cycle(("express_entry", "skilled", "entry_level"))
    for _ in range(number):
        kind = "strong" if story.random.random() < 0.4 else "usual"
        crowd.file(now + timedelta(hours=2), fate="ready", kind=kind, told={"category": next(categories)})
    with override_settings(PASSWORD_HASHERS=["passerelle.project.demo.hashing.QuickHasher"]):
        story.tell(lambda _done, _total: None)
    return [queries.eoi_for(who.person, reference) for reference, who in crowd.people.items()]


def drafts(models: list[Any], number: int) -> list[Any]:
    """Copy whole drafts ``number`` times, each with two people of its own and a passport that nobody else has."""
    from passerelle.accounts.models import Person
    from passerelle.eoi.models import ExpressionOfInterest

    made = []
    for model, _ in zip(cycle(models), range(number), strict=False):
        own = next(_numbers)
        eoi = _fresh(model, reference=f"NT-E-2026-{900_000 + own}", answers=_other_person(model.answers, own))
        eoi.employer = _fresh(model.employer, username=f"e{own}-bench", email=f"e{own}@bench.example")
        eoi.candidate = _fresh(model.candidate, username=f"c{own}-bench", email=f"c{own}@bench.example")
        made.append(eoi)
    Person.objects.bulk_create([person for eoi in made for person in (eoi.employer, eoi.candidate)], batch_size=500)
    for eoi in made:
        # Set again: their keys are known now.
        eoi.employer, eoi.candidate = eoi.employer, eoi.candidate
    ExpressionOfInterest.objects.bulk_create(made, batch_size=500)
    return made


def _fresh(row: Any, **changes: Any) -> Any:
    new = copy.copy(row)
    new._state = copy.copy(row._state)
    new._state.fields_cache = dict(row._state.fields_cache)
    new.pk, new._state.adding = None, True
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _other_person(answers: dict[str, Any], own: int) -> dict[str, Any]:
    # A birth date of nobody else: who shares a day and a name with another is shown to staff, which is a row more.
    born = date.fromisoformat(str(answers["date_of_birth"])) - timedelta(days=own % 3650)
    return {**answers, "passport_number": f"B{1_000_000 + own}", "date_of_birth": born.isoformat()}


def sessions(people: list[Any]) -> dict[int, str]:
    """Sign ``people`` in, active this very moment; return the session key of each person's id."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from passerelle.accounts.sessions import BEGAN, SEEN
    from passerelle.core import clock

    now, made = clock.now().isoformat(), {}
    for person in people:
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[BEGAN] = session[SEEN] = now
        session.save()
        made[person.pk] = str(session.session_key)
    return made


def grow_pool(handed_in: Any, size: int) -> int:
    """Fill the pool up to ``size`` by copying the rows of one file that was handed in; return the size reached."""
    from django.db import connection

    from passerelle.eoi.models import ExpressionOfInterest, ScoreRecord

    there = ExpressionOfInterest.objects.of(PROGRAM).filter(state="in_pool").count()
    random, made = Random(size), []
    for _ in range(size - there):
        own = next(_numbers)
        points = random.randrange(150, 600)
        made.append(
            _fresh(
                handed_in, reference=f"NT-E-2025-{900_000 + own}", state="in_pool", person_key=_mark("person", own), points=points,
                birth_key=_mark("birth", own % 12_000), confirmed_points=points, confirmed_by=handed_in.candidate,
                confirmed_at=handed_in.submitted_at, submitted_at=handed_in.submitted_at - timedelta(minutes=own),
            )
        )  # fmt: skip
    ExpressionOfInterest.objects.bulk_create(made, batch_size=500)
    [score] = ScoreRecord.objects.filter(eoi=handed_in)
    ScoreRecord.objects.bulk_create([_fresh(score, eoi=eoi) for eoi in made], batch_size=500)
    _copy_trail(handed_in, made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return there + len(made)


def _copy_trail(handed_in: Any, made: list[Any]) -> None:
    from passerelle.core import audit
    from passerelle.core.models import AuditEvent
    from passerelle.notices.models import Notice

    events = list(audit.trail(handed_in.reference))
    AuditEvent.objects.bulk_create(
        [_fresh(event, subject=eoi.reference) for eoi in made for event in events], batch_size=500
    )
    notices, told = list(Notice.objects.filter(about=handed_in.reference)), []
    for eoi in made:
        for one in notices:
            own = f"<{eoi.reference}-{one.pk}@bench.example>"
            told.append(_fresh(one, about=eoi.reference, message_id=own, state="sent", sent_at=one.queued_at))
    Notice.objects.bulk_create(told, batch_size=500)


def _mark(kind: str, number: int) -> str:
    return sha256(f"{kind} {number}".encode()).hexdigest()
