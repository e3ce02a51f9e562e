"""Addresses of this room."""

from django.urls import path

from passerelle.express_entry.pages import rounds, staff

app_name = "express_entry"

urlpatterns = [
    path("staff/federal-pool/", staff.Pool.as_view(), name="pool"),
    path("staff/federal-pool/loads/<int:load>/", staff.Load.as_view(), name="load"),
    path("staff/federal-pool/scores/", staff.Disagreements.as_view(), name="disagreements"),
    path("staff/federal-pool/kept/", staff.Kept.as_view(), name="kept"),
    path("staff/federal-pool/rounds/", rounds.Rounds.as_view(), name="rounds"),
    path("staff/federal-pool/rounds/plan/", rounds.PlanRound.as_view(), name="plan"),
    path("staff/federal-pool/rounds/<str:number>/", rounds.RoundBench.as_view(), name="round"),
    path("staff/federal-pool/rounds/<str:number>/plan/", rounds.ReplanRound.as_view(), name="replan"),
    path("staff/federal-pool/rounds/<str:number>/found/", rounds.RoundEntries.as_view(), name="entries"),
    path("staff/federal-pool/rounds/<str:number>/conduct/", rounds.ConductRound.as_view(), name="conduct"),
    path("staff/federal-pool/rounds/<str:number>/issue/", rounds.IssueRound.as_view(), name="issue"),
    path("staff/federal-pool/rounds/<str:number>/void/", rounds.VoidRound.as_view(), name="void"),
    path("staff/federal-pool/rounds/<str:number>/file/", rounds.RoundFile.as_view(), name="round_file"),
]
