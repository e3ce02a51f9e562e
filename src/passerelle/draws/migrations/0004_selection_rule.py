"""The selection rule as data: a draw keeps it whole, an entry the rank that it gives, its cells, group and cap."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# Microseconds of 1 January 2200: what an earlier instant is taken from (draws.ranking).
EARLIER = 7_258_118_400_000_000
TIES = {"earliest_submission": "submission", "everyone_at_cutoff": "take_all", "verifiable_lot": "lot"}


def tell_rules(apps, schema_editor):
    """Draws planned before: what their setting said, as the rule it was."""
    for draw in apps.get_model("draws", "Draw").objects.filter(rule__has_key="tie_break"):
        draw.rule = {
            "pack": draw.rule["pack"], "pack_sha256": draw.rule["pack_sha256"],
            "selection": {
                "key": "ranked_points", "name": {"en": "Ranked by points", "fr": "Classement selon les points"},
                "order": [{"by": "points", "first": "highest"}], "ties": TIES[draw.rule["tie_break"]],
                "source": "the pack the draw was planned under", "certainty": "uncertain",
            },
        }  # fmt: skip
        draw.save(update_fields=["rule"])


RANK = f"""
ALTER TABLE draws_entry DISABLE TRIGGER USER;
UPDATE draws_entry SET rank = CASE draws_draw.rule -> 'selection' ->> 'ties' WHEN 'submission'
    THEN ARRAY[points, {EARLIER} - (EXTRACT(EPOCH FROM placed_at) * 1000000)::bigint]::bigint[] ELSE ARRAY[points]::bigint[] END
FROM draws_draw WHERE draws_draw.id = draw_id;
ALTER TABLE draws_entry ENABLE TRIGGER USER;
ALTER TABLE draws_standing DISABLE TRIGGER USER;
UPDATE draws_standing SET cell = '*' WHERE selected;
ALTER TABLE draws_standing ENABLE TRIGGER USER;
ALTER TABLE draws_promotion DISABLE TRIGGER USER;
UPDATE draws_promotion SET cell = '*';
ALTER TABLE draws_promotion ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("draws", "0003_filters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="draw",
            name="rule",
            field=models.JSONField(default=dict, help_text="The pack and the whole selection rule, as they stood."),
        ),
        migrations.RunPython(tell_rules, migrations.RunPython.noop),
        migrations.AlterModelOptions(name="entry", options={"ordering": ("draw", "-rank", "eoi_id")}),
        migrations.RemoveIndex(model_name="entry", name="entry_order"),
        migrations.AddField(
            model_name="entry",
            name="rank",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                help_text="Whole numbers, each higher first.",
                size=None,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="cells",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                default=list,
                help_text="The reserves it may be taken for.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="grp",
            field=models.CharField(
                blank=True, default="", help_text="Its employer's pseudonym in this draw.", max_length=16
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="entry",
            name="cap",
            field=models.PositiveIntegerField(
                help_text="How many of its group may be taken; empty: no limit.", null=True
            ),
        ),
        migrations.AddField(
            model_name="standing",
            name="cell",
            field=models.CharField(
                blank=True, default="", help_text="Of the places that took it; * for everybody's.", max_length=40
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="promotion",
            name="cell",
            field=models.CharField(blank=True, default="", help_text="Of the places that both are of.", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="promotion",
            name="passed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                help_text="EOIs that the walk came by and that had left the pool.",
                size=None,
            ),
        ),
        migrations.RunSQL(RANK, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                models.F("draw"), models.OrderBy(models.F("rank"), descending=True), models.F("eoi"), name="entry_order"
            ),
        ),
    ]
