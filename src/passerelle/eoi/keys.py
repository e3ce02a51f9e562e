"""The keys by which a bar follows who has no passport key: an employer, a representative."""

from passerelle.core import sealing


def employer_key(program: str, email: str) -> str:
    """Return the key by which a bar follows an employer: across the accounts that share an e-mail address."""
    return sealing.person_key(f"{program}|employer", "", email.casefold().encode().hex())


def representative_key(program: str, body: str, number: str) -> str:
    """Return the key by which a bar follows a representative: the licensing body and the number of the licence."""
    return sealing.person_key(f"{program}|representative", body, number)
