from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    name = "passerelle.invitations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.draws import hooks as drawn
        from passerelle.eoi import hooks, wording
        from passerelle.invitations import queries
        from passerelle.invitations.events import WORDS

        hooks.say_what_goes_on(queries.goes_on)
        drawn.say_how_far(queries.how_far)
        event_words.register(WORDS)
        for event, words in WORDS.items():
            # Told to both parties on the file's own timeline; the file itself says that it was invited.
            if event not in ("invitation.issued", "invitation.taken_up"):
                wording.name_event(event, words)
