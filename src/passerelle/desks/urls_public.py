"""Addresses of the public pages, part of the desks' list. A program's own come last: any word may be a program."""

from django.urls import path

from passerelle.desks import drawn, feeds, public

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
    path("<slug:program>/draws/", drawn.DrawResults.as_view(), name="draws"),
    path("<slug:program>/draws.json", feeds.AsJson.as_view(), name="draws_json"),
    path("<slug:program>/draws.csv", feeds.AsCsv.as_view(), name="draws_csv"),
    path("<slug:program>/draws.atom", feeds.AsAtom.as_view(), name="draws_atom"),
    path("<slug:program>/draws.ics", feeds.AsCalendar.as_view(), name="draws_calendar"),
    path("<slug:program>/draws/<str:number>/", drawn.DrawResult.as_view(), name="draw"),
    path("<slug:program>/draws/<str:number>/fairness.json", feeds.FairnessJson.as_view(), name="fairness_json"),
    path("<slug:program>/help/", public.Help.as_view(), name="help"),
    path("<slug:program>/contact/", public.Contact.as_view(), name="contact"),
    path("<slug:program>/scoring/", public.ScoringNotice.as_view(), name="scoring_notice"),
]
