"""The access matrix: one row for each address of the platform, saying who gets an answer and who does not.

A row names the stage of the case at which the address is asked for, the names of the world's values that fill in its
place holders, who may look (``get``) and who may act (``post``); None: the page has no such verb. What those people get
is the row's ``shown`` or ``done``; what all others get follows from the kind of page:

- a visitor is sent to the sign-in page; staff without a second factor to the page that gives them one;
- the other audience, and whoever is no party to the file, get a 404; so do staff of another program;
- staff of the program without the role get a 403.

A representative whom a party appointed gets what that party gets, but for what nobody does for another (ONLY_THE_CLIENT) and what
is the party's account alone (OWN_ACCOUNT); one whom the candidate sent away gets a 404, as does each on the other side's pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PARTIES = frozenset({"employer", "candidate"})
STRANGERS = frozenset({"other_employer", "other_candidate"})
EMPLOYERS, CANDIDATES = frozenset({"employer", "other_employer"}), frozenset({"candidate", "other_candidate"})
STAFF = frozenset({"officer", "reviewer", "draw_manager", "director", "auditor", "analyst", "administrator"})
OTHERS = frozenset({"elsewhere", "no_second_factor"})
# For whom somebody acts, or acted.
STAND_FOR = {
    "representative": "candidate", "former_representative": "candidate", "representative_of_employer": "employer",
}  # fmt: skip
REPRESENTATIVES = frozenset(STAND_FOR)
ROLES = ("visitor", *sorted(PARTIES), *sorted(STRANGERS), *sorted(REPRESENTATIVES), *sorted(STAFF), *sorted(OTHERS))
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"visitor"}

CHECKERS = frozenset({"officer", "reviewer", "director"})
READERS = CHECKERS | {"draw_manager", "auditor", "administrator"}
FILE_READERS = CHECKERS | {"auditor", "draw_manager"}
MANAGERS = frozenset({"draw_manager", "director"})
TASK_KEEPERS = CHECKERS | {"draw_manager", "administrator"}
CASHIERS = frozenset({"officer", "director", "auditor", "administrator"})
REFUNDERS = frozenset({"director", "administrator"})
NOBODY: frozenset[str] = frozenset()

OWN_ACCOUNT = frozenset({
    "accounts:files", "desks:candidate_home", "desks:employer_home", "eoi:start", "eoi:start_own", "invitations:take_up",
    "orders:against_me", "orders:ask_review",
    "representatives:mine", "representatives:appoint", "representatives:decline", "representatives:end",
})  # fmt: skip
ONLY_THE_CLIENT: Mapping[tuple[str, str], tuple[int, ...]] = {
    ("eoi:withdraw", "get"): (403,), ("eoi:withdraw", "post"): (403,),
    # The page says whose it is to decline, and that it is not the representative's.
    ("invitations:candidate_decline", "post"): (403,),
    ("applications:withdraw", "get"): (403,), ("applications:withdraw", "post"): (403,),
    ("applications:agreement", "post"): (403,),
    ("eoi:drop", "post"): (403,), ("invitations:employer_decline", "post"): (403,),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What one address answers. ``roles``: whom the page itself lets in among staff; ``get`` and ``post`` may be fewer."""

    name: str
    kind: str
    stage: str = "draft"
    args: tuple[str, ...] = ()
    get: frozenset[str] | None = NOBODY
    post: frozenset[str] | None = None
    roles: frozenset[str] = STAFF
    shown: tuple[int, ...] = (200,)
    done: tuple[int, ...] = (302,)
    data: Callable[[Any], Mapping[str, Any]] | None = None
    # Answers that do not follow from the kind of page: (verb, role) to statuses, with the reason beside the row.
    odd: Mapping[tuple[str, str], tuple[int | str, ...]] = field(default_factory=dict)

    @property
    def knocking(self) -> tuple[str, ...]:
        """Return who asks: everybody, except where many would get one and the same page."""
        return ("visitor", "employer", "officer", "no_second_factor") if self.kind == "public" else ROLES

    def expected(self, verb: str, who: str) -> tuple[int | str, ...]:
        """Return the answers that are right for ``who``."""
        if (verb, who) in self.odd:
            return self.odd[verb, who]
        if who in REPRESENTATIVES and self.kind in ("candidate", "employer", "party"):
            return self._represented(verb, who)
        if away := self.turned_away(who):
            return away
        allowed = self.get if verb == "get" else self.post
        if allowed is None:
            return (405,)
        if who in allowed:
            return self.shown if verb == "get" else self.done
        if who in STAFF:
            return (403,)
        if who == "elsewhere" and not self.args:
            return self.shown if verb == "get" else self.done
        return (404,)

    def _represented(self, verb: str, who: str) -> tuple[int | str, ...]:
        """Return what is right for somebody who acts, or acted, for one of the parties."""
        if self.name in OWN_ACCOUNT:
            return (404,)
        if (self.get if verb == "get" else self.post) is None:
            return (405,)
        if who == "former_representative" or self.kind not in (STAND_FOR[who], "party"):
            return (404,)
        return ONLY_THE_CLIENT.get((self.name, verb)) or self.expected(verb, STAND_FOR[who])

    def turned_away(self, who: str) -> tuple[int | str, ...]:
        """Return what stops ``who`` before the page is asked, by the kind of page; empty: nothing does."""
        if self.kind == "public":
            return ()
        if who == "visitor":
            return ("sign in",)
        if self.kind in ("staff", "enrolled", "reader"):
            if who == "no_second_factor":
                return ("second factor",)
            if self.kind != "reader" and who in PARTIES | STRANGERS | REPRESENTATIVES:
                return (404,)
            if self.kind == "staff" and who in STAFF and who not in self.roles:
                return (403,)
        audiences = {
            "employer": EMPLOYERS, "candidate": CANDIDATES, "party": EMPLOYERS | CANDIDATES,
            "representative": REPRESENTATIVES,
        }  # fmt: skip
        if self.kind in audiences and who not in audiences[self.kind]:
            return (404,)
        return ()


