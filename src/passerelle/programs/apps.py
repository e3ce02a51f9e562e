from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "passerelle.programs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from passerelle.accounts import hooks
        from passerelle.documents import limits
        from passerelle.notices.kinds import name_task
        from passerelle.payments import hooks as payments
        from passerelle.programs import registration

        hooks.list_programs_with(registration.names)
        hooks.say_who_registers_with(registration.who_registers)
        hooks.say_who_keeps_one_account_with(registration.keeps_one_account)
        hooks.list_licences_with(registration.licences)
        hooks.close_registration_with(registration.is_closed)
        hooks.say_how_long_links_last_with(registration.link_lasts_until)
        hooks.when_registered(registration.welcome)
        limits.state_with(registration.file_caps)
        payments.write_letters_as(registration.letterhead)
        name_task("rules.to_confirm", _("Rules to be put in force wait for a second person"))
