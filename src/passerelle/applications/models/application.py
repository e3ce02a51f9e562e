"""The rows of an application."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.accounts import acting
from passerelle.applications.states import (
    SETTLING,
    WITH_OFFICERS,
    ApplicationState,
    DecisionKind,
    FindingVerdict,
    PartState,
)
from passerelle.core.models import APPEND_ONLY
from passerelle.core.sealing import SealedJSONField, SealedTextField
from passerelle.reviews import rows

if TYPE_CHECKING:
    from passerelle.accounts.models import Person

PERSON = settings.AUTH_USER_MODEL
COMPLETE = sorted([*WITH_OFFICERS, ApplicationState.NOMINATED, ApplicationState.REFUSED, ApplicationState.RETURNED])


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Filters that read as a sentence."""

    def of(self, person: "Person") -> Self:
        """The applications in which ``person``, or a client of theirs, is a party."""
        return self.filter(acting.theirs(person, "employer", "candidate"))

    def too_late(self, at: datetime) -> Self:
        """Forms not in, or the fee not paid, when the time for it was over."""
        forms = Q(state=ApplicationState.FILLING, invitation__respond_by__lte=at)
        own = Q(state=ApplicationState.FILLING, pk__in=Part.objects.late(at).values("application"))
        return self.filter(forms | own | Q(state=ApplicationState.AWAITING_PAYMENT, pay_by__lte=at - SETTLING))

    def waiting(self, program: str) -> Self:
        """The queue: complete and not yet taken, by the instant received (R5.7)."""
        return self.filter(program=program, state=ApplicationState.QUEUED).order_by("received_at", "pk")


class Application(models.Model):
    """The file of one invitation, from "Continue" to the decision."""

    reference = models.CharField(max_length=40, unique=True)
    program = models.CharField(max_length=20)
    invitation = models.OneToOneField("invitations.Invitation", models.PROTECT, related_name="+")
    employer = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    candidate = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    state = models.CharField(max_length=24, choices=ApplicationState.choices, default=ApplicationState.FILLING)
    opened_at = models.DateTimeField()
    file_number = models.CharField(max_length=40, unique=True, null=True)
    received_at = models.DateTimeField(null=True)
    decide_by = models.DateTimeField(
        null=True, help_text="The first moment too late by the program's own standard; none where it promises none."
    )
    pay_by = models.DateTimeField(null=True, help_text="First moment too late for the fee; set when the forms are in.")
    officer = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closing_reason = SealedTextField(blank=True, default="")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        constraints = (
            models.CheckConstraint(
                name="application_complete_has_number",
                condition=~Q(state__in=COMPLETE) | Q(file_number__isnull=False, received_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_assessed_has_officer",
                condition=~Q(state__in=["in_assessment", "information_requested", "interview"])
                | Q(officer__isnull=False),
            ),
            models.CheckConstraint(
                name="application_unpaid_has_time_to_pay",
                condition=~Q(state="awaiting_payment") | Q(pay_by__isnull=False),
            ),
        )
        indexes = (
            models.Index(
                fields=("program", "received_at", "id"), name="application_queue", condition=Q(state="queued")
            ),
        )

    def __str__(self) -> str:
        return self.file_number or self.reference

    @property
    def employer_name(self) -> str:
        """The employer's name, empty where none is part of it (yet)."""
        return self.employer.name if self.employer else ""

    @property
    def waits_for_decision(self) -> bool:
        """Whether officers still have to decide it: then the program's own standard runs."""
        return self.state in WITH_OFFICERS

    @property
    def complete_by(self) -> datetime:
        """The first moment too late for the forms: the invitation's own, so that an extension moves it."""
        return self.invitation.respond_by

    def side_of(self, person: "Person") -> str:
        """``employer``, ``candidate``, for a representative the side of the client, or an empty text for anyone else."""
        return self.side_of_party(acting.stands_for(person, self.employer_id, self.candidate_id))

    def side_of_party(self, party: int | None) -> str:
        """The side of an account, or an empty text."""
        return {self.employer_id: "employer", self.candidate_id: "candidate"}.get(party, "") if party else ""

    def party_id(self, side: str) -> int | None:
        """The account of a side."""
        found: int | None = {"employer": self.employer_id, "candidate": self.candidate_id}.get(side)
        return found


class PartQuerySet(models.QuerySet["Part"]):
    """Filters that read as a sentence."""

    def late(self, at: datetime) -> Self:
        """Not in when its own time was over."""
        return self.filter(due_by__lte=at).exclude(state=PartState.SUBMITTED)


class Part(models.Model):
    """One form of the application: the employer's or the candidate's."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="parts")
    key = models.CharField(max_length=30)
    side = models.CharField(max_length=20)
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=PartState.choices)
    answers = SealedJSONField(default=dict)
    due_by = models.DateTimeField(
        null=True, help_text="First moment too late for this form, where it has a deadline of its own."
    )
    opened_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    signature = models.JSONField(default=dict)

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ("place",)
        constraints = (
            models.UniqueConstraint(fields=("application", "key"), name="part_once_per_application"),
            models.CheckConstraint(
                name="part_submitted_has_instant",
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} {self.key}"

    @property
    def fill_by(self) -> datetime:
        """The first moment too late for this form."""
        return min(self.due_by or self.application.complete_by, self.application.complete_by)

    @property
    def owner(self) -> str:
        """The reference under which the part's documents are kept."""
        return f"{self.application.reference}/{self.key}"


class OutOfTurn(models.Model):
    """Why an officer took a file that was not the oldest."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()
    passed_over = models.PositiveIntegerField()

    class Meta:
        ordering = ("-at",)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.application_id} out of turn"


class Finding(models.Model):
    """What an officer found on one criterion; the latest row counts, the earlier ones stay."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    criterion = models.CharField(max_length=80)
    verdict = models.CharField(max_length=10, choices=FindingVerdict.choices)
    note = SealedTextField(blank=True, default="")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.application_id} {self.criterion} {self.verdict}"


