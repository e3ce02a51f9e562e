from django.apps import AppConfig


class DrawsConfig(AppConfig):
    name = "passerelle.draws"
    default_auto_field = "django.db.models.BigAutoField"
