"""Editions of a program's rules: what is wrong with one that extends another, and what differs between two, in plain words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from passerelle.programs.rules import differing, layers, selection_words
from passerelle.programs.rules.problems import Problem
from passerelle.programs.rules.program import ProgramRules
from passerelle.programs.rules.reading import Reader, Sources
from passerelle.programs.rules.schema import DeadlineRule, Stream
from passerelle.programs.rules.selection import SelectionRule
from passerelle.programs.rules.text import Text

PLACES = {
    "program": gettext_lazy("The program"),
    "streams": gettext_lazy("Streams"),
    "categories": gettext_lazy("Categories"),
    "deadlines": gettext_lazy("Deadlines"),
    "changes": gettext_lazy("Changes that are reported"),
    "reminders": gettext_lazy("Reminders"),
    "settings": gettext_lazy("Settings"),
    "selection": gettext_lazy("How draws choose"),
    "criteria": gettext_lazy("Mandatory criteria"),
    "questions": gettext_lazy("Questions"),
    "documents": gettext_lazy("Documents asked"),
    "letters": gettext_lazy("Messages and letters"),
    "points": gettext_lazy("Points"),
    "history": gettext_lazy("History"),
}


@dataclass(frozen=True)
class Difference:
    """One thing that two editions say differently; ``before`` is empty for what is new, ``after`` for what is gone."""

    place: str
    what: str
    before: str
    after: str

    @property
    def where(self) -> str:
        """The part of the rules it stands in, in the reader's words."""
        return str(PLACES[self.place])


def faults(sources: Sources, rules: ProgramRules | None) -> list[Problem]:
    """Return what is wrong with a pack as an edition: with what it extends, takes away, and the days it names."""
    reader = Reader(sources)
    top, lowest = reader.layers[0], reader.layers[-1]
    if named := layers.extends(lowest.files):
        # What a layer extends is a layer too, when it is there and no circle leads back to it.
        file = f"{lowest.name}/{layers.PROGRAM}" if lowest.name else layers.PROGRAM
        line = next(
            n for n, text in enumerate(lowest.files[layers.PROGRAM].splitlines(), 1) if text.startswith("extends")
        )
        reader.fault(
            file, line, f"There is no edition {named} to extend",
            "Name a version of this program that stands beside this one and does not extend it in turn.", "extends",
        )  # fmt: skip
    under = layers.effective(reader.layers[1:]) if len(reader.layers) > 1 else {}
    for place, file in enumerate(layers.removed_files(top)):
        if file not in under:
            reader.fault_at(
                layers.PROGRAM, ("removes", place), f"There is no file {file} to do without",
                "Name a file of the edition this one extends.",
            )  # fmt: skip
    if rules is not None:
        _days(reader, rules)
    return reader.problems


def _days(reader: Reader, rules: ProgramRules) -> None:
    last = rules.file.in_force_through
    if last is not None and last < rules.file.in_force_from.date():
        reader.fault_at(
            layers.PROGRAM, ("in_force_through",), "The last day is before the first",
            "Write a day on or after in_force_from, or leave it out.",
        )  # fmt: skip


def differences(before: ProgramRules, after: ProgramRules) -> list[Difference]:
    """Return what ``after`` says that ``before`` does not, and the other way round, in the reader's language."""
    groups: tuple[tuple[str, Callable[[ProgramRules, ProgramRules], Iterable[tuple[str, str, str]]]], ...] = (
        ("program", _program),
        ("streams", _streams),
        ("categories", _categories),
        ("deadlines", _deadlines),
        ("changes", _changes),
        ("reminders", _reminders),
        ("settings", _settings),
        ("selection", _selection),
        ("criteria", _criteria),
        ("questions", _questions),
        ("documents", _documents),
        ("letters", _letters),
        ("points", _points),
        ("history", _history),
    )
    return [Difference(place, *one) for place, told in groups for one in told(before, after)]


