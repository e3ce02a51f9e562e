"""Addresses of this room."""

from django.urls import path

from passerelle.express_entry.pages import staff

app_name = "express_entry"

urlpatterns = [
    path("staff/federal-pool/", staff.Pool.as_view(), name="pool"),
    path("staff/federal-pool/loads/<int:load>/", staff.Load.as_view(), name="load"),
    path("staff/federal-pool/scores/", staff.Disagreements.as_view(), name="disagreements"),
    path("staff/federal-pool/kept/", staff.Kept.as_view(), name="kept"),
]
