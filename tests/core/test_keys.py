"""The file of keys, changed by several at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from passerelle.core import keys
from passerelle.core.keys import KeyRing


def test_keys_made_at_the_same_time_are_all_kept(settings: Any, tmp_path: Path) -> None:
    settings.PASSERELLE_KEYS = str(tmp_path / "keys" / "ring.json")
    first = keys.ring()
    changes = [KeyRing.with_new_signing_key, KeyRing.with_new_data_key] * 20
    with ThreadPoolExecutor(8) as several:
        made = list(several.map(keys.renew, changes))
    now = keys.ring()
    assert len(now.signing) == len(now.data) == 21
    assert all({*one.signing} <= {*now.signing} and one.data.items() <= now.data.items() for one in [first, *made])
