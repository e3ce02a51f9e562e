"""Fees: asked for, paid by card through a provider, given back.

Owns Payment (what one person owes for one purpose), Attempt (one try at the provider; the model django-payments works
on) and PaymentStep (append-only, each step with its amount). Knows nothing of what is paid for: a later room asks with
a reference of its own and is told of the outcome by a hook, in the same transaction (``payments.hooks``). Card data
never come here: the person types them at the provider. Lends ``operations.ask``, ``extend``, ``cancel``, ``refund``;
``queries.is_paid`` and kin.

    asked ⇄ failed ──▶ paid ──▶ refunding ──▶ refunded
      └───────┴──▶ cancelled ──────▲             (a payment that comes in for what was cancelled goes back at once)

Lock order: the asking room's record (``hooks.lock_first``), payment, attempt, audit chain, counters, outbox.
"""
