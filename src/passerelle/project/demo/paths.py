"""What follows an invitation: declined, left to lapse, or an application at one of its stages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from passerelle.accounts import operations as accounts
from passerelle.accounts.models import Person
from passerelle.applications import operations as applications
from passerelle.applications import queries
from passerelle.core.text import pick
from passerelle.invitations import operations as invitations
from passerelle.invitations import queries as invitation_queries
from passerelle.payments import operations as payments
from passerelle.payments import queries as payment_queries
from passerelle.project.demo import filling
from passerelle.project.demo.crowd import Crowd, One
from passerelle.project.demo.sampling import Sampler
from passerelle.project.demo.sign_ins import PASSWORD

FEE = "application_fee"
# Fates that end before a form is in, and those that end before the fee is paid or an officer takes the file.
BEGUN, FILED = ("opened", "let_in", "employer_in"), ("unpaid", "queued", "withdrawn")
# The employer's form is in, and the candidate's is not.
HALF = "employer_sent"


class Paths:
    """Gives each invitation its fate, in the order in which the stages are met."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd, self.story, self.plan = crowd, crowd.story, crowd.plan
        # Whose application one is, and what is still to befall those handed in, by the application.
        self.whose: dict[str, One] = {}
        self.to_come: dict[str, str] = {}
        self.leaving: set[str] = set()

    def follow(self, eoi: str, fate: str, at: datetime) -> None:
        """Plan what becomes of the invitation of ``eoi``."""
        who = self.crowd.people[eoi]
        if fate == "declined":
            self._soon(at, 1, 5, lambda when: self._decline(eoi, who, when))
        elif fate != "lapsed":
            self._soon(at, 0.3, 2, lambda when: self._open(eoi, who, fate, when))

    def _soon(self, at: datetime, first: float, last: float, act: Callable[[datetime], Any]) -> None:
        """Have ``act`` done between two counts of days from ``at``, stretched by the ``pace`` of the plan."""
        days = self.story.random.uniform(first, last) * self.plan.told.get("pace", 1)
        self.story.after(at, days=days, act=act)

    def _decline(self, eoi: str, who: One, at: datetime) -> None:
        invitation = invitation_queries.of_eoi(eoi)
        if invitation:
            reason = "The position was filled." if who.leads == who.employer else "Another program invited me."
            invitations.decline(reference=invitation.reference, by=who.leads, reason=reason, at=at)

    def _open(self, eoi: str, who: One, fate: str, at: datetime) -> None:
        invitation = invitation_queries.of_eoi(eoi)
        if invitation is None:
            return
        opened = applications.open_application(invitation=invitation.reference, by=who.leads, at=at)
        if fate == "opened":
            return
        if who.employer is None and any(part.side == "employer" for part in who.stream.parts):
            who.employer = self._let_in(opened.reference, who, fate, at)
        if fate in BEGUN:
            return
        if who.leads == who.employer:
            self._part(opened.reference, "employer", who, at)
        if fate != HALF or who.leads != who.employer:
            self._soon(at, 0.5, 3, lambda when: self._file(opened.reference, who, fate, when))

    def _let_in(self, reference: str, who: One, fate: str, at: datetime) -> Person | None:
        link = applications.let_in_employer(
            reference=reference, email=f"office{who.words['number']}.{self.plan.program}@demo.example",
            name=str(who.words["company"]), language=who.language, by=who.hand, at=at,
        )  # fmt: skip
        if fate == "let_in":
            return None
        return accounts.redeem_link(token=link.token, username=who.office, password=PASSWORD, at=at)

    def _file(self, reference: str, who: One, fate: str, at: datetime) -> None:
        """Send the forms that are not in yet, in their order, and pay the fee where there is one."""
        for part in who.stream.parts:
            if part.side == "candidate" or who.leads != who.employer:
                self._part(reference, part.key, who, at)
            if fate == HALF:
                return
        self.whose[reference] = who
        if fate == "unpaid":
            return
        self._pay(reference, who.hand, at)
        if fate == "withdrawn":
            self.leaving.add(reference)
            self._soon(at, 1, 2, lambda when: applications.withdraw_application(
                reference=reference, reason="I found work elsewhere.", by=who.person, at=when
            ))  # fmt: skip
        elif fate not in FILED:
            self.to_come[reference] = fate
            self._soon(at, 2, 6, self._assess)

    def _part(self, reference: str, key: str, who: One, at: datetime) -> None:
        """Have a form filled in by its writers, one after the other; the last is the party, who signs and sends it."""
        employer = next(one for one in who.stream.parts if one.key == key).side == "employer"
        party = who.employer if employer and who.employer else who.person
        writers = who.writers(party)
        part = queries.part_for(party, reference=reference, part=key)
        whole = self._filled(part, who, party, at)
        for by in writers:
            for section in queries.questionnaire(part).sections:
                applications.save_section(
                    reference=reference, part=key, section=section.key, answers=whole, by=by, at=at
                )
        part = queries.part_for(party, reference=reference, part=key)
        for slot in (one for one in queries.slots(part) if one.required):
            about = (who.name, str(who.words["company"])) if who.employer else (who.name,)
            upload = filling.document(
                slot.key, heading=pick(slot.label, party.language), lines=about, pages=self.plan.told.get("pages", 1)
            )  # fmt: skip
            applications.add_document(reference=reference, part=key, slot=slot.key, upload=upload, by=writers[0], at=at)
        applications.submit_part(reference=reference, part=key, signature=party.name, by=party, at=at)

    def _filled(self, part: Any, who: One, party: Person, at: datetime) -> dict[str, Any]:
        """Return the answers of a form: what the plan tells of forms, what the file said before, the rest by its type."""
        form = queries.questionnaire(part)
        forms = self.plan.told.get("forms", {})
        parts = forms if isinstance(forms, list) else [forms]
        told = Sampler(self.story.random, on=at.date(), words=who.words).answers(parts)
        known = {**who.answers, **told}
        asked = {key for one in form.questions() for key in filling.keys_of(one)}
        again = {one.key: known.get(one.compare.with_) for one in form.questions() if one.compare}
        said = {key: value for key, value in again.items() if value not in (None, "", [])}
        said |= {key: value for key, value in told.items() if key in asked}
        filler = filling.Filler(
            known, on=at.date(), name=party.name, meeting=queries.rules_of(part.application).criteria(who.category)
        )
        return filler.fill(form, {**part.answers, **said}, queries.given(part))

    def _pay(self, reference: str, by: Person, at: datetime) -> None:
        asked = payment_queries.payment_of(about=reference, purpose=FEE)
        if asked is not None:
            payments.start(reference=asked.reference, by=by, at=at)
            payments.practise(reference=asked.reference, accepted=True, by=by, at=at)

    def _assess(self, at: datetime) -> None:
        # The oldest file of the queue is taken, whichever it is: the order is never chosen.
        officer = self.story.random.choice(self.crowd.officers[:2])
        taken = applications.take_next(program=self.plan.program, by=officer, at=at)
        if taken is None or taken.reference in self.leaving:
            return
        # What was to wait in the queue gets the fate of another, which waits in its place.
        fate = self.to_come.pop(taken.reference if taken.reference in self.to_come else next(iter(self.to_come)))
        if fate == "returned":
            missing = ["Transcripts of the last year of studies"]
            applications.return_incomplete(reference=taken.reference, missing=missing, by=officer, at=at)
        elif fate != "taken":
            self._look_into(taken.reference, officer, fate, at)

    def _look_into(self, reference: str, officer: Person, fate: str, at: datetime) -> None:
        self._note_findings(reference, officer, fate, at)
        if fate == "asked":
            question = "Please send the notice of assessment of the last tax year: the one in the file is cut off."
            applications.ask_information(reference=reference, question=question, by=officer, at=at)
        elif fate == "interview":
            applications.ask_interview(
                reference=reference, side="candidate", held_at=at + timedelta(days=12), place="",
                link="https://meet.demo.example/interview", by=officer, at=at,
            )  # fmt: skip
        else:
            self._soon(at, 1, 3, lambda when: self._decide(reference, officer, fate, when))

    def _note_findings(self, reference: str, officer: Person, fate: str, at: datetime) -> None:
        application = applications.open_file(reference=reference, reason="assessment", by=officer, at=at)
        criteria = queries.criteria(application)
        for place, criterion in enumerate(criteria):
            failed = fate in {"refused", "reviewed"} and place == len(criteria) - 1
            verdict, note = ("not_met", "The documents do not show it.") if failed else ("met", "")
            applications.record_finding(
                reference=reference, criterion=criterion.key, verdict=verdict, note=note, by=officer, at=at
            )

    def _decide(self, reference: str, officer: Person, fate: str, at: datetime) -> None:
        if fate == "nominated":
            applications.decide(reference=reference, kind="nomination", by=officer, at=at)
            self._soon(at, 1, 2, lambda when: self._sign(reference, when))
            return
        application = applications.open_file(reference=reference, reason="assessment", by=officer, at=at)
        found = queries.latest_findings(application)
        grounds = [key for key, finding in found.items() if finding.verdict == "not_met"]
        reasons = "The documents sent do not show what the last answer claims."
        applications.decide(reference=reference, kind="refusal", reasons=reasons, grounds=grounds, by=officer, at=at)
        if fate == "reviewed":
            self._soon(at, 4, 9, lambda when: self._ask_review(reference, when))

    def _sign(self, reference: str, at: datetime) -> None:
        """Have the parties sign the agreement of a nomination, where the program has one."""
        who = self.whose[reference]
        for person in (one for one in (who.employer, who.person) if one):
            if queries.agreement(queries.application_for(person, reference=reference), person):
                applications.sign_agreement(reference=reference, name=person.name, by=person, at=at)

    def _ask_review(self, reference: str, at: datetime) -> None:
        who = self.whose[reference]
        by = who.employer if who.leads == who.employer else who.hand
        words = "The document on page 2 of the file shows it; the letter says that it is missing."
        applications.ask_review(
            reference=reference, error=words, difference="Every requirement was met in time.", by=by, at=at
        )  # fmt: skip
