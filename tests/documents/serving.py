"""A page with two places of a checklist, as the stage rooms build them, for the browser tests of uploads."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from passerelle.accounts.access import PartyPage
from passerelle.documents import operations, queries
from passerelle.documents.reasons import Unacceptable
from passerelle.project.urls import urlpatterns as platform
from tests.documents.conftest import OWNER

SLOTS = {"passport": {"en": "Passport", "fr": "Passeport"}, "contract": {"en": "Contract", "fr": "Contrat"}}


class Checklist(PartyPage):
    """Both places, resumable unless the address says ``?plain``."""

    template_name = "checklist.html"

    def get(self, request: HttpRequest, error: str = "", wrong: str = "", status: int = 200) -> HttpResponse:
        slots = [self._slot(key, label, error if key == wrong else "") for key, label in SLOTS.items()]
        return self.show({"slots": slots}, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        slot = request.POST["slot"]
        for upload in request.FILES.getlist("files"):
            try:
                operations.store(owner=OWNER, slot=slot, upload=upload, by=self.person, at=request.arrived_at)
            except Unacceptable as refusal:
                return self.get(request, error=f"{upload.name} : {refusal}", wrong=slot, status=422)
        return self.go_to("checklist")

    def _slot(self, key: str, label: dict[str, str], error: str) -> dict[str, object]:
        at = self.request.arrived_at
        return {
            "slot": {"key": key, "label": label, "required": True},
            "files": queries.files(OWNER, key),
            "action": self.request.path,
            "resumable": "" if "plain" in self.request.GET else reverse("documents:upload"),
            "token": operations.allow_upload(owner=OWNER, slot=key, by=self.person, at=at),
            "editable": True,
            "error": error,
        }


# First: the platform takes any word there for the name of a program.
urlpatterns = [path("en/checklist/", Checklist.as_view(), name="checklist"), *platform]
