"""The resumable endpoint: tus 1.0 core, with creation and termination.

POST announces a file, PATCH adds a part, HEAD says how much has come, DELETE forgets it. The token that a page got from
``allow_upload`` names the person and the place; the session must be the same person's. A file refused after its last
part answers 422 with the reason in the reader's language.
"""

import base64
import binascii
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views import View

from passerelle.accounts.access import PublicPage
from passerelle.core.verdicts import NotAllowed
from passerelle.documents import queries
from passerelle.documents.limits import limits
from passerelle.documents.operations import abandon_upload, begin_upload, finish_upload, uploading
from passerelle.documents.reasons import Unacceptable

if TYPE_CHECKING:
    from passerelle.accounts.models import Person
    from passerelle.documents.models import Upload

VERSION = "1.0.0"
_PART = "application/offset+octet-stream"


class _Tus(PublicPage):
    """What every answer of the endpoint has in common."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = self._answer(request, *args, **kwargs)
        answer["Tus-Resumable"] = VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            answer = HttpResponse(status=412)
            answer["Tus-Version"] = VERSION
            return answer
        try:
            # Not the dispatch of Page: a script reads the answer, so a refusal is plain text and not a page.
            return View.dispatch(self, request, *args, **kwargs)
        except NotAllowed as refusal:
            return _words(str(refusal), 403)
        except Unacceptable as refusal:
            return _words(str(refusal), 413 if refusal.code == "too_big" else 422)


def _words(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


class Uploads(_Tus):
    """Announce a file."""

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = HttpResponse(status=204)
        answer["Tus-Version"], answer["Tus-Extension"] = VERSION, "creation,termination"
        answer["Tus-Max-Size"] = str(limits().bytes)
        return answer

    def post(self, request: HttpRequest) -> HttpResponse:
        told = _metadata(request.headers.get("Upload-Metadata", ""))
        upload = begin_upload(
            token=told.get("token", ""),
            length=_number(request.headers.get("Upload-Length")),
            name=told.get("filename", ""),
            by=request.user,  # type: ignore[arg-type]
            at=request.arrived_at,  # type: ignore[attr-defined]
        )
        answer = HttpResponse(status=201)
        answer["Location"] = reverse("documents:upload_part", args=[upload.pk])
        answer["Upload-Offset"] = "0"
        return answer


class UploadPart(_Tus):
    """One file on its way."""

    def head(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        upload = self._upload(pk)
        if uploading.received(upload) == upload.length:
            return self._finished(upload)
        return self._progress(upload, 200)

    def patch(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        upload = self._upload(pk)
        if request.content_type != _PART:
            return HttpResponse(status=415)
        if upload.is_open:
            try:
                offset = _number(request.headers.get("Upload-Offset"))
                uploading.append(upload=upload, offset=offset, body=request)
            except uploading.WrongOffset:
                return self._progress(upload, 409)
            except uploading.Busy:
                return HttpResponse(status=423)
        if uploading.received(upload) == upload.length:
            return self._finished(upload)
        return self._progress(upload, 204)

    def delete(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        abandon_upload(upload=self._upload(pk))
        return HttpResponse(status=204)

    def _upload(self, pk: UUID) -> "Upload":
        upload = get_object_or_404(queries.uploads_of(cast("Person", self.request.user)), pk=pk)
        if upload.is_open and not uploading.part(upload).exists():
            raise Http404
        return upload

    def _finished(self, upload: "Upload") -> HttpResponse:
        document = finish_upload(upload=upload, at=self.request.arrived_at)  # type: ignore[attr-defined]
        if document is None:
            return HttpResponse(status=423)
        return self._progress(upload, 200 if self.request.method == "HEAD" else 204)

    def _progress(self, upload: "Upload", status: int) -> HttpResponse:
        answer = HttpResponse(status=status)
        answer["Upload-Offset"], answer["Upload-Length"] = str(uploading.received(upload)), str(upload.length)
        return answer


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else -1


def _metadata(header: str) -> dict[str, str]:
    """Read ``Upload-Metadata``: pairs of a name and a base64 text, with commas between."""
    told = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            told[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return told
