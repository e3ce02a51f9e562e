"""Where the processor's time of one submission goes: handed in one by one, in this process, through the WSGI handler.

    python -m benchmarks.portal.profiling [--files 200] [--of bare submit] [--lines 40] [--dump FILE]

Tells milliseconds of the processor for each request, ours (user and system apart) and the database server's; then the
slowest functions under a profiler, which itself costs: its times are for comparing, not for adding.
"""

import argparse
import cProfile
import io
import os
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.portal import asking, counting, preparing


def main() -> None:
    """Prepare, hand in half of the files under a stopwatch and the rest under a profiler, tell."""
    given = _options()
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        server = preparing.server(Path(folder))
        try:
            files = preparing.drafts(preparing.originals(12), 2 * given.files + 20)
            _tell(files, given)
        finally:
            from django.db import connections

            connections.close_all()
            server.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200, help="under the stopwatch; as many again under the profiler")
    parser.add_argument("--of", choices=("submit", "bare"), nargs="+", default=["bare", "submit"])
    parser.add_argument("--lines", type=int, default=40, help="of the profile")
    parser.add_argument("--dump", help="write the profile of the last arm to this file")
    return parser.parse_args()


def _tell(files: list[Any], given: argparse.Namespace) -> None:
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    keys = preparing.sessions([eoi.candidate for eoi in files])
    for arm in given.of:
        asks = [_ask(arm, eoi, keys[eoi.candidate.pk]) for eoi in files]
        warm, timed, profiled = asks[:20], asks[20 : 20 + given.files], asks[20 + given.files :]
        _answer_all(application, warm)
        print(arm, _stopwatch(application, timed))
        profile = cProfile.Profile()
        profile.runcall(_answer_all, application, profiled)
        if given.dump:
            profile.dump_stats(given.dump)
        print(_slowest(profile, given.lines, len(profiled)))


def _ask(arm: str, eoi: Any, session: str) -> dict[str, Any]:
    body = urlencode({"csrfmiddlewaretoken": asking.CSRF, **counting.body_of(eoi)}).encode()
    path = "/bench/row/" if arm == "bare" else f"/en/candidate/eoi/{eoi.reference}/check/"
    return {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)), "wsgi.url_scheme": "http",
        "HTTP_COOKIE": f"session={session}; csrf={asking.CSRF}", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
    }  # fmt: skip


def _answer(application: Callable[..., Any], ask: dict[str, Any]) -> None:
    answered: list[str] = []
    response = application(ask, lambda status, _head: answered.append(status))
    for _part in response:
        pass
    response.close()
    if not answered[0].startswith("302"):
        raise RuntimeError(f"{ask['PATH_INFO']}: {answered[0]}")


def _answer_all(application: Callable[..., Any], asks: list[dict[str, Any]]) -> None:
    for ask in asks:
        _answer(application, ask)


def _stopwatch(application: Callable[..., Any], asks: list[dict[str, Any]]) -> dict[str, float]:
    """Return milliseconds for each request: on the wall, of our processor (user, system) and of the database server's."""
    theirs, wall, ours = _backend(), time.perf_counter(), os.times()
    _answer_all(application, asks)
    taken, after = time.perf_counter() - wall, os.times()
    told = {
        "wall": taken, "user": after.user - ours.user, "system": after.system - ours.system, "server": _backend() - theirs,
    }  # fmt: skip
    return {name: round(seconds * 1000 / len(asks), 2) for name, seconds in told.items()}


def _backend() -> float:
    """Return how many seconds of the processor our connection's server process has used."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _slowest(profile: cProfile.Profile, lines: int, times: int) -> str:
    told = io.StringIO()
    print(f"under the profiler, of {times} requests:", file=told)
    pstats.Stats(profile, stream=told).sort_stats("cumulative").print_stats(lines)
    return told.getvalue()


if __name__ == "__main__":
    main()
