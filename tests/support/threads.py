"""Races on real connections: one thread, one connection each, all starting at one moment."""

import threading
from collections.abc import Callable

from django.db import connection


def together(count: int, act: Callable[[int], object]) -> list[object]:
    """Run ``act(0)`` to ``act(count - 1)`` at once; return what each returned or raised."""
    barrier = threading.Barrier(count)
    outcomes: list[object] = [None] * count

    def run(number: int) -> None:
        try:
            barrier.wait()
            outcomes[number] = act(number)
        except Exception as fault:
            outcomes[number] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
