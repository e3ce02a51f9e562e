"""Addresses of this room."""

from django.urls import path

from passerelle.draws.pages import public, staff

app_name = "draws"

urlpatterns = [
    path("check/draw/", public.CheckDraw.as_view(), name="check"),
    path("check/draw/verify_draw.py", public.Verifier.as_view(), name="verifier"),
    path("staff/draws/", staff.DrawList.as_view(), name="list"),
    path("staff/draws/plan/", staff.Plan.as_view(), name="plan"),
    path("staff/draws/<str:number>/", staff.Workbench.as_view(), name="workbench"),
    path("staff/draws/<str:number>/plan/", staff.Replan.as_view(), name="replan"),
    path("staff/draws/<str:number>/ranking/", staff.Ranking.as_view(), name="ranking"),
    path("staff/draws/<str:number>/conduct/", staff.Conduct.as_view(), name="conduct"),
    path("staff/draws/<str:number>/leave-out/<str:reference>/", staff.LeaveOut.as_view(), name="leave_out"),
    path("staff/draws/<str:number>/void/", staff.Void.as_view(), name="void"),
    path("staff/draws/<str:number>/void/settle/", staff.SettleVoid.as_view(), name="settle_void"),
]
