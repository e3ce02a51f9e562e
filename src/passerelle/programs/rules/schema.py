"""What a program pack may say, apart from its grid: the shapes of program, settings, criteria, deadlines and tables."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from passerelle.programs.rules import conditions
from passerelle.programs.rules.changing import ChangeKind
from passerelle.programs.rules.fairness import Attribute
from passerelle.programs.rules.passing import Passing
from passerelle.programs.rules.records import CONFIRMED as CONFIRMED
from passerelle.programs.rules.records import Certainty, Key, Record, Sourced
from passerelle.programs.rules.representing import Representatives
from passerelle.programs.rules.text import Bilingual

Instant = Literal["registration", "application", "decision"]


def _condition(value: Any) -> Any:
    wrong = next(conditions.faults(value), None)
    if wrong:
        raise PydanticCustomError("condition", "is not a condition: {wrong}", {"wrong": wrong})
    return value


Condition = Annotated[dict[str, Any] | None, BeforeValidator(_condition)]


class Link(Record):
    """A page elsewhere that the program points to."""

    key: Key
    label: Bilingual
    url: Bilingual
    about: Literal["program", "eoi", "category", "forms", "portal", "help"] = "program"


class Contact(Record):
    """How to reach the program: by email, by telephone, by a form in the portal (``help_web_form``), whichever it has."""

    email: str = ""
    phone: str = ""
    department: Bilingual
    government: Bilingual
    help_web_form: bool = False

    @property
    def direct(self) -> str:
        """The address and the number, as one line of what there is."""
        return " · ".join(one for one in (self.email, self.phone) if one)


class Step(Record):
    """One step of the procedure, for the program's home page."""

    title: Bilingual
    text: Bilingual


class Criterion(Sourced):
    """A mandatory condition: asked of the employer as yes, no or unsure; checked on facts where ``condition`` can be.

    ``passes`` in place of a condition names a points grid of a library that is to be passed.
    ``at`` names the instants at which it is tested; none named, whenever the file is looked at.
    ``beside`` names facts and answers that an officer reads with those it is checked on: what a fact was worked out from.
    """

    key: Key
    side: Literal["candidate", "employer", "position"]
    label: Bilingual
    hint: Bilingual | None = None
    condition: Condition = None
    passes: Passing | None = None
    applies_if: Condition = None
    beside: tuple[Key, ...] = ()
    at: tuple[Instant, ...] = ()
    categories: tuple[Key, ...] = ()
    by: dict[Key, "CriterionVariant"] = {}

    @property
    def keys(self) -> list[str]:
        """The answers and facts that it is checked on; none for one that an officer alone judges."""
        return self.passes.keys if self.passes else list(dict.fromkeys(conditions.keys(self.condition)))

    def tested_at(self, instant: Instant) -> bool:
        """Whether it is tested at an instant: one that names none is tested at each."""
        return not self.at or instant in self.at


class CriterionVariant(Record):
    """What differs in one category: the words, the hint, the condition."""

    label: Bilingual | None = None
    hint: Bilingual | None = None
    condition: Condition = None
    source: str | None = None
    certainty: Certainty | None = None


class FederalRound(Record):
    """What rounds over the federal pool start from in a stream: the lists of occupations they may name, language levels."""

    lists: tuple[Key, ...] = ()
    french_lowest: int | None = None
    english_lowest: int | None = None
    either_lowest: int | None = None


class Offer(Record):
    """The job offer an employer makes first: the form it fills in, and the deadline by which a candidate must use it."""

    form: Key
    deadline: Key


class Stream(Sourced):
    """A route of the program: how one enters, what ranks its pool, what is asked after an invitation.

    Each choice that programs make differently stands here, so that no room knows a program by name. ``deadlines`` gives
    the stream's own rule for a deadline: ``{application: application_graduates}``.
    """

    key: Key
    name: Bilingual
    short: Bilingual
    intake: Literal["eoi", "federal"] = "eoi"
    grid: str = ""
    questionnaire: Key = "eoi"
    parts: tuple["Part", ...]
    opened_by: Literal["employer", "candidate"]
    offer: Offer | None = None
    job_offer: bool = True
    points_confirmed: Literal["before_pool", "after_invitation"] = "before_pool"
    edits: Literal["never", "until_invited"] = "never"
    place_after_change: Literal["date_of_effect", "first_submission", "resubmission"] = "date_of_effect"
    hold: bool = False
    places: Literal["held_at_invitation", "used_at_nomination"] = "held_at_invitation"
    deadlines: dict[Key, Key] = {}
    round: FederalRound | None = None

    @property
    def enters_at_once(self) -> bool:
        """Whether an expression of interest is in the pool when it is handed in; its points are proven after an invitation."""
        return self.points_confirmed == "after_invitation"


class Category(Sourced):
    """A kind of job within a stream."""

    key: Key
    name: Bilingual
    short: Bilingual
    stream: Key
    summary: Bilingual
    nomination: Literal["base", "enhanced"]
    open: bool = True
    link: Key | None = None


class Setting(Sourced):
    """One choice of the program; ``unconfirmed`` ones are shown to staff."""

    key: Key
    label: Bilingual
    value: Any
    options: tuple[Any, ...] = ()


