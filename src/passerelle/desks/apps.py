from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "passerelle.desks"
    default_auto_field = "django.db.models.BigAutoField"
