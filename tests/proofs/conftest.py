"""Processes of their own read the machine's clock: so does the test that looks on."""

import pytest


@pytest.fixture(autouse=True)
def _on_a_working_day() -> None:
    """Leave the clock as it is."""
