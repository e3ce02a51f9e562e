"""The fields by which a form aims a draw at some of its pool: a set for each group of filters, of which one is enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from passerelle.core.text import pick
from passerelle.core.widgets import DateParts
from passerelle.draws.aiming import MOST_GROUPS, place, value_of
from passerelle.programs.forms.occupations import OccupationCodes
from passerelle.programs.rules import ProgramRules, aim_words, aims
from pointsgrid.asking import MOST_DAYS
from pointsgrid.model import AskedDef

# How many groups there are beside the first, as the form carries it.
MORE = "groups"
_CHOOSE = {"invalid_choice": _("Choose among what is offered here.")}
_DAY = {"invalid": _("Enter a real date, like 25 3 2026.")}


@dataclass(frozen=True)
class Part:
    """One group as the page shows it: named attributes, filters with a value behind a heading, how they are joined."""

    number: int
    attributes: Any
    valued: list[Any]
    match: Any

    @property
    def opened(self) -> bool:
        """Whether the filters with a value are shown at once: one has a value, or an error."""
        return any(one.errors or _filled(one.value()) for one in self.valued)


class AimForm(forms.Form):
    """A form with groups of filters. A subclass calls ``ask_aim`` once it is made."""

    rules: ProgramRules
    stream: str

    def ask_aim(self, rules: ProgramRules, stream: str) -> None:
        """Add the fields of as many groups as were sent, or as there are to begin with; none where the pool has no filter."""
        self.rules, self.stream = rules, stream
        self.asked_of = aims.asked(rules, stream)
        self.numbers = range(1 + _count(self.data if self.is_bound else self.initial))
        first = {name: field for number in self.numbers for name, field in self._fields(number).items()}
        if first:
            hidden = forms.IntegerField(required=False, widget=forms.HiddenInput)
            self.fields |= {**first, MORE: hidden}

    @property
    def aim_parts(self) -> list[Part]:
        """The groups, for ``draws/staff/aim.html``; none where the pool has no filter."""
        return [self._part(number) for number in self.numbers] if MORE in self.fields else []

    @property
    def several(self) -> bool:
        """Whether there is more than one group."""
        return len(self.numbers) > 1

    @property
    def following(self) -> int:
        """The number of the group that may be added; 0 where there are as many as there may be."""
        return len(self.numbers) if len(self.numbers) < MOST_GROUPS else 0

    def aim_names(self) -> list[str]:
        """Return the names of the fields of every group, in the order of the page."""
        return [*(name for number in self.numbers for name in self._fields(number)), MORE]

    def aimed_at(self) -> dict[str, Any]:
        """Return what was chosen, in the shape of ``Draw.filters``."""
        first, *others = (self._said(number) for number in self.numbers)
        return {**first, "or": others} if others else first

    def leave_unchecked(self) -> None:
        """Show the form as it was typed, with no fault told: it is not being sent yet."""
        self._errors, self.cleaned_data = ErrorDict(), {}

    def refuse(self, field: str, message: Any) -> None:
        """Put a refusal beside its field, or the one that stands for it, or above all."""
        near = (field, f"{field}-codes", f"{field}-first", field.removesuffix("-codes"))
        self.add_error(next((one for one in near if one in self.fields), None), message)

    def _fields(self, number: int) -> dict[str, forms.Field]:
        known = self.rules.filters(self.stream)
        found: dict[str, forms.Field] = {}
        if known:
            found["attributes"] = forms.MultipleChoiceField(
                label=_("Only those with"), required=False, widget=forms.CheckboxSelectMultiple, error_messages=_CHOOSE,
                choices=[(key, aim_words.attribute(key, self.rules, self.stream)) for key in known],
                help_text="" if self.several else _("Choose none for a general draw over everybody in the pool."),
            )  # fmt: skip
        for asked in self.asked_of.values():
            found |= {value_of(asked.key) + end: field for end, field in _value_fields(self.rules, asked)}
        if found:
            found["match"] = forms.ChoiceField(
                label=_("Where several are chosen"), required=False, widget=forms.RadioSelect,
                choices=[("every", _("A person needs every one of them")), ("any", _("One of them is enough"))], initial="every",
            )  # fmt: skip
            found["match"].looks_required = True  # type: ignore[attr-defined]
        return {place(number, name): field for name, field in found.items()}

    def _part(self, number: int) -> Part:
        names = self._fields(number)
        valued = [self[name] for name in names if value_of("") in name]
        attributes, match = (
            self[place(number, one)] if place(number, one) in names else None for one in ("attributes", "match")
        )
        return Part(number, attributes, valued, match)

    def _said(self, number: int) -> dict[str, Any]:
        said = {name: self.cleaned_data.get(place(number, name)) for name in ("attributes", "match")}
        values = {
            key: _value(self.cleaned_data, place(number, value_of(key)), one) for key, one in self.asked_of.items()
        }
        return {
            name: one
            for name, one in {**said, "values": {key: one for key, one in values.items() if one}}.items()
            if one
        }


def begun(rules: ProgramRules, stream: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters as they are kept as the initial values of their fields."""
    groups, asked_of = [filters, *filters.get("or", ())], aims.asked(rules, stream)
    found: dict[str, Any] = {MORE: len(groups) - 1}
    for number, group in enumerate(groups):
        found[place(number, "attributes")] = group.get("attributes", [])
        found[place(number, "match")] = group.get("match") or "every"
        for key, value in group.get("values", {}).items():
            if key in asked_of:
                found |= _begun_value(place(number, value_of(key)), value, asked_of[key])
    return found


