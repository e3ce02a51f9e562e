"""Files in a bucket, by STORAGE_URL alone: a real S3 server on this machine, reached over HTTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from passerelle.documents import operations
from passerelle.documents.operations.opening import clear_pieces
from passerelle.project import file_store
from passerelle.project.runtime import preparing
from passerelle.project.runtime.archive import BadArchive, Places, back_up, restore
from passerelle.project.runtime.bucket import Bucket
from tests.documents.conftest import make_person, pdf
from tests.support import database
from tests.support.ports import own

AT = datetime(2026, 11, 20, 17, tzinfo=UTC)
KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "very/secret"}


def quiet(what: str, done: int, total: int) -> None:
    """Show no progress."""


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3 server that keeps everything in memory."""
    [port] = own(1)
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await(port, server)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(60)


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    for _try in range(600):
        assert server.poll() is None, "the S3 server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the S3 server did not start")


@pytest.fixture
def bucket(s3: str, settings: Any, request: Any) -> Any:
    """A new bucket, and the platform told of it as an operator tells it."""
    name = f"files-{abs(hash(request.node.name))}"
    made = boto3.resource("s3", endpoint_url=f"http://{s3}", region_name="us-east-1", **KEYS).create_bucket(Bucket=name)
    point_at(settings, f"s3://key:very%2Fsecret@{s3}/{name}/sealed?tls=no")
    return made


def point_at(settings: Any, url: str) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": file_store.backend(url, "/nowhere")}


def keys_in(bucket: Any) -> list[str]:
    return sorted(one.key for one in bucket.objects.all())


@pytest.mark.django_db
def test_a_document_is_stored_sealed_handed_out_and_removed(bucket: Any, django_capture_on_commit_callbacks: Any):
    person, content = make_person(), pdf(pages=2)
    document = operations.store(
        owner="NT-E-1", slot="passport", upload=SimpleUploadedFile("a.pdf", content), by=person, at=AT
    )
    kept = b"".join(clear_pieces(document))
    stored = bucket.Object(f"sealed/{document.storage_name}").get()["Body"].read()
    assert keys_in(bucket) == [f"sealed/{document.storage_name}"]
    assert kept.startswith(b"%PDF")
    assert b"%PDF" not in stored
    assert len(stored) > len(kept)

    answer = operations.open_file(document=document, by=person, at=AT, purpose="own")
    assert b"".join(answer.streaming_content) == kept

    with django_capture_on_commit_callbacks(execute=True):
        operations.remove(document=document, by=person, at=AT)
    assert keys_in(bucket) == []


@pytest.mark.django_db
def test_files_no_row_names_are_tidied_and_others_left(bucket: Any):
    document = operations.store(
        owner="NT-E-1", slot="passport", upload=SimpleUploadedFile("a.pdf", pdf()), by=make_person(), at=AT
    )
    lost = "ab/cd/" + "0" * 32
    default_storage.save(lost, ContentFile(b"left by a crash"))
    default_storage.save("other/thing", ContentFile(b"not ours"))

    gone = operations.tidy_files(at=default_storage.get_modified_time(lost) + timedelta(days=3))

    assert gone == 1
    assert keys_in(bucket) == sorted([f"sealed/{document.storage_name}", "sealed/other/thing"])


@pytest.fixture
def two_databases() -> Iterator[list[str]]:
    database.start()
    names = [f"t_{os.getpid()}_s3_{side}" for side in ("from", "to")]
    for name in names:
        database.drop(name)
        database.SERVER.create_database(name)
    yield [database.SERVER.url(name) for name in names]
    for name in names:
        database.drop(name)


def test_a_backup_takes_the_bucket_and_a_restore_fills_an_empty_one_or_a_folder(
    bucket: Any, s3: str, settings: Any, two_databases: list[str], tmp_path: Path
):
    bucket.put_object(Key="elsewhere/not-ours", Body=b"another installation's")
    for number in range(3):
        default_storage.save(f"ab/cd/{number:032}", ContentFile(b"\x00sealed\xff" * (number + 1)))
    with psycopg.connect(two_databases[0]) as connection:
        connection.execute("CREATE TABLE kept (id int PRIMARY KEY)")
    here = Places(two_databases[0], tmp_path / "files", {}, bucket=Bucket(default_storage))
    back_up(here, tmp_path / "one.tar.gz", at=AT, tick=quiet)

    with pytest.raises(BadArchive, match="is not empty"):
        restore(
            Places(two_databases[1], tmp_path / "f", {}, bucket=Bucket(default_storage)),
            tmp_path / "one.tar.gz",
            tick=quiet,
        )

    point_at(settings, f"s3://key:very%2Fsecret@{s3}/{bucket.name}/restored/here?tls=no")
    restore(
        Places(two_databases[1], tmp_path / "f", {}, bucket=Bucket(default_storage)),
        tmp_path / "one.tar.gz",
        tick=quiet,
    )
    for number in range(3):
        with default_storage.open(f"ab/cd/{number:032}") as stored:
            assert stored.read() == b"\x00sealed\xff" * (number + 1)
    assert len(keys_in(bucket)) == 3 + 3 + 1

    database.drop(two_databases[1].rpartition("/")[2].partition("?")[0])
    database.SERVER.create_database(two_databases[1].rpartition("/")[2].partition("?")[0])
    restore(Places(two_databases[1], tmp_path / "folder", {}), tmp_path / "one.tar.gz", tick=quiet)
    assert sorted(one.name for one in (tmp_path / "folder" / "ab" / "cd").iterdir()) == [f"{n:032}" for n in range(3)]


def test_a_bucket_that_is_not_there_stops_the_backup_in_words_without_the_secret(
    s3: str, settings: Any, two_databases: list[str], tmp_path: Path
):
    point_at(settings, f"s3://key:very%2Fsecret@{s3}/missing?tls=no")
    here = Places(two_databases[0], tmp_path / "files", {}, bucket=Bucket(default_storage))

    with pytest.raises(BadArchive, match="STORAGE_URL did not answer") as refusal:
        back_up(here, tmp_path / "one.tar.gz", at=AT, tick=quiet)

    assert "secret" not in str(refusal.value)
    assert list(tmp_path.glob("*.gz")) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://key:secret@host/bucket", "names no bucket"),
        ("s3://key:secret@host", "names no bucket"),
        ("s3://key:secret@host/", "names no bucket"),
        ("s3://key@host/bucket", "without its secret"),
        ("s3://key:secret@host:port/bucket", "cannot be read"),
        ("s3://key:secret@host/bucket?tls=maybe", "yes or no"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_in_words_without_the_secret(url: str, words: str):
    with pytest.raises(file_store.BadStorageUrl, match=words) as refusal:
        file_store.backend(url, "/nowhere")
    assert "secret@" not in str(refusal.value)


def test_the_start_finds_the_bucket_or_says_what_is_wrong(bucket: Any, s3: str, settings: Any):
    said: list[str] = []
    settings.STORAGE_URL = "s3://"
    preparing.find_bucket(said.append)
    assert said == [f"Uploaded files rest in the bucket {bucket.name}/sealed/"]

    point_at(settings, f"s3://key:very%2Fsecret@{s3}/missing?tls=no")
    with pytest.raises(preparing.CannotPrepare, match="bucket missing/ of STORAGE_URL did not answer"):
        preparing.find_bucket(said.append)
