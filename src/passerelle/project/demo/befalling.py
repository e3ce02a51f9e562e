"""What befalls a file while it waits in the pool: changed, held, withdrawn, asked for proof, doubted, refused with a bar."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from passerelle.eoi import operations as eois
from passerelle.eoi import queries
from passerelle.project.demo.sampling import Sampler

if TYPE_CHECKING:
    from passerelle.project.demo.crowd import Crowd

Act = Callable[[str, str, datetime], None]


class Befalling:
    """Gives each file in the pool its fate; ``kept`` is the fate of those that nothing befalls."""

    def __init__(self, crowd: "Crowd") -> None:
        self.crowd, self.story = crowd, crowd.story
        self.acts: dict[str, Act] = {
            "changed": self._change, "held": self._hold, "resumed": self._hold, "withdrawn": self._withdraw,
            "proof_asked": self._ask_proof, "doubted": self._doubt, "barred": self._doubt, "fact_changed": self._change_fact,
        }  # fmt: skip

    def follow(self, reference: str, fate: str, at: datetime) -> None:
        """Plan what befalls the file, in place since ``at``."""
        act = self.acts.get(fate)
        if act:
            days = self.crowd.people[reference].told.get("acts") or self.story.random.uniform(2, 30)
            self.story.after(at, days=days, act=lambda when: self._if_waiting(act, reference, fate, when))

    def _if_waiting(self, act: Act, reference: str, fate: str, at: datetime) -> None:
        """Do it only while the file still waits: an invitation may have come first."""
        if queries.eoi_for(self.crowd.people[reference].person, reference).state == "in_pool":
            act(reference, fate, at)

    def _change(self, reference: str, _fate: str, at: datetime) -> None:
        who, entering = self.crowd.people[reference], self.crowd.entering
        sampler = Sampler(self.story.random, on=at.date(), words=who.words)
        who.answers |= sampler.answers(self.crowd.plan.told["changes"])
        kept = eois.begin_change(reference=reference, by=who.hand, at=at)
        kept = entering.save(reference, kept, entering.asked(who), eois.save_change_section, at)
        eois.change_eoi(reference=reference, version=kept.version, by=who.hand, at=at)

    def _hold(self, reference: str, fate: str, at: datetime) -> None:
        who = self.crowd.people[reference]
        eois.hold_eoi(reference=reference, by=who.hand, at=at)
        if fate == "resumed":
            act = lambda when: eois.resume_eoi(reference=reference, by=who.hand, at=when)  # noqa: E731
            self.story.after(at, days=self.story.random.uniform(5, 40), act=act)

    def _withdraw(self, reference: str, _fate: str, at: datetime) -> None:
        who = self.crowd.people[reference]
        eois.withdraw_eoi(reference=reference, reason=who.told.get("reason", ""), by=who.person, at=at)

    def _ask_proof(self, reference: str, _fate: str, at: datetime) -> None:
        label = {"en": "Language test report", "fr": "Rapport de test de langue"}
        items = [{"key": "", "label": label, "note": "All pages, please."}]
        eois.request_evidence(reference=reference, items=items, by=self.crowd.officers[0], at=at)

    def _doubt(self, reference: str, fate: str, at: datetime) -> None:
        what = "The letter of the earlier employer and the dates you gave do not agree."
        eois.raise_doubt(reference=reference, what=what, by=self.crowd.officers[0], at=at)
        if fate == "barred":
            person = self.crowd.people[reference].person
            self.story.after(at, days=1, act=lambda when: eois.reply_to_doubt(
                reference=reference, reply="The letter was not written by that employer.", by=person, at=when
            ))  # fmt: skip
            self.story.after(at, days=3, act=lambda when: self._bar(reference, when))

    def _bar(self, reference: str, at: datetime) -> None:
        officer, second = self.crowd.officers[:2]
        reason = "A letter of reference was made up."
        eois.refuse_eoi(reference=reference, reason=reason, by=officer, confirmed_by=second, bar=True, at=at)

    def _change_fact(self, reference: str, _fate: str, at: datetime) -> None:
        officer = self.crowd.officers[0]
        eoi = queries.eoi_for(officer, reference)
        fact = next((key for key, value in sorted(eoi.facts.items()) if value is True), "")
        if fact:
            reason = "The report was out of date."
            eois.propose_fact(reference=reference, fact=fact, value=False, reason=reason, by=officer, at=at)
