import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("applications", "0008_service_standards"),
    ]

    operations = [
        migrations.AlterField(
            model_name="supportletterrequest",
            name="permit_expires_on",
            field=models.DateField(help_text="None where no permit is held yet.", null=True),
        ),
        migrations.AlterField(
            model_name="supportletterrequest",
            name="asked_by",
            field=models.ForeignKey(
                help_text="None: given with the nomination.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supportletterrequest",
            name="valid_before",
            field=models.DateTimeField(help_text="The first moment too late, where the pack states one.", null=True),
        ),
    ]