def _public(name: str, *args: str, **more: Any) -> Row:
    return Row(name, "public", args=args, get=more.pop("get", EVERYBODY), **more)


def _staff(name: str, *args: str, **more: Any) -> Row:
    roles = more.setdefault("roles", STAFF)
    if "get" not in more:
        more["get"] = roles
    return Row(name, "staff", args=args, **more)


def _mine(kind: str, name: str, *args: str, stage: str, **more: Any) -> Row:
    who = frozenset({kind}) if kind in PARTIES else PARTIES
    return Row(name, kind, stage=stage, args=args, get=more.pop("get", who), **more)


def _with(**given: Any) -> Callable[[Any], Mapping[str, Any]]:
    """Form data: texts as they stand; a callable is asked for its value of this world."""
    return lambda world: {name: value(world) if callable(value) else value for name, value in given.items()}


EMPLOYER, CANDIDATE, ACTING = frozenset({"employer"}), frozenset({"candidate"}), frozenset({"representative"})


def _day(name: str, day: int, month: int, year: int) -> dict[str, str]:
    return {f"{name}_day": str(day), f"{name}_month": str(month), f"{name}_year": str(year)}


_PLAN = _with(
    **_day("held_on", 10, 4, 2026), **_day("closes_on", 9, 4, 2026), closes_time="00:00", size="1",
    categories=lambda world: world.categories,
)  # fmt: skip
_REASON = _with(reason="Because it is so.")

PUBLIC = [
    _public("/healthz"), _public("/", post=EVERYBODY, shown=(302,)),
    # Not ready here: no worker runs beside this test.
    _public("/readyz", shown=(200, 503)),
    _public("desks:installation", shown=(200, 302)), _public("desks:verify"), _public("desks:trail"),
    _public("desks:trail_file"), _public("desks:accessibility"),
    *(_public(f"desks:{page}", "program") for page in (
        "program_home", "criteria", "draws", "contact", "scoring_notice",
        "draws_json", "draws_csv", "draws_atom", "draws_calendar",
    )),
    _public("desks:calculator", "program", post=EVERYBODY, done=(200,)),
    # The program of this world is not asked by a form: the page is not there.
    _public("desks:help", "program", shown=(404,), post=EVERYBODY, done=(404,)),
    _public("desks:draw", "program", "draw", stage="invited"),
    # This program keeps its fairness reports to its staff.
    _public("desks:fairness_json", "program", "draw", stage="invited", shown=(404,)),
    _public("programs:occupations"), _public("programs:occupation_search"),
    _public("notices:verify"), _public("notices:verify_letter", "letter", stage="assessed"),
    _public("eoi:verify_receipt"), _public("draws:check"), _public("draws:verifier"),
    _public("draws:keys"), _public("draws:keys_file"),
    _public("draws:public_bundle", "draw", stage="selected", shown=(404,)),
    _public("draws:signed_notice", "draw", stage="selected", shown=(404,)),
    _public("draws:signed_commitment", "draw", stage="selected", shown=(404,)),
    _public("accounts:start"),
    _public("accounts:usernames", post=EVERYBODY, data=_with(email="nobody@example.org")),
    # Whoever is signed in stays so: nothing is registered without a whole form.
    _public("accounts:register", "program", post=EVERYBODY, done=(422,)),
    _public("accounts:register_representative", "program", post=EVERYBODY, done=(422,)),
    # The link itself is the key, whoever holds it.
    _public("accounts:redeem", "token", post=EVERYBODY, done=(422,)),
]  # fmt: skip

