"""Addresses of the accounts, beside django-allauth's own under ``account/``."""

from django.urls import path

from passerelle.accounts.pages import member, public, staff

app_name = "accounts"

urlpatterns = [
    path("home/", public.Home.as_view(), name="home"),
    path("access/<str:token>/", public.Redeem.as_view(), name="redeem"),
    path("account/start/", public.Start.as_view(), name="start"),
    path("account/user-names/", public.UserNames.as_view(), name="usernames"),
    path("account/continue/", public.Continue.as_view(), name="continue"),
    path("account/settings/", member.Settings.as_view(), name="settings"),
    path("account/profile/", member.Profile.as_view(), name="profile"),
    path("account/files/", member.Files.as_view(), name="files"),
    path("account/second-factor/", member.SecondFactor.as_view(), name="second_factor"),
    path("staff/program/", member.StaffProgram.as_view(), name="staff_program"),
    path("staff/people/", staff.People.as_view(), name="staff_people"),
    path("staff/people/new/", staff.NewPerson.as_view(), name="staff_new"),
    path("staff/people/<int:pk>/", staff.OnePerson.as_view(), name="staff_person"),
    path("staff/resets/<int:pk>/", staff.ConfirmReset.as_view(), name="staff_reset"),
    path("<slug:program>/register/", public.Register.as_view(), name="register"),
    path(
        "<slug:program>/register/representative/",
        public.RegisterRepresentative.as_view(),
        name="register_representative",
    ),
]
