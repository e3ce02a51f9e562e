from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "passerelle.applications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.accounts import hooks as accounts
        from passerelle.applications import progress
        from passerelle.applications.operations import joining, paying
        from passerelle.applications.operations.filling import give_forms_time, keep_upload
        from passerelle.documents import keepers
        from passerelle.draws import hooks as drawn
        from passerelle.eoi import hooks as eois
        from passerelle.invitations import hooks as invitations
        from passerelle.notices import kinds
        from passerelle.payments import hooks as payments

        eois.say_what_goes_on(progress.goes_on)
        drawn.say_how_far(progress.how_far)
        accounts.when_link_used(joining.when_link_used)
        keepers.keep_through(keep_upload)
        invitations.when_extended(give_forms_time)
        invitations.name_joined(joining.joined)
        payments.lock_first(paying.lock)
        payments.when_paid(paying.when_paid)
        kinds.name_task("information_received", _("Answer to a question received"), opens="applications:staff_file")
        kinds.name_task("information_overdue", _("Answer to a question overdue"), opens="applications:staff_file")
        kinds.name_task("review_asked", _("Review of a decision requested"), opens="applications:staff_file")
        kinds.name_task("change_reported", _("Change reported"), opens="applications:staff_file")
        kinds.name_task(
            "federal_invitation_reported", _("Federal invitation reported"), opens="applications:staff_file"
        )
        kinds.name_task(
            "decline_proof_received", _("Proof that a federal invitation was declined"), opens="applications:staff_file"
        )
        kinds.name_task(
            "support_letter_asked", _("Work permit support letter requested"), opens="applications:staff_file"
        )
