"""Addresses of the desks. The public pages of a program come last: any word may be a program's code."""

from django.urls import path

from passerelle.desks import party, place, questions, representative, staff, urls_public, what_if

app_name = "desks"

urlpatterns = [
    *urls_public.own,
    path("employer/", party.EmployerHome.as_view(), name="employer_home"),
    path("candidate/eoi/<str:reference>/place/", place.MyPlace.as_view(), name="place"),
    path("candidate/eoi/<str:reference>/what-if/", what_if.WhatIf.as_view(), name="what_if"),
    path("candidate/", party.CandidateHome.as_view(), name="candidate_home"),
    path("representative/", representative.Home.as_view(), name="representative_home"),
    path("representative/clients/<int:pk>/", representative.Client.as_view(), name="client"),
    path("staff/", staff.Worklist.as_view(), name="staff_home"),
    path("staff/worklist/", staff.Worklist.as_view(), name="worklist"),
    path("staff/search/", staff.Search.as_view(), name="search"),
    path("staff/figures/", staff.Figures.as_view(), name="figures"),
    path("staff/questions/<str:number>/", questions.Question.as_view(), name="question"),
    path("questions/<str:number>/", questions.MyQuestion.as_view(), name="my_question"),
    path("staff/file/<str:reference>/", staff.WholeFile.as_view(), name="whole_file"),
    *urls_public.of_a_program,
]
