"""The platform's settings with one address more: the bare view it is measured against."""

from passerelle.project.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.portal.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
