"""What a role is shown it may open: every link of the navigation, of staff home and of the pages they lead to, for every role."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import pytest
from django.test import Client

from passerelle.core import clock
from tests.access.matrix import STAFF
from tests.access.world import World, taken_back

HOME = "/en/staff/"
MAIN = re.compile(r"<main.*?</main>", re.S)
NAV = re.compile(r'<nav class="site-nav".*?</nav>', re.S)
LINK = re.compile(r'<a[^>]*\shref="([^"]+)"')
STAGES = ("fact proposed", "selected", "taken")


def links(here: str, html: str) -> Iterator[str]:
    """Yield the addresses of our own that a page links to, without fragments."""
    for href in LINK.findall(html):
        address = urljoin(here, unescape(href)).partition("#")[0]
        if address.startswith("/en/") and address != here:
            yield address


def dead_links(client: Client, who: str) -> tuple[list[str], set[str]]:
    """Open the navigation, staff home and every page they lead to; return what did not answer 200, and what was opened."""
    home = client.get(HOME)
    assert home.status_code == 200, who
    text = home.content.decode()
    first = {HOME, *links(HOME, NAV.findall(text)[0]), *links(HOME, MAIN.findall(text)[0])}
    opened, dead = set(), []
    for page in sorted(first):
        answer = client.get(page)
        opened.add(page)
        if answer.status_code != 200:
            dead.append(f"{who}: {page} answers {answer.status_code}, linked from {HOME}")
            continue
        for link in sorted(set(links(page, MAIN.findall(answer.content.decode())[0])) - opened):
            opened.add(link)
            status = client.get(link).status_code
            if status != 200:
                dead.append(f"{who}: {link} answers {status}, linked from {page}")
    return dead, opened


@pytest.mark.long
@pytest.mark.django_db
def test_every_link_shown_to_a_role_opens_for_it() -> None:
    world, dead, opened = World(), [], {}
    for stage in world.stages():
        if stage not in STAGES:
            continue
        for who in sorted(STAFF):
            with taken_back(), clock.frozen(world.at):
                found, seen = dead_links(world.client(who), who)
            dead += [f"{stage}: {one}" for one in found]
            opened.setdefault(who, set()).update(seen)
        if stage == STAGES[-1]:
            break
    assert not dead, f"{len(dead)} dead links:\n" + "\n".join(dead)
    assert min(map(len, opened.values())) > 3
    assert len(opened["officer"]) > len(opened["analyst"])
