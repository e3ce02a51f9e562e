"""What can be done with packs, letters' texts, the occupation list and the office calendar."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from passerelle.accounts import acting
from passerelle.accounts.models import Person
from passerelle.core import arrival, audit
from passerelle.core.verdicts import require
from passerelle.notices import operations as notices
from passerelle.notices import queries as tasks
from passerelle.notices.letters import Letterhead
from passerelle.programs import files, queries, wording
from passerelle.programs.models import Closure, LoadedTable, Occupation, Pack, Program, PutInForce, searchable
from passerelle.programs.permissions import (
    can_ask_to_put_in_force,
    can_confirm_put_in_force,
    can_drop_put_in_force,
    can_keep_calendar,
)
from passerelle.programs.rules import BadPack, Problem, ProgramRules, check, layers, read
from passerelle.programs.rules.editions import Difference, differences
from passerelle.programs.rules.letters import Letter, Words
from passerelle.programs.rules.problems import did_you_mean
from pointsgrid.rules import PackErrors


class PackChanged(BadPack):
    """A version that is loaded already has other content on disk."""


class InstantPassed(ValueError):
    """Rules cannot come into force at an instant that has passed: what was done since would be under others."""


RULES_TO_CONFIRM = "rules.to_confirm"


@transaction.atomic
def load_packs(*, at: datetime, folder: Path | None = None) -> list[Pack]:
    """Load every pack version under ``folder`` that is not loaded yet; return the new ones.

    A version that is loaded already and unchanged is left alone. Raises PackChanged when its content differs, and
    BadPack when a new one has faults.
    """
    loaded = []
    for path in files.versions(folder or settings.PACKS):
        pack = _load(path, at)
        if pack:
            loaded.append(pack)
    return loaded


def _load(path: Path, at: datetime) -> Pack | None:
    code, version = path.parent.name, path.name
    sources = files.sources(path)
    sha256 = files.fingerprint(sources)
    known = Pack.objects.filter(code=code, version=version).first()
    if known:
        if known.sha256 != sha256:
            raise PackChanged([_changed(code, version)])
        return None
    if sha256 not in _SOUND:
        if faults := check(sources):
            raise BadPack(faults)
        _SOUND.add(sha256)
    return _keep(code, version, sources, sha256, at)


# Contents this process has already found sound: a database may be filled more than once, the demo's for one.
_SOUND: set[str] = set()


def _changed(code: str, version: str) -> Problem:
    return Problem(
        f"{code}/{version}", 0, "", "This version is loaded already and its files have changed since.",
        "A loaded version never changes: put the files back, and make the change in a new version folder.",
    )  # fmt: skip


def _keep(code: str, version: str, sources: dict[str, str], sha256: str, at: datetime) -> Pack:
    heading = files.heading(sources)
    kind = heading.kind
    if kind == Pack.Kind.PROGRAM:
        Program.objects.get_or_create(code=code, defaults={"opened_at": at})
    pack = Pack.objects.create(
        code=code, version=version, kind=kind, program_id=code if kind == Pack.Kind.PROGRAM else None,
        sha256=sha256, sources=sources, loaded_at=at, in_force_from=heading.from_at or at, by_staff=heading.by_staff,
    )  # fmt: skip
    audit.record(
        "pack.loaded", subject=str(pack), by=None, at=at,
        detail={"sha256": sha256, "in_force_from": pack.in_force_from, "by_staff": pack.by_staff},
        program=code if kind == Pack.Kind.PROGRAM else "",
    )  # fmt: skip
    own = files.effective(sources)
    for table in files.occupation_lists(sources):
        load_occupations(io.StringIO(own[table.file]), edition=table.edition, in_force_from=table.in_force_from, at=at)
    return pack


def check_packs(paths: Iterable[Path]) -> dict[str, list[Problem]]:
    """Return the faults of each pack folder, by its name; an empty list is a sound pack."""
    return {f"{path.parent.name}/{path.name}": _faults(path) for path in paths}


def _faults(path: Path) -> list[Problem]:
    try:
        return check(files.sources(path))
    except BadPack as unreadable:
        return list(unreadable.problems)


def explain_editions(paths: Iterable[Path]) -> list[tuple[str, str, list[Difference]]]:
    """Return, for each sound pack that extends another: its name, what it extends, and what it changes, in plain words."""
    found = []
    for path in paths:
        try:
            sources = files.sources(path)
        except BadPack:  # told by check_packs
            continue
        under = layers.below(sources)
        if under is None or check(sources) or check(under):
            continue
        told = differences(read(under), read(sources))
        found.append((f"{path.parent.name}/{path.name}", layers.extends(sources), told))
    return found


@transaction.atomic
def load_occupations(file: Iterable[str], *, edition: str, in_force_from: date, at: datetime) -> int:
    """Load one edition of the occupation list from CSV lines (code, title_en, title_fr, teer); return how many are new.

    Codes known in the edition are left alone. Raises BadPack naming the first line that is not an occupation.
    """
    known = set(Occupation.objects.filter(edition=edition).values_list("code", flat=True))
    rows = [
        _occupation(row, number, edition, in_force_from) for number, row in enumerate(csv.DictReader(file), start=2)
    ]
    new = [row for row in rows if row.code not in known]
    Occupation.objects.bulk_create(new)
    if new:
        audit.record("occupations.loaded", subject=f"occupations {edition}", by=None, at=at, detail={"count": len(new)})
    return len(new)


def _occupation(row: Mapping[str, str], line: int, edition: str, from_day: date) -> Occupation:
    code = row.get("code") or ""
    if not (len(code) == 5 and code.isdigit() and row.get("title_en") and row.get("title_fr")):
        raise BadPack(
            [
                Problem(
                    "occupations",
                    line,
                    "",
                    f"{code!r} is not an occupation.",
                    "Give code (5 digits), title_en and title_fr.",
                )
            ]
        )
    return Occupation(
        edition=edition, in_force_from=from_day, code=code, title_en=row["title_en"], title_fr=row["title_fr"],
        teer=int(code[1]), search=searchable(f"{code} {row['title_en']} {row['title_fr']}"),
    )  # fmt: skip


@transaction.atomic
def load_table(text: str, *, program: str, table: str, in_force_from: date, name: str, at: datetime) -> int | None:
    """Load an edition of a reference table from CSV; return its number of rows, None when it is loaded already.

    ``name`` is what its figures are called where they are read. It holds from its first day until the next one begins.
    Raises BadPack with every fault by line, and NoPackInForce.
    """
    rules = queries.rules_in_force(program, at)
    if table not in rules.loadable:
        raise BadPack([Problem(name, 0, "", f"{table} is no table to load.", did_you_mean(table, rules.loadable))])
    try:
        rows = len(rules.with_tables({(table, in_force_from): (name, text)}).table(table).rows)
    except PackErrors as faults:
        raise BadPack(faults.problems) from faults
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    latest = LoadedTable.objects.filter(program_id=program, table=table, in_force_from=in_force_from).last()
    if latest and (latest.sha256, latest.name) == (sha256, name):
        return None
    arrival.forget()
    LoadedTable.objects.create(
        program_id=program, table=table, name=name, in_force_from=in_force_from, text=text, sha256=sha256, loaded_at=at
    )
    detail = {"table": table, "name": name, "in_force_from": in_force_from, "rows": rows, "sha256": sha256}
    audit.record("table.loaded", subject=f"{program} {table}", by=None, at=at, detail=detail, program=program)
    return rows


@transaction.atomic
def ask_to_put_in_force(
    *, program: str, version: str, from_at: datetime | None, reason: str, by: Person, at: datetime
) -> PutInForce:
    """First of two people: ask that a version of the rules count from ``from_at`` (None: once it is confirmed).

    Files begun before keep the rules they began under. Raises NotAllowed, RulesUnavailable, Pack.DoesNotExist.
    """
    Program.objects.select_for_update().get(code=program)
    pack = queries.edition(program, version)
    queries.rules(pack)
    require(
        can_ask_to_put_in_force(
            by, pack, in_force=queries.pack_in_force_or_none(program, at), waiting=queries.waiting(program)
        )
    )
    if from_at is not None and from_at <= at:
        raise InstantPassed(from_at)
    put = PutInForce.objects.create(
        pack=pack, program_id=program, from_at=from_at, reason=reason, asked_by=by, asked_at=at
    )
    detail = {"pack": str(pack), "from_at": from_at, "reason": reason}
    audit.record("rules.asked", subject=program, by=by, at=at, detail=detail, program=program)
    notices.open_task(RULES_TO_CONFIRM, program=program, about=str(pack), detail=reason, at=at)
    return put


@transaction.atomic
def confirm_put_in_force(*, put: PutInForce, by: Person, at: datetime) -> PutInForce:
    """Second of two: the version counts from the instant asked for, which is not in the past.

    Raises NotAllowed, and InstantPassed when it was confirmed too late: it is taken back and asked for anew.
    """
    Program.objects.select_for_update().get(code=put.program_id)
    put = PutInForce.objects.select_for_update(of=("self",)).select_related("pack").get(pk=put.pk)
    require(can_confirm_put_in_force(by, put))
    if put.from_at is not None and put.from_at < at:
        raise InstantPassed(put.from_at)
    put.confirmed_by, put.confirmed_at, put.in_force_from = by, at, put.from_at or at
    put.save(update_fields=["confirmed_by", "confirmed_at", "in_force_from"])
    detail = {"pack": str(put.pack), "in_force_from": put.in_force_from, "reason": put.reason}
    audit.record("rules.put_in_force", subject=put.program_id, by=by, at=at, detail=detail, program=put.program_id)
    _settle_task(put, by, at)
    arrival.forget()
    return put


@transaction.atomic
def drop_put_in_force(*, put: PutInForce, by: Person, at: datetime) -> PutInForce:
    """Take back what waits to be confirmed: by whoever asked, or by anybody who could confirm it."""
    put = PutInForce.objects.select_for_update(of=("self",)).select_related("pack").get(pk=put.pk)
    require(can_drop_put_in_force(by, put))
    put.dropped_by, put.dropped_at = by, at
    put.save(update_fields=["dropped_by", "dropped_at"])
    audit.record(
        "rules.dropped", subject=put.program_id, by=by, at=at, detail={"pack": str(put.pack)}, program=put.program_id
    )
    _settle_task(put, by, at)
    return put


def _settle_task(put: PutInForce, by: Person, at: datetime) -> None:
    for task in tasks.tasks(put.program_id).filter(kind=RULES_TO_CONFIRM, about=str(put.pack), closed_at=None):
        notices.close_task(task=task, by=by, at=at)


@transaction.atomic
def close_office(*, program: str, day: date, name: str, by: Person | None, at: datetime) -> Closure:
    """Add a day on which the office is closed; business days counted from now on leave it out."""
    if by:
        require(can_keep_calendar(by, program))
    closure, _new = Closure.objects.update_or_create(
        program_id=program, day=day, defaults={"name": name, "by": by, "at": at}
    )
    audit.record("office.closed", subject=program, by=by, at=at, detail={"day": day, "name": name}, program=program)
    return closure


@transaction.atomic
def reopen_office(*, program: str, day: date, by: Person | None, at: datetime) -> None:
    """Take a closure off the calendar."""
    if by:
        require(can_keep_calendar(by, program))
    closure = Closure.objects.select_for_update().get(program_id=program, day=day)
    closure.delete()
    audit.record(
        "office.reopened", subject=program, by=by, at=at, detail={"day": day, "name": closure.name}, program=program
    )


def send(
    kind: str,
    *,
    program: str,
    to: Person | None,
    about: str,
    at: datetime,
    context: Mapping[str, Any] | None = None,
    attachments: Iterable[Any] = (),
    address: str = "",
    language: str = "",
    audience: str = "",
    name: str = "",
    rules: ProgramRules | None = None,
) -> Any:
    """Queue the pack's message ``kind`` for one reader, in their language and in the words for their audience.

    ``context`` fills the blanks (see docs/packs-program.md); more than the words need may be given. Somebody without an
    account gets ``to=None`` with ``address``, ``language``, ``audience`` and ``name``. Whoever has the rules in force at
    ``at`` in hand gives them as ``rules``. Raises MissingBlank or NoWordsFor.
    """
    rules = rules or queries.rules_in_force(program, at)
    letter = rules.letter(kind)
    speaks = (language or (to.language if to else "en"))[:2]
    words = letter.words_for(audience or (to.audience if to else "everyone"))
    values = {**_always(rules, speaks, about, name or (to.name if to else ""), at), **(context or {})}
    subject = wording.compose(letter, words.subject.pick(speaks), values, speaks, rules)[0]["text"]
    blocks = wording.compose(letter, words.body.pick(speaks), values, speaks, rules)
    body = "\n\n".join([wording.as_mail(blocks, speaks), _signature(rules, speaks)])
    queued = notices.queue(
        kind, program=program, to=to, subject=subject, body=body, about=about, at=at, attachments=attachments,
        address=address, language=speaks,
    )  # fmt: skip
    if to is not None and about and _copied(rules, letter):
        _copy(letter, words, rules, client=to, about=about, at=at, context=context or {})
    return queued


def _copied(rules: ProgramRules, letter: Letter) -> bool:
    """Whether representatives get copies of a message: never of one with a single-use link, nor of what is about them."""
    if rules.representatives is None or not rules.representatives.copies:
        return False
    return "link_good_until" not in letter.blanks and not letter.kind.startswith("representative_")


def _copy(
    letter: Letter, words: Words, rules: ProgramRules, *, client: Person, about: str, at: datetime, context: Mapping[str, Any]
) -> None:  # fmt: skip
    """Queue a copy of a client's message for who represents them, in the representative's language."""
    to = acting.representative_of(client)
    if to is None:
        return
    with translation.override(to.language):
        values = {**_always(rules, to.language, about, client.name, at), **context}
        subject = wording.compose(letter, words.subject.pick(to.language), values, to.language, rules)[0]["text"]
        blocks = wording.compose(letter, words.body.pick(to.language), values, to.language, rules)
        whose = {"client": client.name}
        told = _("This is a copy of our message to %(client)s, whom you represent.") % whose
        body = "\n\n".join([told, wording.as_mail(blocks, to.language), _signature(rules, to.language)])
        told_of = _("%(name)s: %(what)s") % {"name": client.name, "what": subject}
        notices.queue(letter.kind, program=rules.code, to=to, subject=told_of[:200], body=body, about=about, at=at)


def issue_letter(
    kind: str, *, program: str, to: Person, about: str, at: datetime, context: Mapping[str, Any] | None = None, language: str = "",
    by: Person | None = None, rules: ProgramRules | None = None, addressee: str = "",
) -> Any:  # fmt: skip
    """Make the pack's letter ``kind`` (PDF by the worker, HTML twin, checkable number) for one reader; ``rules`` as in ``send``.

    ``addressee``: somebody without an account, whom ``to`` serves with it.
    """
    rules = rules or queries.rules_in_force(program, at)
    letter = rules.letter(kind)
    speaks = (language or to.language)[:2]
    words = letter.words_for(to.audience)
    values = {**_always(rules, speaks, about, addressee or to.name, at), **(context or {})}
    title = wording.compose(letter, words.subject.pick(speaks), values, speaks, rules)[0]["text"]
    made = wording.compose(letter, words.body.pick(speaks), values, speaks, rules)
    return notices.issue_letter(
        kind, program=program, about=about, to=to, language=speaks, title=title, blocks=made, at=at, by=by,
        letterhead=letterhead(rules, speaks), addressee=addressee,
    )  # fmt: skip


def _signature(rules: ProgramRules, language: str) -> str:
    return f"{rules.name.pick(language)}\n{rules.contact.direct or help_page(rules, language)}"


def letterhead(rules: ProgramRules, language: str) -> Letterhead:
    """Return who writes a program's letters, in words of ``language``."""
    department, government = (one.pick(language) for one in (rules.contact.department, rules.contact.government))
    # The government's name is of a sentence in French; here it begins a line.
    lines = [department, government[:1].upper() + government[1:], rules.contact.direct or help_page(rules, language)]
    return Letterhead(name=rules.name.pick(language), lines=lines, accent=rules.accent, zone=rules.zone.key)


def help_page(rules: ProgramRules, language: str) -> str:
    """Return the address at which the program can be asked for help."""
    return f"{settings.PASSERELLE_URL}/{language}/{rules.code}/contact/"


def _always(rules: ProgramRules, language: str, about: str, name: str, at: datetime) -> dict[str, Any]:
    return {
        "name": name, "reference": about, "program": rules.name, "program_short": rules.short, "email": rules.contact.email,
        "phone": rules.contact.phone, "help": help_page(rules, language), "today": at,
        "portal": f"{settings.PASSERELLE_URL}/{language}/",
    }  # fmt: skip
