"""What is kept of a draw when tickets are erased."""

from django.db import models

from passerelle.core.models import APPEND_ONLY
from passerelle.draws.models.draw import Draw


class KeptResult(models.Model):
    """The result of a draw as it was published, kept when the first of its tickets was erased: it names them."""

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="kept_result")
    document = models.TextField(help_text="The bytes of result.json.")
    kept_at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"result of {self.draw_id}"


class TicketsLeft(models.Model):
    """How many lines of a draw still have their tickets, and when that was last looked at: none left, never again."""

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="tickets_left", primary_key=True)
    left = models.PositiveIntegerField()
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.left}"
