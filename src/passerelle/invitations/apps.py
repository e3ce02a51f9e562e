from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    name = "passerelle.invitations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.invitations.events import WORDS

        event_words.register(WORDS)
