"""Names and points of a sheet's top lines beside it, worked out by the server, for records there are and for those to come.

The table is written anew once, and locked meanwhile: some ten seconds for a quarter of a million records.
"""

from django.db import migrations, models

import passerelle.eoi.models.scoring

# Unpacks in a third of the time; what was packed before stays as it is. A server built without it goes on as before.
_LIGHTER = """
DO $$ BEGIN
    ALTER TABLE eoi_expressionofinterest ALTER facts SET COMPRESSION lz4, ALTER sheet SET COMPRESSION lz4;
    ALTER TABLE eoi_scorerecord ALTER facts SET COMPRESSION lz4, ALTER sheet SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$
"""
_AS_BEFORE = """
ALTER TABLE eoi_expressionofinterest ALTER facts SET COMPRESSION default, ALTER sheet SET COMPRESSION default;
ALTER TABLE eoi_scorerecord ALTER facts SET COMPRESSION default, ALTER sheet SET COMPRESSION default;
"""


class Migration(migrations.Migration):
    dependencies = [("eoi", "0011_stream_closings")]

    operations = [
        migrations.RunSQL(_LIGHTER, _AS_BEFORE),
        *(
            migrations.AddField(
                model_name="scorerecord",
                name=name,
                field=models.GeneratedField(
                    db_persist=True,
                    expression=passerelle.eoi.models.scoring.TopLines("sheet", key),
                    output_field=models.JSONField(),
                ),
            )
            for name, key in (("factors", "id"), ("factor_points", "points"))
        ),
    ]
