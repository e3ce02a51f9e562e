"""Rows of the room: a draw, what was frozen for it, how it came out."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from passerelle.core.models import APPEND_ONLY
from passerelle.core.sealing import SealedTextField
from passerelle.draws.models import guards
from passerelle.draws.states import DrawState

PERSON = settings.AUTH_USER_MODEL
_CONDUCTED = (DrawState.FROZEN, DrawState.SELECTED, DrawState.ISSUED)

# What a notice announces and a commitment repeats; the number and the program are nobody's to change at any time.
_PLAN_STANDS = """
    IF (NEW.number, NEW.program, NEW.held_on, NEW.closes_at, NEW.size, NEW.stream, NEW.categories, NEW.filters, NEW.rule)
       IS DISTINCT FROM
       (OLD.number, OLD.program, OLD.held_on, OLD.closes_at, OLD.size, OLD.stream, OLD.categories, OLD.filters, OLD.rule)
       AND (OLD.state <> 'planned' OR EXISTS (SELECT 1 FROM draws_publishednotice WHERE draw_id = OLD.id))
    THEN
        RAISE EXCEPTION 'the plan of draw % is published or frozen: it stands', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Draw(models.Model):
    """One act of choosing. The rule, the size and the cut-off instant are set in the plan and final from the freeze."""

    number = models.CharField(max_length=40, unique=True)
    program = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=DrawState, default=DrawState.PLANNED)
    held_on = models.DateField()
    closes_at = models.DateTimeField(help_text="First moment too late to be in.")
    size = models.PositiveIntegerField(null=True, help_text="How many are taken; none where the rule takes everybody.")
    stream = models.CharField(max_length=40, help_text="Whose pool it draws from.")
    categories = models.JSONField(default=list, help_text="Keys of the categories in the draw; all are named.")
    filters = models.JSONField(
        default=dict,
        help_text="Whom it is aimed at: attributes (keys of the pack's pool filters), values (what the plan chose of those "
        "the pack asks for), match every or any, or (further groups of these three, of which one is enough), "
        "first_from and first_through (days of the first submission). Empty: a general draw over everybody.",
    )
    rule = models.JSONField(default=dict, help_text="The pack and the whole selection rule, as they stood.")
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    planned_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    conducted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Who froze.")
    frozen_at = models.DateTimeField(null=True)
    pool_size = models.PositiveIntegerField(null=True)
    selected_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    selected_at = models.DateTimeField(null=True)
    assertions = models.JSONField(default=list, help_text="Key, whether it holds, the numbers of its sentence.")
    accepted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Who stands for it.")
    accepted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", help_text="Who issued.")
    issued_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict, help_text="Invited, lowest, highest, by category, size of the pool.")

    void_reason = models.CharField(max_length=500, blank=True)
    void_asked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    void_asked_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-held_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="draw_issued_by_another_person",
                condition=Q(approved_by=None) | ~Q(approved_by=F("conducted_by")) & ~Q(approved_by=F("selected_by")),
            ),
            models.CheckConstraint(
                name="draw_void_takes_two_people",
                condition=Q(voided_by=None) | Q(void_asked_by__isnull=False) & ~Q(voided_by=F("void_asked_by")),
            ),
            models.CheckConstraint(
                name="draw_conducted_by_somebody",
                condition=~Q(state__in=_CONDUCTED)
                | Q(conducted_by__isnull=False, frozen_at__isnull=False, pool_size__isnull=False),
            ),
            models.CheckConstraint(
                name="draw_selected_by_somebody",
                condition=~Q(state__in=(DrawState.SELECTED, DrawState.ISSUED))
                | Q(selected_by__isnull=False, selected_at__isnull=False),
            ),
            models.CheckConstraint(
                name="draw_issued_by_somebody",
                condition=~Q(state=DrawState.ISSUED) | Q(approved_by__isnull=False, issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="draw_void_says_why",
                condition=~Q(state=DrawState.VOID)
                | Q(voided_by__isnull=False, voided_at__isnull=False) & ~Q(void_reason=""),
            ),
            models.CheckConstraint(
                name="draw_accepted_by_another_person",
                condition=Q(accepted_by=None) | Q(accepted_at__isnull=False) & ~Q(accepted_by=F("selected_by")),
            ),
            models.CheckConstraint(
                name="draw_takes_somebody",
                condition=Q(size__isnull=False, size__gt=0) | Q(size=None, rule__selection__takes="everybody"),
            ),
        )
        indexes = (models.Index(fields=("program", "state"), name="draw_by_program"),)
        triggers = (
            pgtrigger.Trigger(name="plan_stands", operation=pgtrigger.Update, when=pgtrigger.Before, func=_PLAN_STANDS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_targeted(self) -> bool:
        """Whether it is aimed at some by filters; a window of dates alone leaves it general."""
        return any(self.filters.get(key) for key in ("attributes", "values", "or"))

    @property
    def void_is_asked(self) -> bool:
        """Whether one person has asked to void it and nobody has settled that."""
        return self.void_asked_at is not None and self.voided_at is None


class Entry(models.Model):
    """One expression of interest as it stood when the pool was frozen."""

    # Both are asked for by ``guards``. Each index costs a draw a write for each entry: there are no more than are read (ADR 25).
    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entries", db_index=False, db_constraint=False)
    eoi = models.ForeignKey(
        "eoi.ExpressionOfInterest", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    points = models.PositiveIntegerField()
    placed_at = models.DateTimeField(help_text="Since when it holds its place among equal points.")
    category = models.CharField(max_length=40)
    grid = models.CharField(max_length=60, blank=True)
    rank = ArrayField(models.BigIntegerField(), help_text="Whole numbers, each higher first.")
    cells = ArrayField(models.CharField(max_length=40), default=list, help_text="The reserves it may be taken for.")
    grp = models.CharField(max_length=16, blank=True, help_text="Its employer's pseudonym in this draw.")
    cap = models.PositiveIntegerField(null=True, help_text="How many of its group may be taken; empty: no limit.")

    class Meta:
        ordering = ("draw", "-rank", "eoi_id")
        # The file first: so it is found in all its draws. Entries of a draw are written together and lie together.
        constraints = (models.UniqueConstraint(fields=("eoi", "draw"), name="entry_once_in_a_draw"),)
        indexes = (BrinIndex(fields=("draw",), pages_per_range=16, autosummarize=True, name="entries_of_a_draw"),)
        triggers = (*APPEND_ONLY, guards.OF_A_DRAW, guards.OF_A_FILE_HANDED_IN)

    def __str__(self) -> str:
        return f"{self.draw_id} {self.eoi_id}"


class Standing(models.Model):
    """Where an entry came in the ranking, and whether it was taken."""

    entry = models.OneToOneField(
        Entry, models.PROTECT, related_name="standing", primary_key=True, db_constraint=False  # ``guards``
    )  # fmt: skip
    position = models.PositiveIntegerField()
    selected = models.BooleanField()
    cell = models.CharField(max_length=40, blank=True, help_text="Of the places that took it; * for everybody's.")

    class Meta:
        ordering = ("position", "entry")
        triggers = (*APPEND_ONLY, guards.ON_AN_ENTRY)

    def __str__(self) -> str:
        return f"{self.entry_id} {self.position}"


class Promotion(models.Model):
    """An entry that fell out between the freeze and the issue, and the next in order that has its place."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="promotions")
    fallen = models.OneToOneField(Entry, models.PROTECT, related_name="fell")
    taken = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="promoted")
    cell = models.CharField(max_length=40, blank=True, help_text="Of the places that both are of.")
    passed = ArrayField(
        models.BigIntegerField(), default=list, help_text="EOIs that the walk came by and that had left the pool."
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(name="promotion_is_of_another", condition=Q(taken=None) | ~Q(taken=F("fallen"))),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.fallen_id}"


class LeftOut(models.Model):
    """An expression of interest still under review that two people leave out, so that the freeze is not held up."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="left_out")
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, help_text="Told to the person.")
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("draw", "eoi"), name="left_out_once"),
            models.CheckConstraint(
                name="left_out_by_two_people", condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by"))
            ),
            models.CheckConstraint(name="left_out_says_why", condition=~Q(reason="")),
        )

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.eoi_id}"


