"""Addresses of this room."""

from django.urls import path

from passerelle.allocations.pages import staff

app_name = "allocations"

urlpatterns = [path("staff/places/", staff.YearPlaces.as_view(), name="places")]
