"""Two programs in one installation: nothing of one can be reached from the other, and a role counts at its own desk.

Each program's case is led through every stage while everybody of the other knocks at every address of it, by GET and POST.
"""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlencode

import pytest
from django.urls import reverse
from django.utils.html import escape

from passerelle.accounts import operations as accounts
from passerelle.accounts import sessions
from passerelle.core import addresses, clock
from passerelle.documents import operations as documents
from passerelle.orders.models import Order
from passerelle.programs import queries as programs
from tests.access.browsing import Browser
from tests.access.matrix import REPRESENTATIVES, ROWS, STAFF, Row
from tests.access.ontario import Ontario
from tests.access.test_matrix import address_of, outcome, quiet  # noqa: F401  the last is a fixture
from tests.access.world import World, known, taken_back
from tests.journeys import candidate_first as ontario
from tests.orders.office import an_order_office, proposed
from tests.support.cases import DAY, NOON
from tests.support.people import a_staff_member, an_employer

NORTH, SOUTH = "Zibeline", "Fougasse"  # words that stand in everything written in one program, and nowhere else
KNOCKING = ("candidate", "employer", "representative", *sorted(STAFF))
# One passport and one address in both programs: the same person, as far as anybody can tell.
SAME = {"passport_country": "BR", "passport_number": "FX123456"}
# Addresses whose place holders name nothing of one program, with the reason.
NAMES_NOTHING = {
    "programs:edition": "both programs have an edition of this label: an_edition_is_known_at_its_own_desk",
    "programs:edition_settle": "the same",
}
TUS = {"Tus-Resumable": "1.0.0"}
TWO_DESKS = (("auditor", "director"), ("analyst", "officer"))  # the role in the North, the role in Ontario


def carries(row: Row) -> bool:
    """Whether an address names something of one program that is not for everybody."""
    return row.kind != "public" and row.name not in NAMES_NOTHING and bool(row.args)


def expected(row: Row, verb: str, who: str) -> tuple[int | str, ...]:
    """Return what is right for somebody of the other program: as if there were nothing."""
    if who in REPRESENTATIVES and row.kind in ("candidate", "employer", "party"):
        turned_away: tuple[int | str, ...] = ()
    else:
        turned_away = row.turned_away(who)
    if turned_away:
        return turned_away
    return (404, 405)  # whether the page has the verb says nothing of the file


class Pair:
    """Two worlds in one installation, and what one may not show of the other."""

    def __init__(self) -> None:
        self.north = World(mark=NORTH, family_name=NORTH, **SAME)
        self.south = Ontario(mark=SOUTH, family_name=SOUTH, employer_legal_name=f"{SOUTH} Mills", **SAME)
        self.desks, self.single = self._two_desks(), self._one_desk()
        self.asked, self.wrong = 0, []

    def _two_desks(self) -> dict[tuple[str, str], Any]:
        found = {}
        for north, south in TWO_DESKS:
            person = self.north.staff_member(north)
            accounts.grant_role(person=person, program=self.south.code, role=south, by=None, at=NOON - DAY)
            found[north, south] = person
        return found

    def _one_desk(self) -> dict[tuple[str, str], Any]:
        """Somebody with the one role alone, who has done nothing yet."""
        return {
            (world.code, roles[place]): world.staff_member(roles[place])
            for roles in TWO_DESKS
            for place, world in enumerate((self.north, self.south))
        }

    def other(self, world: World) -> World:
        return self.south if world is self.north else self.north

    def walk(self, world: World) -> Iterator[str]:
        """Lead ``world`` on, everybody of both seated."""
        for stage in world.stages():
            self.other(world).seated(world.at)
            yield stage

    def ask(self, client: Browser, world: World, row: Row, verb: str) -> tuple[int | str, str]:
        """Ask for an address of ``world``; return the outcome and what was shown, without the address itself."""
        address = address_of(row, world)
        data = row.data(world) if row.data and verb == "post" else {}
        with taken_back(), clock.frozen(world.at):
            answer = getattr(client, verb)(address, data)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.asked += 1
        return outcome(answer), without(body.decode("utf-8", "replace"), address)

    def note(self, row: Row, stage: str, verb: str, who: str, what: str) -> None:
        self.wrong.append(f"{row.name:32} {stage:14} {verb:5} {who:30} {what}")


