"""What is checked of ``fairness:`` when a pack is loaded: that facts are there, groups apart, and no group to be subtracted."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import Any

from passerelle.programs.rules.fairness import NOT_STATED, Attribute, Group
from passerelle.programs.rules.problems import did_you_mean

Rules = Any  # ProgramRules, which stands above this module
Fault = tuple[tuple[Any, ...], str, str]


def tell(rules: Rules, reader: Any) -> None:
    """Give every fault to the reader, which knows the lines."""
    for path, problem, remedy in faults(rules):
        reader.fault_at("program.yaml", ("fairness", *path), problem, remedy)


def faults(rules: Rules) -> Iterator[Fault]:
    """Yield what is wrong: where under ``fairness:``, the problem, the remedy."""
    if rules.points is None:
        return  # while the grid cannot be read nobody knows the facts
    facts = rules.points.facts
    used = Counter(one.fact for one in rules.file.fairness)
    for place, one in enumerate(rules.file.fairness):
        if one.fact not in facts:
            remedy = did_you_mean(one.fact, facts) or "Name a fact of facts.yaml: what is only an answer is sealed."
            yield (place, "fact"), f"{one.key}: there is no fact {one.fact}", remedy
        else:
            yield from _groups(one, facts[one.fact].type, place)
        if used[one.fact] > 1:
            told = f"{one.fact} is looked at twice, and groups of the two could be subtracted from one another"
            yield (place, "fact"), told, "Keep one of them."
    yield from _twice([one.key for one in rules.file.fairness], (), "two attributes are called")


def _groups(one: Attribute, kind: Any, place: int) -> Iterator[Fault]:
    path = (place, "groups")
    if kind.kind not in ("yes_no", "choice") and not kind.numeric:
        told = f"{one.key}: {one.fact} ({kind}) does not fall into groups"
        yield (place, "fact"), told, "Name a yes or no, a choice or a number; a fact can group another one's values."
        return
    if len(one.groups) < 2:
        yield path, f"{one.key}: one group cannot be compared with another", "Name two groups or more."
    for number, group in enumerate(one.groups):
        yield from _shape(one, group, kind, (*path, number))
    for (_n, first), (number, second) in combinations(enumerate(one.groups), 2):
        if _meet(first, second):
            told = f"{one.key}: {first.key} and {second.key} have people in common"
            yield (*path, number), told, "Let each group begin where the one before it ends."
    yield from _twice([group.key for group in one.groups], path, f"{one.key}: two groups are called")


def _shape(one: Attribute, group: Group, kind: Any, path: tuple[Any, ...]) -> Iterator[Fault]:
    named = f"{one.key}, {group.key}"
    if group.key == NOT_STATED:
        yield path, f"{named} is the name of those whose fact is blank", "Choose another key."
    if group.is_band is bool(group.among):
        yield path, f"{named} must say who is in it", "Write among, or at_least and below."
    elif kind.numeric is not group.is_band:
        remedy = "Write at_least and below." if kind.numeric else "Write among, with values of the fact."
        yield path, f"{named}: {one.fact} is a {kind}", remedy
    elif kind.kind == "yes_no" and any(not isinstance(value, bool) for value in group.among):
        yield (*path, "among"), f"{named}: {one.fact} is yes or no", "Write among: [true] or among: [false]."
    elif kind.kind == "choice":
        for value in (value for value in group.among if value not in kind.options):
            remedy = did_you_mean(str(value), kind.options) or "Name an option that is there."
            yield (*path, "among"), f"{named}: {one.fact} has no option {value}", remedy


def _meet(one: Group, other: Group) -> bool:
    if not one.is_band or not other.is_band:
        return bool(set(one.among) & set(other.among))
    far = Decimal("Infinity")
    starts = [-far if group.at_least is None else group.at_least for group in (one, other)]
    ends = [far if group.below is None else group.below for group in (one, other)]
    return max(starts) < min(ends)


def _twice(keys: list[str], path: tuple[Any, ...], words: str) -> Iterator[Fault]:
    for key, times in Counter(keys).items():
        if times > 1:
            yield path, f"{words} {key}", "Give each its own key."
