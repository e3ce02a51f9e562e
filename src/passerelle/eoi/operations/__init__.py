"""What can be done with expressions of interest, bars and the pool."""

from passerelle.eoi.operations.barring import ask_to_lift_bar, bar_by_order, confirm_bar_lifted, lift_bar_of_order
from passerelle.eoi.operations.changing import (
    IdentityChanged,
    begin_change,
    change_eoi,
    drop_change,
    save_change_section,
)
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
from passerelle.eoi.operations.holding import hold_eoi, resume_eoi
from passerelle.eoi.operations.likeness import close as close_names
from passerelle.eoi.operations.notified import open_notified
from passerelle.eoi.operations.offering import NoSuchOffer, OfferIncomplete, lapse_offers, take_up_offer
from passerelle.eoi.operations.pool import CannotInvite, close, mark_invited
from passerelle.eoi.operations.pooling import count_pool, count_pools
from passerelle.eoi.operations.proving import (
    NothingSent,
    answer_evidence,
    drop_evidence_request,
    find_evidence,
    remove_evidence_file,
    request_evidence,
    store_evidence,
)
from passerelle.eoi.operations.reading import open_document, open_file, open_page
from passerelle.eoi.operations.receipting import write_receipt
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
    CriteriaOpen,
    NotHandedIn,
    StaleAnswers,
    TokenReused,
    Unfinished,
    report_not_accepted,
    submit_eoi,
)
from passerelle.eoi.operations.sweeping import close_expired, erase_drafts, remind_due, work_out_lapses
from passerelle.eoi.operations.unsure import answer_question
from passerelle.eoi.operations.withdrawing import drop_offer, withdraw_eoi

__all__ = [
    "AlreadyLive",
    "CandidateIsBarred",
    "CannotBeAccepted",
    "CannotInvite",
    "CriteriaOpen",
    "CriterionFails",
    "IdentityChanged",
    "NoChange",
    "NoSuchOffer",
    "NotHandedIn",
    "NothingSent",
    "OfferIncomplete",
    "StaleAnswers",
    "TokenReused",
    "Unfinished",
    "add_note",
    "answer_criteria",
    "answer_evidence",
    "answer_question",
    "ask_for_bar",
    "ask_to_lift_bar",
    "bar_by_order",
    "begin_change",
    "change_eoi",
    "choose_category",
    "close",
    "close_expired",
    "close_names",
    "confirm_bar_lifted",
    "confirm_fact",
    "confirm_points",
    "count_pool",
    "count_pools",
    "decline_fact",
    "discard_eoi",
    "drop_change",
    "drop_evidence_request",
    "drop_offer",
    "erase_drafts",
    "file_anew",
    "find_evidence",
    "hold_eoi",
    "lapse_offers",
    "let_in_candidate",
    "lift_bar_of_order",
    "lift_doubt",
    "mark_invited",
    "open_document",
    "open_eoi",
    "open_file",
    "open_notified",
    "open_page",
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
    "resume_eoi",
    "save_change_section",
    "save_section",
    "store_evidence",
    "submit_eoi",
    "take_back_bar",
    "take_next",
    "take_up_offer",
    "withdraw_eoi",
    "work_out_lapses",
    "write_receipt",
]
