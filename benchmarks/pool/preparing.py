"""A pool of any size: some hundred people scored by the pack's own grid, then copied as rows.

What is measured begins with rows that lie there, whatever they came from. What a draw reads is as it would be (facts, points,
instants, versions, trails); the sealed answers are empty, for no draw and no list reads them.
"""

import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from passerelle.project.runtime.postgres import Server

PROGRAM, STREAM = "ca-on", "foreign_worker"
# How many different people the copies are made of.
VARIANTS = 400
PASSWORD = "benchmark only"

_FILL = """
INSERT INTO eoi_expressionofinterest (reference, program, stream, category, pack_id, candidate_id, state, criteria, answers,
    version, opened_at, checked_first, changeable, facts, points, sheet, grid, live_scope, person_key, birth_key,
    first_submitted_at, submitted_at, placed_at, lapses_at, valid_before, review_from, review_by, confirmed_at,
    confirmed_points, closing_reason, receipt, employer_id)
SELECT 'ON-E-2025-' || one, %(program)s, %(stream)s, %(stream)s, %(pack)s, %(candidate)s, 'in_pool', '{}', %(answers)s,
    1, at, false, true, kind.facts, kind.points, kind.sheet, kind.grid, %(program)s || '|' || %(stream)s,
    md5('person ' || one), md5('birth ' || one %% 12000), at, at, at, %(until)s, %(until)s, at, at, at,
    kind.points, '', 'receipt ' || one,
    (%(employers)s::bigint[])[1 + (one::bigint * 7919 / 400) %% greatest(cardinality(%(employers)s::bigint[]), 1)]
FROM (SELECT one, %(from)s::timestamptz + one * interval '7.3 seconds' AS at FROM generate_series(%(first)s, %(last)s) one) row
JOIN bench_kind kind ON kind.number = row.one::bigint * 7919 %% %(kinds)s
"""
_VERSIONS = """
INSERT INTO eoi_answersversion (eoi_id, number, answers, facts, points, sheet, placed_at, by_id, at)
SELECT id, 1, answers, '{}', points, '{}', placed_at, candidate_id, placed_at
FROM eoi_expressionofinterest WHERE id > %(after)s
"""
_TRAILS = """
INSERT INTO core_auditevent (program, subject, number, event, by_id, at, detail, previous, digest)
SELECT program, reference, number, event, candidate_id, placed_at, '{}', '', md5(reference || number)
FROM eoi_expressionofinterest, (VALUES (1, 'eoi.opened'), (2, 'eoi.submitted'), (3, 'eoi.admitted')) AS told (number, event)
WHERE id > %(after)s
"""


def server(folder: Path) -> Server:
    """Start a PostgreSQL of our own (durable: fsync on), migrate it and load the packs."""
    made = Server(folder / "pg", {"shared_buffers": "512MB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"})
    os.environ |= {
        "PASSERELLE_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.pool.settings",
        "PASSERELLE_ENVIRONMENT": "test", "DATABASE_URL": made.url("passerelle"), "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    made.start()
    made.create_database("passerelle")
    import django

    django.setup()
    from django.core.management import call_command

    from passerelle.core import clock
    from passerelle.programs import operations as programs

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    programs.load_packs(at=clock.now())
    return made


def staff(at: datetime) -> dict[str, Any]:
    """Enrol a draw manager, an officer and a director of the program."""
    from passerelle.accounts import operations as accounts
    from passerelle.accounts import queries as people

    found = {}
    for role in ("draw_manager", "officer", "director"):
        link = accounts.create_staff(
            username=role, email=f"{role}@bench.example", name=role, language="en", roles=[(PROGRAM, role)], at=at
        )
        accounts.redeem_link(token=link.token, password=PASSWORD, at=at)
        accounts.enrol_totp(person=link.person, secret="JBSWY3DPEHPK3PXP", at=at)
        found[role] = people.person(role)
    return found


def kinds(at: datetime) -> Any:
    """Score so many different people with the grid in force at ``at`` and keep them in a table; return the pack."""
    from django.db import connection

    from passerelle.programs import queries as programs

    pack, random = programs.pack_in_force(PROGRAM, at), Random(7)
    rules, rows = programs.rules(pack), []
    for number in range(VARIANTS):
        facts = rules.facts(_answers(random, at.date()), at, {}, category=STREAM)
        sheet = rules.score(facts, category=STREAM)
        rows.append((number, _json(facts), int(sheet.total), _json(sheet.to_json()), sheet.grid))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_kind (number int PRIMARY KEY, facts jsonb, points int, sheet jsonb, grid text)"
        )
        cursor.executemany("INSERT INTO bench_kind VALUES (%s, %s, %s, %s, %s)", rows)
    return pack


def _json(value: Any) -> str:
    import json

    from django.core.serializers.json import DjangoJSONEncoder

    return json.dumps(value, cls=DjangoJSONEncoder)


def _answers(random: Random, today: date) -> dict[str, Any]:
    return {
        "stream": STREAM, "birth_date": date(random.randint(1970, 2001), 3, 4), "in_canada": True, "in_ontario": True,
        "status_type": random.choice(["work_permit", "study_permit"]), "status_expiry": today + timedelta(random.randint(20, 900)),
        "job_noc": random.choice(["21231", "31301", "72310", "63200", "41220", "22214"]),
        "job_wage_hourly": random.randint(18, 60), "job_hours_week": 37.5, "job_weeks_year": 52, "job_permanent": True,
        "job_location_cd": random.choice(["3520", "3519", "3521", "3506", "3553", "3525"]), "in_position": True,
        "position_start": today - timedelta(random.randint(10, 900)), "exp_same_noc_months": random.randint(0, 60),
        "licence_required": False, "best_year_earnings": random.randint(20, 90) * 1000, "has_language_test": True,
        "first_official_language": "en", "l1_test": "ielts_general", "l1_test_date": today - timedelta(random.randint(10, 700)),
        "l1_listening": random.randint(8, 18) / 2, "l1_reading": random.randint(8, 18) / 2,
        "l1_writing": random.randint(8, 18) / 2, "l1_speaking": random.randint(8, 18) / 2, "has_second_language": False,
        "pilot_flags": [],
    }  # fmt: skip


def grow(size: int, pack: Any, candidate: Any, at: datetime, employers: Sequence[int] = ()) -> None:
    """Fill the pool up to ``size`` files, each with its version and its trail, and with one of ``employers`` if there are any."""
    from django.db import connection

    from passerelle.eoi.models import ExpressionOfInterest

    there = ExpressionOfInterest.objects.count()
    after = ExpressionOfInterest.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    nothing = ExpressionOfInterest._meta.get_field("answers").get_prep_value({})
    given = {
        "program": PROGRAM, "stream": STREAM, "pack": pack.pk, "candidate": candidate.pk, "answers": nothing,
        "first": there + 1, "last": size, "kinds": VARIANTS, "from": at - timedelta(days=120), "until": at + timedelta(days=200),
        "after": after, "employers": [*employers],
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (_FILL, _VERSIONS, _TRAILS):
            cursor.execute(statement, given)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def session_of(person: Any) -> str:
    """Sign ``person`` in with the second factor given; return the session's key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from passerelle.accounts import queries, sessions
    from passerelle.core import clock

    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[sessions.BEGAN] = session[sessions.SEEN] = clock.now().isoformat()
    session[sessions.SECOND_FACTOR] = queries.second_factor(person)
    session.save()
    return str(session.session_key)
