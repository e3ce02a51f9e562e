"""What can be done to an application: filling it in, assessing it, deciding, and what comes after."""

from passerelle.applications.operations.afterwards import report_change, sign_agreement
from passerelle.applications.operations.assessing import (
    NeedsWords,
    answer_information,
    ask_information,
    open_file,
    put_back,
    record_finding,
    take,
    take_next,
)
from passerelle.applications.operations.deciding import decide
from passerelle.applications.operations.ending import close_lapsed, withdraw_application
from passerelle.applications.operations.federal import OUTCOMES as FEDERAL_OUTCOMES
from passerelle.applications.operations.federal import (
    report_federal_invitation,
    send_decline_proof,
    settle_federal_invitation,
)
from passerelle.applications.operations.federal_file import take_federal_nominations
from passerelle.applications.operations.filling import (
    NotComplete,
    add_document,
    open_application,
    open_page,
    read_document,
    remove_document,
    reuse_company_facts,
    save_section,
    submit_part,
)
from passerelle.applications.operations.interviewing import ask_interview, record_interview
from passerelle.applications.operations.joining import invited_to, join_as_employer, let_in_employer
from passerelle.applications.operations.keeping import purge_notified_profiles
from passerelle.applications.operations.nominating import (
    ask_to_cancel_nomination,
    confirm_nomination_cancelled,
    extend_nomination,
    pause_nomination,
    resume_nomination,
)
from passerelle.applications.operations.reminding import remind_due
from passerelle.applications.operations.returning import return_by_director, return_incomplete
from passerelle.applications.operations.reviewing import ask_review, decide_review
from passerelle.applications.operations.supporting import ask_support_letter, issue_support_letter
from passerelle.documents.operations import Unacceptable

__all__ = [
    "FEDERAL_OUTCOMES",
    "NeedsWords",
    "NotComplete",
    "Unacceptable",
    "add_document",
    "answer_information",
    "ask_information",
    "ask_interview",
    "ask_review",
    "ask_support_letter",
    "ask_to_cancel_nomination",
    "close_lapsed",
    "confirm_nomination_cancelled",
    "decide",
    "decide_review",
    "extend_nomination",
    "invited_to",
    "issue_support_letter",
    "join_as_employer",
    "let_in_employer",
    "open_application",
    "open_file",
    "open_page",
    "pause_nomination",
    "purge_notified_profiles",
    "put_back",
    "read_document",
    "record_finding",
    "record_interview",
    "remind_due",
    "remove_document",
    "report_change",
    "report_federal_invitation",
    "resume_nomination",
    "return_by_director",
    "return_incomplete",
    "reuse_company_facts",
    "save_section",
    "send_decline_proof",
    "settle_federal_invitation",
    "sign_agreement",
    "submit_part",
    "take",
    "take_federal_nominations",
    "take_next",
    "withdraw_application",
]
