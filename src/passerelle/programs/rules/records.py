"""What every record of a pack is made of: fields that are known, a key, a source with how sure it is."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Certainty = Literal["seed", "verified", "verified_old", "secondary", "uncertain", "general"]
CONFIRMED = frozenset({"seed", "verified"})
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]


class Record(BaseModel):
    """Base: fields are known, and a loaded pack never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(Record):
    """A value with where it is written and how sure that is."""

    source: str
    certainty: Certainty

    @property
    def confirmed(self) -> bool:
        """Whether an official source says so."""
        return self.certainty in CONFIRMED
