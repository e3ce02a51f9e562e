from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "passerelle.documents"
    default_auto_field = "django.db.models.BigAutoField"
