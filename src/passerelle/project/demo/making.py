"""Makes the demo: 300 expressions of interest, three draws, files at every stage, clocks in every colour."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta

from django.db import connection
from django.test.utils import override_settings

from passerelle.accounts.models import Person
from passerelle.allocations import operations as allocations
from passerelle.core import clock, deadlines
from passerelle.draws import operations as draws
from passerelle.draws import queries as draw_queries
from passerelle.eoi import operations as eois
from passerelle.eoi import queries as eoi_queries
from passerelle.invitations import operations as invitations
from passerelle.notices import operations as notices
from passerelle.programs import queries as programs
from passerelle.project import sweeping
from passerelle.project.demo import planned, plans, staff
from passerelle.project.demo.intake import Intake
from passerelle.project.demo.outcomes import Outcomes
from passerelle.project.demo.sign_ins import PROGRAM
from passerelle.project.demo.story import Story

SEED = 2026
PLACES = 197
# Crowd passwords are known to everybody: a slow hash would protect nothing and cost minutes.
_QUICK = ["passerelle.project.demo.hashing.QuickHasher"]

# Days before now of each draw, how many it takes, and the fates of those invited, the rest being left to lapse.
DRAWS = (
    (241, 65, {"nominated": 4, "refused": 2, "reviewed": 1, "declined": 4, "withdrawn": 1}),
    (150, 45, {"nominated": 2, "refused": 1, "declined": 3, "withdrawn": 1, "opened": 2}),
    (24, 40, {"asked": 2, "taken": 2, "queued": 4, "employer_in": 2, "opened": 6, "declined": 2}),
)
# One more is announced, and five days ahead.
NEXT: tuple[int, int, dict[str, int]] = (-5, 30, {})
# What makes a file strong enough for any draw of the demo.
_SURE = {
    "family_in_nwt": True, "family_relationship": "Sister", "family_status": "citizen", "highest_education": "master",
    "education_related": True, "education_country": "CA", "job_community": "hay_river",
}  # fmt: skip
# Files handed in between two days before now: how many strong, how many others.
WAVES = (((257, 245), 45, 135), ((240, 154), 22, 38), ((148, 28), 18, 22))


def make_demo(
    *, tick: Callable[[str, int, int], None], size: str = plans.SMALL, only: str = "",
    counts: Mapping[str, int | None] | None = None,
) -> str:  # fmt: skip
    """Make the demo and return one line saying what was made. ``tick(what, done, total)`` tells progress.

    ``only`` names one program; ``counts`` replace those of ``size`` in the plans of packs (those of None are kept).
    """
    told = [plan for plan in plans.found() if only in ("", plan.program)]
    if only not in ("", PROGRAM) and not told:
        raise LookupError(f"No demo is told for {only}: packs/{only}/{plans.FILE} is not there.")
    given = {key: value for key, value in (counts or {}).items() if value is not None}
    with connection.cursor() as cursor:
        # A crash may take the last acts with it: then the whole demo is begun again, so no act waits for the disk.
        cursor.execute("SET synchronous_commit TO off")
    now = clock.now()
    # The year's messages stand in the portal; nobody wants thousands of old ones mailed, on the first start or meanwhile.
    notices.arm_fence(before=now, at=now)
    with override_settings(PASSWORD_HASHERS=_QUICK):
        made = [_make(tick, now)] if only in ("", PROGRAM) else []
        made += [planned.make(plan, {**plan.counts(size), **given}, tick=tick) for plan in told]
    return "; ".join(filter(None, made))


def _make(tick: Callable[[str, int, int], None], now: datetime) -> str:
    begins = now - timedelta(days=262)
    people = staff.create(begins)
    story = Story(until=now, staff=people, seed=SEED)
    _set_places(people["director"], begins, now)
    intake = Intake(story)
    outcomes = Outcomes(story, intake)
    _waves(story, intake, now)
    _recent(story, intake, now)
    for days, size, fates in (*DRAWS, NEXT):
        _draw(story, outcomes, now, days, size, fates)
    for days in range(255, 0, -8):
        story.at(now - timedelta(days=days, hours=2), lambda at: sweeping.sweep(at=at))
    story.tell(lambda done, total: tick(PROGRAM, done, total))
    sweeping.sweep(at=now)
    return f"{intake.number} files, {len(DRAWS)} draws, {story.done} acts ({PROGRAM})"


def _set_places(director: Person, begins: datetime, now: datetime) -> None:
    for year in sorted({begins.year, now.year}):
        allocations.set_places(
            program=PROGRAM, year=year, places=PLACES, reason="Allocation of the year", by=director, at=begins
        )


def _waves(story: Story, intake: Intake, now: datetime) -> None:
    for (first, last), strong, others in WAVES:
        kinds = [True] * strong + [False] * others
        story.random.shuffle(kinds)
        for kind in kinds:
            moment = now - timedelta(days=story.random.uniform(last, first))
            intake.file(moment, strong=kind)


def _recent(story: Story, intake: Intake, now: datetime) -> None:
    """The last days: files to review with clocks in every colour, proof asked for, a doubt, drafts, visitors' accounts."""
    for days in (9.2, 8.1, 7.9, 7.2, 6.8, 6.1, 5.2, 4.1, 3.3, 2.2, 1.4, 0.6, 0.3):
        intake.file(now - timedelta(days=days), strong=story.random.random() < 0.5, stop_at="submitted")
    for stop_at in ("draft", "draft", "draft", "link", "link", "registered"):
        intake.file(
            now - timedelta(days=story.random.uniform(1, 12)) + timedelta(hours=31), strong=True, stop_at=stop_at
        )
    befall = (_ask_proof, _ask_proof, _ask_proof, _doubt, _refuse_with_bar, _withdraw, _withdraw, _change_fact)
    for place, act in enumerate(befall):
        moment = now - timedelta(days=22 - place)
        intake.file(moment, strong=False, then=_later(story, act))
    visitor = now - timedelta(days=23)
    intake.file(visitor, strong=True, usernames=("polar-office", "candidate"))
    intake.file(now - timedelta(days=2), strong=True, stop_at="registered", usernames=("employer", "unused"))
    # Handed in before the last draw and strong enough to be in it: left at the invitation for a visitor.
    intake.file(
        now - timedelta(days=60), strong=True, category="express_entry", usernames=("invited", "invited-candidate")
    )


