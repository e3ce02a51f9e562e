"""A program that makes orders: the Northwest Territories' pack with Ontario's settings and letters for them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from passerelle.accounts.models import Person
from passerelle.orders import operations
from passerelle.orders.models import Order
from passerelle.programs import files
from passerelle.programs.models import Pack
from tests.factories import NOON, an_eoi
from tests.support.cases import DAY, Office, an_office
from tests.support.people import PROGRAM

LETTERS = (
    "intended_order", "intended_order_sent", "order_dropped", "contravention_order", "order_made", "penalty_paid",
    "order_review_asked", "order_review_decision", "order_review_decided",
)  # fmt: skip
SETTINGS = """  - key: {key}
    label: {{en: "{key}", fr: "{key}"}}
    value: {value}
    source: "a test's own"
    certainty: uncertain
"""
TERMS = operations.Terms(
    contravention="The pay records were made up.", provision="Act, s. 19", ban_years=5, penalised=True,
    candidates_concerned=3, further_cents=12_345, further_reason="Fees taken from the candidate",
)  # fmt: skip
BAN, PENALTY = replace(TERMS, penalised=False, further_cents=0), replace(TERMS, ban_years=0)


def an_order_office(counting: str = "earlier") -> Office:
    """Staff of a program whose pack in force has orders."""
    office = an_office()
    values = {
        "ban_max_years": 5, "penalty_max_cents": 15_000_000, "penalty_base_cents": 200_000, "penalty_count_years": 10,
        "penalty_counting": counting,
    }  # fmt: skip
    own, ontario = (files.sources(settings.PACKS / one) for one in ("ca-nt/2026-1", "ca-on/2024-1"))
    added = "".join(SETTINGS.format(key=key, value=value) for key, value in values.items())
    own["settings.yaml"] = own["settings.yaml"].replace("\ndeadlines:\n", "\n" + added + PAY, 1)
    for theirs, ours in REVIEW.items():
        own["settings.yaml"] = own["settings.yaml"].replace(f"    value: {theirs}\n", f"    value: {ours}\n", 1)
    own |= {f"letters/{kind}.yaml": ontario[f"letters/{kind}.yaml"] for kind in LETTERS}
    Pack.objects.create(
        code=PROGRAM, version="2026-9", kind="program", program_id=PROGRAM, sha256=files.fingerprint(own), sources=own,
        loaded_at=NOON - 20 * DAY, in_force_from=NOON - 20 * DAY,
    )  # fmt: skip
    return office


# What a review of an order rests on and takes in is said by the settings that rule every review.
REVIEW = {"what_is_wrong": "error_that_mattered", "any": "not_available_before"}

PAY = """
deadlines:
  - key: penalty_payment
    label: {en: "An administrative penalty is paid", fr: "Une pénalité administrative est payée"}
    days: 60
    unit: calendar_days
    start: {en: "service", fr: "la signification"}
    source: "a test's own"
    certainty: uncertain
"""


def proposed(
    office: Office, terms: operations.Terms = TERMS, *, kind: str = "candidate", at: datetime = NOON, eoi: Any = None
) -> Order:
    """An order an officer proposed against a party of a file handed in."""
    eoi = eoi or an_eoi("in_pool")
    against = operations.Against(kind=kind, about=eoi.reference)
    return operations.propose_order(program=PROGRAM, against=against, terms=terms, by=office.officer, at=at)


def noticed(office: Office, terms: operations.Terms = TERMS, *, at: datetime = NOON, **given: Any) -> Order:
    """One whose notice was sent."""
    return operations.notice_order(
        reference=proposed(office, terms, at=at, **given).reference, by=office.officer, at=at
    )


def made(office: Office, terms: operations.Terms = TERMS, *, by: Person | None = None, **given: Any) -> Order:
    """One made by the director on the first moment on which no reply can come any more."""
    order = noticed(office, terms, **given)
    assert order.reply_by
    return operations.make_order(reference=order.reference, by=by or office.director, at=order.reply_by)
