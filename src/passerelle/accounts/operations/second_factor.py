"""Second factors: enrolled by django-allauth, taken away by two administrators when lost."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction

from passerelle.accounts.models import AccessLink, Person, SecondFactorReset
from passerelle.accounts.operations.linking import new_link
from passerelle.accounts.permissions import BY_RESET, can_ask_reset, can_confirm_reset
from passerelle.core import audit
from passerelle.core.verdicts import require

# What of an authenticator's data is secret: the key of an app, and what the recovery codes are made of.
SEALED = frozenset({"secret", "seed"})


@transaction.atomic
def enrol_totp(*, person: Person, secret: str, at: datetime) -> None:
    """Give ``person`` a known TOTP ``secret`` (base32) and recovery codes, so that demo sign-ins can be printed."""
    Authenticator.objects.filter(user=person).delete()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    audit.record("account.second_factor_added", subject=person.reference, by=person, at=at, program=person.program)


def reseal_second_factors() -> int:
    """Seal the secrets of every authenticator again under the newest key; return how many authenticators.

    They rest in a column of django-allauth's, which sees to their sealing through our adapter.
    """
    keys = list(Authenticator.objects.order_by("pk").values_list("pk", flat=True))
    return sum(_reseal(pk) for pk in keys)


@transaction.atomic
def _reseal(pk: int) -> int:
    held = Authenticator.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if held is None:
        return 0
    for name in SEALED & held.data.keys():
        held.data[name] = encrypt(decrypt(held.data[name]))
    held.save(update_fields=["data"])
    return 1


@transaction.atomic
def ask_second_factor_reset(*, person: Person, reason: str, by: Person, at: datetime) -> SecondFactorReset:
    """Ask that a lost second factor be taken away; another administrator has to confirm."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    require(can_ask_reset(by, person))
    reset = SecondFactorReset.objects.create(person=person, reason=reason, asked_by=by, asked_at=at)
    audit.record("account.second_factor_reset_asked", subject=person.reference, by=by, at=at, detail={"reason": reason})
    return reset


@transaction.atomic
def confirm_second_factor_reset(*, reset: SecondFactorReset, by: Person, at: datetime) -> AccessLink:
    """Take the second factor and the password away and return a new enrolment link, to be handed over in person.

    Every session of the person ends: a thief who has the password must not be the one to enrol a new factor.
    """
    reset = SecondFactorReset.objects.select_for_update(of=("self",)).get(pk=reset.pk)
    require(can_confirm_reset(by, reset))
    reset.confirmed_by, reset.confirmed_at = by, at
    reset.save(update_fields=["confirmed_by", "confirmed_at"])
    person = Person.objects.select_for_update().get(pk=reset.person_id)
    Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()
    person.save(update_fields=["password", "password_stands_alone"])
    audit.record(
        "account.second_factor_reset", subject=person.reference, by=by, at=at,
        detail={"asked_by": reset.asked_by.reference, "confirmed_by": by.reference},
    )  # fmt: skip
    return new_link(person, about=BY_RESET, by=by, at=at)


@transaction.atomic
def reset_second_factor(
    *, person: Person, by: Person, confirmed_by: Person, at: datetime, reason: str = ""
) -> AccessLink:
    """Ask and confirm in one act, for two administrators at one desk."""
    reset = ask_second_factor_reset(person=person, reason=reason, by=by, at=at)
    return confirm_second_factor_reset(reset=reset, by=confirmed_by, at=at)
