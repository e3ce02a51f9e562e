from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "passerelle.payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.notices import kinds
        from passerelle.payments.words import TASKS

        for kind, label in TASKS.items():
            kinds.name_task(kind, label, opens="payments:staff_payment")