def _later(
    story: Story, act: Callable[[Story, str, Person, datetime], None]
) -> Callable[[str, Person, datetime], None]:
    return lambda reference, candidate, at: story.after(
        at, days=1, act=lambda when: act(story, reference, candidate, when)
    )


def _ask_proof(story: Story, reference: str, candidate: Person, at: datetime) -> None:
    label = {"en": "Language test report", "fr": "Rapport de test de langue"}
    items = [{"key": "", "label": label, "note": "All pages, please."}]
    eois.request_evidence(reference=reference, items=items, by=story.staff["officer"], at=at)


def _doubt(story: Story, reference: str, candidate: Person, at: datetime) -> None:
    what = "The letter of the earlier employer and the dates you gave do not agree."
    eois.raise_doubt(reference=reference, what=what, by=story.staff["officer"], at=at)


def _refuse_with_bar(story: Story, reference: str, candidate: Person, at: datetime) -> None:
    _doubt(story, reference, candidate, at)
    story.after(at, days=1, act=lambda when: eois.reply_to_doubt(
        reference=reference, reply="The letter was not written by that employer.", by=candidate, at=when
    ))  # fmt: skip
    story.after(at, days=3, act=lambda when: eois.refuse_eoi(
        reference=reference, reason="A letter of reference was made up.", by=story.staff["officer"],
        confirmed_by=story.staff["officer2"], bar=True, at=when,
    ))  # fmt: skip


def _withdraw(story: Story, reference: str, candidate: Person, at: datetime) -> None:
    eois.withdraw_eoi(reference=reference, reason="My job title changed.", by=candidate, at=at)


def _change_fact(story: Story, reference: str, candidate: Person, at: datetime) -> None:
    eoi = eoi_queries.eoi_for(story.staff["officer"], reference)
    fact = next((key for key, value in sorted(eoi.facts.items()) if value is True), "")
    if fact:
        eois.propose_fact(reference=reference, fact=fact, value=False, reason="The report was out of date.",
                          by=story.staff["officer"], at=at)  # fmt: skip


def _draw(story: Story, outcomes: Outcomes, now: datetime, days: int, size: int, fates: dict[str, int]) -> None:
    zone = programs.rules_in_force(PROGRAM, now).zone
    held = datetime.combine(deadlines.local_day(now, zone) - timedelta(days=days), time(10), tzinfo=zone)
    number: list[str] = []

    def plan(at: datetime) -> None:
        planned = draws.plan_draw(
            program=PROGRAM, held_on=deadlines.local_day(held, zone), closes_at=held - timedelta(days=3), size=size,
            categories=[one.key for one in programs.rules_in_force(PROGRAM, at).categories],
            by=story.staff["drawmanager"], at=at,
        )  # fmt: skip
        number.append(planned.number)

    def announce(at: datetime) -> None:
        draws.publish_notice(number=number[0], by=story.staff["drawmanager"], at=at)

    def freeze(at: datetime) -> None:
        draws.freeze(number=number[0], by=story.staff["drawmanager"], at=at)

    def select(at: datetime) -> None:
        draws.select(number=number[0], by=story.staff["drawmanager"], at=at)

    def accept(at: datetime) -> None:
        draws.accept(number=number[0], by=story.staff["director"], at=at)

    def issue(at: datetime) -> None:
        invitations.issue_invitations(number=number[0], by=story.staff["director"], at=at)
        _give_fates(outcomes, number[0], Counter(fates), at)

    # One act a moment, in this order: the plan a week before, its notice a day later, the selection when nobody may object any more.
    story.at(held - timedelta(days=7), plan)
    story.at(held - timedelta(days=6), announce)
    if held > now:
        return
    story.at(held, freeze)
    story.at(held + timedelta(hours=25), select)
    story.at(held + timedelta(hours=25, minutes=30), accept)
    story.at(held + timedelta(hours=26), issue)


def _give_fates(outcomes: Outcomes, number: str, fates: Counter[str], at: datetime) -> None:
    invited = [eoi for eoi in _chosen(number) if eoi in outcomes.intake.people]
    kept = [eoi for eoi in invited if outcomes.intake.people[eoi][0].username != "invited"]
    outcomes.story.random.shuffle(kept)
    for eoi, fate in zip(kept, fates.elements(), strict=False):
        outcomes.follow(eoi, fate, at)


def _chosen(number: str) -> list[str]:
    return [entry.eoi.reference for entry in draw_queries.chosen(draw_queries.draw(number))]
