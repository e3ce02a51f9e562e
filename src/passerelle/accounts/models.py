"""Rows of the accounts: people, their staff roles, single-use links, supervised resets, who represents whom."""

from typing import Any, Self

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Long enough without a second factor, and with one (trust.md, section 8.4).
SHORTEST_ALONE = 15
SHORTEST_WITH_SECOND_FACTOR = 12

username_shape = RegexValidator(
    r"\A[\w.@+-]{3,60}\Z", _("Use 3 to 60 letters, digits, and the signs . _ - @ + (no spaces).")
)


class Audience(models.TextChoices):
    """Whose pages a person sees."""

    EMPLOYER = "employer", _("Employer")
    CANDIDATE = "candidate", _("Candidate")
    REPRESENTATIVE = "representative", _("Representative")
    STAFF = "staff", _("Staff")


class Language(models.TextChoices):
    """The language a person reads; letters and messages are written in it."""

    ENGLISH = "en", "English"
    FRENCH = "fr", "Français"


class RoleName(models.TextChoices):
    """What a staff member may be in one program."""

    OFFICER = "officer", _("Officer")
    REVIEWER = "reviewer", _("Reviewer")
    DIRECTOR = "director", _("Director")
    DRAW_MANAGER = "draw_manager", _("Draw manager")
    AUDITOR = "auditor", _("Auditor")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")


class PersonQuerySet(models.QuerySet["Person"]):
    """Filters that read as a sentence."""

    def of(self, audience: str, program: str = "") -> Self:
        return self.filter(audience=audience, program=program)

    def named(self, username: str) -> Self:
        """The one account with this user name, however its letters are cased."""
        return self.filter(username__iexact=username)


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Finds people by user name without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username__iexact=username)


class Person(AbstractBaseUser):
    """An account. The user name is unique; name, telephone and e-mail may repeat (nwt.md, R1.2 and R1.3)."""

    username = models.CharField(
        _("user name"), max_length=60, unique=True, null=True, validators=[username_shape],
        help_text=_("Empty until an invited person has chosen one."),
    )  # fmt: skip
    email = models.EmailField(_("email"), db_index=True)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=200)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    audience = models.CharField(max_length=20, choices=Audience.choices)
    program = models.CharField(max_length=20, blank=True, help_text="Code of the program; empty for staff.")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    password_stands_alone = models.BooleanField(
        default=False, help_text="Long enough to be safe without a second factor."
    )

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "name"]

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(Lower("username"), name="person_username_whatever_its_case"),
            models.CheckConstraint(
                name="person_program_unless_staff",
                condition=Q(audience="staff", program="") | (~Q(audience="staff") & ~Q(program="")),
            ),
        )
        indexes = (models.Index(Lower("email"), name="person_by_email"),)

    def __str__(self) -> str:
        return self.name or self.username or self.reference

    @property
    def reference(self) -> str:
        """What the audit trail calls this account."""
        return f"account-{self.pk}"

    @property
    def is_staff_member(self) -> bool:
        return self.audience == Audience.STAFF

    @property
    def is_employer(self) -> bool:
        return self.audience == Audience.EMPLOYER

    @property
    def is_candidate(self) -> bool:
        return self.audience == Audience.CANDIDATE

    @property
    def is_representative(self) -> bool:
        return self.audience == Audience.REPRESENTATIVE

    @cached_property
    def roles_held(self) -> frozenset[tuple[str, str]]:
        """Pairs (program, role); read once per request, so a change counts from the next one."""
        if not self.is_staff_member:
            return frozenset()
        return frozenset(self.roles.values_list("program", "role"))

    def has_role(self, program: str, *roles: str) -> bool:
        """Say whether this active staff member holds one of ``roles`` (any role, if none is named) in ``program``."""
        if not self.is_active:
            return False
        return any(held == program and (not roles or role in roles) for held, role in self.roles_held)

    def programs_worked_in(self) -> list[str]:
        """Codes of the programs in which this staff member holds any role, sorted."""
        return sorted({program for program, _role in self.roles_held})

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_stands_alone = len(raw_password or "") >= SHORTEST_ALONE

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.__dict__.pop("roles_held", None)


