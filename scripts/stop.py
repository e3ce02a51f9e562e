"""Stop the database servers of this folder: the tests, unless in use, and (without ``--tests``) the platform's."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from passerelle.project.runtime.postgres import Server  # noqa: E402
from tests.support import database  # noqa: E402

if "--tests" not in sys.argv and Server(ROOT / "var" / "postgres").stop():
    print("Stopped the database server of `make run`.")
if database.stop_when_idle():
    print("Stopped the database server of the tests.")
