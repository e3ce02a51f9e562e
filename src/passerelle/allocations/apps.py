from django.apps import AppConfig


class AllocationsConfig(AppConfig):
    name = "passerelle.allocations"
    default_auto_field = "django.db.models.BigAutoField"
