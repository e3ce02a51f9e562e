"""The demo's accounts that a visitor may use: names, passwords, and the codes that count now."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.totp.internal import auth as totp
from django.utils.translation import gettext_noop

from passerelle.accounts.models import Person
from passerelle.project.demo import plans

PASSWORD = "aurora-over-great-slave"
PROGRAM = "ca-nt"
# User name, what to call the account, roles, TOTP secret (made up for the demo alone).
STAFF = (
    ("officer", gettext_noop("Officer"), ("officer",), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA", "Nora Erasmus"),
    (
        "officer2",
        gettext_noop("Second officer"),
        ("officer", "reviewer"),
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXB",
        "Étienne Lafferty",
    ),
    (
        "drawmanager",
        gettext_noop("Draw manager"),
        ("draw_manager",),
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXC",
        "Camille Beaulieu",
    ),
    ("director", gettext_noop("Director"), ("director",), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXD", "Margaret Kendi"),
    ("auditor", gettext_noop("Auditor"), ("auditor",), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXE", "Robert Côté"),
    (
        "administrator",
        gettext_noop("Administrator"),
        ("administrator",),
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXF",
        "Alice Sangris",
    ),
)
# The parties' accounts that the story leaves for visitors, by what they show.
PARTIES = (
    ("employer", gettext_noop("Employer, starting")),
    ("invited", gettext_noop("Employer, invited")),
    ("candidate", gettext_noop("Candidate, in the pool")),
)


@dataclass(frozen=True)
class SignIn:
    """One account for visitors. ``code`` is the TOTP code that counts at the moment asked; empty for those without."""

    who: str
    username: str
    password: str
    code: str


def sign_ins(*, at: datetime) -> list[SignIn]:
    """Return the demo accounts, staff with their present codes; none when the installation holds no demo."""
    staff = [SignIn(who, username, PASSWORD, _code(secret, at)) for username, who, _roles, secret, _name in STAFF]
    parties = [SignIn(who, username, PASSWORD, "") for username, who in PARTIES]
    for plan in plans.found():
        parties += [
            SignIn(str(one["who"]), str(one["username"]), PASSWORD, _code(one["secret"], at) if "secret" in one else "")
            for one in plan.accounts
        ]
    every = [*staff, *parties]
    there = set(Person.objects.filter(username__in=[one.username for one in every]).values_list("username", flat=True))
    return [one for one in every if one.username in there]


def _code(secret: str, at: datetime) -> str:
    step = int(at.timestamp()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(secret, step)))
