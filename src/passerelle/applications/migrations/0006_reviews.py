"""A review says which error is alleged and what is added, and may be of a cancelled nomination."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import passerelle.core.sealing

SOMEBODY = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": settings.AUTH_USER_MODEL}


def carry_over(apps, schema_editor):
    """What rests sealed is bound to its column, so it is opened and sealed again."""
    for review in apps.get_model("applications", "ReviewRequest").objects.select_related("decision"):
        review.error, review.application_id = review.grounds, review.decision.application_id
        review.save(update_fields=["error", "application"])


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0005_job_offers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="reviewrequest", name="review_by_another_officer"),
        migrations.RenameField(model_name="reviewrequest", old_name="refused_by", new_name="made_by"),
        migrations.AddField(
            model_name="reviewrequest",
            name="proposed_by",
            field=models.ForeignKey(null=True, help_text="Who asked for it, where two people decide.", **SOMEBODY),
        ),
        migrations.AddField(
            model_name="reviewrequest",
            name="application",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="applications.application",
            ),
        ),
        migrations.AddField(
            model_name="reviewrequest",
            name="nomination",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reviews",
                to="applications.nomination",
            ),
        ),
        migrations.AddField(
            model_name="reviewrequest",
            name="error",
            field=passerelle.core.sealing.SealedTextField(default="", help_text="What is wrong with the decision."),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reviewrequest",
            name="difference",
            field=passerelle.core.sealing.SealedTextField(
                blank=True, default="", help_text="What would be otherwise without the error."
            ),
        ),
        migrations.AddField(
            model_name="reviewrequest",
            name="additions_reason",
            field=passerelle.core.sealing.SealedTextField(
                blank=True, default="", help_text="Why it could not be given earlier."
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
        # Rows wait for their checks until the end of the transaction, and a table with such rows is not altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="reviewrequest", name="grounds"),
        migrations.AddField(
            model_name="nomination",
            name="review_before",
            field=models.DateTimeField(null=True, help_text="The first moment too late to ask for a review."),
        ),
        migrations.AlterField(
            model_name="reviewrequest",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="applications.application"
            ),
        ),
        migrations.AlterField(
            model_name="nominationstep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("issued", "Issued"),
                    ("extended", "Extended"),
                    ("paused", "Paused"),
                    ("resumed", "In force again"),
                    ("cancel_asked", "Cancellation asked for"),
                    ("cancel_dropped", "Cancellation not confirmed"),
                    ("cancelled", "Cancelled"),
                    ("reinstated", "Cancellation set aside by a review"),
                ],
                max_length=14,
            ),
        ),
        migrations.AlterField(
            model_name="reviewrequest",
            name="asked_by",
            field=models.ForeignKey(
                help_text="Or who entered it for them.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="reviewrequest",
            name="decision",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="review",
                to="applications.decision",
            ),
        ),
        migrations.AlterField(
            model_name="reviewrequest",
            name="made_by",
            field=models.ForeignKey(
                help_text="Who decided.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="reviewrequest",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[("upheld", "The decision stands"), ("overturned", "The decision is set aside")],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by__isnull", True), ("outcome", "")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(("outcome", ""), _negated=True),
                        models.Q(("decided_by", models.F("made_by")), _negated=True),
                        models.Q(
                            ("proposed_by__isnull", True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="review_by_another_officer",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision__isnull", False), ("nomination__isnull", True)),
                    models.Q(("decision__isnull", True), ("nomination__isnull", False)),
                    _connector="OR",
                ),
                name="review_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "")), fields=("application",), name="review_one_open"
            ),
        ),
    ]
