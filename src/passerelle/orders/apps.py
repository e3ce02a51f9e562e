from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "passerelle.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.core import event_words
        from passerelle.notices.kinds import name_task
        from passerelle.orders.wording import EVENTS

        event_words.register(EVENTS)
        name_task("order.replied", _("Reply to a notice of an intended order"))
        name_task("order.review_asked", _("Review of a contravention order requested"))
