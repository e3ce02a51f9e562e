"""Addresses of this room. The page that begins the application is ``applications:open``."""

from django.urls import path

from passerelle.invitations.pages import candidate, employer, notified, repairing, staff

app_name = "invitations"

urlpatterns = [
    path("candidate/notified/", notified.TakeUp.as_view(), name="take_up"),
    path("<slug:program>/notification/", notified.Notified.as_view(), name="notified"),
    path("employer/invitation/<str:reference>/", employer.Invited.as_view(), name="employer"),
    path("employer/invitation/<str:reference>/decline/", employer.Decline.as_view(), name="employer_decline"),
    path("employer/invitation/<str:reference>/deadline.ics", employer.Calendar.as_view(), name="employer_calendar"),
    path("candidate/invitation/<str:reference>/", candidate.Invited.as_view(), name="candidate"),
    path("candidate/invitation/<str:reference>/decline/", candidate.Decline.as_view(), name="candidate_decline"),
    path("candidate/invitation/<str:reference>/deadline.ics", candidate.Calendar.as_view(), name="candidate_calendar"),
    path("staff/invitations/", staff.InvitationList.as_view(), name="list"),
    path("staff/invitations/<str:reference>/", staff.Detail.as_view(), name="detail"),
    path("staff/invitations/<str:reference>/more-time/", staff.Extend.as_view(), name="extend"),
    path("staff/invitations/<str:reference>/cancel/", staff.Cancel.as_view(), name="cancel"),
    path("staff/draws/<str:number>/issue/", staff.Issue.as_view(), name="issue"),
    path("staff/draws/<str:number>/refill/", staff.Refill.as_view(), name="refill"),
    path(
        "staff/draws/<str:number>/repairs/<int:repair>/accept/", repairing.AcceptRepair.as_view(), name="accept_repair"
    ),
]