ACCOUNTS = [
    Row("accounts:home", "signed in", get=SIGNED_IN, shown=(302,)),
    Row("accounts:continue", "signed in", get=SIGNED_IN, shown=(302,), post=SIGNED_IN),
    Row("accounts:settings", "signed in", get=SIGNED_IN),
    Row("accounts:profile", "signed in", get=SIGNED_IN, post=SIGNED_IN, done=(422,)),
    Row("accounts:second_factor", "signed in", get=SIGNED_IN, shown=(302,), odd={
        # Whoever has a second factor is sent on; whoever has none is led to get one.
        ("get", who): (200,) for who in (*PARTIES, *STRANGERS, *REPRESENTATIVES, "no_second_factor")
    }),
    # Nobody here shares an e-mail: another person's account is none of theirs.
    Row("accounts:files", "party", get=PARTIES | STRANGERS, post=NOBODY, data=_with(account=lambda w: w.stranger_pk)),
    Row("accounts:staff_program", "enrolled", get=STAFF | {"elsewhere"}, post=STAFF | {"elsewhere"}),
    _staff("accounts:staff_people", roles=frozenset({"administrator"})),
    _staff("accounts:staff_new", roles=frozenset({"administrator"}), post=frozenset({"administrator"}), done=(422,)),
    _staff("accounts:staff_person", "officer_pk", roles=frozenset({"administrator"}), post=frozenset({"administrator"}),
           data=_with(act="grant", role="auditor")),
    _staff("accounts:staff_reset", "reset_pk", roles=frozenset({"administrator"}), post=frozenset({"administrator"}),
           done=(200,)),
]  # fmt: skip

DESKS = [
    Row("desks:employer_home", "employer", get=EMPLOYERS), Row("desks:candidate_home", "candidate", get=CANDIDATES),
    Row("desks:representative_home", "representative", get=REPRESENTATIVES),
    Row("desks:client", "representative", args=("client_pk",), get=ACTING),
    _staff("desks:staff_home"), _staff("desks:worklist"), _staff("desks:figures"),
    # Names of people: for those who read files.
    _staff("desks:search", roles=READERS),
    _staff("desks:whole_file", "eoi", stage="submitted", roles=READERS),
    # There is no such question in this world: tests/look/test_questions.py asks who reads and answers one.
    _staff("desks:question", "eoi", roles=READERS, shown=(404,), post=READERS, done=(404,), data=_with(words="Yes.")),
    _mine("party", "desks:my_question", "eoi", stage="draft", get=NOBODY, post=NOBODY),
    _staff("programs:rules"),
    _staff("programs:closures", post=frozenset({"director", "administrator"}), data=_with(
        **_day("day", 2, 7, 2027), name="Flood")),
    # The edition in force is not put in force again, whoever asks; nothing waits for a second person.
    _staff("programs:edition", "edition", post=frozenset({"director", "administrator"}), done=(403,), data=_with(
        when="confirmed", reason="Notice"), odd={("get", "elsewhere"): (200,), ("post", "elsewhere"): (403,)}),
    _staff("programs:edition_settle", "edition", roles=frozenset({"director", "administrator"}), get=None,
           post=frozenset({"director", "administrator"}), done=(409,), odd={("post", "elsewhere"): (409,)}),
    _staff("allocations:places", post=frozenset({"director"}), data=_with(year="2031", places="10", reason="Letter")),
    Row("notices:inbox", "reader", get=EVERYBODY - {"visitor", "no_second_factor"}),
    Row("notices:notice", "reader", args=("notice_pk",), get=CANDIDATE, stage="submitted", odd={
        ("get", who): (404,) for who in STAFF}),
    # A refusal to the candidate: its reader, and staff who read files.
    Row("notices:letter", "reader", args=("letter",), stage="refused", get=CANDIDATE | READERS | ACTING, odd={
        ("get", "analyst"): (404,)}),
    Row("notices:letter_pdf", "reader", args=("letter",), stage="refused", get=CANDIDATE | READERS | ACTING, odd={
        ("get", "analyst"): (404,)}),
    _staff("notices:tasks", roles=READERS),
    _staff("notices:task", "task_pk", roles=READERS, post=TASK_KEEPERS, data=_with(note="Called them.")),
]  # fmt: skip

