"""Where uploaded files rest: a folder of this machine, or a bucket that speaks S3, which ``STORAGE_URL`` names.

Files are sealed before they leave this machine: whoever keeps the bucket keeps bytes without a key.
"""

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SHAPE = "s3://KEY:SECRET@HOST[:PORT]/BUCKET[/FOLDER][?region=…&tls=no]"
_YES_NO = {"yes": True, "no": False}


class BadStorageUrl(ValueError):
    """STORAGE_URL cannot be used; the text says what to write. It never repeats the secret."""


def backend(url: str, folder: str) -> dict[str, Any]:
    """Return what Django's STORAGES says of the file store. Raises BadStorageUrl."""
    if url:
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _bucket(url)}
    options = {"location": folder, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


def _bucket(url: str) -> dict[str, Any]:
    parts, bucket, place = _parts(url)
    if find_spec("storages") is None:
        raise BadStorageUrl(
            "STORAGE_URL is set, and the packages it needs are not installed. Run `make install` with STORAGE_URL set, or"
            " install the packages of requirements-s3.txt."
        )
    from botocore.config import Config

    asked = parse_qs(parts.query)
    tls, region = asked.get("tls", ["yes"])[0], asked.get("region", ["us-east-1"])[0]
    if tls not in _YES_NO:
        raise BadStorageUrl("tls in STORAGE_URL is yes or no.")
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return {
        "endpoint_url": f"{'https' if _YES_NO[tls] else 'http'}://{host}",
        # Without a key in the address, those of the machine's own role are used.
        "access_key": unquote(parts.username) if parts.username else None,
        "secret_key": unquote(parts.password) if parts.password else None,
        "bucket_name": bucket,
        "location": place,
        "default_acl": None,
        "file_overwrite": False,
        # Sums that only Amazon's own store knows are left out; each piece of a file carries its own proof anyway.
        "client_config": Config(
            region_name=region, signature_version="s3v4", s3={"addressing_style": "path"}, connect_timeout=5,
            read_timeout=60, retries={"max_attempts": 3}, request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    }  # fmt: skip


def _parts(url: str) -> tuple[Any, str, str]:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise BadStorageUrl(f"STORAGE_URL cannot be read. Write {SHAPE}.") from None
    bucket, _slash, place = unquote(parts.path).strip("/").partition("/")
    if parts.scheme != "s3" or not parts.hostname or not bucket:
        raise BadStorageUrl(f"STORAGE_URL names no bucket. Write {SHAPE}.")
    if bool(parts.username) is not bool(parts.password):
        raise BadStorageUrl("STORAGE_URL has a key without its secret, or the reverse. Write both, or neither.")
    return parts, bucket, place
