"""Addresses of this room."""

from django.urls import path

from passerelle.programs.pages.public import Occupations, OccupationSearch
from passerelle.programs.pages.staff import Closures, Edition, Rules, SettleEdition

app_name = "programs"

urlpatterns = [
    path("occupations/", Occupations.as_view(), name="occupations"),
    path("occupations/search/", OccupationSearch.as_view(), name="occupation_search"),
    path("staff/rules/", Rules.as_view(), name="rules"),
    path("staff/rules/editions/<str:version>/", Edition.as_view(), name="edition"),
    path("staff/rules/editions/<str:version>/settle/", SettleEdition.as_view(), name="edition_settle"),
    path("staff/rules/closures/", Closures.as_view(), name="closures"),
]
