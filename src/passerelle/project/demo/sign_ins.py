"""The demo's accounts that a visitor may use: names, passwords, and the codes that count now."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.totp.internal import auth as totp

from passerelle.accounts.models import Person
from passerelle.project.demo import plans

PASSWORD = "aurora-over-great-slave"


@dataclass(frozen=True)
class SignIn:
    """One account for visitors. ``code`` is the TOTP code that counts at the moment asked; empty for those without."""

    who: str
    username: str
    password: str
    code: str


def sign_ins(*, at: datetime) -> list[SignIn]:
    """Return the demo accounts, staff with their present codes; none when the installation holds no demo."""
    every = [
        SignIn(str(one["who"]), str(one["username"]), PASSWORD, _code(one["secret"], at) if "secret" in one else "")
        for plan in plans.found()
        for one in plan.accounts
    ]
    there = set(Person.objects.filter(username__in=[one.username for one in every]).values_list("username", flat=True))
    return [one for one in every if one.username in there]


def _code(secret: str, at: datetime) -> str:
    step = int(at.timestamp()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(secret, step)))
