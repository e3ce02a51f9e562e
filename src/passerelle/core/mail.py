"""What every room that writes e-mail asks: whether it may leave, and what the log says when it did not."""

from django.conf import settings


def may_leave(address: str) -> bool:
    """Say whether mail to ``address`` may leave: a test installation writes to its allow-list only.

    ``MAIL_ALLOWED`` lists addresses (``a@example.org``) and domains (``@example.org``); empty means everybody.
    """
    allowed = [entry.lower() for entry in settings.MAIL_ALLOWED]
    whole = address.lower()
    return not allowed or whole in allowed or f"@{whole.rpartition('@')[2]}" in allowed


def kind_of(fault: OSError) -> str:
    """Return what went wrong with a mail server and its number, such as "SMTPAuthenticationError 535".

    For the log: the words of a server may quote an address or a message.
    """
    number = getattr(fault, "smtp_code", None) or fault.errno
    return f"{type(fault).__name__} {number}" if number else type(fault).__name__
