"""Addresses of this room. The public register comes last: any word may be a program's code."""

from django.urls import path

from passerelle.orders.pages import party, public, staff

app_name = "orders"

_STAFF = "staff/orders/<str:reference>/"

urlpatterns = [
    path("staff/orders/", staff.Orders.as_view(), name="list"),
    path("staff/orders/new/", staff.Propose.as_view(), name="propose"),
    path(_STAFF, staff.Detail.as_view(), name="detail"),
    path(f"{_STAFF}notice/", staff.Notice.as_view(), name="notice"),
    path(f"{_STAFF}reply/", staff.EnterReply.as_view(), name="enter_reply"),
    path(f"{_STAFF}make/", staff.Make.as_view(), name="make"),
    path(f"{_STAFF}drop/", staff.Drop.as_view(), name="drop"),
    path(f"{_STAFF}paid/", staff.Paid.as_view(), name="paid"),
    path(f"{_STAFF}ask-review/", staff.EnterReview.as_view(), name="enter_review"),
    path(f"{_STAFF}review/", staff.DecideReview.as_view(), name="decide_review"),
    path(f"{_STAFF}document/<uuid:document>/", staff.Addition.as_view(), name="addition"),
    path("orders/<str:reference>/", party.Detail.as_view(), name="against_me"),
    path("orders/<str:reference>/review/", party.AskReview.as_view(), name="ask_review"),
    path("<slug:program>/orders/", public.Register.as_view(), name="register"),
]
