"""The life of a payment. Whether the time to pay is over is asked of the clock, not stored."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.core.lifecycle import Lifecycle, Move


class PaymentState(TextChoices):
    ASKED = "asked", _("To be paid")
    FAILED = "failed", _("Not accepted")
    PAID = "paid", pgettext_lazy("payment", "Paid")
    REFUNDING = "refunding", _("Refund on its way")
    REFUNDED = "refunded", _("Refunded")
    CANCELLED = "cancelled", pgettext_lazy("payment", "Cancelled")


class StepKind(TextChoices):
    """What a step of a payment tells."""

    ASKED = "asked", _("Payment asked for")
    EXTENDED = "extended", _("More time to pay")
    STARTED = "started", _("Card page opened")
    FAILED = "failed", _("Card not accepted")
    PAID = "paid", pgettext_lazy("payment step", "Paid")
    MISMATCH = "mismatch", _("Another amount came in")
    SURPLUS = "surplus", _("Paid a second time")
    CANCELLED = "cancelled", pgettext_lazy("payment step", "Cancelled")
    REFUND_ASKED = "refund_asked", _("Refund asked for")
    REFUND_FAILED = "refund_failed", _("Refund did not go through")
    REFUND_AGAIN = "refund_again", _("Refund to be tried again")
    REFUNDED = "refunded", pgettext_lazy("payment step", "Refunded")
    SURPLUS_REFUNDED = "surplus_refunded", _("Second payment refunded")


PAYABLE = frozenset({PaymentState.ASKED, PaymentState.FAILED})
# One of these for each thing a person pays for; what was cancelled or given back may be asked for anew.
STANDING = frozenset({PaymentState.ASKED, PaymentState.FAILED, PaymentState.PAID})

PAYMENT_LIFECYCLE = Lifecycle(
    Move("fail", leaves=PAYABLE, reaches=PaymentState.FAILED),
    Move("pay", leaves=PAYABLE, reaches=PaymentState.PAID),
    Move("cancel", leaves=PAYABLE, reaches=PaymentState.CANCELLED),
    # The card was charged while the asking room took the request back: nobody waits for this money.
    Move("pay_cancelled", leaves={PaymentState.CANCELLED}, reaches=PaymentState.REFUNDING),
    Move("refund", leaves={PaymentState.PAID}, reaches=PaymentState.REFUNDING),
    Move("give_back", leaves={PaymentState.REFUNDING}, reaches=PaymentState.REFUNDED),
)
