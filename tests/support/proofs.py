"""Counts of proofs: the full ones under ``make proof``, and what PROOF_SCALE makes of them on a busy machine."""

import os
from typing import Any

import pytest


def scaled(count: int, name: str) -> int:
    """Return ``count``, or the share of it that PROOF_SCALE asks for: ``0.1``, or ``storms=0.1,kills=0.2`` by name."""
    shares = dict(part.split("=") if "=" in part else ("", part) for part in _asked().split(",") if part)
    return max(1, round(count * float(shares.get(name, shares.get("", 1)))))


def _asked() -> str:
    return os.environ.get("PROOF_SCALE", "")


def small_and_full(small: int, full: int, name: str) -> list[Any]:
    """Two parameters: the small arm of ``make test``, and the full count of ``make proof``."""
    return [small, pytest.param(scaled(full, name), marks=pytest.mark.proof)]
