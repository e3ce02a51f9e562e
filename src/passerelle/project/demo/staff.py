"""The demo's staff: created by the administrator's command, enrolled with known second factors."""

from collections.abc import Iterable
from datetime import datetime

from passerelle.accounts import operations as accounts
from passerelle.accounts import queries as people
from passerelle.accounts.models import Person
from passerelle.project.demo.plans import Plan
from passerelle.project.demo.sign_ins import PASSWORD, PROGRAM, STAFF


def create(at: datetime) -> dict[str, Person]:
    """Create and enrol every staff account; return them by user name."""
    return {
        username: _one(PROGRAM, username, roles, secret, name, "en", at)
        for username, _who, roles, secret, name in STAFF
    }


def create_for(plan: Plan, at: datetime) -> dict[str, Person]:
    """Create and enrol the staff that a plan names."""
    return {
        one["username"]: _one(
            plan.program, one["username"], one["roles"], one["secret"], one["name"], one["language"], at
        )
        for one in plan.staff
    }


def _one(
    program: str, username: str, roles: Iterable[str], secret: str, name: str, language: str, at: datetime
) -> Person:
    held = [(program, role) for role in roles]
    link = accounts.create_staff(
        username=username, email=f"{username}@demo.example", name=name, language=language, roles=held, at=at
    )
    accounts.redeem_link(token=link.token, password=PASSWORD, at=at)
    accounts.enrol_totp(person=link.person, secret=secret, at=at)
    return people.person(username)
