"""Addresses of this room."""

from django.urls import path

from passerelle.programs.pages import public, staff

app_name = "programs"

urlpatterns = [
    path("occupations/", public.Occupations.as_view(), name="occupations"),
    path("occupations/search/", public.OccupationSearch.as_view(), name="occupation_search"),
    path("staff/rules/", staff.Rules.as_view(), name="rules"),
    path("staff/rules/closures/", staff.Closures.as_view(), name="closures"),
]
