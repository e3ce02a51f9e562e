from django.apps import AppConfig


class DesksConfig(AppConfig):
    name = "passerelle.desks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from passerelle.notices import kinds

        kinds.name_task("help.asked", _("A question from the help page"), opens="desks:question")
