"""What a program's pack asks of a request for a review, and what follows when a decision is set aside."""

from dataclasses import dataclass

from passerelle.programs.rules import ProgramRules


@dataclass(frozen=True)
class Terms:
    """The pack's settings ``review_…``; what a pack leaves unsaid is the widest right of whoever asks."""

    rests_on: str = "what_is_wrong"
    additions: str = "any"
    by_whom: str = "another_officer"
    leads_to: str = "assessment"

    @property
    def must_have_mattered(self) -> bool:
        """Whether an error counts only if the outcome would have been another without it."""
        return self.rests_on == "error_that_mattered"

    @property
    def takes_files(self) -> bool:
        """Whether documents may be added."""
        return self.additions != "none"

    @property
    def only_what_is_new(self) -> bool:
        """Whether what is added must say why it could not come before."""
        return self.additions == "not_available_before"

    @property
    def by_nobody_who_took_part(self) -> bool:
        """Whether whoever assessed the file is kept from the review, as whoever decided it always is."""
        return self.by_whom == "someone_else"


def of(rules: ProgramRules) -> Terms:
    """The terms of a program's reviews."""
    return Terms(
        rests_on=rules.stated("review_rests_on", Terms.rests_on), additions=rules.stated("review_additions", Terms.additions),
        by_whom=rules.stated("review_by_whom", Terms.by_whom), leads_to=rules.stated("review_leads_to", Terms.leads_to),
    )  # fmt: skip
