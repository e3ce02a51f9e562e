"""Ports for servers in processes of their own, which are told where to listen some time before they do."""

import os
from itertools import count, islice

from passerelle.project.runtime import ports

# The system gives ports from 32768 on to whoever asks for any; the tests beside this one get none of these.
_FIRST = 10_000 + 4 * (os.getpid() % 5_000)


def own(many: int) -> list[int]:
    """Return free ports that no other process of the tests is given, now or before they are listened on."""
    return list(islice(filter(ports.is_free, count(_FIRST)), many))
