"""A small territory: the program opened from its real pack, staff, and files in the pool with chosen points."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import yaml
from django.conf import settings

from passerelle.accounts.models import Person, Role
from passerelle.allocations.operations import set_places
from passerelle.draws import queries
from passerelle.draws.models import Draw
from passerelle.draws.operations import plan_draw
from passerelle.eoi.models import ExpressionOfInterest
from passerelle.programs import files
from passerelle.programs.models import Pack
from passerelle.programs.rules.selection import SelectionRule
from tests.factories import program
from tests.support.waits import waiting

OPENED = datetime(2026, 3, 9, 16, tzinfo=UTC)
SUBMITTED = datetime(2026, 3, 10, 18, tzinfo=UTC)
CLOSES = datetime(2026, 3, 25, 6, tzinfo=UTC)  # 25 March 2026, 00:00 in Yellowknife
NOON = datetime(2026, 3, 25, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CATEGORIES = ("entry_level", "skilled", "express_entry")
_numbers = count(1)


def person(audience: str, *roles: str, language: str = "en", name: str = "") -> Person:
    """Return somebody new of an audience; staff with ``roles`` in the program."""
    number = next(_numbers)
    made = Person.objects.create(
        username=f"some.{audience}{number}", email=f"some.{audience}{number}@example.org",
        name=name or f"{audience.title()} {number}", audience=audience, language=language, joined_at=OPENED,
        program="" if audience == "staff" else "ca-nt",
    )  # fmt: skip
    for role in roles:
        Role.objects.create(person=made, program="ca-nt", role=role, granted_at=OPENED)
    return made


def director() -> Person:
    return person("staff", "director")


def manager() -> Person:
    return person("staff", "draw_manager")


def eoi(points: int = 400, **more: Any) -> ExpressionOfInterest:
    """Return a file in the pool, or in the ``state`` given, with its two parties."""
    number = next(_numbers)
    at = more.pop("submitted_at", SUBMITTED + number * timedelta(seconds=1))
    confirmed = more.get("state", "in_pool") in ("in_pool", "invited")
    fields = {
        "reference": f"NT-E-2026-{number:06d}", "program": "ca-nt", "category": "skilled", "pack": program(),
        "employer": person("employer"), "candidate": person("candidate"), "state": "in_pool", "points": points,
        "opened_at": OPENED, "first_submitted_at": at, "submitted_at": at,
        "placed_at": at, "stream": "employer_driven", "valid_before": at + 365 * DAY,
        "review_from": at, "review_by": at + 7 * DAY, "grid": "ntnp-eoi-2026-r1", "person_key": f"{number:064d}",
        "live_scope": "ca-nt", "receipt": "signed",
        "confirmed_at": at + DAY if confirmed else None,
        "confirmed_by": person("staff", "officer") if confirmed else None,
        "confirmed_points": points if confirmed else None,
    }  # fmt: skip
    return ExpressionOfInterest.objects.create(**{**fields, **more})


def pool(points: Sequence[int], **more: Any) -> list[ExpressionOfInterest]:
    """Return files in the pool with these points, each submitted a second after the one before."""
    return [eoi(one, **more) for one in points]


def places(number: int = 197) -> None:
    program()
    set_places(program="ca-nt", year=2026, places=number, reason="Set by Canada", by=director(), at=OPENED)


def planned(size: int = 2, by: Person | None = None, **more: Any) -> Draw:
    """Return a planned draw of 25 March 2026 over all categories."""
    program()
    fields: dict[str, Any] = {"held_on": CLOSES.date(), "closes_at": CLOSES, "categories": CATEGORIES, **more}
    return plan_draw(program="ca-nt", size=size, by=by or manager(), at=OPENED, **fields)


def foreseen(draw: Draw, at: datetime) -> tuple[int, set[str]]:
    """What the preview of a plan says: how many it takes, and who; nobody is named where chance will tell."""
    by_chance = queries.blocks(draw).by_chance
    who = set() if by_chance else {row.reference for row in queries.ranking(draw, at) if row.taken}
    return queries.preview(draw, at).taken, who


# --- a program that aims its draws ---

FILTERS = """  filters:
    trade: {label: {en: Targeted trades, fr: Métiers ciblés}, when: targeted_trade}
    degree: {label: {en: "A bachelor's degree or more", fr: Baccalauréat ou plus}, when: "highest_education >= 'bachelor'"}
    outside: {label: {en: Jobs outside Yellowknife, fr: Emplois hors de Yellowknife}, when: "outside_yellowknife"}
    welding: {label: {en: Welders and boilermakers, fr: Soudeurs et chaudronniers}, when: "noc_code in ['72106', '72103']"}
    permit_2026: {label: {en: Permit that expires in 2026, fr: Permis qui expire en 2026},
      when: "work_permit_expiry < date('2027-01-01')"}
    permit_soon: {label: {en: Permit that expires within 6 months of the draw,
      fr: Permis qui expire dans les 6 mois suivant le tirage},
      when: "work_permit_expiry >= on.draw and work_permit_expiry <= months_before(on.draw, -6)"}
  asked:
    occupation: {label: {en: Occupation, fr: Profession}, of: noc_code, choose: occupation, lists: [kitchens]}
    community: {label: {en: Community of the job, fr: Collectivité de l'emploi}, of: job_community, choose: community}
    permit: {label: {en: Kind of permit, fr: Genre de permis}, of: work_permit_type, choose: one_of}
    education: {label: {en: Education, fr: Scolarité}, of: highest_education, choose: at_least}
    funds: {label: {en: Funds, fr: Fonds}, of: funds_needed, choose: at_least}
    language: {label: {en: CLB level, fr: Niveau NCLC}, of: l1_clb_lowest, choose: at_least}
    ends_soon: {label: {en: Permit that expires, fr: Permis qui expire},
      of: work_permit_expiry, choose: within_days, when: targeted_trade}
    ends: {label: {en: Expiry of the permit, fr: Expiration du permis}, of: work_permit_expiry, choose: days}

factors:
"""
KITCHENS = """list: kitchens
label: {en: Kitchens, fr: Cuisines}
match: prefix
codes: ['632']
except: ['63201']
"""
COMMUNITY = """
facts:
  job_community: {type: code, label: {en: Community of the job, fr: Collectivité de l'emploi}}
"""
DAY_OF_THE_DRAW = """reference_dates:
  draw: {en: Day of the draw, fr: Jour du tirage}
"""
FACTOR = """settings:
  - key: planning_factor
    label: {en: Invitations for each place left, fr: Invitations pour chaque place restante}
    value: 1.5
    source: a test
    certainty: uncertain
"""


def aimed_program() -> Pack:
    """Open the program with a second stream as other programs have one, filters of the pool, and a cut-off for ties.

    The stream ``graduates`` has the category ``express_entry``; its places are used at nomination.
    """
    program()
    sources = dict(files.sources(settings.PACKS / "ca-nt" / "2026-1"))
    grid = "grids/ntnp-eoi-2026-r1.yaml"
    sources[grid] = sources[grid].replace("\nfactors:\n", FILTERS, 1)
    sources["selection.yaml"] = sources["selection.yaml"].replace("ties: submission", "ties: take_all", 1)
    sources["settings.yaml"] = sources["settings.yaml"].replace("settings:\n", FACTOR, 1)
    sources["facts.yaml"] = sources["facts.yaml"].replace("reference_dates:\n", DAY_OF_THE_DRAW, 1)
    sources["facts.yaml"] = sources["facts.yaml"].replace("\nfacts:\n", COMMUNITY, 1)
    sources["lists/kitchens.yaml"] = KITCHENS
    sources["program.yaml"] = _two_streams(sources["program.yaml"])
    pack, _created = Pack.objects.get_or_create(
        code="ca-nt", version="2026-aimed",
        defaults={
            "pk": 900_011, "kind": "program", "program_id": "ca-nt", "sha256": files.fingerprint(sources),
            "sources": sources, "loaded_at": OPENED, "in_force_from": datetime(2026, 2, 1, tzinfo=UTC),
        },
    )  # fmt: skip
    return pack


def _two_streams(text: str) -> str:
    said = yaml.safe_load(text)
    second = {
        **said["streams"][0], "key": "graduates", "name": {"en": "Graduates", "fr": "Diplômés"},
        "short": {"en": "Graduates", "fr": "Diplômés"}, "places": "used_at_nomination",
    }  # fmt: skip
    said["streams"].append(second)
    next(one for one in said["categories"] if one["key"] == "express_entry")["stream"] = "graduates"
    return yaml.safe_dump(said, allow_unicode=True)


def graduate(points: int = 400, **more: Any) -> ExpressionOfInterest:
    """Return a file in the pool of the second stream, from which time takes nothing for a year."""
    usual = {
        "stream": "graduates",
        "category": "express_entry",
        "pack": aimed_program(),
        "lapses_at": CLOSES + 365 * DAY,
    }
    return eoi(points, **{**usual, **more})


def aimed(size: int = 2, *attributes: str, match: str = "every", **more: Any) -> Draw:
    """Return a planned draw of the second stream aimed at those with ``attributes``."""
    aimed_program()
    filters = {"attributes": list(attributes), "match": match, **more.pop("window", {}), **more.pop("aim", {})}
    return planned(size, categories=["express_entry"], filters=filters, **more)


# --- a program whose equals are left to chance ---

ACT = """settings:
  - {{key: draw_seed, label: {{en: Chance, fr: Hasard}}, value: {seed}, source: a test, certainty: uncertain}}
"""


def chance_program(seed: str = "dice", notice: int = 3, hours: int = 24) -> Pack:
    """Open the program with notice, time to object and a lot among equal points."""
    program()
    sources = waiting(files.sources(settings.PACKS / "ca-nt" / "2026-1"), notice, hours)
    sources["selection.yaml"] = sources["selection.yaml"].replace("ties: submission", "ties: lot")
    sources["settings.yaml"] = sources["settings.yaml"].replace("settings:\n", ACT.format(seed=seed), 1)
    pack, _created = Pack.objects.get_or_create(
        code="ca-nt", version=f"2026-{seed}-{notice}-{hours}",
        defaults={
            "kind": "program", "program_id": "ca-nt", "sha256": files.fingerprint(sources),
            "sources": sources, "loaded_at": OPENED, "in_force_from": datetime(2026, 2, 2, tzinfo=UTC),
        },
    )  # fmt: skip
    return pack


def without_seed() -> None:
    """Open the program with rules that name no source of chance."""
    program()
    sources = dict(files.sources(settings.PACKS / "ca-nt" / "2026-1"))
    sources["selection.yaml"] = re.sub(r"\n    seed: [^\n]*", "", sources["selection.yaml"])
    Pack.objects.create(
        code="ca-nt", version="2026-no-seed", kind="program", program_id="ca-nt", sha256=files.fingerprint(sources),
        sources=sources, loaded_at=OPENED, in_force_from=datetime(2026, 2, 2, tzinfo=UTC),
    )  # fmt: skip


# --- a rule of its own ---

SOURCE = {"source": "a test", "certainty": "general"}
NAME = {"en": "A test", "fr": "Un essai"}


def under(said: dict[str, Any] | str, size: int = 2, **more: Any) -> Draw:
    """Return a planned draw under a rule of the pack (its key), or under one written here."""
    places()
    if isinstance(said, str):
        if "random" in said:
            chance_program(notice=0, hours=0)
        return planned(size, rule=said, **more)
    draw = planned(size, **more)
    rule = SelectionRule.model_validate({"key": "here", "name": NAME, "ties": "submission", **SOURCE, **said})
    draw.rule = {**draw.rule, "selection": rule.model_dump(mode="json")}
    draw.size = None if rule.takes == "everybody" else draw.size
    draw.save(update_fields=["rule", "size"])
    return draw


def announcing_program(notice: int = 3, hours: int = 24) -> Pack:
    """Open the program as it is shipped: ranked by points, with notice and time to object, and nothing left to chance."""
    program()
    sources = waiting(files.sources(settings.PACKS / "ca-nt" / "2026-1"), notice, hours)
    pack, _created = Pack.objects.get_or_create(
        code="ca-nt", version=f"2026-told-{notice}-{hours}",
        defaults={
            "kind": "program", "program_id": "ca-nt", "sha256": files.fingerprint(sources),
            "sources": sources, "loaded_at": OPENED, "in_force_from": datetime(2026, 2, 2, tzinfo=UTC),
        },
    )  # fmt: skip
    return pack
