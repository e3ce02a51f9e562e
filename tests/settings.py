"""Settings of a test run: the platform's own, with folders and keys of this process alone."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.support.waits import without_waits

_FOLDER = tempfile.mkdtemp(prefix="passerelle-test-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)

os.environ["PASSERELLE_VAR"] = _FOLDER
os.environ["PASSERELLE_KEYS"] = f"{_FOLDER}/keys.json"
os.environ["PASSERELLE_ENVIRONMENT"] = "test"
os.environ["PASSERELLE_PACKS"] = str(without_waits(Path(__file__).parents[1] / "packs", Path(_FOLDER, "packs")))
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop running in the thread of the test
os.environ.setdefault("PYTHONTZPATH", "")
# Replaced before the first query by tests/conftest.py, which owns the server and the database's name.
os.environ["DATABASE_URL"] = "postgresql://postgres@/none?host=/nowhere"

from passerelle.project.settings import *  # noqa: E402, F403
from tests.support.beacon import BEACON  # noqa: E402, F401

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# How long somebody waits for another says how busy the machine is, and nothing else.
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=60000 -c timezone=UTC"  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