EOI = [
    Row("eoi:start", "employer", get=EMPLOYERS, post=NOBODY, data=_with(category="skilled"), odd={
        # They have a file already: one account, one candidate.
        ("post", who): (403,) for who in EMPLOYERS}),
    _mine("employer", "eoi:employer_file", "eoi", stage="draft"),
    _mine("employer", "eoi:category", "eoi", stage="draft", post=EMPLOYER, data=_with(category="skilled")),
    _mine("employer", "eoi:criteria", "eoi", stage="draft"),
    _mine("employer", "eoi:criterion", "eoi", "criterion", stage="draft", post=EMPLOYER, data=_with(answer="yes")),
    _mine("employer", "eoi:let_in", "eoi", stage="draft", shown=(302,), post=EMPLOYER, done=(403,), data=_with(
        name="Somebody Else", email="else@example.org", language="en")),
    # The candidate has used the link: there is none to send again.
    _mine("employer", "eoi:resend_access", "eoi", stage="draft", get=None, post=EMPLOYER, done=(403,)),
    _mine("employer", "eoi:drop", "eoi", stage="submitted", post=EMPLOYER),
    _mine("candidate", "eoi:candidate_file", "eoi", stage="draft"),
    _mine("candidate", "eoi:tasks", "eoi", stage="draft"),
    _mine("candidate", "eoi:section", "eoi", "section", stage="draft", post=CANDIDATE, done=(422,)),
    _mine("candidate", "eoi:check", "eoi", stage="draft", post=CANDIDATE, data=_with(
        token="one-token", version=lambda w: w.version, agree="on")),
    _mine("candidate", "eoi:receipt", "eoi", stage="submitted"),
    _mine("candidate", "eoi:answers", "eoi", stage="submitted"),
    _mine("candidate", "eoi:withdraw", "eoi", stage="submitted", post=CANDIDATE),
    _mine("candidate", "eoi:file_anew", "eoi", stage="withdrawn", get=None, post=CANDIDATE),
    _mine("candidate", "eoi:evidence", "eoi", stage="proof", post=CANDIDATE, done=(302, 422), data=_with()),
    _mine("candidate", "eoi:evidence_upload", "eoi", "item_pk", stage="proof", shown=(302,), post=CANDIDATE, done=(422,)),
    _mine("candidate", "eoi:evidence_remove", "eoi", "item_pk", "proof_pk", stage="proof", shown=(302,), post=CANDIDATE,
          odd={("get", "other_candidate"): (302, 404)}),
    _mine("candidate", "eoi:evidence_file", "eoi", "proof_pk", stage="proof"),
    _mine("candidate", "eoi:reply", "eoi", stage="doubted", post=CANDIDATE, data=_with(reply="They are right.")),
    # Files that candidates open: in this program employers do (tests/access/test_candidate_first.py walks the other one).
    Row("eoi:start_own", "candidate", post=NOBODY),
    # Nor do its employers begin with a job offer.
    Row("eoi:take_up", "candidate", post=NOBODY),
    _mine("candidate", "eoi:my_criteria", "eoi", stage="draft", get=NOBODY),
    _mine("candidate", "eoi:my_criterion", "eoi", "criterion", stage="draft", get=NOBODY, post=NOBODY),
    _mine("candidate", "eoi:discard_own", "eoi", stage="draft", get=NOBODY, post=NOBODY),
    _mine("candidate", "eoi:change", "eoi", stage="submitted", shown=(302,), post=CANDIDATE, done=(403,)),
    _mine("candidate", "eoi:change_section", "eoi", "section", stage="submitted", get=NOBODY, post=NOBODY),
    _mine("candidate", "eoi:change_check", "eoi", stage="submitted", get=NOBODY, post=NOBODY),
    _mine("candidate", "eoi:change_drop", "eoi", stage="submitted", get=None, post=NOBODY),
    _mine("candidate", "eoi:hold", "eoi", stage="submitted", shown=(302,), post=CANDIDATE, done=(403,)),
    _mine("candidate", "eoi:resume", "eoi", stage="submitted", get=None, post=CANDIDATE, done=(403,)),
    _staff("eoi:review_list", roles=READERS),
    _staff("eoi:take_next", roles=CHECKERS, get=None, post=CHECKERS, stage="submitted"),
    _staff("eoi:second_officer", roles=CHECKERS),
    _staff("eoi:bars", roles=CHECKERS | {"auditor"}, post=NOBODY, odd={
        # No bar of this number.
        ("post", who): (404,) for who in (*CHECKERS, "auditor", "elsewhere")}),
    _staff("eoi:key_withdrawal", roles=CHECKERS, stage="submitted", post=CHECKERS, data=_with(
        reference=lambda w: w.eoi, reason="Mail of 3 May"), odd={("post", "elsewhere"): (422,)}),
    _staff("eoi:pool", roles=READERS),
    _staff("eoi:closings", roles=READERS),
    # A draft of a reason is sent back; nothing waits for a second director. The other program has a stream of this name too.
    _staff("eoi:closing", "pool_stream", roles=READERS, post=READERS, done=(422,), data=_with(reason_en="Notice"), odd={
        ("get", "elsewhere"): (200,), ("post", "elsewhere"): (422,)}),
    _staff("eoi:closing_settle", "pool_stream", roles=frozenset({"director"}), get=None, post=frozenset({"director"}),
           done=(409,), odd={("post", "elsewhere"): (409,)}),
    _staff("eoi:review", "eoi", roles=READERS, stage="submitted"),
    _staff("eoi:confirm", "eoi", roles=CHECKERS, stage="submitted", post=CHECKERS),
    _staff("eoi:ask_evidence", "eoi", roles=CHECKERS, stage="submitted", post=CHECKERS, data=_with(other="A photograph")),
    _staff("eoi:drop_request", "eoi", roles=CHECKERS, stage="proof", get=None, post=CHECKERS),
    _staff("eoi:find_evidence", "eoi", "item_pk", roles=CHECKERS, stage="proof", get=None, post=CHECKERS,
           data=_with(finding="confirmed")),
    _staff("eoi:doubt", "eoi", roles=CHECKERS, stage="submitted", post=CHECKERS, data=_with(what="The dates.")),
    _staff("eoi:lift_doubt", "eoi", roles=CHECKERS, stage="doubted", get=None, post=CHECKERS),
    _staff("eoi:refuse", "eoi", roles=CHECKERS, stage="replied", post=CHECKERS, data=_REASON),
    # The officer asked for the bar: somebody else confirms.
    _staff("eoi:settle_bar", "eoi", roles=CHECKERS, stage="bar asked", get=None, post=CHECKERS - {"officer"},
           data=_with(agree="yes")),
    _staff("eoi:change_fact", "eoi", "fact", roles=CHECKERS, stage="submitted", post=CHECKERS, done=(302, 422)),
    _staff("eoi:settle_fact", "eoi", "change_pk", roles=CHECKERS, stage="fact proposed", get=None,
           post=CHECKERS - {"officer"}, data=_with(agree="yes")),
    _staff("eoi:answer_question", "eoi", roles=CHECKERS, stage="draft", post=CHECKERS, done=(422,)),
    _staff("eoi:note", "eoi", roles=CHECKERS, stage="submitted", post=CHECKERS, data=_with(text="Looked at it.")),
    _staff("eoi:staff_document", "eoi", "proof_pk", roles=READERS, stage="proof"),
    _staff("eoi:staff_document_page", "eoi", "proof_pk", "first_page", roles=READERS, stage="proof"),
]  # fmt: skip

