"""What a limit over the year leaves out of account: the places that employers had before the draw."""

from django.db import models

from passerelle.core.models import APPEND_ONLY
from passerelle.draws.models.draw import Draw


class EarlierPlaces(models.Model):
    """Places of the draw's year that an employer had by earlier draws, as they were counted when the pool was frozen."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="earlier_places")
    grp = models.CharField(max_length=16, help_text="The employer's pseudonym in this draw.")
    places = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("draw", "grp"), name="earlier_places_once"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.draw_id} {self.grp}: {self.places}"
