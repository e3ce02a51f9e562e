"""Root URLs: every page under /en/ and /fr/, each room's own list included once."""

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from passerelle.project import health

ROOMS = (
    "accounts",
    "notices",
    "documents",
    "payments",
    "programs",
    "allocations",
    "eoi",
    "express_entry",
    "representatives",
    "draws",
    "invitations",
    "applications",
    "orders",
    "desks",
)

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("", include("passerelle.payments.urls_provider")),
    path("", RedirectView.as_view(url="/fr/", permanent=False)),
    *i18n_patterns(
        path("account/", include("allauth.urls")),
        *(path("", include(f"passerelle.{room}.urls")) for room in ROOMS if find_spec(f"passerelle.{room}.urls")),
    ),
]
