"""Addresses of this room."""

from django.urls import path

from passerelle.payments.pages import party, staff

app_name = "payments"

urlpatterns = [
    path("payments/<str:reference>/", party.Pay.as_view(), name="pay"),
    path("payments/<str:reference>/return/", party.Returned.as_view(), name="returned"),
    path("payments/<str:reference>/practice-card/", party.Practice.as_view(), name="practice"),
    path("staff/payments/", staff.Payments.as_view(), name="list"),
    path("staff/payments/ledger.csv", staff.Ledger.as_view(), name="ledger"),
    path("staff/payments/<str:reference>/", staff.Payment.as_view(), name="staff_payment"),
]