def is_change(data: Any) -> bool:
    """Say whether what was posted only asks for another group, or for one less, and sends nothing."""
    step = str(data.get("step", ""))
    return step == "more" or _gone(step) > 0


def sent(data: Any) -> Any:
    """Return what was posted, with another group or without the one whose button was pressed (``more``, ``out-2``)."""
    step, more = str(data.get("step", "")), _count(data)
    if not is_change(data):
        return data
    found = data.copy()
    found[MORE] = min(more + 1, MOST_GROUPS - 1) if step == "more" else max(more - 1, 0)
    if step == "more":
        found.setdefault(place(found[MORE], "match"), "every")
    for number in range(_gone(step) or MOST_GROUPS, MOST_GROUPS):
        here, after = place(number, ""), place(number + 1, "")
        for name in [one for one in found if one.startswith(here)]:
            del found[name]
        for name in [one for one in data if one.startswith(after)]:
            found.setlist(here + name.removeprefix(after), data.getlist(name))
    return found


def _gone(step: str) -> int:
    """Return the number of the group that a button takes out; 0 where it takes none."""
    return next((number for number in range(1, MOST_GROUPS) if step == f"out-{number}"), 0)


def _count(data: Mapping[str, Any]) -> int:
    said = str(data.get(MORE) or "0")
    return min(int(said), MOST_GROUPS - 1) if said.isascii() and said.isdecimal() else 0


# --- the fields of a value ----------------------------------------------------------------------------------------------


def _value_fields(rules: ProgramRules, asked: AskedDef) -> Iterator[tuple[str, forms.Field]]:
    """Give the fields of a value, each with the end of its name."""
    label = pick({"en": asked.label.en, "fr": asked.label.fr})
    if asked.choose == "days":
        for end, words in (("-first", _("%(filter)s: from")), ("-last", _("%(filter)s: up to and including"))):
            said = words % {"filter": label}
            yield end, forms.DateField(label=said, required=False, widget=DateParts, error_messages=_DAY)
        return
    options = aim_words.options(rules, asked)
    if asked.choose == "at_least":
        yield "", _at_least(rules, asked, label, options)
    elif asked.choose == "within_days":
        yield (
            "",
            _number(
                label,
                0,
                MOST_DAYS,
                suffix=_("days"),
                help_text=_("At most so many days after the draw, and not before it."),
            ),
        )
    elif options:
        yield (
            "",
            forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=options,
                widget=forms.CheckboxSelectMultiple,
                error_messages=_CHOOSE,
            ),
        )
    if asked.choose == "occupation":
        other = _("%(filter)s: other codes") % {"filter": label} if options else label
        yield "-codes", OccupationCodes(label=other)


def _at_least(rules: ProgramRules, asked: AskedDef, label: Any, options: list[tuple[str, str]]) -> forms.Field:
    fact = rules.points.facts[asked.of]
    if options:
        chosen = [("", _("Not asked")), *((value, _("%(least)s or more") % {"least": name}) for value, name in options)]
        return forms.ChoiceField(label=label, required=False, choices=chosen, error_messages=_CHOOSE)
    unit = pick({"en": fact.unit.en, "fr": fact.unit.fr}) if fact.unit else ""
    return _number(label, fact.type.low, fact.type.high, suffix=unit, places=fact.type.places, help_text=_("At least."))


def _number(label: Any, low: Any, high: Any, *, suffix: Any, help_text: Any, places: int = 0) -> forms.Field:
    wrong = _("Enter a number from %(low)s to %(high)s, or leave it blank.") % {"low": low or 0, "high": high or "…"}
    messages = dict.fromkeys(("invalid", "min_value", "max_value", "max_decimal_places", "max_digits"), wrong)
    asked: dict[str, Any] = {
        "label": label, "required": False, "min_value": low, "max_value": high, "help_text": help_text, "error_messages": messages,
        "widget": forms.TextInput(attrs={"inputmode": "decimal" if places else "numeric", "size": 5, "autocomplete": "off"}),
    }  # fmt: skip
    field = forms.DecimalField(decimal_places=places, **asked) if places else forms.IntegerField(**asked)
    field.suffix = suffix  # type: ignore[attr-defined]
    return field


def _value(said: Mapping[str, Any], name: str, asked: AskedDef) -> list[str]:
    """Return a value as a list of texts; empty where nothing is chosen."""
    if asked.choose == "days":
        ends = [said.get(f"{name}{end}") for end in ("-first", "-last")]
        return [one.isoformat() if one else "" for one in ends] if any(ends) else []
    chosen = said.get(name)
    if isinstance(chosen, list):
        return [*chosen, *said.get(f"{name}-codes", ())]
    codes = list(said.get(f"{name}-codes") or ())
    return codes or ([] if chosen in (None, "") else [str(chosen)])


def _begun_value(name: str, value: Sequence[str], asked: AskedDef) -> dict[str, Any]:
    if asked.choose == "days":
        return {f"{name}-first": value[0], f"{name}-last": value[1]}
    if asked.choose == "occupation":
        codes = [one for one in value if one not in asked.lists]
        return {name: [one for one in value if one in asked.lists], f"{name}-codes": " ".join(codes)}
    return {name: value[0] if asked.choose in ("at_least", "within_days") else list(value)}


def _filled(value: Any) -> bool:
    return any(map(_filled, value)) if isinstance(value, list | tuple) else value not in (None, "")
