"""What a score rests on, for the officer: each factor with its points, the facts under it, and how far they are proved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from passerelle.core.dates import day_words
from passerelle.core.text import pick
from passerelle.core.widgets import DateParts
from passerelle.documents import queries as files
from passerelle.eoi import queries
from passerelle.eoi.models import EvidenceItem, ExpressionOfInterest, FactChange
from pointsgrid.language.words import amount

NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class FactRow:
    """A fact, its value now, and what an officer held it to be instead."""

    key: str
    kind: str
    label: dict[str, str]
    value: Any
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    unit: dict[str, str] = field(default_factory=dict)
    low: Any = None
    high: Any = None
    changed: bool = False

    def in_words(self, value: Any) -> dict[str, str]:
        """Return a value of this fact in both languages."""
        found = {}
        for code in ("en", "fr"):
            with override(code):
                found[code] = self._words(value, code)
        return found

    def _words(self, value: Any, code: str) -> str:
        if value is None or value == "":
            return gettext("not answered")
        if value == NOT_APPLICABLE:
            return gettext("does not apply")
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if self.kind == "date":
            return day_words(date.fromisoformat(str(value)), code)
        if str(value) in self.options:
            return pick(self.options[str(value)], code)
        unit = pick(self.unit, code) if self.unit else ""
        if self.kind == "decimal":
            return _quantity(Decimal(str(value)), unit, code)
        return amount(value, unit, code) if isinstance(value, int) else f"{value} {unit}".strip()

    @property
    def words(self) -> str:
        """The value now, in the reader's language."""
        return pick(self.in_words(self.value))


def _quantity(value: Decimal, unit: str, code: str) -> str:
    """A number with decimals and its unit: in English a dollar sign stands before it."""
    if code == "en" and unit.startswith("$"):
        return f"${amount(value, '', code)}{unit[1:]}"
    return amount(value, unit, code)


@dataclass(frozen=True)
class Claim:
    """One factor: its label, points of a maximum, its lines, the documents that prove it and how far it is proved."""

    key: str
    label: Any
    points: Any
    maximum: Any
    lines: list[dict[str, Any]]
    facts: list[FactRow]
    documents: list[dict[str, Any]]
    proof: str

    @property
    def proof_words(self) -> Any:
        """The state of the proof in words."""
        return {"declared": _("Declared"), "documented": _("Documented"), "confirmed": _("Confirmed")}[self.proof]

    @property
    def tone(self) -> str:
        """The colour of the state's tag."""
        return {"declared": "quiet", "documented": "active", "confirmed": "success"}[self.proof]


def of(eoi: ExpressionOfInterest) -> list[Claim]:
    """Return the claims of a submitted file, factor by factor as on its sheet."""
    by_key = {row.key: row for row in facts(eoi)}
    asked = _asked(eoi)
    evidence = queries.rules(eoi).evidence.values()
    claims = []
    for line in eoi.sheet.get("lines", ()):
        wanted = [one for one in evidence if line["id"] in one.factors]
        documents = [{"type": one, **asked.get(one.key, {"files": [], "finding": ""})} for one in wanted]
        under = [by_key[key] for key in _facts_under(line) if key in by_key]
        points, most = line["points"], line["maximum"]
        claims.append(
            Claim(line["id"], line["label"], points, most, _leaves(line), under, documents, _proof(documents))
        )
    return claims


def _leaves(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not line["lines"]:
        return [{"line": line, "rows": line["rows"]}]
    return [leaf for inner in line["lines"] for leaf in _leaves(inner)]


def _facts_under(line: Mapping[str, Any]) -> list[str]:
    own = [given["fact"] for given in line["inputs"]]
    for inner in line["lines"]:
        own += _facts_under(inner)
    return list(dict.fromkeys(own))


def _asked(eoi: ExpressionOfInterest) -> dict[str, dict[str, Any]]:
    """What was asked under each key of the pack's documents: files, and the last finding."""
    found: dict[str, dict[str, Any]] = {}
    kept: dict[str, list[Any]] = {}
    for document in files.files(eoi.reference):
        kept.setdefault(document.slot, []).append(document)
    for item in queries.items(eoi):
        known = found.setdefault(item.key, {"files": [], "finding": "", "items": []})
        known["files"] = known["files"] + kept.get(item.slot, [])
        known["finding"] = item.finding
        known["items"].append(item)
    return found


def _proof(documents: list[dict[str, Any]]) -> str:
    if any(one["finding"] == EvidenceItem.Finding.CONFIRMED for one in documents):
        return "confirmed"
    return "documented" if any(one["files"] for one in documents) else "declared"


# --- facts ----------------------------------------------------------------------------------------------------------


def facts(eoi: ExpressionOfInterest) -> list[FactRow]:
    """Return every fact of a submitted file that applies, in the pack's order."""
    changed = set(eoi.fact_changes.filter(state=FactChange.State.APPLIED).values_list("fact", flat=True))
    known = queries.rules(eoi).points.facts
    return [row(known[key], value, key in changed) for key, value in eoi.facts.items() if key in known]


def fact(eoi: ExpressionOfInterest, key: str) -> FactRow:
    """Return one fact of a file; raises KeyError for one that the pack does not know."""
    known = queries.rules(eoi).points.facts
    changed = eoi.fact_changes.filter(state=FactChange.State.APPLIED, fact=key).exists()
    return row(known[key], eoi.facts.get(key), changed)


def row(known: Any, value: Any, changed: bool = False) -> FactRow:
    """Return a fact of a pack with a value, to be told in words."""
    return FactRow(
        key=known.key, kind=known.type.kind, label=known.label.to_json(), value=value,
        options={option: known.option_labels[option].to_json() for option in known.type.options if option in known.option_labels},
        unit=known.unit.to_json() if known.unit else {}, low=known.type.low, high=known.type.high, changed=changed,
    )  # fmt: skip


def fact_form(eoi: ExpressionOfInterest, key: str, form_class: type[forms.Form], data: Any = None) -> forms.Form:
    """Return the form that holds one fact to be otherwise; its ``value`` is of the fact's own kind."""
    row = fact(eoi, key)
    form = form_class(data, initial={"fact": key, "value": "" if row.value == NOT_APPLICABLE else _initial(row.value)})
    value = _field(row)
    value.label = _("The fact should be")
    form.fields["value"] = value
    form.order_fields(["fact", "value", "reason"])
    return form


def _initial(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def _field(row: FactRow) -> forms.Field:
    if row.kind == "yes_no":
        choices = [("yes", _("Yes")), ("no", _("No"))]
        return forms.TypedChoiceField(choices=choices, coerce=lambda said: said == "yes", widget=forms.RadioSelect)
    if row.kind == "integer":
        low = int(row.low) if row.low is not None else None
        high = int(row.high) if row.high is not None else None
        return forms.IntegerField(min_value=low, max_value=high)
    if row.kind == "date":
        return _DayField(widget=DateParts)
    if row.options:
        return forms.ChoiceField(
            choices=[(key, pick(label)) for key, label in row.options.items()], widget=forms.RadioSelect
        )
    return forms.CharField(max_length=200)


class _DayField(forms.DateField):
    """A day, kept as facts keep it."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found.isoformat() if found else None
