from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "passerelle.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from passerelle.accounts import hooks
        from passerelle.applications import hooks as applications
        from passerelle.core import event_words
        from passerelle.notices.kinds import name_task
        from passerelle.orders.operations import likeness, under_way
        from passerelle.orders.wording import EVENTS

        hooks.when_registered(likeness.when_registered)
        hooks.when_link_used(likeness.when_link_used)
        applications.when_let_in(likeness.when_link_used)
        applications.keep_out_where(likeness.keeps_out)
        applications.hold_where(under_way.may_be_nominated)
        event_words.register(EVENTS)
        name_task("order.replied", _("Reply to a notice of an intended order"), opens="orders:detail")
        name_task("order.review_asked", _("Review of a contravention order requested"), opens="orders:detail")
        name_task(likeness.KIND, _("An employer resembles one whom an order keeps out"), opens="orders:detail")
        name_task(under_way.KIND, _("A party of a file under way is barred by an order"), opens="desks:whole_file")
