from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    name = "passerelle.invitations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.eoi import wording
        from passerelle.invitations.events import WORDS

        event_words.register(WORDS)
        for event, words in WORDS.items():
            # Told to both parties on the file's own timeline; the file itself says that it was invited.
            if event not in ("invitation.issued", "invitation.taken_up"):
                wording.name_event(event, words)