class DeadlineRule(Sourced):
    """So many units from a start. A deadline is the first moment too late: a day's end in the program's zone, or to the hour."""

    key: Key
    label: Bilingual
    hours: int = 0
    days: int = 0
    months: int = 0
    years: int = 0
    unit: Literal["hours", "calendar_days", "business_days", "months", "years"]
    start: Bilingual


class Reminder(Record):
    """Days before a deadline on which the parties are reminded."""

    deadline: Key
    days_before: tuple[int, ...]


class Retention(Sourced):
    """How long a kind of record is kept after its file closes."""

    key: Key
    label: Bilingual
    years: int
    after: Bilingual
    then: Literal["erase", "keep_reference"]


def _in_its_letters(value: Any) -> Any:
    return {"en": value, "fr": value} if isinstance(value, str) else value


class Community(Record):
    """A place a file can be about (a community, a census division): one name in its own letters, or one in each language."""

    key: Key
    name: Annotated[Bilingual, BeforeValidator(_in_its_letters)]
    search: tuple[str, ...] = ()


class CommunityTable(Record):
    """Where a program's places stand when a table of the pack has them: its CSV and the columns of key and names."""

    file: str
    key: str
    en: str
    fr: str


class Language(Record):
    """An official language in which help can be asked for; ``own_name`` only where the program itself gives it."""

    key: Key
    name: Bilingual


class Holiday(Record):
    """A day on which the office is closed by law."""

    day: date
    name: Bilingual


class EvidenceType(Sourced):
    """A document that proves an answer, and the grid factors it bears on."""

    key: Key
    label: Bilingual
    hint: Bilingual | None = None
    factors: tuple[str, ...] = ()
    questions: tuple[Key, ...] = ()


class Slot(Sourced):
    """A document of the application's checklist; ``code`` is its number in the source.

    ``criteria``: the mandatory criteria beside which an officer reads it.
    """

    key: Key
    code: str
    label: Bilingual
    hint: Bilingual | None = None
    side: Literal["employer", "candidate"]
    required_in: tuple[Key, ...] = ()
    asked_in: tuple[Key, ...] = ()
    criteria: tuple[Key, ...] = ()
    condition: Condition = None
    not_if: Condition = None
    when: Bilingual | None = None

    def needed(self, category: str, values: Mapping[str, Any]) -> bool | None:
        """Whether the document must be given: True, False (may be given), None (not asked)."""
        if self.not_if and conditions.holds(self.not_if, values):
            return None
        if category in self.required_in:
            return True
        if category not in self.asked_in:
            return None
        return True if conditions.holds(self.condition, values) else None


class Term(Record):
    """A word of the trade in both languages; ``never`` lists words the texts must not use instead."""

    en: str
    fr: str
    never_fr: tuple[str, ...] = ()


class Status(Record):
    """What the pack says of itself."""

    grid: Literal["official", "reconstructed"]
    banner: Bilingual | None = None


class ProgramFile(Record):
    """``program.yaml`` of a program.

    An edition may extend another version (``extends``; ``removes`` names files it does without). ``in_force_from`` and
    ``in_force_through`` are the days of the rules themselves; with ``put_in_force: by_staff`` they count once two people
    have put them in force.
    """

    kind: Literal["program"]
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,19}$")]
    version: str
    extends: str = ""
    removes: tuple[str, ...] = ()
    about: Bilingual | None = None
    in_force_from: datetime
    in_force_through: date | None = None
    put_in_force: Literal["by_date", "by_staff"] = "by_date"
    opens_at: datetime | None = None
    reference_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    uses: tuple[str, ...] = ()
    occupations: tuple["OccupationList", ...] = ()
    name: Bilingual
    short: Bilingual
    territory: Bilingual
    in_territory: Bilingual
    summary: Bilingual
    zone: str
    zone_name: Bilingual
    accent: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    accounts: Literal["per_candidate", "per_person"]
    one_live_eoi: Literal["program", "stream"]
    employer_sees: tuple[Literal["state", "total", "dates"], ...]
    representatives: Representatives | None = None
    status: Status
    contact: Contact
    links: tuple[Link, ...]
    languages: tuple[Language, ...]
    steps: tuple[Step, ...]
    streams: tuple[Stream, ...]
    categories: tuple[Category, ...]
    questions: "WellKnown"
    fairness: tuple[Attribute, ...] = ()
    changes: tuple[ChangeKind, ...] = ()


class OccupationList(Record):
    """A table of occupations the pack carries, and where it comes from."""

    file: str
    edition: str
    in_force_from: date
    source: Bilingual


class Part(Record):
    """A part of the application: who fills it, what must be in before it opens, and its own deadline where it has one."""

    key: Key
    name: Bilingual
    form: str
    side: Literal["employer", "candidate"]
    opens_after: Key | None = None
    deadline: Key | None = None


class WellKnown(Record):
    """Which questions hold what the platform itself needs to know: who the person is.

    What a program does not ask of everybody (the job, a permit) is left out.
    """

    family_name: Key
    given_names: Key
    date_of_birth: Key
    passport_country: Key
    passport_number: Key
    email: Key
    phone: Key
    language: Key
    occupation: Key | None = None


class LibraryFile(BaseModel):
    """``program.yaml`` of a library pack: charts and grids that other packs use."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Literal["library"]
    code: str
    version: str


Criterion.model_rebuild()
Stream.model_rebuild()
ProgramFile.model_rebuild()
