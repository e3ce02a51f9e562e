"""Submitting an EOI end to end against a bare Django view that inserts one row: same server, same middleware, same run.

    python -m benchmarks.portal [--files 600] [--clients 8] [--rounds 3]

Starts its own PostgreSQL (durable: fsync on) and granian in a temporary folder. PDFs and mails are the worker's and are
not made here, as in production; the outbox rows are. Writes ``benchmarks/portal/results.json``.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlencode

HERE = Path(__file__).parent
CSRF = "c" * 32


@dataclass
class Post:
    """One request ready to be sent: where to, with which session, saying what."""

    path: str
    session: str
    body: dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        server = _prepare(Path(folder))
        try:
            posts = _files(given.files)
            results = _measure(posts, given)
        finally:
            server.stop()
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(results, indent=1))


def _prepare(folder: Path) -> Any:
    from passerelle.project.runtime.postgres import Server

    os.environ |= {
        "PASSERELLE_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.portal.settings",
        "PASSERELLE_ENVIRONMENT": "test", "DATABASE_URL": Server(folder / "pg").url("passerelle"),
    }  # fmt: skip
    import psycopg

    server = Server(folder / "pg")
    server.start()
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE passerelle")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection as django_connection

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    with django_connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id bigserial PRIMARY KEY, person bigint NOT NULL, words text NOT NULL)")
    from passerelle.core import clock
    from passerelle.programs import operations as programs

    programs.load_packs(at=clock.now())
    return server


def _files(count: int) -> list[Post]:
    """Make ``count`` answered drafts by the real operations, each candidate signed in."""
    from datetime import timedelta
    from uuid import uuid4

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.test.utils import override_settings

    from passerelle.core import clock
    from passerelle.eoi import queries
    from passerelle.project.demo.intake import Intake
    from passerelle.project.demo.story import Story

    now = clock.now()
    story = Story(until=now + timedelta(days=1), staff={}, seed=7)
    intake = Intake(story)
    for _ in range(count):
        intake.file(now + timedelta(hours=2), strong=story.random.random() < 0.4, stop_at="answered")
    with override_settings(PASSWORD_HASHERS=["passerelle.project.demo.hashing.QuickHasher"]):
        story.tell(lambda done, total: print(f"\r{done}/{total} files", end="", file=sys.stderr))
    posts = []
    for reference, (_employer, candidate, _who) in intake.people.items():
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(candidate.pk), candidate.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session.save()
        version = queries.eoi_for(candidate, reference).version
        body = {"csrfmiddlewaretoken": CSRF, "token": uuid4().hex, "version": str(version)}
        posts.append(Post(f"/en/candidate/eoi/{reference}/check/", str(session.session_key), body))
    return posts


def _measure(posts: list[Post], given: argparse.Namespace) -> dict[str, Any]:
    port = 18765
    granian = str(Path(sys.executable).with_name("granian"))
    shape = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "error"]
    command = [granian, *shape, "--port", str(port), "passerelle.project.wsgi:application"]
    web = subprocess.Popen(command, env=os.environ)
    try:
        _wait(port)
        return _rounds(posts, port, given)
    finally:
        web.terminate()
        web.wait(timeout=20)


def _wait(port: int) -> None:
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("granian did not answer")


def _rounds(posts: list[Post], port: int, given: argparse.Namespace) -> dict[str, Any]:
    share = len(posts) // (given.rounds + 1)
    bare = [Post("/bench/row/", post.session, post.body) for post in posts]
    _run(bare[:share], port, given.clients)  # warm
    _run(posts[:share], port, given.clients)
    rates: dict[str, list[float]] = {"bare": [], "submit": []}
    for number in range(1, given.rounds + 1):
        part = slice(number * share, (number + 1) * share)
        rates["bare"].append(_run(bare[part], port, given.clients))
        rates["submit"].append(_run(posts[part], port, given.clients))
    middle = {name: round(statistics.median(values), 1) for name, values in rates.items()}
    return {
        "files": len(posts), "clients": given.clients, "rounds": given.rounds, "requests_a_second": middle,
        "submit_over_bare": round(middle["submit"] / middle["bare"], 3), "aim": "at least 0.333",
    }  # fmt: skip


def _run(posts: list[Post], port: int, clients: int) -> float:
    waiting: Queue[Post] = Queue()
    for post in posts:
        waiting.put(post)
    wrong: list[int] = []
    threads = [threading.Thread(target=_client, args=(waiting, port, wrong)) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    if wrong:
        raise RuntimeError(f"{len(wrong)} answers were not redirects: {sorted(set(wrong))}")
    return len(posts) / spent


def _client(waiting: "Queue[Post]", port: int, wrong: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while True:
        try:
            post = waiting.get_nowait()
        except Empty:
            return
        cookies = f"session={post.session}; csrf={CSRF}"
        head = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        connection.request("POST", post.path, urlencode(post.body), head)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 302:
            wrong.append(answer.status)


if __name__ == "__main__":
    main()