REPRESENTING = [
    Row("representatives:ask", "representative", get=REPRESENTATIVES, post=REPRESENTATIVES, done=(422,)),
    # Employers open files in this program, and this client is a candidate.
    Row("representatives:start", "representative", args=("client_pk",), post=NOBODY),
    Row("representatives:give_up", "representative", args=("appointment_pk",), get=ACTING, post=ACTING),
    # Each side appoints, and answers and ends what is its own.
    Row("representatives:mine", "party", get=PARTIES | STRANGERS),
    *(
        Row(f"representatives:{act}", "party", args=("appointment_pk",), get=None, post=CANDIDATE)
        for act in ("appoint", "decline", "end")
    ),
]

DRAWS = [
    # The program of this world has no federal stream: nobody comes with a notification.
    Row("invitations:notified", "public", args=("program",), get=EVERYBODY, post=EVERYBODY, shown=(404,), done=(404,)),
    Row("invitations:take_up", "candidate", get=CANDIDATES, post=CANDIDATES, shown=(302,)),
    _staff("express_entry:pool", roles=MANAGERS | {"auditor"}),
    _staff("express_entry:disagreements", roles=MANAGERS | {"auditor"}),
    # No file was loaded for this program.
    _staff("express_entry:load", "load_pk", roles=MANAGERS | {"auditor"}, shown=(404,)),
    _staff("express_entry:rounds", roles=MANAGERS | {"auditor"}),
    # The program of this world has no federal stream: the page offers none, and a round is not there.
    _staff("express_entry:plan", roles=MANAGERS | {"auditor"}, post=MANAGERS | {"auditor"}, done=(422,)),
    *(
        _staff(f"express_entry:{name}", "round", roles=MANAGERS | {"auditor"}, shown=(404,), post=post, done=(404,))
        for name, post in (
            ("round", None), ("replan", MANAGERS | {"auditor"}), ("entries", None), ("conduct", MANAGERS | {"auditor"}),
            ("issue", MANAGERS | {"auditor"}), ("void", MANAGERS | {"auditor"}), ("round_file", None),
        )
    ),
    _staff("express_entry:kept", roles=MANAGERS | {"auditor"}, post=MANAGERS | {"auditor"}, done=(422,)),
    _staff("draws:list"),
    _staff("draws:plan", post=MANAGERS, data=_PLAN),
    _staff("draws:workbench", "draw", stage="planned"),
    _staff("draws:replan", "draw", stage="planned", post=MANAGERS, data=_PLAN),
    _staff("draws:ranking", "draw", stage="planned"),
    _staff("draws:conduct", "draw", stage="planned", post=MANAGERS),
    _staff("draws:leave_out", "draw", "unreviewed", stage="unreviewed", roles=READERS, post=MANAGERS, data=_REASON),
    _staff("draws:void", "draw", stage="selected", post=MANAGERS, data=_REASON),
    # The director asked: another director confirms; the one who asked may let the draw go on.
    _staff("draws:settle_void", "draw", stage="void asked", post=NOBODY),
    _staff("draws:publish", "draw", stage="planned", post=MANAGERS),
    # This program leaves nothing to chance and nobody has objected.
    _staff("draws:seed", "draw", stage="selected", post=NOBODY, data=_with(digits="1" * 40)),
    _staff("draws:objection", "draw", "first_page", stage="selected", roles=READERS, shown=(404,), post=READERS, done=(404,)),
    _staff("draws:accept", "draw", stage="selected", post=frozenset({"director"})),
    _staff("draws:fairness", "draw", stage="selected", roles=frozenset({"director", "analyst", "auditor"})),
    _staff("draws:bundle", "draw", stage="selected", shown=(404,)),
    _staff("draws:sealed_bundle", "draw", stage="selected", roles=frozenset({"auditor", "director"})),
    # An error found once the invitations are out: a director looks, and keeps nothing by looking.
    _staff("draws:repair", "draw", stage="invited", roles=frozenset({"director"}), post=frozenset({"director"}), done=(200,),
           data=_with(size="2", step="look")),
    _staff("draws:repair_plan", "draw", "repair_pk", stage="repair planned", roles=frozenset({"director", "auditor"})),
    _staff("draws:withdraw_repair", "draw", "repair_pk", stage="repair planned", roles=frozenset({"director"}),
           post=frozenset({"director"}), data=_REASON),
    # The director planned it: another director accepts.
    _staff("invitations:accept_repair", "draw", "repair_pk", stage="repair planned", roles=frozenset({"director"}), post=NOBODY),
    # The time to object is over, which the candidate and whoever acts for them are told.
    _mine("candidate", "draws:receipt", "eoi", "draw", stage="selected", post=NOBODY, data=_with(words="It is wrong."),
          odd={("post", "candidate"): (403,)}),
    _mine("candidate", "desks:place", "eoi", stage="selected"),
    # Nothing is done: another answer is tried.
    _mine("candidate", "desks:what_if", "eoi", stage="selected", post=CANDIDATE, done=(200,)),
    _mine("candidate", "draws:receipt_file", "eoi", "draw", stage="selected"),
    # The draw manager conducted it; a director issues it.
    _staff("invitations:issue", "draw", stage="selected", post=frozenset({"director"})),
    # By this program's rule a place given back after the issue is not filled: for nobody.
    _staff("invitations:refill", "draw", stage="selected", post=NOBODY),
    _staff("invitations:list", roles=READERS),
    _staff("invitations:detail", "invitation", stage="invited", roles=READERS),
    _staff("invitations:extend", "invitation", stage="invited", roles=READERS, post=frozenset({"officer", "director"}),
           data=_with(days="5", reason="Post was late.")),
    _staff("invitations:cancel", "invitation", stage="invited", roles=READERS, post=frozenset({"director"}), data=_REASON),
    _mine("employer", "invitations:employer", "invitation", stage="invited"),
    _mine("employer", "invitations:employer_decline", "invitation", stage="invited", post=EMPLOYER),
    _mine("employer", "invitations:employer_calendar", "invitation", stage="invited"),
    _mine("candidate", "invitations:candidate", "invitation", stage="invited"),
    _mine("candidate", "invitations:candidate_decline", "invitation", stage="invited", post=CANDIDATE),
    _mine("candidate", "invitations:candidate_calendar", "invitation", stage="invited"),
]  # fmt: skip

