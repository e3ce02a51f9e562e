"""What can be done with expressions of interest, bars and the pool."""

from passerelle.eoi.operations.barring import ask_to_lift_bar, confirm_bar_lifted
from passerelle.eoi.operations.doubting import (
    ask_for_bar,
    lift_doubt,
    raise_doubt,
    refuse_eoi,
    refuse_with_bar,
    reply_to_doubt,
    take_back_bar,
)
from passerelle.eoi.operations.drafting import (
    CriterionFails,
    answer_criteria,
    choose_category,
    discard_eoi,
    file_anew,
    let_in_candidate,
    open_eoi,
    resend_access,
    save_section,
)
from passerelle.eoi.operations.pool import CannotInvite, close, mark_invited
from passerelle.eoi.operations.proving import (
    NothingSent,
    answer_evidence,
    drop_evidence_request,
    find_evidence,
    remove_evidence_file,
    request_evidence,
    store_evidence,
)
from passerelle.eoi.operations.reading import open_document, open_file
from passerelle.eoi.operations.reviewing import (
    NoChange,
    add_note,
    confirm_fact,
    confirm_points,
    decline_fact,
    propose_fact,
    take_next,
)
from passerelle.eoi.operations.submitting import (
    AlreadyLive,
    CandidateIsBarred,
    CannotBeAccepted,
    StaleAnswers,
    TokenReused,
    Unfinished,
    report_not_accepted,
    submit_eoi,
)
from passerelle.eoi.operations.sweeping import close_expired, remind_due
from passerelle.eoi.operations.unsure import answer_question
from passerelle.eoi.operations.withdrawing import drop_offer, withdraw_eoi

__all__ = [
    "AlreadyLive",
    "CandidateIsBarred",
    "CannotBeAccepted",
    "CannotInvite",
    "CriterionFails",
    "NoChange",
    "NothingSent",
    "StaleAnswers",
    "TokenReused",
    "Unfinished",
    "add_note",
    "answer_criteria",
    "answer_evidence",
    "answer_question",
    "ask_for_bar",
    "ask_to_lift_bar",
    "choose_category",
    "close",
    "close_expired",
    "confirm_bar_lifted",
    "confirm_fact",
    "confirm_points",
    "decline_fact",
    "discard_eoi",
    "drop_evidence_request",
    "drop_offer",
    "file_anew",
    "find_evidence",
    "let_in_candidate",
    "lift_doubt",
    "mark_invited",
    "open_document",
    "open_eoi",
    "open_file",
    "propose_fact",
    "raise_doubt",
    "refuse_eoi",
    "refuse_with_bar",
    "remind_due",
    "remove_evidence_file",
    "reply_to_doubt",
    "report_not_accepted",
    "request_evidence",
    "resend_access",
    "save_section",
    "store_evidence",
    "submit_eoi",
    "take_back_bar",
    "take_next",
    "withdraw_eoi",
]
