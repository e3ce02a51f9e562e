"""Settings of accounts and sign-in: django-allauth with the rules of passerelle.accounts. Read by settings.py alone."""

import os

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "passerelle.accounts.passwords.LongEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "passerelle.accounts.passwords.NotGuessable"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
PASSWORD_RESET_TIMEOUT = 3600

ACCOUNT_ADAPTER = "passerelle.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
# A key is a place and a user name together (see the adapter), so that nobody can lock out somebody elsewhere.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip",
    # A question by the form: by place, and by the address that each is acknowledged to, which may be a stranger's.
    "help": "10/h/ip",
    "help_address": "5/h/key",
    # The public bundle of a draw, where its bytes are sent: whoever has it already is told so without end.
    "bundle": "60/h/ip",
    # Number and code of a federal profile: by place, and by number from all places together.
    "notification": "30/h/ip",
    "notification_number": "5/h/key",
    "mail_to_address": "5/15m/key",
    "confirm_email": "20/m/ip,12/15m/key",
}
ACCOUNT_FORMS = {
    "login": "passerelle.accounts.pages.forms.SignInForm",
    "add_email": "passerelle.accounts.pages.forms.NewEmailForm",
    "change_email": "passerelle.accounts.pages.forms.OtherEmailForm",
    "change_password": "passerelle.accounts.pages.forms.PasswordChangeForm",
    "confirm_email_verification_code": "passerelle.accounts.pages.forms.ConfirmCodeForm",
    "reauthenticate": "passerelle.accounts.pages.forms.PasswordAgainForm",
    "reset_password": "passerelle.accounts.pages.forms.ForgottenPasswordForm",
    "reset_password_from_key": "passerelle.accounts.pages.forms.NewPasswordForm",
}

MFA_ADAPTER = "passerelle.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "passerelle.accounts.pages.forms.CodeForm",
    "reauthenticate": "passerelle.accounts.pages.forms.CodeOnceMoreForm",
    "activate_totp": "passerelle.accounts.pages.forms.FirstCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Passerelle"
MFA_TOTP_TOLERANCE = 1

# How many of our own proxies stand in front and add to X-Forwarded-For; throttles count by the address before them.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))
# Answers that must not tell a known address from an unknown one take this long, at least.
PASSERELLE_EVEN_SECONDS = float(os.environ.get("EVEN_SECONDS", "0.5"))
