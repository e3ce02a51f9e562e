from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "passerelle.core"
    default_auto_field = "django.db.models.BigAutoField"
