"""What comes in with a form is bounded before anybody asks for it."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client, RequestFactory

from passerelle.documents import operations
from passerelle.documents.limits import limits
from tests.documents.conftest import OWNER, make_person
from tests.support.people import LONG_AGO

MEGABYTE = 1024 * 1024


def posted(user: Any, size: int) -> HttpRequest:
    """A form with one file and a word beside it, as it reaches a page."""
    file = SimpleUploadedFile("scan.pdf", b"%PDF-1.7\n" + b"x" * size, "application/pdf")
    request = RequestFactory().post("/", {"files": file, "reason": "because"})
    request.user = user
    return request


def test_nothing_of_a_visitors_file_is_kept_anywhere_and_the_form_is_read_all_the_same():
    request = posted(AnonymousUser(), 5 * MEGABYTE)

    assert request.POST["reason"] == "because"
    assert not request.FILES


@pytest.mark.django_db
def test_a_visitor_who_sends_a_file_with_a_form_is_told_what_the_form_says():
    file = SimpleUploadedFile("scan.pdf", b"x" * 100, "application/pdf")

    assert (
        Client().post("/en/account/login/", {"login": "nobody", "password": "nothing", "file": file}).status_code == 200
    )


@pytest.mark.django_db
def test_of_a_file_too_large_no_more_lies_on_the_disk_than_shows_it(settings: Any):
    settings.UPLOAD_MAX_MB = 20
    person = make_person()
    upload = posted(person, 30 * MEGABYTE).FILES["files"]

    assert limits().bytes < upload.size <= limits().bytes + MEGABYTE
    with pytest.raises(operations.Unacceptable, match="larger than 20 MB"):
        operations.store(owner=OWNER, slot="passport", upload=upload, by=person, at=LONG_AGO)


@pytest.mark.django_db
def test_a_file_of_the_largest_size_comes_whole(settings: Any):
    settings.UPLOAD_MAX_MB = 20
    size = limits().bytes - len(b"%PDF-1.7\n")

    assert posted(make_person(), size).FILES["files"].size == limits().bytes
