"""``make run``: everything on this machine, started in order, watched, and stopped together."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from passerelle.project.runtime import ports
from passerelle.project.runtime.messages import compile_messages
from passerelle.project.runtime.postgres import Server, ServerUnavailable
from passerelle.project.runtime.supervisor import Service, Supervisor

HEALTHY_WITHIN = 90.0  # seconds
STARTS_TRIED = 3
DATABASE = "passerelle"
HERE = [sys.executable, "-m", "passerelle.project.cli"]


class CannotRun(RuntimeError):
    """Something stands in the way of starting; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """Where this installation keeps its things and listens, as the environment says."""

    var: Path
    host: str
    web: ports.Port
    smtp: ports.Port | None
    mail: ports.Port | None

    @property
    def address(self) -> str:
        """Where people reach the platform."""
        return os.environ.get("PASSERELLE_URL") or f"http://{_shown(self.host)}:{self.web.number}"

    @property
    def server(self) -> Server | None:
        """Our own database server, or None when DATABASE_URL names another."""
        return None if os.environ.get("DATABASE_URL") else Server(self.var / "postgres", {"max_connections": "200"})

    def environment(self) -> dict[str, str]:
        """The environment of every process of this installation."""
        given = {**os.environ, "PYTHONTZPATH": "", "PYTHONUNBUFFERED": "1", "PASSERELLE_VAR": str(self.var)}
        given.update(DJANGO_SETTINGS_MODULE="passerelle.project.settings", PASSERELLE_URL=self.address)
        if self.server:
            given["DATABASE_URL"] = self.server.url(DATABASE)
        if self.smtp:
            given["EMAIL_URL"] = f"smtp://127.0.0.1:{self.smtp.number}"
            given["BOUNCE_MAILBOX"] = f"maildir:{self.var / 'bounces'}"
        return given


def place() -> Place:
    """Read the environment and find the ports. EMAIL_URL or SMTP_HOST replaces the local mailbox by a real server."""
    host = os.environ.get("PASSERELLE_HOST", "127.0.0.1")
    root = Path(__file__).resolve().parents[4]
    real_mail = os.environ.get("EMAIL_URL") or os.environ.get("SMTP_HOST")
    return Place(
        var=Path(os.environ.get("PASSERELLE_VAR") or root / "var").resolve(),
        host=host,
        web=ports.choose("WEB_PORT", 8000, host),
        smtp=None if real_mail else ports.choose("SMTP_SINK_PORT", 2525),
        mail=None if real_mail else ports.choose("MAILBOX_PORT", 8025),
    )


def run(console: Console) -> int:
    """Start everything, print where it is, keep it running until Ctrl-C or SIGTERM; return the exit code."""
    here = place()
    supervisor = Supervisor([])
    supervisor.listen()
    try:
        with _only_one(here.var):
            return _run(here, supervisor, console)
    except (CannotRun, ServerUnavailable) as problem:
        console.print(f"[bold red]Not started.[/] {escape(str(problem))}")
        return 1


@contextlib.contextmanager
def database_alone(console: Console) -> Iterator[None]:
    """Hold this installation with its database up and nothing else at work, for a command that must not be met by the worker.

    Raises CannotRun while the platform runs, ServerUnavailable when the database does not start.
    """
    here = place()
    with _only_one(here.var):
        _start_database(here, console)
        try:
            yield
        finally:
            if here.server:
                here.server.stop()


def _run(here: Place, supervisor: Supervisor, console: Console) -> int:
    began = time.monotonic()
    try:
        _start_database(here, console)
        (here.var / ports.ADDRESS_FILE).write_text(here.address)
        _prepare(here, supervisor)
        if not supervisor.stopping:
            here = _with_free_mail_ports(here)
            supervisor.services.extend(services(here))
            supervisor.start()
            _wait_until_healthy(here, supervisor, console)
        if not supervisor.stopping:
            _say_where(here, console, time.monotonic() - began)
            supervisor.watch(lambda service: console.print(f"[yellow]{service.name} ended and was started again.[/]"))
    finally:
        _stop(here, supervisor, console)
    return 0


def _with_free_mail_ports(here: Place) -> Place:
    """The mailbox's ports, looked for again: making the demo takes minutes, in which another program may take them."""
    if here.smtp is None:
        return here
    return replace(here, smtp=ports.choose("SMTP_SINK_PORT", 2525), mail=ports.choose("MAILBOX_PORT", 8025))


def services(here: Place) -> list[Service]:
    """The processes to keep running, in the order they start: mailbox, web server, worker."""
    environment, logs = here.environment(), here.var / "log"
    found = []
    if here.smtp and here.mail:
        mail = [*HERE, "mailbox", "--smtp-port", str(here.smtp.number), "--web-port", str(here.mail.number)]
        found.append(Service("The mailbox", mail, logs / "mailbox.log", environment))
    found.append(
        Service("The web server", web_command(here.host, here.web.number), logs / "web.log", environment, patience=15)
    )
    found.append(Service("The worker", worker_command(), logs / "worker.log", environment, patience=15))
    return found