def without(body: str, address: str) -> str:
    """A page that is not there repeats the address asked for, or one above it: that is no news to who asked."""
    for asked in (address, addresses.opening(address.partition("?")[0])):
        bare = asked.removeprefix("/en")  # the link to the other language has it too
        for told in {bare, escape(bare), quote(bare), quote(bare, safe=""), unquote(bare)} - {"/", "%2F"}:
            body = body.replace(told, "")
    return body


def shown_of(world: World, body: str) -> str:
    """Return what a page shows of a world: a marked word, or the reference of something of it."""
    mine = (value for value in vars(world).values() if isinstance(value, str))
    references = sorted({value for value in mine if value.startswith(f"{world.references}-")} | {world.other.eoi})
    return next((told for told in (world.mark, *references) if told in body), "")


def at_desk(person: Any, program: str, at: Any) -> Browser:
    """A browser of somebody sitting at the desk of ``program``."""
    client = Browser()
    client.cookies = known(person).cookies
    session = client.session
    session[sessions.STAFF_PROGRAM] = program
    session[sessions.BEGAN] = session[sessions.SEEN] = at.isoformat()
    session.save()
    return client


def knocking(row: Row, everybody: bool) -> list[str]:
    """Return who asks: everybody, or those whom nothing but the program stops (test_matrix.py asks for the others)."""
    return [who for who in KNOCKING if everybody or not row.turned_away(who)]


def strangers_find_nothing(pair: Pair, world: World, stage: str, rows: list[Row], *, everybody: bool) -> None:
    other = pair.other(world)
    for row in rows:
        for who in knocking(row, everybody):
            for verb in ("get", "post"):
                found, body = pair.ask(other.client(who), world, row, verb)
                if found not in expected(row, verb, who):
                    pair.note(row, stage, verb, who, f"{found}, not {expected(row, verb, who)}")
                if leak := shown_of(world, body):
                    pair.note(row, stage, verb, who, f"shows {leak!r}")


def the_desk_counts(pair: Pair, world: World, stage: str, rows: list[Row]) -> None:
    """Whoever has a role in both gets what the role of this desk gets here, and nothing from the other desk."""
    other = pair.other(world)
    for (north, south), person in pair.desks.items():
        here, there = (north, south) if world is pair.north else (south, north)
        alone = at_desk(pair.single[world.code, here], world.code, world.at)
        both = {code: at_desk(person, code, world.at) for code in (world.code, other.code)}
        for row in (row for row in rows if row.kind in ("staff", "reader")):
            for verb in ("get", "post"):
                right, _ = pair.ask(alone, world, row, verb)
                found, _ = pair.ask(both[world.code], world, row, verb)
                if found != right:
                    pair.note(row, stage, verb, f"{here} here, {there} there", f"{found}, not {right}")
                found, body = pair.ask(both[other.code], world, row, verb)
                leak = shown_of(world, body)
                if found not in expected(row, verb, there) or leak:
                    pair.note(row, stage, verb, f"{there} there, {here} here", f"{found} from there {leak}")


def own_pages_show_nothing(pair: Pair, world: World, stage: str, rows: list[Row]) -> None:
    """What people see of their own program holds nothing of the other, though one person is in both."""
    other = pair.other(world)
    for row in rows:
        for who in sorted((row.get or set()) & set(KNOCKING)):
            _, body = pair.ask(world.client(who), world, row, "get")
            if leak := shown_of(other, body):
                pair.note(row, stage, "get", who, f"shows {leak!r} of the other program")


