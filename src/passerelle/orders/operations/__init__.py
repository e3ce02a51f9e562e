"""What can be done with contravention orders."""

from passerelle.documents.operations import Unacceptable
from passerelle.orders.operations.making import AmountChanged, make_order, record_payment
from passerelle.orders.operations.proposing import (
    Against,
    NoSuchFile,
    Terms,
    drop_order,
    notice_order,
    propose_order,
    reply_to_notice,
)
from passerelle.orders.operations.reviewing import ask_order_review, decide_order_review, open_addition
from passerelle.orders.operations.under_way import ask_about_every_file

__all__ = [
    "Against",
    "AmountChanged",
    "NoSuchFile",
    "Terms",
    "Unacceptable",
    "ask_about_every_file",
    "ask_order_review",
    "decide_order_review",
    "drop_order",
    "make_order",
    "notice_order",
    "open_addition",
    "propose_order",
    "record_payment",
    "reply_to_notice",
]
