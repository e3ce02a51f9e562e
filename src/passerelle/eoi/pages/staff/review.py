"""The review of one file: each claim, its points, its proof; and what an officer can do about it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.words import representations
from passerelle.core.text import pick
from passerelle.documents import queries as files
from passerelle.eoi import claims, operations, permissions, queries, wording
from passerelle.eoi.pages.forms import NoteForm
from passerelle.eoi.pages.staff.base import FilePage
from passerelle.eoi.states import EOI_LIFECYCLE
from passerelle.notices import queries as notices
from passerelle.programs import forms as questionnaires


class Review(FilePage):
    """Claims on the left, the document beside them; sticky bar; timeline, notes, readings. Opening it is logged."""

    template_name = "eoi/staff/review.html"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        eoi = self.eoi(reference)
        at = self.at
        if eoi.first_submitted_at is None:
            # A draft belongs to the two parties; staff see that it exists and no more.
            context = {
                "eoi": eoi, "standing": wording.standing(eoi, "staff", at), "events": wording.timeline(eoi, "staff"),
                "representations": representations(eoi.candidate, eoi.employer),
                "unsure": queries.unsure_criteria(eoi), "may": {"check": permissions.can_review(self.person, eoi.program)},
            }  # fmt: skip
            return self.show({**context, "draft": True, "nav_current": "worklist"})
        if request.htmx:  # type: ignore[attr-defined]
            # Only another page of a document: the reading of the file was logged when it was opened.
            return self.show({"eoi": eoi, "viewer": _viewer(eoi, request)}, part="viewer")
        purpose = request.GET.get("why", "review")
        purpose = purpose if purpose in wording.PURPOSES else "review"
        operations.open_file(reference=reference, reason=purpose, by=self.person, at=at)
        return self.show(self._context(eoi, request))

    def _context(self, eoi: Any, request: HttpRequest) -> dict[str, Any]:
        at, rules = self.at, queries.rules(eoi)
        doubt, change = queries.open_doubt(eoi), queries.open_change(eoi)
        return {
            "eoi": eoi,
            "draft": False,
            "representations": representations(eoi.candidate, eoi.employer),
            "category": rules.category(eoi.category),
            "standing": wording.standing(eoi, "staff", at),
            "claims": claims.of(eoi),
            "groups": _answers(eoi, rules),
            "criteria": _criteria(eoi),
            "unsure": queries.unsure_criteria(eoi),
            "facts": claims.facts(eoi),
            "requests": [_request(eoi, one) for one in queries.requests(eoi)],
            "doubt": doubt,
            "change": change,
            "changes": queries.fact_changes(eoi),
            "notes": queries.notes(eoi),
            "events": wording.timeline(eoi, "staff"),
            "readings": wording.readings(eoi),
            "sent": notices.written_about(eoi.reference),
            "viewer": _viewer(eoi, request),
            "note_form": NoteForm(),
            "may": moves(self.person, eoi, doubt=doubt, change=change, at=at),
            "nav_current": "worklist",
        }


def moves(person: Any, eoi: Any, *, doubt: Any, change: Any, at: Any) -> dict[str, Any]:
    """Return what this person may do with the file now, by the name of the act."""

    def able(verdict: Any, move: str) -> bool:
        return bool(verdict) and EOI_LIFECYCLE.allows(eoi.state, move)

    bar = doubt is not None and doubt.bar_asked_by_id is not None
    return {
        "confirm": able(permissions.can_confirm(person, eoi, open_change=change, at=at), "confirm"),
        "ask_evidence": able(permissions.can_ask_evidence(person, eoi), "ask_evidence"),
        "drop_request": able(permissions.can_settle_evidence(person, eoi), "drop_request"),
        "doubt": able(permissions.can_doubt(person, eoi), "doubt"),
        "lift_doubt": able(permissions.can_lift_doubt(person, eoi), "lift_doubt"),
        "refuse": able(permissions.can_refuse(person, eoi, doubt, at=at), "refuse") and not bar,
        "confirm_bar": bar and able(permissions.can_confirm_bar(person, eoi, doubt), "refuse"),
        "bar_asked": bar,
        "change_fact": bool(permissions.can_change_fact(person, eoi, open_change=change))
        and (EOI_LIFECYCLE.allows(eoi.state, "withdraw") or eoi.state == "doubted"),
        "settle_change": change is not None and permissions.can_settle_change(person, change).allowed,
        "take_back_change": change is not None and change.by_id == person.pk,
        "check": permissions.can_review(person, eoi.program).allowed,
        "withdraw": able(permissions.can_key_withdrawal(person, eoi), "withdraw"),
    }


def _answers(eoi: Any, rules: Any) -> list[dict[str, Any]]:
    groups = questionnaires.answer_rows(
        rules,
        queries.questionnaire(eoi),
        eoi.answers,
        (get_language() or "en")[:2],
        given=queries.given(eoi),
        facts=eoi.facts,
    )
    return [
        {"title": group.title, "rows": [{"key": row.label, "value": row.value} for row in group.rows]}
        for group in groups
    ]


def _criteria(eoi: Any) -> list[dict[str, Any]]:
    """Mandatory criteria: what whoever opened the file said, and whether the candidate's answers agree."""
    against = {one.key for one in queries.contradicted_criteria(eoi)}
    said = {"yes": _("the employer says yes"), "unsure": _("the employer is not sure"), "no": _("the employer says no")}
    if queries.rules(eoi).stream(eoi.stream).opened_by == "candidate":
        said = {
            "yes": _("the candidate says yes"), "unsure": _("the candidate is not sure"), "no": _("the candidate says no"),
        }  # fmt: skip
    rows = []
    for one in queries.criteria(eoi):
        answer = eoi.criteria.get(one.key, "")
        detail = said.get(answer, "")
        if one.key in against:
            detail = _("%(said)s; the candidate's answers do not agree") % {"said": detail}
        good = False if one.key in against or answer == "no" else (None if answer == "unsure" else True)
        rows.append({"good": good, "text": str(one.label), "detail": detail})
    return rows


def _request(eoi: Any, asked: Any) -> dict[str, Any]:
    items = [{"item": item, "files": list(files.files(eoi.reference, item.slot))} for item in asked.items.all()]
    return {"asked": asked, "items": items}


def _viewer(eoi: Any, request: HttpRequest) -> dict[str, Any]:
    """The document chosen to stand beside the claims, open at one of its pages; or what to do."""
    wanted = request.GET.get("document", "")
    kept = next((one for one in files.files(eoi.reference) if str(one.pk) == wanted), None) if wanted else None
    if kept is None:
        return {"hint": _("Choose a document under a claim: it opens here, beside the claim.")}
    leaf = files.leaf(kept, request.GET.get("page", "1"))
    return {
        "leaf": leaf, "supports": next((pick(one.label) for one in queries.items(eoi) if one.slot == kept.slot), ""),
        "image_url": reverse("eoi:staff_document_page", args=[eoi.reference, kept.pk, leaf.page]),
        "download_url": reverse("eoi:staff_document", args=[eoi.reference, kept.pk]),
    }  # fmt: skip
