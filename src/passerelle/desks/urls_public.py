"""Addresses of the public pages, part of the desks' list. A program's own come last: any word may be a program."""

from django.urls import path

from passerelle.desks import public

own = [
    path("", public.Installation.as_view(), name="installation"),
    path("check/", public.Check.as_view(), name="verify"),
    path("check/trail/", public.Trail.as_view(), name="trail"),
    path("check/trail/heads.json", public.TrailFile.as_view(), name="trail_file"),
    path("accessibility/", public.Accessibility.as_view(), name="accessibility"),
]

of_a_program = [
    path("<slug:program>/", public.Home.as_view(), name="program_home"),
    path("<slug:program>/criteria/", public.Criteria.as_view(), name="criteria"),
    path("<slug:program>/points/", public.Calculator.as_view(), name="calculator"),
    path("<slug:program>/draws/", public.DrawResults.as_view(), name="draws"),
    path("<slug:program>/draws/<str:number>/", public.DrawResult.as_view(), name="draw"),
    path("<slug:program>/help/", public.Help.as_view(), name="help"),
    path("<slug:program>/contact/", public.Contact.as_view(), name="contact"),
    path("<slug:program>/scoring/", public.ScoringNotice.as_view(), name="scoring_notice"),
]
