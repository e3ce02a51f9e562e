from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DrawsConfig(AppConfig):
    name = "passerelle.draws"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.draws import before_closing
        from passerelle.draws.events import WORDS
        from passerelle.eoi import hooks, wording
        from passerelle.notices.kinds import name_task

        hooks.say_what_holds(before_closing.holds)
        event_words.register(WORDS)
        wording.name_event("draw.left_out", WORDS["draw.left_out"])
        wording.name_event("draw.objected", WORDS["draw.objected"])
        name_task("draw.objection", _("Objection to a frozen draw"), opens="draws:workbench")