APPLICATIONS = [
    # Nothing to look at until it is open: the page leads to the application.
    _mine("employer", "applications:open", "invitation", stage="opened", shown=(302,), post=EMPLOYER),
    # Candidates open no files in this program, let nobody in, and employers join by no such link.
    _mine("candidate", "applications:open_as_candidate", "invitation", stage="opened", get=NOBODY, post=CANDIDATE, done=(403,)),
    _mine("candidate", "applications:let_in_employer", "application", stage="opened", shown=(403,), post=CANDIDATE, done=(403,),
          data=_with(name="Boss", email="boss@example.org", language="en")),
    _mine("employer", "applications:join", "token", stage="opened", get=NOBODY, post=NOBODY),
    _mine("party", "applications:file", "application", stage="opened"),
    _mine("party", "applications:withdraw", "application", stage="opened", post=PARTIES, data=_REASON),
    _mine("party", "applications:section", "application", "part", "part_section", stage="opened", get=EMPLOYER,
          post=EMPLOYER, done=(422,)),
    _mine("party", "applications:documents", "application", "part", stage="opened", get=EMPLOYER, post=EMPLOYER,
          done=(422,)),
    _mine("party", "applications:document", "application", "part", "document_pk", stage="opened", get=EMPLOYER),
    _mine("party", "applications:remove_document", "application", "part", "document_pk", stage="opened", get=None,
          post=EMPLOYER),
    # No earlier file of theirs to copy from.
    _mine("party", "applications:company_facts", "application", "part", stage="opened", get=EMPLOYER, post=EMPLOYER,
          done=(403,)),
    _mine("party", "applications:check", "application", "part", stage="opened", get=EMPLOYER, post=EMPLOYER, done=(422,)),
    _mine("party", "applications:answer", "application", stage="asked", get=EMPLOYER, post=EMPLOYER, data=_with(
        answer="Here it is."), odd={("post", "candidate"): (403, 404)}),
    _mine("party", "applications:change", "application", stage="nominated", post=PARTIES, data=_with(
        kind="hours", happened_on="2026-04-10")),
    _mine("party", "applications:ask_review", "application", stage="refused", post=PARTIES, data=_with(error="Wrong.")),
    _mine("party", "applications:agreement", "application", stage="nominated", post=PARTIES, data=_with(
        agree="on", name="Signed Name")),
    _mine("party", "applications:ask_support_letter", "application", stage="nominated", post=PARTIES, data=_with(
        permit_expires_on="2026-07-30")),
    # Nobody of this program came from the federal pool.
    *(
        _mine("party", f"applications:{name}", "application", stage="opened", shown=(404,), post=PARTIES, done=done)
        for name, done in (("federal_invitation", (404, 422)), ("decline_proof", (404,)))
    ),
    *(
        _staff(f"applications:{act}_federal_invitation", "application", stage="taken", roles=CHECKERS, shown=(404,),
               post=CHECKERS, done=(404,))
        for act in ("record", "settle")
    ),
    _staff("applications:federal_nominations", roles=MANAGERS | {"auditor"}, shown=(404,), post=MANAGERS, done=(404, 422)),
    _staff("applications:queue", roles=FILE_READERS),
    _staff("applications:take_next", roles=CHECKERS, get=None, post=CHECKERS, stage="queued"),
    _staff("applications:reviews", roles=FILE_READERS),
    _staff("applications:staff_file", "application", roles=FILE_READERS, stage="queued"),
    _staff("applications:take", "application", roles=CHECKERS, stage="queued", post=CHECKERS, data=_REASON),
    # Only the officer who has the file.
    _staff("applications:put_back", "application", roles=CHECKERS, stage="taken", get=None,
           post=frozenset({"officer"}), data=_REASON),
    _staff("applications:finding", "application", "app_criterion", roles=CHECKERS, stage="taken", get=None,
           post=frozenset({"officer"}), data=lambda w: {f"{w.app_criterion}-verdict": "met"}),
    _staff("applications:ask", "application", roles=CHECKERS, stage="taken", get=None, post=frozenset({"officer"}),
           data=_with(question="When?")),
    # This program's pack has no words for returns or interviews, and states no last day of a nomination.
    _staff("applications:return_incomplete", "application", stage="taken", roles=CHECKERS, shown=(403,), post=CHECKERS,
           done=(403,)),
    _staff("applications:return_by_director", "application", stage="taken", roles=frozenset({"director"}), shown=(403,),
           post=frozenset({"director"}), done=(403,)),
    _staff("applications:ask_interview", "application", stage="taken", roles=CHECKERS, shown=(403,), post=CHECKERS,
           done=(403,)),
    _staff("applications:record_interview", "application", stage="taken", roles=CHECKERS, get=frozenset({"officer"}),
           post=frozenset({"officer"}), done=(422,)),
    *(
        _staff(f"applications:{act}_nomination", "application", stage="nominated", roles=roles, shown=(404,), post=roles,
               done=(404,))
        for act, roles in (
            ("extend", CHECKERS), ("pause", CHECKERS), ("resume", CHECKERS), ("ask_cancel", CHECKERS),
            ("confirm_cancel", frozenset({"director"})),
        )
    ),
    _staff("applications:decide", "application", roles=CHECKERS, stage="assessed", get=None, post=frozenset({"officer"}),
           data=_with(kind="nomination", confirmed="1"), odd={("post", who): (403, 422) for who in CHECKERS - {"officer"}}),
    # The officer refused, the director issued the draw and could not decide what comes next: somebody else reviews.
    _staff("applications:decide_review", "application", roles=CHECKERS, stage="review asked", get=None,
           post=CHECKERS - {"officer", "director"}, data=_with(outcome="upheld", reasons="Looked again.")),
    _staff("applications:support_letter", "application", "support_pk", roles=CHECKERS, stage="support asked", get=None,
           post=CHECKERS),
    _staff("applications:staff_document_page", "application", "part", "document_pk", "first_page", roles=FILE_READERS,
           stage="queued"),
    _staff("applications:staff_document", "application", "part", "document_pk", roles=FILE_READERS, stage="queued"),
]  # fmt: skip

