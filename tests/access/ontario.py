"""The other program's case, led through the same stages: the candidate opens it, lets the employer in and pays a fee."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.applications import operations as applications
from passerelle.eoi import operations as eois
from passerelle.eoi import queries as eoi_queries
from passerelle.express_entry import operations as express_entry
from passerelle.orders import operations as orders
from tests.access.world import World
from tests.express_entry.files import a_csv, line
from tests.express_entry.rounds import FRENCH, STREAM
from tests.journeys import applicants
from tests.journeys import candidate_first as ontario
from tests.support import candidate_first as first
from tests.support.cases import DAY, NOON, Case, Office, an_employer, fill_part
from tests.support.people import PASSWORD

CATEGORY = "foreign_worker"
_passports = count(1)


class Ontario(World):
    """A foreign worker's case; beside it an order against another candidate, and a round of the federal pool."""

    code, references = ontario.CODE, "ON"
    licence, proof, part, difference = "cicc", "job_offer", "candidate", "It would have been met."

    def _office(self) -> Office:
        return ontario.an_office(at=NOON - 30 * DAY)

    def _answered(self, **answers: Any) -> Case:
        """A draft that its candidate filled in."""
        number = next(_passports)
        said = {**applicants.worker(NOON.date()), "passport_number": f"ON{number:07d}", **answers}
        person = accounts.register(
            audience="candidate", program=self.code, username=f"worker{number}", email=f"worker{number}@example.org",
            name="Inês Duarte", phone="519-555-0142", language="en", password=PASSWORD, at=NOON - DAY,
        )  # fmt: skip
        accounts.confirm_email(person=person, email=person.email, at=NOON - DAY)
        person.refresh_from_db()
        eoi = eois.open_eoi(program=self.code, category=CATEGORY, by=person, at=NOON)
        yes = dict.fromkeys((one.key for one in eoi_queries.criteria(eoi)), "yes")
        eois.answer_criteria(reference=eoi.reference, answers=yes, by=person, at=NOON)
        for section in eoi_queries.questionnaire(eoi).applying({"category": CATEGORY, **said}):
            mine = {key: said[key] for key in eoi_queries.keys_of_section(section) if key in said}
            eois.save_section(reference=eoi.reference, section=section.key, answers=mine, by=person, at=NOON)
        employer = an_employer(program=self.code, at=NOON - DAY)
        return Case(self.office, employer, person, eoi.reference, {**said, **ontario.EMPLOYERS_OWN})

    def _categories(self) -> list[str]:
        return [CATEGORY]

    def _first_values(self) -> None:
        super()._first_values()
        self._ordered()
        self._searched()

    def _ordered(self) -> None:
        """An order proposed against one more candidate, who was sent the notice of it and has withdrawn since."""
        barred = self._answered()
        eois.submit_eoi(reference=barred.eoi, token=uuid4().hex, by=barred.candidate, at=NOON)
        terms = orders.Terms(
            contravention=self.words("The pay records were made up."), provision="s. 19", ban_years=5, penalised=False
        )
        order = orders.propose_order(
            program=self.code, against=orders.Against(kind="candidate", about=barred.eoi), terms=terms,
            by=self.office.officer, at=NOON,
        )  # fmt: skip
        self.order = orders.notice_order(reference=order.reference, by=self.office.officer, at=NOON).reference
        eois.withdraw_eoi(reference=barred.eoi, reason=self.words("Home again."), by=barred.candidate, at=NOON)

    def _searched(self) -> None:
        """A round conducted over a pool of one."""
        someone = line(1, family_name=self.mark or "Duarte", **FRENCH)
        with TemporaryDirectory() as folder:
            self.load_pk = express_entry.load_profiles(
                program=self.code, file=a_csv(Path(folder) / "profiles.csv", [someone]), by=None, at=NOON
            ).pk
        number = express_entry.plan_round(
            program=self.code, by=self.office.manager, at=NOON, stream=STREAM, held_on=NOON.date(), crs_lowest=400,
            crs_highest=600, french_lowest=7, english_lowest=6, created_from=NOON.date() - 365 * DAY,
            created_through=NOON.date(),
        ).number  # fmt: skip
        self.round = express_entry.conduct_round(number=number, by=self.office.manager, at=NOON).number

    # --- what this program does otherwise ---

    def _confirmed(self) -> None:
        """Points are proven after the invitation: the file is in the pool already."""

    @property
    def _opener(self) -> Person:
        return self.case.candidate

    def _let_in(self) -> None:
        """The employer is sent a link, which it uses later with the account it has."""
        link = applications.let_in_employer(
            reference=self.case.application, email=self.case.employer.email, name=self.words("Rideau Mills"), language="en",
            by=self.case.candidate, at=self.at,
        )  # fmt: skip
        self.token = link.token

    def _filled(self) -> None:
        applications.join_as_employer(token=self.token, by=self.case.employer, at=self.at)
        for number, part in enumerate(("employer", "candidate")):
            fill_part(self.case, part, at=NOON + (4 + number) * DAY)
        first.pay(self.case, at=NOON + 5 * DAY)