class InformationRequest(models.Model):
    """A question to the employer, to be answered within the pack's days (R6.1)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="information_requests")
    to = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    question = SealedTextField()
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_by = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True, help_text="When staff were told that the time had passed.")
    answer = SealedTextField(blank=True, default="")
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("application",), condition=Q(answered_at__isnull=True), name="information_one_open_request"
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} request {self.pk}"

    @property
    def owner(self) -> str:
        """The reference under which the answer's documents are kept."""
        return f"{self.application.reference}/information-{self.pk}"


class Decision(models.Model):
    """Nomination or refusal, with the reasons the letter gives. A review adds a row, it never changes one."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12, choices=DecisionKind.choices)
    reasons = SealedTextField(blank=True, default="")
    grounds = models.JSONField(default=list, help_text="Keys of the criteria found not met.")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    drawn_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", help_text="Who issued the draw.")
    review_before = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.CheckConstraint(name="decision_not_by_who_drew", condition=~Q(by=F("drawn_by"))),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class ReviewRequest(rows.Review):
    """A party asks somebody else to look again at a refusal, or at a cancelled nomination (pack settings)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="reviews")
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="review")
    nomination = models.ForeignKey("applications.Nomination", models.PROTECT, null=True, related_name="reviews")

    class Meta(rows.Review.Meta):
        constraints = (
            rows.by_a_third_person("review_by_another_officer"),
            models.CheckConstraint(
                name="review_of_one_thing",
                condition=Q(decision__isnull=False, nomination__isnull=True)
                | Q(decision__isnull=True, nomination__isnull=False),
            ),
            models.UniqueConstraint(fields=("application",), condition=Q(outcome=""), name="review_one_open"),
        )

    def __str__(self) -> str:
        return f"review of {self.application_id}"

    @property
    def owner(self) -> str:
        """The reference under which the documents added to the request are kept."""
        return f"{self.application.reference}/review-{self.pk}"


class ChangeReport(models.Model):
    """A change in the employment after the application, reported within the pack's business days (R6.5)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=30)
    happened_on = models.DateField()
    detail = SealedTextField(blank=True, default="")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    report_by = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class SignedAgreement(models.Model):
    """A party's typed signature under one text: name, instant, version and hash of what was signed (R6.4)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="agreements")
    letter = models.CharField(max_length=40)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    text_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("application", "letter", "by"), name="agreement_signed_once_each"),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.letter} signed by {self.by_id}"


class SupportLetterRequest(models.Model):
    """The work permit support letter: given with the nomination, or asked for by a party (R6.6; ontario.md 1.2)."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="support_requests")
    permit_expires_on = models.DateField(null=True, help_text="None where no permit is held yet.")
    asked_by = models.ForeignKey(
        PERSON, models.PROTECT, null=True, related_name="+", help_text="None: given with the nomination."
    )
    asked_at = models.DateTimeField()
    letter = models.CharField(max_length=40, blank=True)
    valid_before = models.DateTimeField(null=True, help_text="The first moment too late, where the pack states one.")
    issued_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("application",), condition=Q(letter=""), name="support_one_open_request"),
        )

    def __str__(self) -> str:
        return f"{self.application_id} support letter"
