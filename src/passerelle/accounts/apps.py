from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "passerelle.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.accounts import signals  # noqa: F401
