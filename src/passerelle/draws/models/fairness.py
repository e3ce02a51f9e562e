"""Who was taken beside the pool, once worked out."""

from django.db import models

from passerelle.core.models import APPEND_ONLY
from passerelle.draws.models.draw import Draw


class FairnessReport(models.Model):
    """Those the selection took beside the pool they were taken from, as it was worked out once and as it may be told."""

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="fairness")
    counts = models.JSONField(help_text="Every group's numbers, small ones too: for those who may open the files.")
    told = models.JSONField(help_text="The same with small cells held back: for everybody else.")
    made_at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"fairness of {self.draw_id}"