# A fee asked of the candidate: hers alone, though the employer is party to the file.
PAYMENTS = [
    Row("payments:pay", "party", args=("payment",), get=CANDIDATE, post=CANDIDATE),
    Row("payments:returned", "party", args=("payment",), get=CANDIDATE),
    Row("payments:practice", "party", args=("payment",), get=CANDIDATE, post=CANDIDATE, data=_with(card="accepted")),
    _staff("payments:list", roles=CASHIERS),
    _staff("payments:ledger", roles=CASHIERS),
    # Nothing is paid yet: there is nothing to give back.
    _staff("payments:staff_payment", "payment", roles=CASHIERS, post=REFUNDERS, done=(409,), data=_REASON),
    # No provider calls back here: the practice card does not.
    _public("payment_callback", "provider", get=None, post=EVERYBODY, done=(404,)),
]  # fmt: skip

# This program makes no contravention orders: whoever may come in finds nothing (tests/orders has a program that does).
_NO_ORDERS = {"shown": (404,), "done": (404,)}
ORDERS = [
    _public("orders:register", "program", shown=(404,)),
    _staff("orders:list", roles=CHECKERS | {"auditor"}, post=CHECKERS | {"auditor"}, **_NO_ORDERS),
    _staff("orders:propose", roles=CHECKERS, post=CHECKERS, **_NO_ORDERS),
    _staff("orders:detail", "order", roles=CHECKERS | {"auditor"}, post=CHECKERS | {"auditor"}, **_NO_ORDERS),
    _staff(
        "orders:addition", "order", "document_pk", roles=CHECKERS | {"auditor"}, post=CHECKERS | {"auditor"}, stage="queued",
        **_NO_ORDERS,
    ),
    *(_staff(f"orders:{act}", "order", roles=CHECKERS, get=None, post=CHECKERS, odd={
        ("get", who): (404,) for who in CHECKERS | {"elsewhere"}}, **_NO_ORDERS)
      for act in ("notice", "enter_reply", "drop", "paid", "enter_review", "decide_review")),
    _staff("orders:make", "order", roles=frozenset({"reviewer", "director"}), get=None,
           post=frozenset({"reviewer", "director"}), odd={
               ("get", who): (404,) for who in ("reviewer", "director", "elsewhere")}, **_NO_ORDERS),
    Row("orders:against_me", "party", args=("order",), get=PARTIES, post=PARTIES, **_NO_ORDERS),
    Row("orders:ask_review", "party", args=("order",), get=PARTIES, post=PARTIES, **_NO_ORDERS),
]  # fmt: skip

