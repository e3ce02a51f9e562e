"""Addresses of this room."""

from django.urls import path

from passerelle.representatives.pages import client, representative

app_name = "representatives"

urlpatterns = [
    path("my-representative/", client.Mine.as_view(), name="mine"),
    path("my-representative/<int:pk>/appoint/", client.Appoint.as_view(), name="appoint"),
    path("my-representative/<int:pk>/decline/", client.Decline.as_view(), name="decline"),
    path("my-representative/<int:pk>/end/", client.End.as_view(), name="end"),
    path("representative/clients/new/", representative.AskClient.as_view(), name="ask"),
    path("representative/clients/<int:pk>/start/", representative.StartFile.as_view(), name="start"),
    path("representative/requests/<int:pk>/end/", representative.GiveUp.as_view(), name="give_up"),
]
