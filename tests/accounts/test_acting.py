"""Every operation says whether a representative may do it; the door that answers is the same for all rooms."""

import inspect
from importlib import import_module

import pytest

from passerelle.accounts import acting
from tests.support.people import unkept

# The rooms whose operations concern a file or an account, and what in them no party of a file does for another: staff and
# jobs (they have no client), and what everybody does in their own account alone.
ROOMS = (
    "eoi",
    "invitations",
    "applications",
    "payments",
    "documents",
    "notices",
    "orders",
    "representatives",
    "accounts",
)
STAFF_OR_JOB = {
    "eoi": {
        "add_note", "answer_question", "ask_for_bar", "ask_to_lift_bar", "bar_by_order", "carry_out_closing", "close",
        "confirm_bar_lifted", "confirm_fact", "confirm_points", "decline_fact", "drop_closing",
        "drop_evidence_request", "find_evidence", "lift_bar_of_order",
        "lift_doubt", "mark_invited", "open_file", "open_page", "propose_closing", "propose_fact", "raise_doubt", "refuse_eoi",
        "refuse_with_bar", "request_evidence", "take_back_bar", "take_next",
    },
    "invitations": {"cancel", "carry_out_repair", "extend", "issue_invitations", "mark_met", "refill_places"},
    "applications": {
        "ask_information", "ask_interview", "ask_to_cancel_nomination", "confirm_nomination_cancelled", "decide",
        "decide_review", "extend_nomination", "issue_support_letter", "open_file", "open_page", "pause_nomination",
        "put_back", "record_finding", "record_interview", "resume_nomination", "return_by_director", "return_incomplete",
        "settle_federal_invitation", "take", "take_federal_nominations", "take_next",
    },
    "payments": {"ask", "cancel", "extend", "give_back", "refund", "refund_again"},
    # Below the rooms that decide: these ask nobody who they are.
    "documents": {"allow_upload", "begin_upload", "open_file", "open_page", "remove", "store"},
    "notices": {"brake_reading", "close_task", "issue_letter"},
    "orders": {
        "decide_order_review", "drop_order", "make_order", "notice_order", "propose_order", "record_payment",
    },
    "representatives": set(),
    "accounts": {
        "ask_second_factor_reset", "close_account", "confirm_second_factor_reset", "create_staff", "give_up_link",
        "grant_role", "invite_candidate", "invite_employer", "reopen_account", "resend_link", "reset_second_factor",
        "revoke_role",
    },
}  # fmt: skip
ONES_OWN = {
    # A look, at one's own or a client's.
    "payments": {"practice_attempt"},
    "notices": {"mark_read"},
    "orders": {"open_addition"},
    "representatives": {"appoint", "ask_by_file", "ask_client", "decline", "end_appointment"},
    "accounts": {"join_with_link"},
}


def operations_of(room: str) -> set[str]:
    """The public operations of a room that name who acts."""
    module = import_module(f"passerelle.{room}.operations")
    found = {
        name: one
        for name, one in vars(module).items()
        if not name.startswith("_")
        and inspect.isfunction(one)
        and one.__module__.startswith(f"passerelle.{room}.operations")
    }
    return {name for name, one in found.items() if "by" in inspect.signature(inspect.unwrap(one)).parameters}


@pytest.mark.parametrize("room", ROOMS)
def test_every_operation_says_whether_a_representative_may_do_it(room: str):
    classed = {one.split(".")[1] for one in (*acting.MAY, *acting.NEVER) if one.startswith(f"{room}.")}
    others = STAFF_OR_JOB.get(room, set()) | ONES_OWN.get(room, set())

    assert operations_of(room) - classed - others == set(), "operations to be classed in accounts.acting"
    assert (classed | others) - operations_of(room) == set(), "classed, and no operation"
    assert not classed & others


def test_no_act_is_both_allowed_and_refused():
    assert not acting.MAY & set(acting.NEVER)


def test_an_act_that_nobody_classed_is_an_error_for_everybody():
    with pytest.raises(LookupError, match=r"eoi\.invent is not classed"):
        acting.may_act(unkept(1, audience="candidate"), 1, "eoi.invent", otherwise="")


def test_a_party_acts_for_itself_and_a_stranger_is_told_whose_it_is():
    candidate = unkept(1, audience="candidate")

    assert acting.may_act(candidate, 1, "eoi.withdraw_eoi", otherwise="Theirs.")
    assert acting.may_act(candidate, 2, "eoi.submit_eoi", otherwise="Theirs.").reason == "Theirs."
    assert not acting.may_act(candidate, None, "eoi.submit_eoi", otherwise="Theirs.")
