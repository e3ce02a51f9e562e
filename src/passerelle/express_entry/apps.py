from django.apps import AppConfig


class ExpressEntryConfig(AppConfig):
    name = "passerelle.express_entry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.accounts import hooks
        from passerelle.core import clock, event_words
        from passerelle.express_entry import queries
        from passerelle.express_entry.events import WORDS

        event_words.register(WORDS)
        hooks.keep_registration_open_where(lambda program: queries.awaits_answers(program, clock.now()))
