"""The demo's staff: created by the administrator's command, enrolled with known second factors."""

from datetime import datetime

from passerelle.accounts import operations as accounts
from passerelle.accounts import queries as people
from passerelle.accounts.models import Person
from passerelle.project.demo.plans import Plan
from passerelle.project.demo.sign_ins import PASSWORD


def create(plan: Plan, at: datetime) -> dict[str, Person]:
    """Create and enrol the staff that a plan names; return them by user name."""
    made = {}
    for one in plan.staff:
        username, roles = str(one["username"]), [(plan.program, role) for role in one["roles"]]
        link = accounts.create_staff(
            username=username, email=f"{username}@demo.example", name=one["name"], language=one["language"], roles=roles, at=at
        )  # fmt: skip
        accounts.redeem_link(token=link.token, password=PASSWORD, at=at)
        accounts.enrol_totp(person=link.person, secret=one["secret"], at=at)
        made[username] = people.person(username)
    return made
