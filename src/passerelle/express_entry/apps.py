from django.apps import AppConfig


class ExpressEntryConfig(AppConfig):
    name = "passerelle.express_entry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.express_entry.events import WORDS

        event_words.register(WORDS)
