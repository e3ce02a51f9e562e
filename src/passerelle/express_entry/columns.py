"""The columns of a file of profiles: what each may hold, and a line of the file as a profile or its faults."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from passerelle.core.text import clean_name
from passerelle.express_entry.crs import ABILITIES, FederalGrids, worked_out
from passerelle.express_entry.reading import Fault, Record
from pointsgrid.model import Type
from pointsgrid.values import BadValue, parse_value

HIGHEST = 1200
PROVINCES = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT", "ALL"])
LANGUAGES = {"en": "english", "fr": "french"}
NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{3,19}")
DIGEST = re.compile(r"[0-9a-f]{64}")
REQUIRED = (
    "profile_number", "family_name", "given_names", "birth_date", "crs", "crs_on", "primary_noc", "experience",
    "first_language", "provinces", "created_on", "valid_until",
)  # fmt: skip
OPTIONAL = ("validation_code", "validation_code_sha256", "email", "passport_country", "passport_number")


@dataclass(frozen=True)
class Profile:
    """One line, read and found in order. ``told`` is everything it says, for telling whether it changed."""

    line: int
    number: str
    code_digest: str
    identity: Mapping[str, str]
    crs: int
    crs_on: date
    crs_lines: Mapping[str, int]
    primary_noc: str
    experience: Mapping[str, int]
    levels: Mapping[str, tuple[int, ...]]
    facts: Mapping[str, Any]
    provinces: tuple[str, ...]
    created_on: date
    valid_until: date
    told: str


class Columns:
    """How the columns of a file are read under one library of grids and one list of occupations."""

    def __init__(self, grids: FederalGrids, occupations: frozenset[str]) -> None:
        self.grids, self.occupations = grids, occupations
        self.levels = {code: [f"{name}_{ability}" for ability in ABILITIES] for code, name in LANGUAGES.items()}
        self.lines = {f"crs_{line}": line for line in grids.lines}
        self.facts: dict[str, Type] = {key: grids.rules.facts[key].type for key in grids.facts}
        levels = [name for some in self.levels.values() for name in some]
        self.known = frozenset((*REQUIRED, *OPTIONAL, *levels, *self.lines, *self.facts))

    def head_faults(self, record: Record) -> Iterator[Fault]:
        """The faults of a file's columns: told once, by place, since a file without a head has people in its place."""
        for place, name in enumerate(record.values, start=1):
            if name not in self.known:
                yield Fault(1, f"column {place}", "unknown_column")
        for name in REQUIRED:
            if name not in record.values:
                yield Fault(1, name, "no_column")
        if not record.values.keys() & {"validation_code", "validation_code_sha256"}:
            yield Fault(1, "validation_code", "no_column")

    def read(self, record: Record) -> Profile | list[Fault]:
        """Return the profile of a line, or every fault in it."""
        line = _Line(record)
        line.unknown(self.known)
        found: dict[str, Any] = {
            "number": line.take("profile_number", _number, "number"),
            "identity": line.identity(),
            "code_digest": line.code_digest(),
            "crs": line.take("crs", _score, "score"),
            "crs_on": line.take("crs_on", _day, "date"),
            "crs_lines": line.several(self.lines, _score, "score"),
            "primary_noc": line.take("primary_noc", self._noc, "noc"),
            "experience": line.take("experience", self._experience, "experience"),
            "provinces": line.take("provinces", _provinces, "province"),
            "created_on": line.take("created_on", _day, "date"),
            "valid_until": line.take("valid_until", _day, "date"),
        }
        born = line.take("birth_date", _day, "date")
        first = line.take("first_language", _language, "language")
        levels = {code: line.levels(names, needed=code == first) for code, names in self.levels.items()}
        facts = {key: value for key, kind in self.facts.items() if (value := line.fact(key, kind)) is not None}
        self._together(line, found, born)
        if line.faults:
            return line.faults
        facts |= worked_out(age=_age(born, found["crs_on"]), first=first, levels=levels)
        return Profile(line=record.line, levels=levels, facts=facts, told=_told(record), **found)

    def _together(self, line: "_Line", found: Mapping[str, Any], born: date | None) -> None:
        """What must hold between fields; asked only of those that could be read."""
        created, until, on = found["created_on"], found["valid_until"], found["crs_on"]
        if created and until and until < created:
            line.wrong("valid_until", "before_created")
        if born and on and not 0 <= _age(born, on) <= 120:
            line.wrong("birth_date", "age")
        noc, experience = found["primary_noc"], found["experience"]
        if noc and experience is not None and noc not in experience:
            line.wrong("experience", "no_primary")

    def _noc(self, value: Any) -> str:
        code = str(value).strip()
        if not re.fullmatch(r"[0-9]{5}", code) or (self.occupations and code not in self.occupations):
            raise ValueError
        return code

    def _experience(self, value: Any) -> dict[str, int]:
        """``21231:36;21232:12``, or an object of months by occupation."""
        pairs = value.items() if isinstance(value, dict) else [one.split(":") for one in str(value).split(";")]
        found = {self._noc(code): _whole(months, 0, 840) for code, months in pairs}
        if not found or len(found) > 30:
            raise ValueError
        return found


