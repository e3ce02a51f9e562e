"""The register of orders, for everybody."""

from django.http import HttpRequest, HttpResponse

from passerelle.accounts.access import PublicPage
from passerelle.orders import queries


class Register(PublicPage):
    """The orders that stand: name, kind, provision, date, end of the ban, amount; nothing else is published."""

    template_name = "orders/public/register.html"

    def get(self, request: HttpRequest, program: str) -> HttpResponse:
        rules = queries.rules_with_orders(program, self.at)
        rows = [{"order": one, "kind": one.get_kind_display()} for one in queries.register(program)]
        return self.show({"rules": rules, "rows": rows})
