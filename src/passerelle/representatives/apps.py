from django.apps import AppConfig


class RepresentativesConfig(AppConfig):
    name = "passerelle.representatives"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.eoi import wording
        from passerelle.representatives.words import EVENTS, reader_of

        event_words.register(EVENTS)
        for event, sentence in EVENTS.items():
            wording.name_event(event, sentence, for_audiences=(reader_of(event), "staff"))