class Role(models.Model):
    """A staff member may act as ``role`` in ``program``."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="roles")
    program = models.CharField(max_length=20)
    role = models.CharField(max_length=20, choices=RoleName.choices)
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()

    class Meta:
        ordering = ("program", "role", "id")
        constraints = (
            models.UniqueConstraint(fields=("person", "program", "role"), name="role_once"),
            models.CheckConstraint(name="role_names_a_program", condition=~Q(program="")),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.program} {self.role}"


class AccessLink(models.Model):
    """A single-use link with which an invited person sets a user name and password. Only its hash is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    about = models.CharField(max_length=60, blank=True, help_text="Reference of the file it was made for.")
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="First moment too late.")
    redeemed_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    # The secret itself, known only to the operation that made the link and to whoever it hands it to.
    token: str = ""

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=Q(redeemed_at=None, replaced_at=None), name="link_one_open_per_person"
            ),
            models.CheckConstraint(
                name="link_used_or_replaced", condition=Q(redeemed_at=None) | Q(replaced_at=None)
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"link {self.pk} for {self.person_id}"


class SecondFactorReset(models.Model):
    """A lost second factor taken away by one administrator and confirmed by another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="reset_is_of_somebody_else",
                condition=~Q(asked_by=F("person")) & (Q(confirmed_by=None) | ~Q(confirmed_by=F("person"))),
            ),
            models.CheckConstraint(
                name="reset_takes_two_people", condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="reset_confirmed_by_and_when",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.UniqueConstraint(fields=("person",), condition=Q(confirmed_by=None), name="reset_one_open"),
        )

    def __str__(self) -> str:
        return f"reset {self.pk} of {self.person_id}"


class Licence(models.Model):
    """What allows a representative to act for others: the body that licensed them (a key of the pack) and its number."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="licence")
    body = models.CharField(max_length=40)
    number = models.CharField(max_length=60, blank=True, help_text="Empty where the body gives none.")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.body} {self.number}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Filters that read as a sentence."""

    def open(self) -> Self:
        """Asked for or standing."""
        return self.filter(ended_at=None)

    def asked(self) -> Self:
        """Waiting for the client's answer."""
        return self.open().filter(appointed_at=None)

    def standing(self) -> Self:
        """In force now."""
        return self.open().filter(appointed_at__isnull=False)


class Appointment(models.Model):
    """A representative asked to act for a client; in force from the client's yes until either of them ends it."""

    class Ending(models.TextChoices):
        DECLINED = "declined", _("Declined by the client")
        TAKEN_BACK = "taken_back", _("Taken back by the representative")
        REVOKED = "revoked", _("Ended by the client")
        GIVEN_UP = "given_up", _("Given up by the representative")
        BARRED = "barred", _("Ended because the representative is barred")

    program = models.CharField(max_length=20)
    representative = models.ForeignKey(Person, models.PROTECT, related_name="+")
    client = models.ForeignKey(Person, models.PROTECT, related_name="+")
    named = models.CharField(max_length=200, help_text="Whom the representative asked: the name or file number typed.")
    licence_body = models.CharField(max_length=40)
    licence_number = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    appointed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ending = models.CharField(max_length=20, choices=Ending.choices, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("representative", "client"), condition=Q(ended_at=None), name="appointment_open_once"
            ),
            models.UniqueConstraint(
                fields=("client",),
                condition=Q(ended_at=None, appointed_at__isnull=False),
                name="appointment_one_stands",
            ),
            models.CheckConstraint(name="appointment_of_another", condition=~Q(representative=F("client"))),
            models.CheckConstraint(
                name="appointment_ended_when_and_how",
                condition=Q(ended_at=None, ended_by=None, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""),
            ),
            models.CheckConstraint(
                name="appointment_ended_as_it_stood",
                condition=Q(ending__in=("", "barred"))
                | Q(ending__in=("declined", "taken_back"), appointed_at=None)
                | Q(ending__in=("revoked", "given_up"), appointed_at__isnull=False),
            ),
        )
        triggers = (
            # What ended is not brought back, and no appointment is forgotten: a new one is asked for.
            pgtrigger.Protect(
                name="ended_for_good", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ended_at__isnull=False)
            ),
            pgtrigger.Protect(name="appointments_are_kept", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.representative_id} for {self.client_id}"