class _Line:
    """One line under the reader's eye: values taken from it, faults found in it."""

    def __init__(self, record: Record) -> None:
        self.number, self.values = record.line, record.values
        self.faults: list[Fault] = []

    def wrong(self, name: str, code: str, detail: str = "") -> None:
        self.faults.append(Fault(self.number, name, code, detail))

    def unknown(self, known: frozenset[str]) -> None:
        for place, name in enumerate(self.values, start=1):
            if name not in known:
                self.wrong(f"column {place}", "unknown_column")

    def blank(self, name: str) -> bool:
        value = self.values.get(name)
        return value is None or (isinstance(value, str) and not value.strip())

    def take(self, name: str, read: Callable[[Any], Any], code: str, *, needed: bool = True) -> Any:
        """Return what ``read`` makes of a field; a fault and None where it is blank or ``read`` refuses it."""
        if self.blank(name):
            if needed:
                self.wrong(name, "blank")
            return None
        try:
            return read(self.values[name])
        except (ValueError, TypeError, ArithmeticError, ValidationError):
            self.wrong(name, code)
            return None

    def several(self, names: Mapping[str, str], read: Callable[[Any], Any], code: str) -> dict[str, Any]:
        found = {key: self.take(name, read, code, needed=False) for name, key in names.items()}
        return {key: value for key, value in found.items() if value is not None}

    def identity(self) -> dict[str, str]:
        found = {name: self.take(name, _name, "name") for name in ("family_name", "given_names")}
        found["birth_date"] = str(self.values.get("birth_date") or "")
        found["email"] = self.take("email", _email, "email", needed=False)
        both = ("passport_country", "passport_number")
        if self.blank(both[0]) != self.blank(both[1]):
            self.wrong(both[self.blank(both[1])], "passport")
        found["passport_country"] = self.take(both[0], _country, "country", needed=False)
        found["passport_number"] = self.take(both[1], _name, "name", needed=False)
        return {name: value for name, value in found.items() if value}

    def code_digest(self) -> str | None:
        """The SHA-256 of the validation code, whichever of the two the file gives."""
        given = [name for name in ("validation_code", "validation_code_sha256") if not self.blank(name)]
        if len(given) != 1:
            self.wrong("validation_code", "one_code")
            return None
        return self.take(given[0], _digest if given[0] == "validation_code_sha256" else _code, "code")

    def levels(self, names: list[str], *, needed: bool) -> tuple[int, ...]:
        """The four levels of a language: all or none, and all in the first language."""
        given = [not self.blank(name) for name in names]
        if not any(given) and not needed:
            return ()
        return tuple(self.take(name, _level, "level") or 0 for name in names)

    def fact(self, name: str, kind: Type) -> Any:
        """A fact of the library, by its own type."""
        if self.blank(name):
            return None
        try:
            value = parse_value(name, self.values[name], kind)
        except BadValue:
            value = None
        outside = isinstance(value, int) and kind.low is not None and not kind.low <= value <= (kind.high or value)
        if value is None or outside:
            expected = "|".join(kind.options) or (f"{kind.low}-{kind.high}" if kind.low is not None else kind.kind)
            self.wrong(name, "fact", expected)
            return None
        return value


def _told(record: Record) -> str:
    return json.dumps({key: value for key, value in record.values.items() if value not in (None, "")}, sort_keys=True)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _whole(value: Any, low: int, high: int) -> int:
    if isinstance(value, (bool, float)):
        raise ValueError
    found = int(str(value).strip())
    if not low <= found <= high:
        raise ValueError
    return found


def _score(value: Any) -> int:
    return _whole(value, 0, HIGHEST)


def _level(value: Any) -> int:
    return _whole(value, 0, 12)


def _day(value: Any) -> date:
    return date.fromisoformat(str(value).strip())


def _number(value: Any) -> str:
    number = str(value).strip().upper()
    if not NUMBER.fullmatch(number):
        raise ValueError
    return number


def _code(value: Any) -> str:
    return hashlib.sha256(_number(value).encode()).hexdigest()


def _digest(value: Any) -> str:
    digest = str(value).strip().lower()
    if not DIGEST.fullmatch(digest):
        raise ValueError
    return digest


def _name(value: Any) -> str:
    return clean_name(str(value))


def _email(value: Any) -> str:
    address = str(value).strip()
    validate_email(address)
    return address


def _country(value: Any) -> str:
    code = str(value).strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", code):
        raise ValueError
    return code


def _language(value: Any) -> str:
    code = str(value).strip().lower()
    if code not in LANGUAGES:
        raise ValueError
    return code


def _provinces(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value).replace(";", " ").split()
    found = tuple(sorted({str(one).strip().upper() for one in parts}))
    if not found or not set(found) <= PROVINCES:
        raise ValueError
    return found