def searches_find_nothing(pair: Pair, world: World) -> None:
    """Staff who search for a name, a reference or a passport of the other program are told of nothing."""
    other = pair.other(world)
    for who in sorted(STAFF):
        for words, canary in ((other.mark, other.eoi), (other.eoi, other.mark), (SAME["passport_number"], other.mark)):
            with taken_back(), clock.frozen(world.at):
                answer = world.client(who).get(reverse("desks:search"), {"q": words})
            assert canary not in answer.content.decode(), (who, words)


def forms_take_nothing(pair: Pair, world: World) -> None:
    """A form that is filled in with something of the other program is refused, in words that say nothing of it."""
    other = pair.other(world)
    asked = [
        ("get", "draws:plan", (), {"again": other.draw}, "draw_manager"),
        ("post", "draws:plan", (), {"again": other.draw}, "draw_manager"),
        ("post", "orders:propose", (), {
            "kind": "candidate", "about": other.eoi, "contravention": "x", "provision": "s. 1", "ban_years": "1",
        }, "officer"),
        ("post", "representatives:ask", (), {"file": other.eoi, "reference": other.eoi}, "representative"),
        ("post", "eoi:key_withdrawal", (), {"reference": other.eoi, "reason": "Mail"}, "officer"),
        ("post", "applications:company_facts", (world.application, "employer"), {"source": other.application}, "employer"),
        ("post", "accounts:files", (), {"account": other.case.candidate.pk}, "candidate"),
        ("post", "accounts:staff_person", (other.officer_pk,), {"act": "close"}, "administrator"),
        ("post", "eoi:bars", (), {"bar": "1", "reason": "x"}, "reviewer"),
        ("post", "express_entry:kept", (), {"lift": "1"}, "draw_manager"),
    ]  # fmt: skip
    for verb, name, args, data, who in asked:
        address = reverse(name, args=args)
        address += f"?{urlencode(data)}" if "again" in data else ""
        with taken_back(), clock.frozen(world.at):
            answer = getattr(world.client(who), verb)(address, data)
        assert answer.status_code in (403, 404, 422), (world.code, name, answer.status_code)
        assert other.mark not in answer.content.decode(), (world.code, name)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("everybody", [False, pytest.param(True, marks=pytest.mark.proof)])
@pytest.mark.parametrize("place", ["north", pytest.param("south", marks=pytest.mark.proof)])
def test_nothing_of_one_program_is_reached_from_the_other(place: str, everybody: bool) -> None:
    pair, rows, met = Pair(), defaultdict(list), set()
    for row in ROWS:
        rows[row.stage].append(row)
    secret = {stage: [row for row in found if carries(row)] for stage, found in rows.items()}
    world: World = getattr(pair, place)
    for _stage in pair.walk(pair.other(world)) if place == "south" else ():
        continue  # what the other program's pages could show is there
    for stage in pair.walk(world):
        met.add(stage)
        strangers_find_nothing(pair, world, stage, secret.get(stage, []), everybody=everybody)
        the_desk_counts(pair, world, stage, secret.get(stage, []))
        if place == "south":
            own_pages_show_nothing(pair, world, stage, rows.get(stage, []))
    assert met >= set(rows), "stages that this program's case does not reach"
    if place == "south":
        pair.north.seated(pair.north.at)
        own_pages_show_nothing(pair, pair.north, "the end", ROWS)
        for one in (pair.north, pair.south):
            searches_find_nothing(pair, one)
            forms_take_nothing(pair, one)
    assert not pair.wrong, f"{len(pair.wrong)} unexpected answers of {pair.asked}:\n" + "\n".join(pair.wrong)
    assert pair.asked > (4000 if everybody else 1500)


