"""What follows an invitation: declined, left to lapse, or an application at one of its stages."""

from datetime import datetime

from passerelle.accounts.models import Person
from passerelle.applications import operations as applications
from passerelle.applications import queries
from passerelle.core.text import pick
from passerelle.invitations import operations as invitations
from passerelle.invitations import queries as invitation_queries
from passerelle.project.demo import filling
from passerelle.project.demo.intake import Intake
from passerelle.project.demo.sign_ins import PROGRAM
from passerelle.project.demo.story import Story

# How far an application goes, in the order the stages are met.
STAGES = ("opened", "employer_in", "queued", "taken", "asked", "nominated", "refused", "reviewed")


class Outcomes:
    """Gives each invitation of a draw its fate."""

    def __init__(self, story: Story, intake: Intake) -> None:
        self.story, self.intake = story, intake

    def follow(self, eoi: str, fate: str, at: datetime) -> None:
        """Plan what becomes of the invitation of ``eoi``: declined, lapsed, withdrawn or a stage of STAGES."""
        if fate == "lapsed" or eoi not in self.intake.people:
            return
        act = self._decline if fate == "declined" else self._apply
        self.story.after(at, days=self.story.random.uniform(1, 4), act=lambda when: act(eoi, fate, when))

    def _decline(self, eoi: str, fate: str, at: datetime) -> None:
        employer, _candidate, _who = self.intake.people[eoi]
        invitation = invitation_queries.of_eoi(eoi)
        if invitation:
            invitations.decline(reference=invitation.reference, by=employer, reason="The position was filled.", at=at)

    def _apply(self, eoi: str, fate: str, at: datetime) -> None:
        employer, candidate, _who = self.intake.people[eoi]
        invitation = invitation_queries.of_eoi(eoi)
        if invitation is None:
            return
        opened = applications.open_application(invitation=invitation.reference, by=employer, at=at)
        if fate == "opened":
            return
        self._part(opened.reference, "employer", employer, at)
        if fate == "employer_in":
            return
        if fate == "withdrawn":
            self.story.after(at, days=2, act=lambda when: self._withdraw(opened.reference, candidate, when))
            return
        days = self.story.random.uniform(1, 4)
        self.story.after(at, days=days, act=lambda when: self._complete(opened.reference, candidate, fate, when))

    def _part(self, reference: str, key: str, by: Person, at: datetime) -> None:
        part = queries.part_for(by, reference=reference, part=key)
        form, given = queries.questionnaire(part), queries.given(part)
        filler = filling.Filler(part.application.invitation.eoi.answers, on=at.date(), name=by.name)
        whole = filler.fill(form, part.answers, given)
        for section in form.sections:
            applications.save_section(reference=reference, part=key, section=section.key, answers=whole, by=by, at=at)
        part = queries.part_for(by, reference=reference, part=key)
        for slot in queries.slots(part):
            if slot.required:
                about = (part.application.candidate.name, part.application.employer_name)
                upload = filling.document(slot.key, heading=pick(slot.label, by.language), lines=about)
                applications.add_document(reference=reference, part=key, slot=slot.key, upload=upload, by=by, at=at)
        applications.submit_part(reference=reference, part=key, signature=by.name, by=by, at=at)

    def _withdraw(self, reference: str, candidate: Person, at: datetime) -> None:
        applications.withdraw_application(reference=reference, reason="I found work elsewhere.", by=candidate, at=at)

    def _complete(self, reference: str, candidate: Person, fate: str, at: datetime) -> None:
        self._part(reference, "candidate", candidate, at)
        if fate != "queued":
            days = self.story.random.uniform(4, 9)
            self.story.after(at, days=days, act=lambda when: self._assess(fate, when))

    def _assess(self, fate: str, at: datetime) -> None:
        # The oldest file of the queue is taken, whichever it is: the order is never chosen.
        officer = self.story.staff["officer" if fate != "taken" else "officer2"]
        taken = applications.take_next(program=PROGRAM, by=officer, at=at)
        if taken is None or fate == "taken":
            return
        self._note_findings(taken.reference, officer, fate, at)
        if fate == "asked":
            question = "Please send the pay stubs of the last month, and say who signed the contract for the company."
            applications.ask_information(reference=taken.reference, question=question, by=officer, at=at)
            return
        days = self.story.random.uniform(2, 6)
        self.story.after(at, days=days, act=lambda when: self._decide(taken.reference, officer, fate, when))

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
            self.story.after(at, days=2, act=lambda when: self._sign(reference, when))
            return
        reasons = "The documents sent do not show that the job meets the last criterion of the category."
        found = queries.latest_findings(
            applications.open_file(reference=reference, reason="assessment", by=officer, at=at)
        )
        grounds = [key for key, finding in found.items() if finding.verdict == "not_met"]
        applications.decide(reference=reference, kind="refusal", reasons=reasons, grounds=grounds, by=officer, at=at)
        if fate == "reviewed":
            self.story.after(at, days=9, act=lambda when: self._ask_review(reference, when))

    def _sign(self, reference: str, at: datetime) -> None:
        employer, candidate = self._parties(reference)
        for person in (employer, candidate):
            applications.sign_agreement(reference=reference, name=person.name, by=person, at=at)

    def _ask_review(self, reference: str, at: datetime) -> None:
        employer, _candidate = self._parties(reference)
        error = "The proof of advertising was on page 3 of the file; the letter says that it was missing."
        applications.ask_review(reference=reference, error=error, by=employer, at=at)

    def _parties(self, reference: str) -> tuple[Person, Person]:
        officer = self.story.staff["officer"]
        application = queries.application_for(officer, reference=reference)
        assert application.employer  # the demo's program has employers in every file
        return application.employer, application.candidate
