"""Amounts of money in words. An amount is a whole number of cents; the dollars are Canadian."""

from django.utils.translation import get_language

from passerelle.core.dates import NBSP


def money_words(cents: int, language: str | None = None) -> str:
    """Return an amount of cents in dollars: ``$1,500.00`` or ``1 500,00 $`` (default: the reader's language)."""
    amount = f"{cents // 100:,}.{cents % 100:02}"
    if not (language or get_language() or "en").startswith("fr"):
        return f"${amount}"
    return f"{amount.replace(',', NBSP).replace('.', ',')}{NBSP}$"
