"""The platform's settings, without mail."""

from passerelle.project.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
