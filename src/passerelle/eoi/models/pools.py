"""A pool as it was counted once in a day."""

from django.db import models


class PoolCount(models.Model):
    """How many files of a stream's pool had each total when they were counted on a day; places are told from it.

    One for each pool and day, made once: between two looks of a day there is nothing to subtract. It names nobody.
    """

    program = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    day = models.DateField(help_text="In the program's zone.")
    counts = models.JSONField(help_text="[[points, files], …], lowest points first.")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("program", "stream", "day")
        constraints = (models.UniqueConstraint(fields=("program", "stream", "day"), name="pool_counted_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.program} {self.stream} {self.day}"

    @property
    def by_points(self) -> dict[int, int]:
        """How many had each total."""
        return dict(self.counts)
