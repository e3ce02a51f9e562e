"""Where providers report to: outside the languages, because no person opens it."""

from django.urls import path

from passerelle.payments.pages import provider

urlpatterns = [
    path("payments/callback/<slug:variant>/", provider.Callback.as_view(), name="payment_callback"),
]
