"""``passerelle fetch-seed``: the round that a commitment named, from a site of the beacon or from a file."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from passerelle.core import clock
from passerelle.draws import queries
from passerelle.draws.models import Draw, Seed
from passerelle.draws.operations import freeze, publish_notice
from passerelle.project.cli import app
from tests.draws.support import HOUR, NOON, OPENED, chance_program, manager, places, planned, pool
from tests.support import beacon

pytestmark = pytest.mark.django_db
AFTER = NOON + 25 * HOUR


class Site(BaseHTTPRequestHandler):
    """A site of the beacon: it answers for any chain and round."""

    def do_GET(self) -> None:
        number = int(self.path.rpartition("/")[2])
        said = json.dumps(
            {"round": number, "randomness": beacon.randomness(number), "signature": beacon.signature(number)}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: Any) -> None:
        """Keep the screen clean."""


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def frozen(seed: str) -> Draw:
    chance_program(seed)
    places()
    pool([400, 400, 300])
    draw = planned(1)
    publish_notice(number=draw.number, by=manager(), at=OPENED + HOUR)
    return freeze(number=draw.number, by=manager(), at=NOON)


def run(*arguments: object) -> Result:
    with clock.frozen(AFTER):
        return CliRunner().invoke(app, ["fetch-seed", *(str(one) for one in arguments)])


def test_the_round_is_fetched_and_becomes_the_seed(site: str):
    draw, by = frozen("drand"), manager()
    answer = run(draw.number, "--by", by.username, "--beacon", site)
    assert answer.exit_code == 0, answer.output
    committed = queries.commitment(draw)
    assert committed
    number = queries.source_of(committed)["round"]
    assert Seed.objects.get(draw=draw).source.endswith(f":{number}:{beacon.randomness(number)}")


def test_a_file_takes_the_place_of_the_network(tmp_path: Path):
    draw, by = frozen("drand"), manager()
    committed = queries.commitment(draw)
    assert committed
    file = tmp_path / "round.json"
    number = queries.source_of(committed)["round"]
    said = {"round": number, "signature": beacon.signature(number), "randomness": "0" * 64}
    file.write_text(json.dumps(said))
    wrong = run(draw.number, "--by", by.username, "--file", file)
    assert (wrong.exit_code, Seed.objects.count()) == (1, 0)
    file.write_text(json.dumps({**said, "randomness": beacon.randomness(number)}))
    assert run(draw.number, "--by", by.username, "--file", file).exit_code == 0


def test_what_cannot_be_fetched_is_said_and_changes_nothing(tmp_path: Path):
    draw, by = frozen("dice"), manager()
    assert run(draw.number, "--by", by.username).exit_code == 1
    assert run(draw.number, "--by", "nobody").exit_code == 1
    assert run(draw.number, "--by", by.username, "--file", tmp_path / "absent.json").exit_code == 1
    assert Seed.objects.count() == 0
