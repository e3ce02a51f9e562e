"""What a demo is to hold, program by program: ``packs/<code>/demo.yaml``, beside the versions and part of none."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from ruamel.yaml import YAML

FILE = "demo.yaml"
SMALL, LARGE = "small", "large"


@dataclass(frozen=True)
class Plan:
    """One program's demo, as its file tells it."""

    told: Mapping[str, Any]
    folder: Path = Path()

    @property
    def program(self) -> str:
        return str(self.told["program"])

    @cached_property
    def staff(self) -> list[Mapping[str, Any]]:
        """Accounts of staff for visitors, with their roles and the secret of the second factor."""
        return list(self.told["staff"])

    @cached_property
    def waves(self) -> list[Mapping[str, Any]]:
        """When files are handed in, between two counts of ``days`` ago; without a word of it, evenly over all days."""
        return list(self.told.get("waves") or [{"days": [self.told["days"], 0.2]}])

    @cached_property
    def singly(self) -> list[Mapping[str, Any]]:
        """Files that are told one by one and of which no account is a visitor's: one for each of ``days``, at every size."""
        return [{**one, "days": days} for one in self.told.get("singly", ()) for days in one["days"]]

    @cached_property
    def visitors(self) -> list[Mapping[str, Any]]:
        """People whose files the plan tells one by one: accounts for visitors, and the clients of representatives (``by``)."""
        return [*self.told.get("visitors", ()), *self._clients()]

    @cached_property
    def representatives(self) -> list[Mapping[str, Any]]:
        """Accounts of representatives for visitors, with the licence they register under and their ``clients``."""
        return list(self.told.get("representatives", ()))

    @cached_property
    def accounts(self) -> list[Mapping[str, Any]]:
        """Every account that visitors may sign in to, staff first."""
        return [*self.staff, *self.representatives, *(one for one in self.visitors if "who" in one)]

    def _clients(self) -> list[Mapping[str, Any]]:
        return [{**client, "by": one["username"]} for one in self.representatives for client in one["clients"]]

    @cached_property
    def tables(self) -> list[Mapping[str, Any]]:
        """Tables of figures that the demo loads, knowing them to be made up: ``table``, ``file`` beside this one, ``name``."""
        return [{**one, "text": (self.folder / one["file"]).read_text("utf-8")} for one in self.told.get("tables", ())]

    def members(self, role: str) -> list[str]:
        """The user names of the staff who have a role, in the order they are told."""
        return [str(one["username"]) for one in self.staff if role in one["roles"]]

    def member(self, role: str) -> str:
        """The user name of the first of staff who has a role."""
        return self.members(role)[0]

    def counts(self, size: str) -> Mapping[str, int]:
        """How many files and profiles there are, and how many times the fates of a round are met, at a size."""
        return {"profiles": 0, "times": 1, **self.told["sizes"][size]}


def found(folder: Path | None = None) -> list[Plan]:
    """Return the plans that lie beside the packs, in the order of their codes."""
    files = sorted(Path(folder or settings.PACKS).glob(f"*/{FILE}"))
    return [Plan(YAML(typ="safe").load(file.read_text("utf-8")), file.parent) for file in files]
