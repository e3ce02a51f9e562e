"""The points an application has to prove: each factor that earned some needs a document, and an officer's finding."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from passerelle.core.text import LANGUAGES, Bilingual, pick
from passerelle.programs import queries as programs
from passerelle.programs.rules.program import ChecklistItem

if TYPE_CHECKING:
    from passerelle.applications.models import Application

PREFIX = "points_"


@dataclass(frozen=True)
class Proof(ChecklistItem):
    """A document of the checklist that proves points, and which."""

    because: Any = None


@dataclass(frozen=True)
class Claim:
    """A factor of the score sheet with its points; an officer finds it proven or not, as one more criterion."""

    factor: str
    name: Bilingual
    points: int

    side = "candidate"
    source = ""
    is_claim = True

    @property
    def key(self) -> str:
        """The key under which findings on it are kept."""
        return f"{PREFIX}{self.factor}"

    @property
    def label(self) -> Bilingual:
        """The claim in both languages: its factor and its points."""
        return _in_both(lambda language: f"{pick(self.name, language)} ({_points(self.points)})")

    @property
    def stated(self) -> Bilingual:
        """The claim within a sentence, in both languages."""
        return _in_both(
            lambda language: (
                _("%(points)s for “%(factor)s”") % {"points": _points(self.points), "factor": pick(self.name, language)}
            )
        )


def is_claim(key: str) -> bool:
    """Say whether a finding's key is that of claimed points."""
    return key.startswith(PREFIX)


def of(application: "Application") -> list[Claim]:
    """Return the claims to prove; none where an officer confirmed the points before the pool."""
    eoi = application.invitation.eoi
    rules = programs.rules(eoi.pack)
    if not rules.stream(eoi.stream).enters_at_once:
        return []
    known = {factor for kind in rules.evidence.values() for factor in kind.factors}
    return list(_claimed(eoi.sheet.get("lines", ()), known))


def _claimed(lines: Iterable[Mapping[str, Any]], known: set[str]) -> Iterator[Claim]:
    """Yield each factor with points: the one a document is named for, else its innermost parts."""
    for line in lines:
        if float(line["points"]) <= 0:
            continue
        if line["id"] in known or not line["lines"]:
            yield Claim(line["id"], line["label"], int(float(line["points"])))
        else:
            yield from _claimed(line["lines"], known)


def with_proofs(items: list[ChecklistItem], application: "Application", *, side: str) -> list[ChecklistItem]:
    """Return a side's checklist with the proofs of the points claimed.

    A document that either side's checklist asks for already is marked there; any other joins the candidate's. The first
    document that the pack names for a factor is required, further ones may be given.
    """
    rules, claims = programs.rules(application.invitation.eoi.pack), of(application)
    there = {one.key: one.side for one in rules.slots}
    kinds = [kind for kind in rules.evidence.values() if there.get(kind.key, "candidate") == side]
    found = {one.key: one for one in items}
    for kind in kinds:
        mine = [claim for claim in claims if claim.factor in kind.factors]
        if mine:
            found[kind.key] = _marked(found.get(kind.key) or _item(kind, side), mine, _leads(kind, mine, rules))
    if side == "candidate":
        named = {factor for kind in rules.evidence.values() for factor in kind.factors}
        found |= {one.key: _plain(one) for one in claims if one.factor not in named}
    return list(found.values())


def _leads(kind: Any, claims: list[Claim], rules: Any) -> bool:
    """Say whether the kind is the first that the pack names for one of the claims."""
    first: dict[str, str] = {}
    for one in rules.evidence.values():
        for factor in one.factors:
            first.setdefault(factor, one.key)
    return any(first[claim.factor] == kind.key for claim in claims)


def _marked(item: ChecklistItem, claims: list[Claim], required: bool) -> ChecklistItem:
    because = _because(claims)
    keys = tuple(one.key for one in claims)
    stated = {one.name: getattr(item, one.name) for one in fields(ChecklistItem)}
    criteria = tuple(dict.fromkeys((*item.criteria, *keys)))
    return Proof(**{**stated, "required": item.required or required, "criteria": criteria}, because=because)


def _item(kind: Any, side: str) -> ChecklistItem:
    return ChecklistItem(
        key=kind.key, code="", label=kind.label, hint=kind.hint, required=False, side=side, condition=None, when=None,
        source=kind.source, certainty=kind.certainty, criteria=(),
    )  # fmt: skip


def _plain(claim: Claim) -> ChecklistItem:
    """A document for a factor that the pack names none for."""
    label = _in_both(lambda language: _("Proof: %(factor)s") % {"factor": pick(claim.name, language)})
    return Proof(
        key=claim.key, code="", label=label, hint=None, required=True, side="candidate", condition=None, when=None,
        because=_because([claim]), source="", certainty="general", criteria=(claim.key,),
    )  # fmt: skip


def _because(claims: list[Claim]) -> Bilingual:
    """Say why a document is asked for, in both languages."""
    return _in_both(
        lambda language: (
            _("Because you claimed %(claims)s") % {"claims": ", ".join(pick(one.stated, language) for one in claims)}
        )
    )


def _points(count: int) -> str:
    return ngettext("%(count)d point", "%(count)d points", count) % {"count": count}


def _in_both(words: Any) -> Any:
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = words(language)
    return said
