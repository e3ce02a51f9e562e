"""Bundles of draws whole in memory, as tests look into them."""

from collections.abc import Mapping

from npd1 import bundle


def whole(members: Mapping[str, bundle.Member]) -> dict[str, bytes]:
    """Return every file of a bundle as bytes."""
    return {name: held if isinstance(held, bytes) else b"".join(held) for name, held in members.items()}
