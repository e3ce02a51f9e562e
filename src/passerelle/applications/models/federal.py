"""The federal government invites a candidate while the file is open: the provincial nomination waits for an answer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from passerelle.applications.models.application import Application
from passerelle.applications.states import FederalAnswer, FederalInvitationState
from passerelle.core.sealing import SealedTextField

PERSON = settings.AUTH_USER_MODEL
OPEN = (FederalInvitationState.STANDING, FederalInvitationState.PROOF_SENT)


class FederalInvitation(models.Model):
    """A federal invitation to apply, reported or recorded by staff; while it is open nobody is nominated."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="federal_invitations")
    invited_on = models.DateField(help_text="The date that the federal invitation bears.")
    answer = models.CharField(max_length=10, choices=FederalAnswer.choices, blank=True)
    state = models.CharField(
        max_length=12, choices=FederalInvitationState.choices, default=FederalInvitationState.STANDING
    )
    reported_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    proof_sent_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    proof_sent_at = models.DateTimeField(null=True)
    reason = SealedTextField(blank=True, default="", help_text="Why the latest proof was not accepted, or why it goes.")
    settled_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("reported_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("application",), condition=Q(state__in=OPEN), name="federal_invitation_one_open"
            ),
            models.CheckConstraint(
                name="federal_invitation_declined_with_proof",
                condition=~Q(state=FederalInvitationState.DECLINED)
                | Q(proof_sent_at__isnull=False, settled_by__isnull=False) & ~Q(settled_by=F("proof_sent_by")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.application_id} federal invitation of {self.invited_on}"

    @property
    def owner(self) -> str:
        """The reference under which the proofs of having declined are kept."""
        return f"{self.application.reference}/federal-{self.pk}"
