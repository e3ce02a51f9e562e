"""The platform's own database server: started, killed, started again, stopped."""

import os
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from passerelle.project.runtime.postgres import SOCKET_NAME, Server, ServerUnavailable


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        fresh = Server(Path(folder) / "data")
        yield fresh
        fresh.stop()


def test_a_server_is_made_started_and_stopped(server: Server):
    assert not server.is_ready()

    assert server.start()
    assert not server.start(), "a second start finds it running"
    assert server.create_database("one")
    assert not server.create_database("one")
    with psycopg.connect(server.url("one")) as connection:
        (encoding, addresses) = connection.execute(
            "SELECT pg_encoding_to_char(encoding), current_setting('listen_addresses') FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone() or ("", "")

    assert (encoding, addresses) == ("UTF8", ""), "it speaks over its socket alone"
    assert server.stop()
    assert not server.stop()
    assert not server.is_ready()


def test_a_committed_row_outlives_kill_9_and_the_next_start(server: Server):
    server.start()
    with psycopg.connect(server.url("postgres")) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    process = server.process_id()
    assert process
    os.kill(process, signal.SIGKILL)

    server.start()

    with psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]
    assert server.process_id() != process


def test_five_starts_at_once_make_one_server(server: Server):
    with ThreadPoolExecutor(5) as people:
        started = list(people.map(lambda _: server.start(), range(5)))

    assert sorted(started) == [False, False, False, False, True]


def test_a_long_folder_gets_a_short_socket_path(tmp_path: Path):
    deep = Server(tmp_path / ("x" * 60) / ("y" * 60) / "data")

    assert len(os.fsencode(deep.sockets / SOCKET_NAME)) < 107
    assert deep.sockets != Server(tmp_path / ("x" * 60) / ("y" * 61) / "data").sockets


def test_a_server_that_cannot_start_says_why(server: Server):
    server.start()
    server.stop()
    broken = Server(server.data, {"shared_buffers": "none"})

    with pytest.raises(ServerUnavailable, match="shared_buffers"):
        broken.start()


def test_stopping_does_not_wait_for_open_connections(server: Server):
    server.start()
    with psycopg.connect(server.url("postgres")):
        assert server.stop()
