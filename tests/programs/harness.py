"""A bare page around any section of any form, so that a browser can try what the rooms build upon."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from passerelle.core.views import Page
from passerelle.programs import forms, queries
from passerelle.project import urls as project

TEMPLATE = """{% extends "base.html" %}{% load static %}
{% block title %}{{ form.section.title }}{% endblock %}
{% block scripts %}<script src="{% static 'programs/conditions.js' %}" defer></script>{% endblock %}
{% block main %}{% include "components/error_summary.html" %}<h1>{{ form.section.title }}</h1>
{% if form.section.intro %}<p>{{ form.section.intro }}</p>{% endif %}
<form method="post" novalidate>{% csrf_token %}{% include "programs/section_form.html" %}
<button class="govuk-button" name="save" value="1">Save</button></form>
<p id="kept">{{ kept|safe }}</p>{% endblock %}"""

ANSWERS: dict[str, Any] = {}


class Fill(Page):
    """Shows a section, keeps what is rightly typed."""

    def get(self, request: HttpRequest, form: str, section: str) -> HttpResponse:
        return self.draw(request, self.form(request, form, section))

    def post(self, request: HttpRequest, form: str, section: str) -> HttpResponse:
        made = self.form(request, form, section, request.POST)
        whole = made.is_valid()
        ANSWERS.clear()
        ANSWERS.update(made.answers)
        return self.draw(request, made, kept="kept" if whole and not made.pressed else "")

    def form(self, request: HttpRequest, form: str, section: str, data: Any = None) -> forms.SectionForm:
        rules = queries.rules_in_force("ca-nt", request.arrived_at)
        questionnaire = rules.questionnaire(form)
        given = {"category": request.GET.get("category", "express_entry")}
        return forms.section_form(
            rules, questionnaire, questionnaire.section(section), ANSWERS, at=request.arrived_at, data=data, given=given
        )

    def draw(self, request: HttpRequest, form: forms.SectionForm, kept: str = "") -> HttpResponse:
        template = engines["django"].from_string(TEMPLATE)
        return HttpResponse(template.render({"form": form, "kept": kept}, request))


urlpatterns = [*project.urlpatterns]


def _add() -> None:
    from django.conf.urls.i18n import i18n_patterns

    urlpatterns.extend(i18n_patterns(path("fill/<form>/<section>/", Fill.as_view())))


_add()
handler404, handler500 = getattr(project, "handler404", None), getattr(project, "handler500", None)
if handler404 is None:
    del handler404
if handler500 is None:
    del handler500
