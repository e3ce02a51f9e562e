"""Settings of card payments, read from the environment: which provider, and its keys."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

PROVIDERS = ("dummy", "stripe")


class Paying(NamedTuple):
    """``provider`` is the one new payments go to ("" for none); ``variants`` all that are set up, for django-payments."""

    provider: str
    variants: dict[str, tuple[str, dict[str, Any]]]


def settings_of(env: Mapping[str, str], *, url: str) -> Paying:
    """Return what is set; raises ImproperlyConfigured, saying what to set.

    ``dummy`` takes no money, so an installation that people reach by https refuses it unless told
    ``PAYMENT_DUMMY_ALLOWED=yes`` (a demonstration). There the default is no provider at all.
    """
    https = url.startswith("https://")
    chosen = env.get("PAYMENT_PROVIDER", "" if https else "dummy")
    if chosen and chosen not in PROVIDERS:
        raise ImproperlyConfigured(f"PAYMENT_PROVIDER={chosen} is not one of {', '.join(PROVIDERS)}")
    if chosen == "dummy" and https and env.get("PAYMENT_DUMMY_ALLOWED") != "yes":
        raise ImproperlyConfigured(
            "PAYMENT_PROVIDER=dummy takes no money: name a real provider, or set PAYMENT_DUMMY_ALLOWED=yes on a demonstration"
        )
    return Paying(chosen, _variants(env, chosen))


def _variants(env: Mapping[str, str], chosen: str) -> dict[str, tuple[str, dict[str, Any]]]:
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    if chosen == "dummy":
        found["dummy"] = ("passerelle.payments.providers.PracticeCard", {})
    key, secret = _secret(env, "STRIPE_API_KEY"), _secret(env, "STRIPE_WEBHOOK_SECRET")
    if chosen == "stripe" and not (key and secret):
        raise ImproperlyConfigured(
            "PAYMENT_PROVIDER=stripe needs STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET, or the same names with _FILE"
        )
    # Kept while the keys are there, also when another provider is chosen now: refunds go where the payment came from.
    if key and secret:
        found["stripe"] = (
            "passerelle.payments.providers.StripeCheckout", {"api_key": key, "endpoint_secret": secret}
        )  # fmt: skip
    return found


def _secret(env: Mapping[str, str], name: str) -> str:
    if f"{name}_FILE" in env:
        return Path(env[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
    return env.get(name, "")
