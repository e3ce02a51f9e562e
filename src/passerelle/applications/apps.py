from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "passerelle.applications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.applications.operations.filling import keep_upload
        from passerelle.documents import keepers
        from passerelle.notices import kinds

        keepers.keep_through(keep_upload)
        kinds.name_task("information_received", _("Answer to a question received"))
        kinds.name_task("information_overdue", _("Answer to a question overdue"))
        kinds.name_task("review_asked", _("Review of a refusal requested"))
        kinds.name_task("change_reported", _("Change in the employment reported"))
        kinds.name_task("support_letter_asked", _("Work permit support letter requested"))
