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


CLOSINGS = {
    "stream.closing_proposed": _("Closing a stream was proposed."),
    "stream.closing_dropped": _("The proposal to close a stream was taken back."),
    "stream.closed": _("A stream was closed."),
    "stream.pool_emptied": _("The pool of a closed stream was emptied."),
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
        event_words.register(CLOSINGS)
        name_task("stream.closing_to_carry_out", _("Closing a stream waits for a second director"), opens="eoi:closing")
        for kind, label in TASKS.items():
            name_task(kind, label, opens="eoi:review")
