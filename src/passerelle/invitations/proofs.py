"""The proof of a notification while it waits in a session: until whoever showed number and code has an account."""

from typing import Any

KEY = "notification_proof"


def waits(session: Any) -> bool:
    """Say whether somebody showed number and code in this session and has not gone on yet."""
    return bool(session.get(KEY))
