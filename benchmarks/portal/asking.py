"""The two arms as visitors meet them: requests over HTTP to a served platform, several visitors at once."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from urllib.parse import urlencode

PORT = 18765
CSRF = "c" * 32
WORKERS, THREADS = 2, 4


@dataclass(frozen=True)
class Post:
    """One request ready to be sent: where to, with which session, saying what."""

    path: str
    session: str
    body: dict[str, str]


@dataclass
class Round:
    """What came of one round: seconds in all, milliseconds of each request, the statuses that were no redirect."""

    seconds: float = 0
    each_ms: list[float] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)


@contextmanager
def served() -> Iterator[None]:
    """Serve the platform by granian, in production's shape, with the bare view beside it."""
    granian = str(Path(sys.executable).with_name("granian"))
    shape = ["--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws"]
    command = [granian, *shape, "--log-level", "error", "--port", str(PORT), "passerelle.project.wsgi:application"]
    web = subprocess.Popen(command, env=dict(os.environ))
    try:
        _wait()
        yield
    finally:
        web.terminate()
        web.wait(timeout=120)


def _wait() -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("granian did not answer")


def send(posts: list[Post], visitors: int) -> Round:
    """Send ``posts``, so many visitors at once; raises RuntimeError when any is not answered by a redirect."""
    waiting: Queue[Post] = Queue()
    for post in posts:
        waiting.put(post)
    done = Round()
    threads = [threading.Thread(target=_visitor, args=(waiting, done)) for _ in range(visitors)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.seconds = time.perf_counter() - began
    if done.wrong or len(done.each_ms) != len(posts):
        raise RuntimeError(f"{len(posts) - len(done.each_ms)} unanswered, not redirects: {sorted(set(done.wrong))}")
    return done


def _visitor(waiting: "Queue[Post]", done: Round) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    while True:
        try:
            post = waiting.get_nowait()
        except Empty:
            return
        head = {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": f"session={post.session}; csrf={CSRF}",
        }  # fmt: skip
        began = time.perf_counter()
        connection.request("POST", post.path, urlencode(post.body), head)
        answer = connection.getresponse()
        answer.read()
        done.each_ms.append((time.perf_counter() - began) * 1000)
        if answer.status != 302:
            done.wrong.append(answer.status)
