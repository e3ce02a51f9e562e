"""A style guide that exists in the tests alone: every component with ordinary and with awkward contents."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.conf.urls.i18n import i18n_patterns
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from passerelle.core import charts
from passerelle.core.widgets import DateParts

YES_NO = [("yes", "Yes"), ("no", "No")]


class Sample(forms.Form):
    """One field of every kind."""

    prefix = None
    given_names = forms.CharField(label="Given names", help_text="As on the passport.")
    note = forms.CharField(label="Anything else", widget=forms.Textarea, required=False)
    born_on = forms.DateField(label="Date of birth", widget=DateParts, help_text="For example, 27 3 1998.")
    permit = forms.ChoiceField(label="Do you hold a work permit?", choices=YES_NO, widget=forms.RadioSelect)
    category = forms.ChoiceField(
        label="Category",
        choices=[
            ("sw", "Skilled Worker"),
            ("elss", "Entry Level/Semi-Skilled Occupations"),
            ("ee", "NWT Express Entry"),
        ],
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label="Languages", choices=[("en", "English"), ("fr", "French")], widget=forms.CheckboxSelectMultiple
    )
    country = forms.ChoiceField(label="Country", choices=[("", "Choose"), ("PH", "Philippines")])
    wage = forms.DecimalField(label="Wage", help_text="Before tax.")
    wage.prefix = "$"  # type: ignore[attr-defined]
    months = forms.IntegerField(label="Months")
    report = forms.FileField(label="Test report", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    accurate = forms.BooleanField(label="I confirm that my answers are accurate")
    hidden = forms.CharField(widget=forms.HiddenInput, initial="x")


SPEAKING = {
    "label": {"en": "First official language", "fr": "Première langue officielle"},
    "points": 47,
    "maximum": 100,
    "state": "counted",
    "certainty": "UNCERTAIN",
    "inputs": [{"label": "Listening", "shown": "8"}, {"label": "Speaking", "shown": "7"}],
    "rows": [
        {"words": "8 or higher", "points": 25, "next_words": "", "next_points": None, "certainty": ""},
        {"words": "7", "points": 22, "next_words": "8 or higher", "next_points": 25, "certainty": ""},
    ],
    "source": "nwt.md",
    "evidence": "Test report",
}
SECOND = {"label": "Second official language", "points": 0, "maximum": 25, "state": "not_answered", "certainty": ""}
AGE = {
    "label": "Age",
    "points": 50,
    "maximum": 50,
    "state": "counted",
    "certainty": "VERIFIED",
    "inputs": [{"label": "Age", "shown": "30 years"}],
    "rows": [{"words": "21 to 44", "points": 50}],
}
LANGUAGES = {"label": "Official languages", "points": 47, "maximum": 125, "lines": [SPEAKING, SECOND]}
SHEET = {"total": 97, "maximum": 845, "lines": [LANGUAGES, AGE]}


def context(request: HttpRequest) -> dict[str, Any]:
    """All that the guide shows, on the clock of the request."""
    now = request.arrived_at  # type: ignore[attr-defined]
    past, tonight, in_three = now - timedelta(days=2), now + timedelta(hours=3), now + timedelta(days=3)
    data = charts.bins({160: 3, 230: 9, 300: 22, 340: 41, 380: 60, 417: 30, 460: 22, 510: 10, 597: 3}, 25)
    draws = [charts.Range("25 March 2026", 417, 597, "(65)"), charts.Range("25 June 2026", 441, 623, "(64)")]
    return {
        "fresh": Sample(prefix="a"),
        "bound": Sample({"born_on_day": "31", "born_on_month": "2", "born_on_year": "1998"}),
        "past": past,
        "tonight": tonight,
        "in_three": in_three,
        "sheet": SHEET,
        "cutoff": {"points": 417, "on": "2026-03-25"},
        "trail": [{"label": "Home", "url": "#"}, {"label": "My file", "url": "#"}],
        "stages": [
            {"title": "Submitted", "state": "done", "at": past},
            {"title": "Points confirmed", "state": "now", "text": "We tell you by:", "too_late": in_three},
            {"title": "In the pool", "state": "future", "text": "For one year."},
            {"title": "Refused", "state": "stopped", "at": past},
        ],
        "tasks": [
            {"label": "Identity", "url": "#", "state": "done"},
            {"label": "Language", "url": "#", "state": "in_progress", "hint": "Two tests"},
            {"label": "Work", "url": "#", "state": "not_started"},
            {"label": "Spouse", "url": "#", "state": "not_applicable"},
            {"label": "Declaration", "state": "locked"},
        ],
        "rows": [
            {"key": "Given names", "value": "Sahaiʔa", "change": "#"},
            {"key": "Telephone", "value": ""},
            {"key": "State", "value": "In the pool", "tag": "active"},
        ],
        "events": [{"at": past, "text": "Submitted", "by": "Marie-Ève"}, {"at": past, "text": "Opened"}],
        "histogram": charts.histogram(
            "65 invited, cut-off 417", data, head=["Points", "Files"], cutoff=417, cutoff_label="Cut-off 417"
        ),
        "ranges": charts.ranges(
            "The last draw took 417 to 597 points", draws, head=["Draw", "Points", "Invited"], highest=845
        ),
        "bars": charts.bars(
            "Express Entry took half of the places",
            [("NWT Express Entry", 32), ("Skilled Worker", 20), ("Entry Level", 13)],
            head=["Category", "Invited"],
        ),
        "checks": [
            {"good": True, "text": "Nobody appears twice."},
            {"good": False, "text": "One file has no confirmed points.", "detail": "NT-E-2026-000123"},
            {"good": None, "text": "Two reviews are open."},
        ],
        "slot": {
            "key": "contract",
            "label": {"en": "Employment contract", "fr": "Contrat de travail"},
            "required": True,
            "hint": "Signed by both.",
        },
        "files": [
            {
                "original_name": "contract-signed-by-both-parties-final-version-3.pdf",
                "bytes": 120_000,
                "pages": 4,
                "state": "clean",
                "url": "#",
                "remove_url": "#",
            },
            {
                "original_name": "x.pdf",
                "bytes": 100,
                "pages": None,
                "state": "rejected",
                "reason": "This PDF is locked with a password.",
                "url": "",
                "remove_url": "",
            },
        ],
        "page_obj": Paginator(range(60), 20).page(2),
        "next": "/en/",
        "reason": "Only the candidate can withdraw this.",
    }


def show(request: HttpRequest, template: str) -> HttpResponse:
    """Draw a template of the tests or of the platform with the guide's contents."""
    if template.startswith("look/"):
        source = (Path(__file__).parent / "templates" / template).read_text(encoding="utf-8")
        return HttpResponse(engines["django"].from_string(source).render(context(request), request))
    return HttpResponse(engines["django"].get_template(template).render(context(request), request))


urlpatterns = [
    *i18n_patterns(
        path("guide/<path:template>", show),
        path("account/", include("allauth.urls")),
        path("", include("passerelle.accounts.urls")),
    ),
]
