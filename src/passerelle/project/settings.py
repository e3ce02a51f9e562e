"""Settings: what an operator changes is an environment variable, read here once."""

import json
import os
import secrets
import zoneinfo
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from npd1 import beacon
from passerelle.project import file_store, logs, paying
from passerelle.project.runtime.ports import last_address
from passerelle.project.runtime.postgres import Server
from passerelle.project.signing_in import *  # noqa: F403

# The pinned time-zone data, not the machine's: the two differ (in some zones, from November 2026). Reset as well, for whoever
# imported zoneinfo before us read the variable before it was set.
os.environ["PYTHONTZPATH"] = ""
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()

ENV = os.environ
PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
VAR = Path(ENV.get("PASSERELLE_VAR", ROOT / "var")).resolve()
PACKS = Path(ENV.get("PASSERELLE_PACKS", ROOT / "packs")).resolve()
# Draws take their chance from a round of this beacon: drand's own description of another chain may stand in a file.
BEACON = beacon.from_info(json.loads(Path(ENV["DRAND_INFO"]).read_text())) if ENV.get("DRAND_INFO") else beacon.QUICKNET
PASSERELLE_KEYS = ENV.get("PASSERELLE_KEYS", str(VAR / "keys" / "ring.json"))
PASSERELLE_FILES = ENV.get("PASSERELLE_FILES", str(VAR / "files"))
STORAGE_URL = ENV.get("STORAGE_URL", "")
# Without a word from the operator: where `passerelle run` last listened, so that commands beside it print links that work.
PASSERELLE_URL = ENV.get("PASSERELLE_URL") or last_address(VAR) or "http://127.0.0.1:8000"


def _secret_key() -> str:
    if "SECRET_KEY" in ENV:
        return ENV["SECRET_KEY"]
    path = VAR / "keys" / "django-secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        # Two processes may start at once: the first link wins, and both read a secret that is whole.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = ENV.get("DEBUG", "") == "1"
_HERE = f"localhost,127.0.0.1,[::1],{urlsplit(PASSERELLE_URL).hostname}"
ALLOWED_HOSTS = ENV.get("ALLOWED_HOSTS", _HERE).split(",")
HTTPS = PASSERELLE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PASSERELLE_URL] if HTTPS else []

INSTALLED_APPS = [
    "passerelle.core",
    "passerelle.accounts",
    "passerelle.notices",
    "passerelle.documents",
    "passerelle.payments",
    "passerelle.programs",
    "passerelle.allocations",
    "passerelle.reviews",
    "passerelle.eoi",
    "passerelle.express_entry",
    "passerelle.representatives",
    "passerelle.draws",
    "passerelle.invitations",
    "passerelle.applications",
    "passerelle.orders",
    "passerelle.desks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_countries",
    "csp",
    "pgtrigger",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "passerelle.core.arrival.ArrivalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "passerelle.project.middleware.RequestLog",
    "passerelle.project.middleware.LightPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "passerelle.accounts.sessions.SessionLimits",
    "passerelle.project.middleware.PrivatePages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "passerelle.accounts.middleware.OwnFrame",
    "django_htmx.middleware.HtmxMiddleware",
    "passerelle.project.middleware.ProgramsNotReady",
]

ROOT_URLCONF = "passerelle.project.urls"
WSGI_APPLICATION = "passerelle.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "passerelle.project.context.site",
            ],
        },
    },
]
FORM_RENDERER = "passerelle.core.renderer.ComponentRenderer"


def _database() -> dict[str, object]:
    parts = conninfo_to_dict(DATABASE_URL)
    ours = ("dbname", "user", "password", "host", "port")
    session = "-c lock_timeout=3000 -c timezone=UTC"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "passerelle"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**{key: value for key, value in parts.items() if key not in ours}, "options": session},
    }


# Without DATABASE_URL the platform keeps a server of its own under var/postgres (passerelle.project.runtime).
OWN_SERVER = Server(VAR / "postgres")
DATABASE_URL = ENV.get("DATABASE_URL") or OWN_SERVER.url("passerelle")
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by every process; throttles count here. Django's own limit of 300 entries would soon push them out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [PACKAGE / "project" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [PACKAGE / "project" / "static"]
STORAGES = {
    "default": file_store.backend(STORAGE_URL, PASSERELLE_FILES),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


def _mail() -> dict[str, object]:
    """The mail server: EMAIL_URL (smtp://, smtp+tls:// or smtps://USER:PASSWORD@HOST:PORT), else SMTP_HOST and its kin."""
    url = urlsplit(ENV.get("EMAIL_URL", ""))
    if not url.hostname:
        host, port, secure = (
            ENV.get("SMTP_HOST", "127.0.0.1"),
            ENV.get("SMTP_PORT", "2525"),
            ENV.get("SMTP_SECURITY", ""),
        )
        user, password = ENV.get("SMTP_USER", ""), ENV.get("SMTP_PASSWORD", "")
    else:
        secure = {"smtp+tls": "starttls", "smtps": "tls"}.get(url.scheme, "")
        host, port = url.hostname, str(url.port or {"starttls": 587, "tls": 465}.get(secure, 25))
        user, password = unquote(url.username or ""), unquote(url.password or "")
    return {"host": host, "port": int(port), "user": user, "password": password, "secure": secure}


_MAIL = _mail()
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _MAIL["host"], _MAIL["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["user"], _MAIL["password"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL["secure"] == "starttls", _MAIL["secure"] == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENV.get("MAIL_FROM", "Passerelle <no-reply@passerelle.example>")
# Where delivery reports come back to (default: the sender), and where they are read: maildir:, imap(s):, pop3(s):.
BOUNCE_ADDRESS = ENV.get("BOUNCE_ADDRESS", "")
BOUNCE_MAILBOX = ENV.get("BOUNCE_MAILBOX", "")
# Addresses and @domains a test installation may write to; empty: everybody.
MAIL_ALLOWED = ENV.get("MAIL_ALLOWED", "").replace(",", " ").split()
CLAMD_SOCKET = ENV.get("CLAMD_SOCKET", "")
# How many different files a staff member may open within an hour before the brake holds; 0: no brake.
FILE_READS_PER_HOUR = int(ENV.get("FILE_READS_PER_HOUR", "60"))
UPLOAD_MAX_MB = int(ENV.get("UPLOAD_MAX_MB", "25"))
_PAYING = paying.settings_of(ENV, url=PASSERELLE_URL)
PAYMENT_PROVIDER: str = _PAYING.provider
PAYMENT_VARIANTS = _PAYING.variants
PAYMENT_MODEL = "payments.Attempt"
PAYMENT_HOST, PAYMENT_USES_SSL = urlsplit(PASSERELLE_URL).netloc, HTTPS

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
# Sessions end by passerelle.accounts.sessions; the row outlives them so that a form posted late finds its owner.
SESSION_COOKIE_AGE = 7 * 24 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = (
    40  # twice as many as one place of a checklist holds: a few too many are told so in words
)
FILE_UPLOAD_HANDLERS = [
    "passerelle.documents.receiving.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

PROCRASTINATE_IMPORT_PATHS = ["passerelle.project.jobs"]
LOGGING = logs.configure(level=ENV.get("LOG_LEVEL", "INFO"))
