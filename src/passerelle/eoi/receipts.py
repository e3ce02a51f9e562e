"""The receipt: what it states, its signature, and whether one shown to us is ours."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from passerelle.core import sealing
from passerelle.eoi.models import ExpressionOfInterest


@dataclass(frozen=True)
class Receipt:
    """What anybody who holds a receipt may check: number, program, instant received, first moment no longer valid."""

    reference: str
    program: str
    submitted_at: datetime
    valid_before: datetime
    signature: str


def payload(eoi: ExpressionOfInterest) -> bytes:
    """Return the bytes that are signed: number, program and the two instants, the same for ever and after any change."""
    if eoi.first_submitted_at is None or eoi.valid_before is None:
        raise ValueError(f"{eoi.reference} has not been submitted")
    stated = {
        "receipt": eoi.reference,
        "program": eoi.program,
        "submitted_at": eoi.first_submitted_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "valid_before": eoi.valid_before.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    return json.dumps(stated, sort_keys=True).encode()


def signed(eoi: ExpressionOfInterest) -> str:
    """Return the signature of the file's receipt."""
    return sealing.sign(payload(eoi))


def blanks(eoi: ExpressionOfInterest) -> dict[str, Any]:
    """Return what the message and the letter about a submission say of it."""
    return {
        "submitted_at": eoi.first_submitted_at, "valid_before": eoi.valid_before, "score_by": eoi.review_by,
        "signature": eoi.receipt,
    }  # fmt: skip


def is_genuine(eoi: ExpressionOfInterest, signature: str) -> bool:
    """Say whether ``signature`` is ours for this file as it stands."""
    return bool(eoi.first_submitted_at) and sealing.verify_signature(payload(eoi), signature.strip())
