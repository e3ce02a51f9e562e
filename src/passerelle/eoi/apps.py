from django.apps import AppConfig


class EoiConfig(AppConfig):
    name = "passerelle.eoi"
    default_auto_field = "django.db.models.BigAutoField"
