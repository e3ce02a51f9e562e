"""May they? A predicate answers with a verdict: yes, or no with a reason to show."""

from dataclasses import dataclass

from django.utils.functional import Promise


class NotAllowed(Exception):
    """The person may not do this (HTTP 403); the message is for them."""


@dataclass(frozen=True)
class Verdict:
    """``allowed``, or the ``reason`` why not, in the reader's language."""

    allowed: bool
    reason: str | Promise = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


def require(verdict: Verdict) -> None:
    """Raise NotAllowed with the verdict's reason unless it is a yes."""
    if not verdict.allowed:
        raise NotAllowed(str(verdict.reason))
