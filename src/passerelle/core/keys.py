"""The key ring: one file holds every key, is backed up with the data, and is rotated by a command."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


@dataclass(frozen=True)
class KeyRing:
    """``data``: id → 32 bytes, newest last; ``person``: for person keys, never rotated; ``signing``: Ed25519 seeds."""

    data: dict[str, bytes]
    person: bytes
    signing: tuple[bytes, ...]

    @property
    def current(self) -> tuple[str, bytes]:
        """The id and key that new data are sealed with."""
        key_id = list(self.data)[-1]
        return key_id, self.data[key_id]

    def with_new_data_key(self) -> "KeyRing":
        """Return the ring with one more data key, which becomes the current one."""
        # Not their count: where an old key was taken out, that would give its name, or a living one's, to the new.
        last = max(int(key_id.removeprefix("k")) for key_id in self.data)
        return KeyRing({**self.data, f"k{last + 1}": secrets.token_bytes(32)}, self.person, self.signing)

    def with_new_signing_key(self) -> "KeyRing":
        """Return the ring with one more signing key, by which everything is signed from then on; what the others signed stands."""
        return KeyRing(self.data, self.person, (*self.signing, secrets.token_bytes(32)))


def ring() -> KeyRing:
    """Return the key ring of ``settings.PASSERELLE_KEYS``, made on first use; a changed file counts at once."""
    path = settings.PASSERELLE_KEYS
    try:
        changed = os.stat(path)
    except FileNotFoundError:
        write(_fresh(), only_if_absent=True)
        changed = os.stat(path)
    # A rotation in another process puts a new file in place: this one must open what that one seals.
    return _read(path, changed.st_mtime_ns, changed.st_ino)


@lru_cache(maxsize=2)
def _read(path: str, mtime_ns: int, inode: int) -> KeyRing:
    return _parse(Path(path).read_text())


def renew(change: Callable[[KeyRing], KeyRing]) -> KeyRing:
    """Put what ``change`` makes of the ring in its place, and return it. Two at once wait for one another: no key is lost."""
    ring()
    with open(f"{settings.PASSERELLE_KEYS}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        new = change(_parse(Path(settings.PASSERELLE_KEYS).read_text()))
        write(new)
    return new


def write(new: KeyRing, *, only_if_absent: bool = False) -> None:
    """Put ``new`` in place in one step, readable by the owner alone, and use it from now on."""
    path = Path(settings.PASSERELLE_KEYS)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    with draft.open("w") as file:
        file.write(_dump(new))
        file.flush()
        os.fsync(file.fileno())  # what is sealed next must never outlive its key
    if only_if_absent:
        # Two processes may start at once: the first link wins and both read the same ring.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    else:
        draft.replace(path)
    _read.cache_clear()  # two files put in place in one tick of the clock may share its time and a number of the disk


def signing_key(public: bytes = b"") -> Ed25519PrivateKey | None:
    """Return the newest signing key, or the one of which ``public`` is the public half; None where it is not in the ring."""
    seeds = dict(zip(public_keys(), ring().signing, strict=True))
    seed = seeds.get(public) if public else ring().signing[-1]
    return Ed25519PrivateKey.from_private_bytes(seed) if seed else None


def public_keys(of: KeyRing | None = None) -> list[bytes]:
    """Return the raw public half of every signing key, oldest first; of another ring where one is given."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return [
        Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*raw) for seed in (of or ring()).signing
    ]


def _fresh() -> KeyRing:
    return KeyRing({"k1": secrets.token_bytes(32)}, secrets.token_bytes(32), (secrets.token_bytes(32),))


def _dump(keys: KeyRing) -> str:
    def text(raw: bytes) -> str:
        return base64.b64encode(raw).decode()

    shape = {
        "data": {key_id: text(key) for key_id, key in keys.data.items()},
        "person": text(keys.person),
        "signing": [text(seed) for seed in keys.signing],
    }
    return json.dumps(shape, indent=1)


def _parse(source: str) -> KeyRing:
    shape = json.loads(source)
    data = {key_id: base64.b64decode(key) for key_id, key in shape["data"].items()}
    return KeyRing(data, base64.b64decode(shape["person"]), tuple(base64.b64decode(seed) for seed in shape["signing"]))
