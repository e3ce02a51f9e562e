"""The files of a bucket for backup and restore: each is brought here under its name, and put back under it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any


class BucketAway(RuntimeError):
    """The bucket did not answer as it should; the text is what it said."""


class Bucket:
    """The part of a bucket in which an installation keeps its files; ``storage`` is django-storages' S3Storage."""

    def __init__(self, storage: Any) -> None:
        self.files = storage.bucket
        self.prefix = f"{storage.location.strip('/')}/" if storage.location.strip("/") else ""

    def __str__(self) -> str:
        return f"bucket {self.files.name}/{self.prefix}"

    def names(self) -> Iterator[str]:
        """Yield the name of every file, without the folder that STORAGE_URL names."""
        with _told():
            for one in self.files.objects.filter(Prefix=self.prefix):
                yield one.key.removeprefix(self.prefix)

    def bringing(self, name: str) -> Callable[[], AbstractContextManager[Path]]:
        """Return what brings a file here for as long as it is needed; raises FileNotFoundError when it is gone."""
        return lambda: self._brought(name)

    @contextmanager
    def _brought(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            with _told():
                self.files.download_file(self.prefix + name, str(path))
            yield path

    def put(self, name: str, path: Path) -> None:
        """Store a file under its name."""
        with _told():
            self.files.upload_file(str(path), self.prefix + name)


@contextmanager
def _told() -> Iterator[None]:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as fault:
        if fault.response.get("Error", {}).get("Code") in ("404", "NoSuchKey"):
            raise FileNotFoundError(str(fault)) from fault
        raise BucketAway(str(fault)) from fault
    except (BotoCoreError, Boto3Error) as fault:
        raise BucketAway(str(fault)) from fault