class Excluded(models.Model):
    """An expression of interest that no longer met a mandatory criterion when the pool was frozen."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="excluded")
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="+")
    criteria = models.JSONField(help_text="Keys of the criteria not met on that day.")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("draw", "eoi"), name="excluded_once"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.eoi_id}"


class PublishedNotice(models.Model):
    """The notice of a draw: its rule, sizes and source of chance, published ahead and signed. It is never changed."""

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="notice")
    said = models.JSONField(help_text="The notice in words, {en: [[label, value], …], fr: …}.")
    document = models.TextField(help_text="The bytes that are signed: canonical JSON.")
    signature = models.CharField(max_length=100)
    published_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"notice of {self.draw_id}"


class Commitment(models.Model):
    """What was fixed at the freeze, before chance was known: the document of docs/npd1.md, and what proofs are made from."""

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="commitment")
    document = models.TextField(help_text="Canonical JSON (ASCII); the bytes that are hashed and signed.")
    commit = models.CharField(max_length=64, unique=True)
    root = models.CharField(max_length=64)
    signature = models.CharField(max_length=100)
    key = models.CharField(max_length=64, help_text="The public key it was signed with, base64.")
    objections_until = models.DateTimeField(
        help_text="First moment too late to object; the freeze itself where there is none."
    )
    blocks = models.BinaryField(help_text="Roots of the blocks of leaves, 32 bytes each, in order (npd1.tree.Blocks).")
    made_at = models.DateTimeField()

    class Meta:
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"commitment of {self.draw_id}"


class Leaf(models.Model):
    """An entry's place in the tree, and its ticket and salt; erasing those two unties the line from the person for good."""

    # Both are asked for by ``guards``: the entry is there, and of this draw.
    draw = models.ForeignKey(Draw, models.PROTECT, related_name="leaves", db_index=False, db_constraint=False)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="leaf", primary_key=True, db_constraint=False)
    position = models.PositiveIntegerField(help_text="From 0, in the order of the tickets.")
    digest = models.BinaryField(help_text="The hash of the line as a leaf.")
    ticket = models.CharField(max_length=32, null=True)
    salt = models.CharField(max_length=32, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("draw", "position"), name="leaf_once_in_a_tree"),)
        triggers = (
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_erased", operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.ticket IS NOT NULL OR NEW.salt IS NOT NULL"
                    " OR (NEW.draw_id, NEW.entry_id, NEW.position, NEW.digest)"
                    " IS DISTINCT FROM (OLD.draw_id, OLD.entry_id, OLD.position, OLD.digest)"
                ),
            ),
            APPEND_ONLY[1],
            guards.ON_AN_ENTRY_OF_THE_DRAW,
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.position}"


