"""What a page weighs on the way to its reader: a slow line in a small place must be enough (trust.md, 10.7)."""

import gzip
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from tests import factories
from tests.support.people import a_candidate, a_staff_member, an_employer, signed_in

pytestmark = pytest.mark.django_db

FIRST, NEXT, REQUESTS = 60_000, 25_000, 6
PUBLIC = [
    "/en/ca-nt/", "/fr/ca-nt/", "/en/ca-nt/points/", "/fr/ca-nt/points/", "/en/ca-nt/draws/", "/en/account/login/",
    "/en/ca-nt/register/",
]  # fmt: skip
TAGS = re.compile(r"<(?:link|script|img|iframe|source|video)\b[^>]*>")
ADDRESS = re.compile(r"\s(?:href|src)=[\"']([^\"']+)")


def as_served(client: Client, path: str) -> tuple[int, set[str]]:
    """Return the bytes of the page itself as they travel, and the addresses it loads."""
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, path
    assert answer.headers["Content-Encoding"] == "gzip", path
    tags = TAGS.findall(gzip.decompress(answer.content).decode())
    # A link to the page's other language is there for machines that read it; nothing is fetched.
    found = [ADDRESS.search(tag) for tag in tags if 'rel="alternate"' not in tag]
    return len(answer.content), {one[1] for one in found if one and not one[1].startswith("data:")}


def weight(address: str) -> int:
    """Return the bytes of a static file as the web server keeps it: compressed once, ahead of time."""
    name = urlsplit(address).path.removeprefix(settings.STATIC_URL)
    found = finders.find(name)
    assert found, f"{address} is not ours"
    return len(gzip.compress(Path(str(found)).read_bytes()))


@pytest.fixture
def program() -> None:
    factories.program()


@pytest.mark.parametrize("path", PUBLIC)
def test_a_first_view_is_light_and_asks_nobody_else(path: str, program: None):
    size, loaded = as_served(Client(), path)

    assert all(one.startswith("/") and not one.startswith("//") for one in loaded), loaded
    assert 1 + len(loaded) <= REQUESTS
    assert size + sum(map(weight, loaded)) <= FIRST


def test_what_one_reads_after_the_home_page_is_lighter_still(program: None):
    _size, there = as_served(Client(), "/en/ca-nt/")

    for path in PUBLIC[2:]:
        size, loaded = as_served(Client(), path)
        assert size + sum(map(weight, loaded - there)) <= NEXT, path


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (an_employer, "/en/employer/"),
        (a_candidate, "/en/candidate/"),
        (lambda: a_staff_member("officer"), "/en/staff/"),
    ],
)
def test_the_homes_of_those_signed_in_are_as_light(make, path: str, program: None):
    _size, there = as_served(Client(), "/en/ca-nt/")
    size, loaded = as_served(signed_in(make()), path)

    assert 1 + len(loaded) <= REQUESTS
    assert size + sum(map(weight, loaded)) <= FIRST
    assert size + sum(map(weight, loaded - there)) <= NEXT


def test_no_style_brings_a_font_or_anything_of_somebody_elses():
    text = Path(str(finders.find("passerelle/look.css"))).read_text()

    assert "@font-face" not in text
    assert re.search(r"url\(\s*[\"']?(?:https?:)?//", text) is None
