"""One case led through every stage, with everybody who might knock at its doors; branches are taken and taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.test import Client

from passerelle.accounts import operations as accounts
from passerelle.accounts import sessions
from passerelle.accounts.models import Appointment, Person
from passerelle.applications import operations as applications
from passerelle.applications import queries as application_queries
from passerelle.documents import queries as documents
from passerelle.draws import operations as draws
from passerelle.draws.correcting import Correction
from passerelle.eoi import operations as eois
from passerelle.eoi import queries as eoi_queries
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.invitations import operations as invitations
from passerelle.invitations import queries as invitation_queries
from passerelle.notices import operations as notices
from passerelle.notices import queries as notice_queries
from passerelle.payments import operations as payments
from passerelle.programs import files
from passerelle.programs import queries as programs
from passerelle.programs.models import Pack, Program
from passerelle.project.demo.filling import document
from tests.access.browsing import Browser
from tests.access.matrix import STAFF
from tests.support import cases
from tests.support.cases import DAY, NOON
from tests.support.people import PASSWORD, PROGRAM, a_staff_member, signed_in

ELSEWHERE = "ca-zz"
HOUR = timedelta(hours=1)
OTHER_ROLES = ("officer", "reviewer", "director", "draw_manager", "auditor", "analyst", "administrator")


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def another_program() -> None:
    """Open a second program with the same rules, so that its staff have a program of their own."""
    Program.objects.get_or_create(code=ELSEWHERE, defaults={"opened_at": NOON})
    sources = files.sources(settings.PACKS / "ca-nt" / "2026-1")
    Pack.objects.create(
        code=ELSEWHERE, version="2026-1", kind="program", program_id=ELSEWHERE, sha256=files.fingerprint(sources),
        sources=sources, loaded_at=NOON - 60 * DAY, in_force_from=NOON - 60 * DAY,
    )  # fmt: skip


class World:
    """The people, and what the place holders of the addresses stand for at the stage reached.

    ``mark`` is a word that everything written about the case holds, names included, so that a page which shows any of it is found.
    """

    code, references = PROGRAM, "NT"
    licence, proof, part, difference = "cicc", "diplomas", "employer", ""

    def __init__(self, *, mark: str = "", **answers: Any) -> None:
        self.at: datetime = NOON
        self.mark = mark
        self.office = self._office()
        self.case = self._answered(**answers)
        self.other = self._answered()
        self.people = self._people()
        self._named()
        self.cookies = {who: known(person).cookies for who, person in self.people.items()}
        self.program, self.eoi, self.first_page = self.code, self.case.eoi, 1
        self.load_pk = 999_999  # nobody loaded a file here
        self.order, self.round = f"{self.references}-O-2026-000001", f"{self.references}-R-2026-000001"
        self.edition = programs.pack_in_force(self.code, NOON).version
        self.categories = self._categories()
        self.pool_stream = programs.rules_in_force(self.code, NOON).pools[0].key
        self.stranger_pk, self.officer_pk = self.other.employer.pk, self.office.officer.pk
        self._first_values()

    def words(self, text: str) -> str:
        """What somebody writes about this case."""
        return f"{text} {self.mark}".strip()

    def _office(self) -> cases.Office:
        office = cases.an_office()
        another_program()
        return office

    def _answered(self, **answers: Any) -> cases.Case:
        return cases.answered(self.office, **answers)

    def _categories(self) -> list[str]:
        return [one.key for one in programs.rules_in_force(self.code, NOON).categories]

    def _named(self) -> None:
        """Give the mark to everybody's name, before anything is written about them."""
        for person in [*self.people.values(), self.case.candidate, self.other.candidate] if self.mark else ():
            person.name = f"{person.name} {self.mark}"
            person.save(update_fields=["name"])

    def staff_member(self, *roles: str, **given: Any) -> Person:
        """Somebody of this program's staff with nothing done yet."""
        return a_staff_member(*roles, program=self.code, **given)

    def _people(self) -> dict[str, Person]:
        office = self.office
        return {
            "employer": self.case.employer, "candidate": self.case.candidate,
            "representative": self._represented(self.case.candidate),
            "former_representative": self._represented(self.case.candidate, ended=True),
            "representative_of_employer": self._represented(self.case.employer),
            "other_employer": self.other.employer, "other_candidate": self.other.candidate,
            "officer": office.officer, "draw_manager": office.manager, "director": office.director,
            "auditor": office.auditor, "reviewer": self.staff_member("reviewer"), "analyst": self.staff_member("analyst"),
            "administrator": self.staff_member("administrator"), "elsewhere": self._elsewhere(),
            "no_second_factor": self.staff_member("officer", "director", second_factor=False),
        }  # fmt: skip

    def _represented(self, client: Person, *, ended: bool = False) -> Person:
        """Somebody who acts for a party, or did: set in the rows, so that every address of this program is tried."""
        number = f"{self.references}{3 if client.is_employer else 2 if ended else 1}"
        person = accounts.register_representative(
            program=self.code, username=f"representative-{number}", email=f"{number}@example.org", name="Amara Diallo",
            phone="", language="en", password=PASSWORD, licence_body=self.licence, licence_number=number, at=NOON - DAY,
        )  # fmt: skip
        made = Appointment.objects.create(
            program=self.code, representative=person, client=client, named=self.words("Client"),
            licence_body=self.licence, licence_number=number, asked_at=NOON - DAY, appointed_at=NOON - DAY,
            **({"ended_at": NOON, "ended_by": client, "ending": "revoked"} if ended else {}),
        )  # fmt: skip
        if client.is_candidate and not ended:
            self.appointment_pk, self.client_pk = made.pk, made.client_id
        return person

    def _elsewhere(self) -> Person:
        person = a_staff_member("officer", program=ELSEWHERE)
        for role in OTHER_ROLES[1:]:
            accounts.grant_role(person=person, program=ELSEWHERE, role=role, by=None, at=NOON - DAY)
        return person

    def _first_values(self) -> None:
        eoi = self.row()
        self.version = eoi.version
        self.criterion = eoi_queries.criteria(eoi)[0].key
        self.section = eoi_queries.questionnaire(eoi).sections[0].key
        lost, asker, reason = (
            self.staff_member("officer"),
            self.staff_member("administrator"),
            self.words("Telephone lost"),
        )
        self.reset_pk = accounts.ask_second_factor_reset(person=lost, reason=reason, by=asker, at=NOON).pk
        employer = cases.an_employer(at=NOON, program=self.code)
        link = accounts.invite_candidate(
            program=self.code, email="new@example.org", name=self.words("Somebody New"), language="en", about="", by=employer,
            at=NOON,
        )  # fmt: skip
        self.token, self.uidb36, self.key = link.token, "1", "set-password"
        self.upload_pk = uuid4()
        self.task_pk = notices.open_task(
            "information_received", program=self.code, about=self.eoi, detail=self.words("See to it."), at=NOON
        ).pk
        self._fee()

    def _fee(self) -> None:
        """A fee asked of the candidate, who has opened the card page."""
        asked = payments.ask(
            about=self.eoi, purpose="fee", program=self.code, payer=self.case.candidate, amount_cents=150_000,
            description={"en": self.words("Fee"), "fr": "Frais"}, pay_by=NOON + 90 * DAY, by=None, at=NOON,
        )  # fmt: skip
        payments.start(reference=asked.reference, by=self.case.candidate, at=NOON)
        self.payment, self.provider = asked.reference, "stripe"

    def row(self) -> ExpressionOfInterest:
        """The file as it stands."""
        return ExpressionOfInterest.objects.select_related("pack", "employer", "candidate").get(reference=self.case.eoi)

    def client(self, who: str) -> Client:
        """A browser of ``who``, as if just opened: what an earlier page did to its cookies is forgotten."""
        client = Browser()
        client.cookies = deepcopy(self.cookies.get(who, client.cookies))
        return client

    def seated(self, at: datetime) -> None:
        """Everybody's session began at ``at``: no request of that moment writes it, and none finds it idle."""
        for cookies in self.cookies.values():
            client = Browser()
            client.cookies = cookies
            session = client.session
            session[sessions.BEGAN] = session[sessions.SEEN] = at.isoformat()
            session.save()

    def stages(self) -> Iterator[str]:
        """Lead the case on; yield the name of each stage while it stands there."""
        for stage in self._led():
            self.seated(self.at)
            yield stage

    def _led(self) -> Iterator[str]:
        yield "draft"
        yield from self._checking()
        yield from self._drawing()
        yield from self._applying()
        yield from self._deciding()

    # --- the expression of interest ---

    def _checking(self) -> Iterator[str]:
        case = self.case
        eois.submit_eoi(reference=case.eoi, token=uuid4().hex, by=case.candidate, at=NOON)
        eois.write_receipt(reference=case.eoi, at=NOON)
        self.at = NOON + HOUR
        self.notice_pk = notice_queries.inbox(case.candidate).order_by("-id")[0].pk
        self.fact = next(iter(self.row().facts))
        yield "submitted"
        for branch in (self._withdrawn, self._proof, self._doubted, self._fact_proposed):
            with taken_back():
                yield from branch()
        self._confirmed()

    def _confirmed(self) -> None:
        eois.confirm_points(reference=self.case.eoi, by=self.office.officer, at=self.at)

    def _withdrawn(self) -> Iterator[str]:
        eois.withdraw_eoi(reference=self.case.eoi, reason=self.mark, by=self.case.candidate, at=self.at)
        yield "withdrawn"

    def _proof(self) -> Iterator[str]:
        items = [{"key": self.proof, "label": {"en": "Diplomas", "fr": "Diplômes"}, "note": self.mark}]
        asked = eois.request_evidence(reference=self.case.eoi, items=items, by=self.office.officer, at=self.at)
        item = asked.items.get()
        self.item_pk = item.pk
        self.proof_pk = eois.store_evidence(
            item=item, upload=document("diploma"), by=self.case.candidate, at=self.at
        ).pk
        yield "proof"

    def _doubted(self) -> Iterator[str]:
        reference, officer = self.case.eoi, self.office.officer
        eois.raise_doubt(reference=reference, what=self.words("The dates of the job."), by=officer, at=self.at)
        yield "doubted"
        eois.reply_to_doubt(
            reference=reference, reply=self.words("They are right."), by=self.case.candidate, at=self.at
        )
        yield "replied"
        eois.ask_for_bar(reference=reference, reason=self.words("They are not."), by=officer, at=self.at)
        yield "bar asked"

    def _fact_proposed(self) -> Iterator[str]:
        eoi = self.row()
        for name, value in sorted(eoi.facts.items()):
            if isinstance(value, bool):
                with transaction.atomic():
                    change = eois.propose_fact(
                        reference=eoi.reference, fact=name, value=not value, reason=self.words("Seen otherwise."),
                        by=self.office.officer, at=self.at,
                    )  # fmt: skip
                    if change.state != "applied":
                        break
                    transaction.set_rollback(True)
        self.change_pk = change.pk
        yield "fact proposed"

    # --- the draw ---

    def _drawing(self) -> Iterator[str]:
        office, held = self.office, NOON + 2 * DAY
        draw = draws.plan_draw(
            program=self.code, held_on=held.date(), closes_at=NOON + DAY, size=1, categories=self.categories,
            by=office.manager, at=self.at,
        )  # fmt: skip
        self.draw, self.at = draw.number, held
        yield "planned"
        with taken_back():
            eois.submit_eoi(reference=self.other.eoi, token=uuid4().hex, by=self.other.candidate, at=NOON)
            self.unreviewed = self.other.eoi
            yield "unreviewed"
        draws.conduct_draw(number=draw.number, by=office.manager, at=held)
        yield "selected"
        with taken_back():
            draws.ask_void(number=draw.number, reason=self.words("A fault."), by=office.director, at=held)
            yield "void asked"
        invitations.issue_invitations(number=draw.number, by=office.director, at=held)
        invitation = invitation_queries.of_eoi(self.case.eoi)
        assert invitation
        self.invitation = self.case.invitation = invitation.reference
        with taken_back():
            words = dict.fromkeys(("en", "fr"), "More should have been taken.")
            self.repair_pk = draws.plan_repair(
                number=draw.number, said=Correction(size=2), way="notice", what=words, notice=words, reason=self.words("A fault."),
                by=office.director, at=held,
            ).pk  # fmt: skip
            yield "repair planned"
        yield "invited"

    # --- the application ---

    def _applying(self) -> Iterator[str]:
        case = self.case
        self.at = NOON + 3 * DAY
        opened = applications.open_application(invitation=case.invitation, by=self._opener, at=self.at)
        self.application = case.application = opened.reference
        self._let_in()
        whose = getattr(case, self.part)
        kept = application_queries.part_for(whose, reference=case.application, part=self.part)
        self.part_section = application_queries.questionnaire(kept).sections[0].key
        self.app_criterion = application_queries.criteria(opened)[0].key
        slot = application_queries.slots(kept)[0].key
        applications.add_document(
            reference=case.application, part=self.part, slot=slot, upload=document("one"), by=whose, at=self.at
        )
        self.document_pk = documents.files(kept.owner)[0].pk
        yield "opened"
        self._filled()
        self.at = NOON + 6 * DAY
        yield "queued"

    @property
    def _opener(self) -> Person:
        return self.case.employer

    def _let_in(self) -> None:
        """Both parties are in the file from the beginning here."""

    def _filled(self) -> None:
        cases.fill_part(self.case, "employer", at=NOON + 4 * DAY)
        cases.fill_part(self.case, "candidate", at=NOON + 5 * DAY)

    def _deciding(self) -> Iterator[str]:
        case, officer = self.case, self.office.officer
        applications.take(reference=case.application, reason="", by=officer, at=self.at)
        yield "taken"
        with taken_back():
            applications.ask_information(
                reference=case.application, question=self.words("When?"), by=officer, at=self.at
            )
            yield "asked"
        for criterion in application_queries.criteria(case.file):
            self._find(criterion.key, "met")
        self.letter = notice_queries.letters(case.eoi)[0].number
        yield "assessed"
        with taken_back():
            yield from self._refused(criterion.key)
        applications.decide(reference=case.application, kind="nomination", by=officer, at=NOON + 7 * DAY)
        self.at = NOON + 8 * DAY
        yield "nominated"
        asked = applications.ask_support_letter(
            reference=case.application, permit_expires_on=(NOON + 100 * DAY).date(), by=case.candidate, at=self.at
        )
        self.support_pk = asked.pk
        yield "support asked"

    def _refused(self, criterion: str) -> Iterator[str]:
        case = self.case
        self._find(criterion, "not_met")
        applications.decide(
            reference=case.application, kind="refusal", reasons=self.words("It is not shown."), grounds=[criterion],
            by=self.office.officer, at=NOON + 7 * DAY,
        )  # fmt: skip
        self.at = NOON + 8 * DAY
        self.letter = next(
            one.number for one in notice_queries.letters(case.application) if one.to_id == case.candidate.pk
        )
        yield "refused"
        applications.ask_review(
            reference=case.application,
            error=self.words("Wrong."),
            difference=self.difference,
            by=self._opener,
            at=self.at,
        )
        yield "review asked"

    def _find(self, criterion: str, verdict: str) -> None:
        applications.record_finding(
            reference=self.case.application, criterion=criterion, verdict=verdict,
            note="" if verdict == "met" else self.words("Not shown."), by=self.office.officer, at=self.at,
        )  # fmt: skip


def known(person: Person) -> Client:
    """A browser in which ``person`` has just signed in with the password."""
    client = signed_in(person)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() + 3600, "username": person.username, "reauthenticated": True}  # noqa: TID251  django-allauth's own clock
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


assert set(OTHER_ROLES) == STAFF