class Objection(models.Model):
    """What somebody in the pool says is wrong with the frozen draw, and the answer; the selection waits for it."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="objections")
    eoi = models.ForeignKey("eoi.ExpressionOfInterest", models.PROTECT, related_name="+")
    words = SealedTextField()
    made_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    answer = SealedTextField(null=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="objection_answered_by_somebody",
                condition=Q(answered_at=None) | Q(answered_by__isnull=False, answer__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"objection to {self.draw_id}"


class Throw(models.Model):
    """Forty digits as one person saw them fall. The seed is made when two people have entered the same."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="throws")
    digits = models.CharField(max_length=40)
    entered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("draw", "entered_by"), name="throw_once_each"),)
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"throw for {self.draw_id}"


class Seed(models.Model):
    """The seed of a draw, the words it comes from, and who brought it."""

    draw = models.OneToOneField(Draw, models.PROTECT, related_name="seed")
    source = models.CharField(max_length=200, help_text="drand:<chain>:<round>:<randomness> or dice:<draw>:<digits>.")
    signature = models.CharField(max_length=200, blank=True, help_text="The beacon's, in hex.")
    seed = models.CharField(max_length=64)
    given_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    witnessed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="seed_of_dice_takes_two_people",
                condition=~Q(source__startswith="dice:")
                | Q(witnessed_by__isnull=False) & ~Q(witnessed_by=F("given_by")),
            ),
        )
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"seed of {self.draw_id}"


class Lot(models.Model):
    """An entry's place among equal ranks, lower first: what the seed gives its ticket.

    Of a draw that leaves nothing to chance only those that stand in the result are kept.
    """

    entry = models.OneToOneField(
        Entry, models.PROTECT, related_name="lot", primary_key=True, db_constraint=False  # ``guards``
    )  # fmt: skip
    tie = models.CharField(max_length=64)

    class Meta:
        triggers = (*APPEND_ONLY, guards.ON_AN_ENTRY)

    def __str__(self) -> str:
        return f"lot of {self.entry_id}"
