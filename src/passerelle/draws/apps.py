from django.apps import AppConfig


class DrawsConfig(AppConfig):
    name = "passerelle.draws"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.draws.events import WORDS
        from passerelle.eoi import wording

        event_words.register(WORDS)
        wording.name_event("draw.left_out", WORDS["draw.left_out"])
