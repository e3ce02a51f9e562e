from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

TASKS = {
    "eoi.criterion_unsure": _("An employer is not sure about a criterion"),
    "eoi.criterion_contradicted": _("Answers do not agree with a mandatory criterion"),
    "eoi.likeness": _("Two files may be one person's"),
    "eoi.proof_overdue": _("The documents asked for did not come in time"),
    "eoi.reply_overdue": _("No reply to a fairness notice came in time"),
    "eoi.doubt_answered": _("A candidate replied to a fairness notice"),
    "eoi.not_accepted.already_live": _("Turned away: the person has another file"),
    "eoi.not_accepted.barred": _("Turned away: the person is barred"),
}


class EoiConfig(AppConfig):
    name = "passerelle.eoi"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.documents import keepers
        from passerelle.eoi import wording
        from passerelle.eoi.operations.proving import keep_upload
        from passerelle.notices.kinds import name_task

        keepers.keep_through(keep_upload)
        event_words.register(wording.event_sentences())
        for kind, label in TASKS.items():
            name_task(kind, label, opens="eoi:review")