class Desks:
    """The Territories with an edition that makes orders, Ontario as it ships, and somebody at work in both."""

    labels: ClassVar = {"ca-nt": "2026-9", ontario.CODE: "2021-1"}  # of an edition that the other program has not

    def __init__(self) -> None:
        self.here = proposed(an_order_office())
        ontario.an_office(at=NOON - 30 * DAY)
        self.there = Order.objects.get(pk=self.here.pk)
        self.there.pk, self.there.reference, self.there.program = None, "ON-O-9", ontario.CODE
        self.there.pack = programs.pack_in_force(ontario.CODE, NOON)
        self.there.save()
        self.both = a_staff_member("officer", "director")
        for role in ("officer", "director"):
            accounts.grant_role(person=self.both, program=ontario.CODE, role=role, by=None, at=NOON - DAY)

    def pairs(self) -> Iterator[tuple[Browser, Order, Order]]:
        """At each desk: its browser, its order, the other program's."""
        for mine, other in ((self.here, self.there), (self.there, self.here)):
            yield at_desk(self.both, mine.program, NOON), mine, other


@pytest.mark.django_db
def test_where_both_programs_make_orders_each_desk_has_its_own() -> None:
    """The Territories make none as they ship: here they do, so that nothing but the program keeps the orders apart."""
    desks = Desks()
    acts = ("notice", "enter_reply", "make", "drop", "paid", "enter_review", "decide_review")
    for client, mine, other in desks.pairs():
        with clock.frozen(NOON):
            listed = client.get(reverse("orders:list")).content.decode()
            assert (mine.reference in listed, other.reference in listed) == (True, False)
            shown = [client.get(reverse("orders:detail", args=[one.reference])).status_code for one in (mine, other)]
            assert shown == [200, 404]
            for act in acts:
                answer = client.post(reverse(f"orders:{act}", args=[other.reference]), {"reason": "x", "reply": "x"})
                assert answer.status_code == 404, act
    assert set(Order.objects.values_list("state", flat=True)) == {"proposed"}
    an_edition_is_known_at_its_own_desk(desks)
    a_file_on_its_way_is_its_owners(desks)


def an_edition_is_known_at_its_own_desk(desks: Desks) -> None:
    """Editions go by labels, and these two are of one program each."""
    for client, mine, other in desks.pairs():
        own, away = (reverse("programs:edition", args=[desks.labels[one.program]]) for one in (mine, other))
        with clock.frozen(NOON):
            assert [client.get(address).status_code for address in (own, away)] == [200, 404]
            assert client.post(away, {"reason": "x"}).status_code == 404
            assert client.post(f"{away}settle/", {"drop": "1"}).status_code == 404
            assert client.post(f"{own}settle/", {"drop": "1"}).status_code == 409  # nothing waits


def a_file_on_its_way_is_its_owners(desks: Desks) -> None:
    """It is spoken of in a script's verbs: nobody else learns that it is there, whoever shares the owner's address."""
    for client, mine, other in desks.pairs():
        owner = an_employer(program=mine.program, email="same@example.org", at=NOON - DAY)
        stranger = an_employer(program=other.program, email=f"{mine.program}@example.org", at=NOON - DAY)
        token = documents.allow_upload(owner="x", slot="x", by=owner, at=NOON)
        told = {"Upload-Length": "9", "Upload-Metadata": f"token {b64encode(token.encode()).decode()}"}
        own = known(owner)
        with clock.frozen(NOON):
            begun = own.post(reverse("documents:upload"), headers=TUS | told)
            assert begun.status_code == 201
            for away in (known(stranger), at_desk(desks.both, other.program, NOON), client):
                assert away.head(begun["Location"], headers=TUS).status_code == 404
                assert away.delete(begun["Location"], headers=TUS).status_code == 404
                sent = away.patch(
                    begun["Location"], b"%PDF-1.7\n", content_type="application/offset+octet-stream",
                    headers=TUS | {"Upload-Offset": "0"},
                )  # fmt: skip
                assert sent.status_code == 404
            still = own.head(begun["Location"], headers=TUS)
        assert (still.status_code, still["Upload-Offset"]) == (200, "0")