def _program(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    yield from differing.fields(before.file, after.file, differing.PROGRAM)


def _streams(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    for old, new in _pairs(before.streams, after.streams):
        if old is None or new is None:
            yield _came_or_went(old, new, lambda one: str(one.name))
            continue
        for what, was, now in differing.fields(old, new, differing.STREAM):
            yield _of(new.short, what), was, now
        if (was := _offer(before, old)) != (now := _offer(after, new)):
            yield _of(new.short, _("The employer’s job offer comes first")), was, now
        for key in dict.fromkeys((*old.deadlines, *new.deadlines)):
            was, now = how_long(before.deadline(key, old.key)), how_long(after.deadline(key, new.key))
            if was != now:
                yield _of(new.short, str(after.deadline(key, new.key).label)), was, now
        if (was := _forms(old)) != (now := _forms(new)):
            yield _of(new.short, _("Forms of the application")), was, now


def _offer(rules: ProgramRules, stream: Stream) -> str:
    if stream.offer is None:
        return str(_("no"))
    long = how_long(rules.deadline(stream.offer.deadline, stream.key))
    return _("yes, to be used within %(long)s") % {"long": long}


def _forms(stream: Stream) -> str:
    names = {one.key: str(one.name) for one in stream.parts}
    return "; ".join(
        _("%(form)s, once this is in: %(other)s") % {"form": one.name, "other": names.get(one.opens_after, "")}
        if one.opens_after
        else str(one.name)
        for one in stream.parts
    )


def _selection(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    for old, new in _pairs(before.selection, after.selection):
        if old is None or new is None:
            yield _came_or_went(old, new, lambda one: str(one.name))
        elif (was := _chooses(old, before)) != (now := _chooses(new, after)):
            yield str(new.name), was, now


def _chooses(rule: SelectionRule, rules: ProgramRules) -> str:
    stream = rule.streams[0] if rule.streams else rules.pools[0].key
    days = [f"{one:%Y-%m-%d}" if one else "…" for one in (rule.in_force_from, rule.in_force_through)]
    return " ".join([f"{' – '.join(days)}:", *selection_words.sentences(rule, rules, stream)])


def _categories(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    for old, new in _pairs(before.categories, after.categories):
        if old is None or new is None:
            yield _came_or_went(old, new, lambda one: str(one.name))
            continue
        for what, was, now in differing.fields(old, new, differing.CATEGORY):
            yield _of(new.short, what), was, now


def _deadlines(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    yield from _worded(before.deadlines, after.deadlines, lambda one: one.label, how_long)


def how_long(rule: DeadlineRule) -> str:
    """Return the length of a deadline in words, such as "14 calendar days"."""
    number = rule.hours or rule.days or rule.months or rule.years
    words = {
        "hours": ngettext("%(n)s hour", "%(n)s hours", number),
        "calendar_days": ngettext("%(n)s calendar day", "%(n)s calendar days", number),
        "business_days": ngettext("%(n)s business day", "%(n)s business days", number),
        "months": ngettext("%(n)s month", "%(n)s months", number),
        "years": ngettext("%(n)s year", "%(n)s years", number),
    }
    return str(words[rule.unit] % {"n": number})


def _changes(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    for old, new in _pairs(before.file.changes, after.file.changes):
        if old is None or new is None:
            yield _came_or_went(old, new, lambda one: str(one.label))
        elif differing.without_sources(old) != differing.without_sources(new):
            was, now = str(old.label), str(new.label)
            yield now, *((was, now) if was != now else (_("as before"), _("how it is reported has changed")))


def _reminders(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    rules = {**before.deadlines, **after.deadlines}
    yield from _worded(
        before.reminders, after.reminders, None,
        lambda days: _("days before: %(days)s") % {"days": ", ".join(str(one) for one in days)},
        label_of=lambda key: rules[key].label,
    )  # fmt: skip


def _settings(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    yield from _worded(before.settings, after.settings, lambda one: one.label, lambda one: differing.said(one.value))


def _criteria(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    for old, new in _pairs(before.all_criteria, after.all_criteria):
        if old is None or new is None:
            yield _came_or_went(old, new, lambda one: str(one.label))
        elif differing.without_sources(old) != differing.without_sources(new):
            was, now = str(old.label), str(new.label)
            yield now, *((was, now) if was != now else (_("as before"), _("when it is met has changed")))


def _questions(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys((*before.questionnaires, *after.questionnaires)):
        old_form, new_form = before.questionnaires.get(key), after.questionnaires.get(key)
        if old_form is None or new_form is None:
            yield _came_or_went(old_form, new_form, lambda one: str(one.title))
            continue
        title = str(new_form.title)
        asked = [list(form.questions()) for form in (old_form, new_form)]
        for old, new in _pairs(*asked):
            if old is None or new is None:
                what, was, now = _came_or_went(old, new, lambda one: str(one.label))
                yield _of(title, what), was, now
            elif old != new:
                changed = differing.fields(old, new, differing.QUESTION)
                yield from ((_of(title, f"{new.label} ({what})"), was, now) for what, was, now in changed)


def _documents(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    for old, new in _pairs(before.slots, after.slots):
        if old is None or new is None:
            yield _came_or_went(old, new, lambda one: str(one.label))
        elif differing.without_sources(old) != differing.without_sources(new):
            was, now = str(old.label), str(new.label)
            yield now, *((was, now) if was != now else (_("as before"), _("when it is asked for has changed")))


def _letters(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    for kind in dict.fromkeys((*before.letters, *after.letters)):
        old, new = before.letters.get(kind), after.letters.get(kind)
        if old is None or new is None:
            yield _came_or_went(old, new, lambda one: str(one.about))
        elif old.variants() != new.variants():
            yield str(new.about), _("as before"), _("its words have changed")


def _points(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    if before.points is None or after.points is None:
        return
    for key in dict.fromkeys((*before.points.grids, *after.points.grids)):
        old, new = before.points.grids.get(key), after.points.grids.get(key)
        if old is None or new is None:
            yield _came_or_went(old, new, lambda one: str(one.id))
        elif (was := differing.lines_of(old)) != (now := differing.lines_of(new)):
            yield key, was, now
        elif old != new:
            yield key, _("as before"), _("its lines have changed")


def _history(before: ProgramRules, after: ProgramRules) -> Iterator[tuple[str, str, str]]:
    yield from _worded(
        before.allocations, after.allocations, lambda one: _("Places of %(year)s") % {"year": one.year},
        lambda one: str(one.places),
    )  # fmt: skip


def _of(name: Text | str, what: str) -> str:
    return _("%(name)s: %(what)s") % {"name": name, "what": what}


def _pairs(before: Iterable[Any], after: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the records of two lists side by side by their key, None where one has none."""
    old, new = {one.key: one for one in before}, {one.key: one for one in after}
    for key in dict.fromkeys((*old, *new)):
        yield old.get(key), new.get(key)


def _came_or_went(old: Any, new: Any, name: Callable[[Any], str]) -> tuple[str, str, str]:
    if old is None:
        return name(new), "", _("new")
    return name(old), _("was there"), ""


def _worded(
    before: Mapping[Any, Any], after: Mapping[Any, Any], label: Callable[[Any], Text | str] | None,
    words: Callable[[Any], str], label_of: Callable[[Any], Text | str] | None = None,
) -> Iterator[tuple[str, str, str]]:  # fmt: skip
    """Yield the values of two mappings that read differently."""
    for key in dict.fromkeys((*before, *after)):
        one = after.get(key, before.get(key))
        was = words(before[key]) if key in before else ""
        now = words(after[key]) if key in after else ""
        if was != now:
            yield str(label_of(key) if label_of else label(one) if label else key), was, now
