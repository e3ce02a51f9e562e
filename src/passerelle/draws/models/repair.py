"""Rows of a repair: what was wrong and what is to be done, whom it touches, and the second person's word. None is ever changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.core.models import APPEND_ONLY
from passerelle.draws.models.draw import Draw

PERSON = settings.AUTH_USER_MODEL


class Way(models.TextChoices):
    """What is done about an error found after the invitations went out."""

    NOTICE = "notice", _("Tell everybody, invite nobody")
    INVITE = "invite", _("Invite those kept out in addition")
    REPLACE = "replace", _("Invite those kept out, and take back what nobody has begun to use")


class Side(models.TextChoices):
    """Which way the error worked for somebody."""

    HARMED = "harmed", pgettext_lazy("by an error in a draw", "Kept out")
    GAINED = "gained", pgettext_lazy("by an error in a draw", "Helped")


class Act(models.TextChoices):
    """What a repair does for one person."""

    NONE = "none", pgettext_lazy("act of a repair", "Nothing")
    INVITE = "invite", pgettext_lazy("act of a repair", "Invited in addition")
    TAKE_BACK = "take_back", pgettext_lazy("act of a repair", "Invitation taken back")


class Repair(models.Model):
    """A plan: what was wrong with an issued draw, what is to be done about it, and the notice for everybody."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="repairs")
    correction = models.JSONField(help_text="What was wrong, as correcting.Correction keeps it.")
    what = models.JSONField(help_text="What was wrong, in words for everybody, {en, fr}.")
    way = models.CharField(max_length=10, choices=Way)
    year = models.PositiveSmallIntegerField(help_text="Whose places those invited in addition take.")
    reason = models.CharField(max_length=1000, help_text="Why this way: for staff.")
    notice = models.JSONField(help_text="The notice for everybody, {en, fr}.")
    counts = models.JSONField(help_text="How many were harmed, gained, unchanged; invited in addition; taken back.")
    planned_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(name="repair_says_why", condition=~Q(reason="")),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"repair of {self.draw_id}"


class RepairLine(models.Model):
    """One person for whom the draw comes out otherwise: on which side, how far they had come, what the repair does."""

    repair = models.ForeignKey(Repair, models.PROTECT, related_name="lines")
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    was = models.PositiveIntegerField(null=True, help_text="Place in the ranking as it was; empty: not in it.")
    would = models.PositiveIntegerField(null=True, help_text="Place as it should have been; empty: not in it.")
    cell = models.CharField(max_length=40, help_text="The places that took them, or would have.")
    step = models.CharField(max_length=10, help_text="How far they had come (draws.hooks.STEPS).")
    act = models.CharField(max_length=10, choices=Act, default=Act.NONE)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("repair", "eoi"), name="repair_line_once"),
            # Nobody harmed loses an invitation, nobody helped gets another.
            models.CheckConstraint(
                name="repair_line_fits_its_side",
                condition=Q(act=Act.NONE)
                | Q(act=Act.INVITE, side=Side.HARMED)
                | Q(act=Act.TAKE_BACK, side=Side.GAINED),
            ),
            # What somebody relies on is never taken back.
            models.CheckConstraint(
                name="repair_takes_back_what_is_untouched", condition=~Q(act=Act.TAKE_BACK) | Q(step="invited")
            ),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.repair_id}: {self.eoi_id} {self.act}"


class RepairWithdrawal(models.Model):
    """A director's word that a plan is not carried out: nobody accepts it afterwards. An accepted one is not withdrawn."""

    repair = models.OneToOneField(Repair, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=500, help_text="For staff.")
    withdrawn_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="repair_withdrawn_says_why", condition=~Q(reason="")),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"withdrawal of {self.repair_id}"


class RepairAcceptance(models.Model):
    """Another director's word, with which a repair is carried out: once, in the same transaction."""

    repair = models.OneToOneField(Repair, models.PROTECT, related_name="acceptance")
    planned_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", help_text="As the repair says.")
    accepted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(name="repair_accepted_by_another", condition=~Q(accepted_by=F("planned_by"))),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"acceptance of {self.repair_id}"
