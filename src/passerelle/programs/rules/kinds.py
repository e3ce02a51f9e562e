"""The messages and letters that a program of a given shape sends: which kinds, to whom, and what they are given to say.

The rooms above send them by these names; a test holds this list and their code together. ``needed_by`` says what in the
pack asks for a kind, or nothing: a step that a pack has no words for does not exist there (docs/adr/0012).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from passerelle.programs.rules import letters
from passerelle.programs.rules.problems import did_you_mean

Rules = Any  # ProgramRules, which stands above this module


@dataclass(frozen=True)
class Kind:
    """One kind: its readers, the blanks it is given, those its words must use, and what makes a program need it."""

    key: str
    needed_by: Callable[[Rules], str]
    to: Callable[[Rules], tuple[str, ...]]
    given: frozenset[str]
    said: Callable[[Rules], tuple[str, ...]]
    paper: bool = False


def _opened_by_employers(rules: Rules) -> bool:
    return any(one.opened_by == "employer" for one in rules.pools)


def _with_employers(rules: Rules) -> bool:
    return any(part.side == "employer" for one in rules.streams for part in one.parts)


# --- who reads ---


def _candidate(_rules: Rules) -> tuple[str, ...]:
    return ("candidate",)


def _employer(_rules: Rules) -> tuple[str, ...]:
    return ("employer",)


def _opener(rules: Rules) -> tuple[str, ...]:
    return (str(rules.opened_by),)


def _of_the_eoi(rules: Rules) -> tuple[str, ...]:
    """The parties to an expression of interest: an employer is one where it opened the file."""
    return ("candidate", "employer") if _opened_by_employers(rules) else ("candidate",)


def _of_the_application(rules: Rules) -> tuple[str, ...]:
    return ("candidate", "employer") if _opened_by_employers(rules) or _with_employers(rules) else ("candidate",)


def _of_locked_parts(rules: Rules) -> tuple[str, ...]:
    return tuple(sorted({part.side for one in rules.streams for part in one.parts if part.opens_after}))


def _anybody(_rules: Rules) -> tuple[str, ...]:
    return ("everyone",)


def _who_registers(rules: Rules) -> tuple[str, ...]:
    return (*_opener(rules), "representative") if rules.representatives else _opener(rules)


def _clients(rules: Rules) -> tuple[str, ...]:
    """Those who may appoint a representative."""
    return tuple(rules.representatives.of) if rules.representatives else ("candidate",)


def _client_and_representative(rules: Rules) -> tuple[str, ...]:
    return (*_clients(rules), "representative")


# --- what asks for a kind ---


def _every(_rules: Rules) -> str:
    return "every program sends it"


def _pool(rules: Rules) -> str:
    return "it has a pool" if rules.pools else ""


def _federal(rules: Rules) -> str:
    taken = [one.key for one in rules.federal_streams]
    return f"the people of stream {taken[0]} come from the federal pool" if taken else ""


def _employer_first(rules: Rules) -> str:
    led = [one.key for one in rules.pools if one.opened_by == "employer"]
    return f"employers open the files of stream {led[0]}" if led else ""


def _offered(rules: Rules) -> str:
    led = [one.key for one in rules.pools if one.offer]
    return f"the employer of stream {led[0]} begins with a job offer" if led else ""


def _candidate_first(rules: Rules) -> str:
    led = (one for one in rules.streams if one.opened_by == "candidate")
    found = [one.key for one in led if any(part.side == "employer" for part in one.parts)]
    return f"the candidate of stream {found[0]} lets an employer in" if found else ""


def _changeable(rules: Rules) -> str:
    edited = [one.key for one in rules.pools if one.edits == "until_invited"]
    return f"stream {edited[0]} is edited until_invited" if edited else ""


def _checked_first(rules: Rules) -> str:
    confirmed = [one.key for one in rules.pools if not one.enters_at_once]
    return f"stream {confirmed[0]} confirms points before_pool" if confirmed else ""


def _locked_parts(rules: Rules) -> str:
    locked = [(one.key, part.key) for one in rules.streams for part in one.parts if part.opens_after]
    return "part {1} of stream {0} opens after another".format(*locked[0]) if locked else ""


def _job_offer(rules: Rules) -> str:
    offered = [one.key for one in rules.streams if one.job_offer]
    return f"stream {offered[0]} rests on a job offer" if offered else ""


def _represented(rules: Rules) -> str:
    return "representatives may be appointed" if rules.representatives else ""


def _help(rules: Rules) -> str:
    return "contact.help_web_form is true" if rules.contact.help_web_form else ""


def _reviews(rules: Rules) -> str:
    asked = "review_of_refusal" in rules.settings and rules.setting("review_of_refusal")
    return "the setting review_of_refusal is true" if asked else ""


def _orders(rules: Rules) -> str:
    return "it has the setting ban_max_years" if "ban_max_years" in rules.settings else ""


def _dated_nominations(rules: Rules) -> str:
    return "it has the deadline nomination" if "nomination" in rules.deadlines else ""


def _changes(rules: Rules) -> str:
    kinds = [one.key for one in rules.file.changes]
    return f"changes such as {kinds[0]} are reported" if kinds else ""


def _beside(other: str) -> Callable[[Rules], str]:
    return lambda rules: f"it has {other}" if other in rules.letters else ""


def _wanted(_rules: Rules) -> str:
    return ""


# --- what the words must say ---


def _says(*blanks: str) -> Callable[[Rules], tuple[str, ...]]:
    return lambda _rules: blanks


def _access(rules: Rules) -> tuple[str, ...]:
    return ("link", "join") if str(rules.accounts) == "per_person" else ("link",)


def _nomination(rules: Rules) -> tuple[str, ...]:
    return ("number", "expires") if _dated_nominations(rules) else ()


def _refusal(rules: Rules) -> tuple[str, ...]:
    proven_late = any(one.enters_at_once for one in rules.pools)
    return ("reasons", "unmet", "unproven") if proven_late else ("reasons", "unmet")


def _kinds(
    keys: str, needed_by: Callable[[Rules], str], to: Callable[[Rules], tuple[str, ...]], given: str = "",
    said: Callable[[Rules], tuple[str, ...]] | None = None, *, paper: bool = False,
) -> Iterable[Kind]:  # fmt: skip
    for key in keys.split():
        yield Kind(key, needed_by, to, frozenset(given.split()), said or _says(), paper)


_RECEIVED = "submitted_at valid_before score_by total max_total"
_POINTS = "fact old_value new_value reason before total max_total"
_REFUSED = "ground doubt refused_at decided_by points barred bar_before"
_ROUND = "deadline draw_day"
_FILE = "file_number candidate employer position received"
_NOMINATED = "file_number number expires reason day review can_review"

KINDS: tuple[Kind, ...] = (
    *_kinds("account_created", _every, _who_registers, "username"),
    *_kinds("representative_asks", _represented, _clients, "representative client licence link link_good_until has_account day "
            "declined to_client", _says("representative", "licence", "link")),
    *_kinds("representative_appointed representative_ended", _represented, _client_and_representative,
            "representative client licence day declined to_client"),
    *_kinds("help_received", _help, _anybody),
    *_kinds("help_answered", _help, _anybody, "answer online link", _says("answer")),
    # expressions of interest
    *_kinds("candidate_access", _employer_first, _candidate, "employer category link link_good_until use_before", _says("link")),
    *_kinds("job_offer_made", _offered, _employer, "candidate category use_before", _says("use_before")),
    *_kinds("eoi_received", _pool, _of_the_eoi, _RECEIVED, _says("submitted_at", "valid_before")),
    *_kinds("eoi_receipt", _pool, _candidate, f"{_RECEIVED} signature", _says("signature"), paper=True),
    *_kinds("eoi_changed", _changeable, _candidate, "changed_at before total max_total placed_at valid_before"),
    *_kinds("eoi_withdrawn", _pool, _of_the_eoi, "withdrawn_at"),
    *_kinds("eoi_stopped", _pool, _of_the_eoi, "stopped_at"),
    *_kinds("eoi_removed", _wanted, _of_the_eoi, "closed_at stream reason until", _says("stream", "reason")),
    *_kinds("eoi_expiring eoi_expired", _pool, _of_the_eoi, "valid_before"),
    *_kinds("score_assigned", _checked_first, _of_the_eoi, "total max_total valid_before"),
    *_kinds("fact_changed", _pool, _candidate, _POINTS),
    *_kinds("score_changed", _pool, _of_the_eoi, _POINTS),
    *_kinds("evidence_requested", _pool, _of_the_eoi, "items due_by", _says("due_by")),
    *_kinds("evidence_received", _pool, _candidate, "received_at"),
    *_kinds("evidence_reminder", _pool, _candidate, "due_by", _says("due_by")),
    *_kinds("fairness_notice", _pool, _candidate, "doubt due_by", _says("doubt", "due_by")),
    *_kinds("reply_received", _pool, _candidate, "received_at"),
    *_kinds("doubt_lifted bar_lifted", _pool, _candidate),
    *_kinds("eoi_refused", _pool, _of_the_eoi, _REFUSED),
    *_kinds("eoi_refusal", _pool, _candidate, _REFUSED, _says("ground"), paper=True),
    *_kinds("question_for_staff", _pool, _opener, "criteria"),
    *_kinds("criterion_answered", _pool, _opener, "criterion answer", _says("answer")),
    *_kinds("left_out_of_draw", _pool, _of_the_eoi, "draw_day reason"),
    # invitations
    *_kinds("invitation_issued", _pool, _of_the_eoi, f"{_ROUND} employer_part repaired", _says("deadline")),
    *_kinds("invitation_reminder", _pool, _of_the_eoi, f"{_ROUND} days_left", _says("deadline")),
    *_kinds("invitation_target_passed", _locked_parts, _of_the_eoi, f"{_ROUND} days_left",
            _says("deadline")),
    *_kinds("invitation_extended", _pool, _of_the_eoi, f"{_ROUND} reason", _says("deadline")),
    *_kinds("invitation_cancelled", _pool, _of_the_eoi, f"{_ROUND} reason day notified"),
    *_kinds("invitation_declined", _pool, _of_the_eoi, f"{_ROUND} declined_by day notified"),
    *_kinds("invitation_lapsed", _pool, _of_the_eoi, f"{_ROUND} notified"),
    *_kinds("notification_taken_up", _federal, _candidate, "deadline noticed", _says("deadline")),
    # applications
    *_kinds("application_opened", _every, _of_the_application, "deadline", _says("deadline")),
    *_kinds("candidate_form_open", _locked_parts, _of_locked_parts, "deadline", _says("deadline")),
    *_kinds("employer_access", _candidate_first, _employer, "candidate link link_good_until can_join join deadline",
            _access),
    *_kinds("employer_joined", _candidate_first, _candidate, "employer deadline", _says("employer")),
    *_kinds("application_complete", _every, _of_the_application, "file_number received", _says("file_number")),
    *_kinds("application_lapsed application_withdrawn", _every, _of_the_application, "file_number day notified"),
    *_kinds("federal_invitation_reported", _federal, _candidate, "invited by_staff ahead", _says("invited")),
    *_kinds("federal_invitation_settled", _federal, _candidate, "invited accepted not_accepted mistaken reason",
            _says("accepted", "not_accepted", "mistaken", "reason")),
    *_kinds("offer_withdrawn", _job_offer, _of_the_application, "file_number day"),
    *_kinds("information_requested information_reminder", _every, _of_the_application, "file_number deadline",
            _says("deadline")),
    *_kinds("change_reported", _changes, _of_the_application, "file_number happened change", _says("change")),
    *_kinds("decision_made", _every, _of_the_application, "file_number nominated review can_review",
            _says("nominated")),
    *_kinds("review_asked", _reviews, _of_the_application, "file_number"),
    *_kinds("review_decided", _reviews, _of_the_application, "file_number overturned nominated", _says("overturned")),
    *_kinds("review_decision", _wanted, _of_the_application,
            f"{_FILE} reasons decider asked upheld of_nomination reinstated nominated assessed_again", _says("reasons"),
            paper=True),
    *_kinds("refusal", _every, _of_the_application,
            f"{_FILE} reasons decider unmet unproven review can_review notified", _refusal, paper=True),
    *_kinds("nomination", _every, _of_the_application, f"{_FILE} number expires", _nomination, paper=True),
    *_kinds("agreement", _wanted, _of_the_application, _FILE, paper=True),
    *_kinds("support_letter", _job_offer, _candidate, f"{_FILE} permit_expires expires", paper=True),
    *_kinds("support_letter_issued", _job_offer, _candidate, "file_number"),
    *_kinds("return_letter", _beside("application_returned"), _of_the_application,
            f"{_FILE} missing ground incomplete refunded notified", _says("incomplete"), paper=True),
    *_kinds("application_returned", _beside("return_letter"), _of_the_application,
            "file_number items refunded by_director notified"),
    *_kinds("interview_called", _wanted, _of_the_application, "file_number held at_place place by_link link",
            _says("held", "place", "link")),
    *_kinds("nomination_extended", _dated_nominations, _of_the_application, _NOMINATED, _says("expires")),
    *_kinds("nomination_paused nomination_resumed nomination_cancelled", _dated_nominations, _of_the_application,
            _NOMINATED, _says("number")),
    *_kinds("cancellation_letter", _wanted, _of_the_application, f"{_FILE} number reason", paper=True),
)  # fmt: skip

# Orders are written to people of every side, some without an account: their words are everyone's.
ORDERS = (
    "intended_order", "intended_order_sent", "order_dropped", "order_made", "contravention_order", "penalty_paid",
    "order_review_asked", "order_review_decided", "order_review_decision",
)  # fmt: skip


Fault = tuple[str, tuple[Any, ...], str, str]


def faults(rules: Rules) -> Iterator[Fault]:
    """Yield what the pack lacks or says in vain: kind, place in its file, what is wrong, what would mend it."""
    asked = {one.key: one.needed_by(rules) for one in KINDS} | dict.fromkeys(ORDERS, _orders(rules))
    for key, why in asked.items():
        if why and key not in rules.letters:
            yield (
                key,
                (),
                f"The program sends {key} ({why}), and there is no such letter",
                _made(key, rules),
            )
    for key in sorted(rules.letters.keys() - asked):
        remedy = did_you_mean(key, asked) or "Take the file out."
        yield key, ("kind",), f"{key} is sent by nothing: it would never reach anybody", remedy
    for kind in KINDS:
        if kind.key in rules.letters:
            yield from _faults_of(kind, rules.letters[kind.key], rules)


def _made(key: str, rules: Rules) -> str:
    kind = next((one for one in KINDS if one.key == key), None)
    if kind is None:
        return "Add the file, with words for everyone."
    medium = "medium: paper, " if kind.paper else ""
    blanks = f" and blanks among {', '.join(sorted(kind.given))}" if kind.given else ""
    return f"Add the file, with {medium}words for {' and '.join(kind.to(rules))}{blanks}."


def _faults_of(kind: Kind, letter: letters.Letter, rules: Rules) -> Iterator[Fault]:
    if (letter.medium == "paper") is not kind.paper:
        medium = "paper" if kind.paper else "mail"
        yield (
            kind.key,
            ("medium",),
            f"{kind.key} is sent on {medium}, and the file says {letter.medium}",
            f"Write medium: {medium}.",
        )
    variants = letter.variants()
    for reader in kind.to(rules):
        if reader not in variants and "everyone" not in variants:
            yield (
                kind.key,
                (),
                f"{kind.key} has no words for the {reader}, who is sent it",
                f"Add {reader}:, or everyone:.",
            )
    said: set[str] = set()
    for who, words in variants.items():
        read = {*letters.used(words.subject["en"]), *letters.used(words.body["en"])}
        said |= read
        for blank in sorted(read - kind.given - letters.ALWAYS.keys()):
            known = {*kind.given, *letters.ALWAYS}
            yield (kind.key, (who, "body"), f"{kind.key} is never given {blank}",
                   did_you_mean(blank, known) or f"Leave it out; it is given {', '.join(sorted(kind.given))}.")  # fmt: skip
    for blank in kind.said(rules):
        if blank not in said:
            yield (
                kind.key,
                (),
                f"The words of {kind.key} leave out {blank}",
                f"Say {{{blank}}}, or guard a paragraph with it.",
            )