# django-allauth's own pages. Those for visitors send whoever is signed in home.
_KNOWN = (*PARTIES, *STRANGERS, *REPRESENTATIVES, *STAFF, *OTHERS)
_STAFF_LIKE = (*STAFF, *OTHERS)
SIGNING_IN = [
    Row("account_login", "public", get=EVERYBODY, post=EVERYBODY, shown=(200, 302), done=(200, 302, 422)),
    Row("account_logout", "public", get=EVERYBODY, post=EVERYBODY, shown=(200, 302), done=(302,)),
    Row("account_inactive", "public", get=EVERYBODY, post=None),
    # Opening an account goes by a program's own page.
    Row("account_signup", "public", get=EVERYBODY, post=EVERYBODY, shown=(200, 302), done=(200, 302)),
    Row("account_reauthenticate", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(200, 302), done=(200, 302)),
    Row("account_email", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(200, 302), done=(200, 302)),
    Row("account_email_verification_sent", "public", get=EVERYBODY, post=EVERYBODY, shown=(200, 302), done=(200, 302)),
    Row("account_change_password", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(200, 302), done=(200, 302)),
    Row("account_set_password", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(302,), done=(302,)),
    Row("account_reset_password", "public", get=EVERYBODY, post=EVERYBODY, shown=(200,), done=(200,)),
    Row("account_confirm_login_code", "public", get=EVERYBODY, post=EVERYBODY, shown=(302,), done=(302,)),
    Row("account_reset_password_from_key_done", "public", get=EVERYBODY, post=None),
    Row("account_reset_password_from_key", "public", args=("uidb36", "key"), get=EVERYBODY, post=EVERYBODY,
        shown=(200, 302), done=(200, 302)),
    Row("account_reset_password_done", "public", get=EVERYBODY, post=None),
    Row("mfa_index", "signed in", get=SIGNED_IN, post=None, shown=(200, 302)),
    Row("mfa_authenticate", "public", get=EVERYBODY, post=EVERYBODY, shown=(302,), done=(302,)),
    Row("mfa_reauthenticate", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(200, 302), done=(200, 302)),
    Row("mfa_activate_totp", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(200, 302), done=(200, 302)),
    Row("mfa_deactivate_totp", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(200, 302, 403, 404),
        done=(200, 302, 403, 404)),
    Row("mfa_view_recovery_codes", "signed in", get=SIGNED_IN, post=None, shown=(200, 302, 404)),
    Row("mfa_generate_recovery_codes", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(200, 302, 404),
        done=(200, 302, 403, 404)),
    Row("mfa_download_recovery_codes", "signed in", get=SIGNED_IN, post=SIGNED_IN, shown=(200, 302, 404),
        done=(302, 404, 405)),
]  # fmt: skip

# The resumable upload speaks to a script: no pages, no redirects (documents/pages/uploads.py).
UPLOADS = [
    Row("documents:upload", "public", get=None, post=NOBODY, odd={
        **{("get", who): (412,) for who in _KNOWN}, **{("post", who): (412,) for who in _KNOWN},
        ("get", "visitor"): (401,), ("post", "visitor"): (401,)}),
    Row("documents:upload_part", "public", args=("upload_pk",), get=None, post=None, odd={
        **{("get", who): (412,) for who in _KNOWN}, **{("post", who): (412,) for who in _KNOWN},
        ("get", "visitor"): (401,), ("post", "visitor"): (401,)}),
]  # fmt: skip

ROWS = [
    *PUBLIC,
    *ACCOUNTS,
    *DESKS,
    *EOI,
    *REPRESENTING,
    *DRAWS,
    *APPLICATIONS,
    *PAYMENTS,
    *ORDERS,
    *SIGNING_IN,
    *UPLOADS,
]