def web_command(host: str, port: int) -> list[str]:
    """The web server's command line. Without respawning, one killed worker process would end it altogether."""
    granian = str(Path(sys.executable).with_name("granian"))
    workers = os.environ.get("WEB_WORKERS", "2")
    threads = os.environ.get("WEB_THREADS", "4")
    shape = ["--workers", workers, "--blocking-threads", threads, "--no-ws", "--respawn-failed-workers"]
    listen = ["--host", host, "--port", str(port), "--log-level", "warning", "--workers-kill-timeout", "10"]
    return [granian, "--interface", "wsgi", *shape, *listen, "passerelle.project.wsgi:application"]


def worker_command() -> list[str]:
    """The worker's command line; it forgets the jobs that went well."""
    shape = ["--concurrency", os.environ.get("WORKER_CONCURRENCY", "4"), "--delete-jobs", "successful"]
    return [sys.executable, "-m", "django", "procrastinate", "worker", *shape, "--shutdown-graceful-timeout", "8"]


def _start_database(here: Place, console: Console) -> None:
    compile_messages(Path(__file__).resolve().parents[2])
    if here.server is None:
        console.print("[green]✓[/] Database: the server of DATABASE_URL")
        return
    found = here.server.start()
    here.server.create_database(DATABASE)
    console.print(f"[green]✓[/] Database server {'started' if found else 'was already running'}")


def _prepare(here: Place, supervisor: Supervisor) -> None:
    """Bring the database and files up to date in a process of its own, whose memory is given back."""
    process = subprocess.Popen([*HERE, "prepare"], env=here.environment(), start_new_session=True)
    while process.poll() is None:
        if supervisor.stopping:
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
    if process.returncode and not supervisor.stopping:
        raise CannotRun("Preparing the database failed; the lines above say why. The data were left as they are.")


def _wait_until_healthy(here: Place, supervisor: Supervisor, console: Console) -> None:
    host = "127.0.0.1" if here.host == "0.0.0.0" else here.host
    address, end = f"http://{_shown(host)}:{here.web.number}", time.monotonic() + HEALTHY_WITHIN
    with console.status("Waiting for the platform to answer …"):
        while not supervisor.stopping:
            if is_up(address):
                return
            for service in supervisor.services:
                service.look_after()
                if service.restarts > STARTS_TRIED:
                    raise CannotRun(f"{service.name} keeps ending. The end of {service.log}:\n{service.end_of_log()}")
            if time.monotonic() > end:
                ends = "\n".join(f"{service.log}:\n{service.end_of_log()}" for service in supervisor.services)
                raise CannotRun(f"It did not answer within {HEALTHY_WITHIN:.0f} s. The ends of its logs:\n{ends}")
            time.sleep(0.3)


def is_up(address: str) -> bool:
    """Say whether the web server at ``address`` takes requests, its database answers and a worker is there.

    Mail or files that wait for a server of somebody else's make it not ready, and must not keep it from starting.
    """
    found = _told(f"{address}/readyz")
    return bool(_told(f"{address}/healthz").get("ok") and found.get("database") and found.get("worker"))


def _told(address: str) -> dict[str, Any]:
    """Return the JSON that an address answers with, whatever its status; empty when there is none."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as answer:
        with contextlib.suppress(ValueError):
            return dict(json.load(answer))
    except (OSError, ValueError):
        pass
    return {}


def _say_where(here: Place, console: Console, seconds: float) -> None:
    table = Table(title=f"Passerelle is running (ready in {seconds:.0f} s)", title_justify="left", show_header=False)
    table.add_row("Français", f"{here.address}/fr/")
    table.add_row("English", f"{here.address}/en/")
    if here.mail:
        table.add_row("Mailbox · Boîte aux lettres", f"http://127.0.0.1:{here.mail.number}/")
    table.add_row("Data, logs", str(here.var))
    console.print(table)
    for variable, port in (("WEB_PORT", here.web), ("SMTP_SINK_PORT", here.smtp), ("MAILBOX_PORT", here.mail)):
        if port and port.note:
            console.print(f"[yellow]{variable}: {port.note}; using {port.number} instead.[/]")
    subprocess.run([*HERE, "sign-ins"], env=here.environment(), check=False)
    console.print("Ctrl-C stops everything.")


def _stop(here: Place, supervisor: Supervisor, console: Console) -> None:
    # A second Ctrl-C must not leave half of it running.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    console.print("Stopping …")
    supervisor.stop()
    if here.server:
        here.server.stop()
    console.print("[green]✓[/] Everything is stopped; the data are kept.")


@contextlib.contextmanager
def _only_one(var: Path) -> Iterator[None]:
    var.mkdir(parents=True, exist_ok=True)
    with (var / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            lock.seek(0)
            who = lock.read().strip()
            raise CannotRun(f"It is already running in {var} (process {who}). Stop that one first.") from taken
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _shown(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
