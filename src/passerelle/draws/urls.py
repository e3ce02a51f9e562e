"""Addresses of this room."""

from django.urls import path

from passerelle.draws.pages import acts, candidate, comparing, planning, public, repairing, staff

app_name = "draws"

urlpatterns = [
    path("check/draw/", public.CheckDraw.as_view(), name="check"),
    path("check/draw/verify_draw.py", public.Verifier.as_view(), name="verifier"),
    path("check/draw/keys/", public.Keys.as_view(), name="keys"),
    path("check/draw/keys.json", public.KeysFile.as_view(), name="keys_file"),
    path("check/draw/<str:number>/bundle.zip", public.PublicBundle.as_view(), name="public_bundle"),
    path("check/draw/<str:number>/notice.json", public.Signed.as_view(), name="signed_notice"),
    path("check/draw/<str:number>/commitment.json", public.Signed.as_view(what="commitment"), name="signed_commitment"),
    path("staff/draws/", staff.DrawList.as_view(), name="list"),
    path("staff/draws/plan/", planning.Plan.as_view(), name="plan"),
    path("staff/draws/<str:number>/", staff.Workbench.as_view(), name="workbench"),
    path("staff/draws/<str:number>/plan/", planning.Replan.as_view(), name="replan"),
    path("staff/draws/<str:number>/ranking/", staff.Ranking.as_view(), name="ranking"),
    path("staff/draws/<str:number>/conduct/", staff.Conduct.as_view(), name="conduct"),
    path("staff/draws/<str:number>/leave-out/<str:reference>/", staff.LeaveOut.as_view(), name="leave_out"),
    path("staff/draws/<str:number>/void/", staff.Void.as_view(), name="void"),
    path("staff/draws/<str:number>/void/settle/", staff.SettleVoid.as_view(), name="settle_void"),
    path("staff/draws/<str:number>/notice/", acts.Publish.as_view(), name="publish"),
    path("staff/draws/<str:number>/objections/<int:objection>/", acts.Answer.as_view(), name="objection"),
    path("staff/draws/<str:number>/seed/", acts.BringSeed.as_view(), name="seed"),
    path("staff/draws/<str:number>/accept/", acts.Accept.as_view(), name="accept"),
    path("staff/draws/<str:number>/fairness/", comparing.Fairness.as_view(), name="fairness"),
    path("staff/draws/<str:number>/error/", repairing.Repair.as_view(), name="repair"),
    path("staff/draws/<str:number>/repairs/<int:repair>/", repairing.RepairPlan.as_view(), name="repair_plan"),
    path(
        "staff/draws/<str:number>/repairs/<int:repair>/withdraw/",
        repairing.WithdrawRepair.as_view(),
        name="withdraw_repair",
    ),
    path("staff/draws/<str:number>/bundle.zip", acts.Bundle.as_view(), name="bundle"),
    path("staff/draws/<str:number>/auditor.zip", acts.SealedBundle.as_view(), name="sealed_bundle"),
    path("candidate/eoi/<str:reference>/draws/<str:number>/", candidate.Receipt.as_view(), name="receipt"),
    path(
        "candidate/eoi/<str:reference>/draws/<str:number>/receipt.json",
        candidate.ReceiptFile.as_view(),
        name="receipt_file",
    ),
]
