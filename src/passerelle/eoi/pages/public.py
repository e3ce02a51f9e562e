"""Pages for everyone: is this receipt genuine?"""

from django.http import HttpRequest, HttpResponse

from passerelle.accounts.access import PublicPage
from passerelle.eoi import queries
from passerelle.eoi.pages.forms import ReceiptForm


class VerifyReceipt(PublicPage):
    """Ask for number and signature; say whether they are ours, and what they state; never about a person."""

    template_name = "eoi/public/verify_receipt.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = "reference" in request.GET
        form = ReceiptForm(request.GET if asked else None)
        found, checked = None, asked and form.is_valid()
        if checked:
            found = queries.receipt_holds(form.cleaned_data["reference"], form.cleaned_data["signature"])
        return self.show(
            {"form": form, "checked": checked, "receipt": found}, status=404 if checked and not found else 200
        )
