"""What is checked of a selection rule when a pack is loaded: every fault with its place and what would mend it."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from passerelle.programs.rules.problems import did_you_mean
from passerelle.programs.rules.selection import OrderKey, SelectionRule

Rules = Any  # ProgramRules, which stands above this module
Fault = tuple[tuple[Any, ...], str, str]


def tell(rules: Rules, reader: Any) -> None:
    """Give every fault to the reader, which knows the lines."""
    for path, problem, remedy in faults(rules):
        if "selection.yaml" in reader.sources:
            reader.fault_at("selection.yaml", path, problem, remedy)
        else:
            reader.fault("selection.yaml", 0, problem, remedy)


def faults(rules: Rules) -> Iterator[Fault]:
    """Yield what is wrong: where in selection.yaml, the problem, the remedy."""
    for place, rule in enumerate(rules.selection):
        for path, problem, remedy in _of(rule, rules):
            yield ("rules", place, *path), f"{rule.key}: {problem}", remedy
    for (_n, one), (place, other) in combinations(enumerate(rules.selection), 2):
        if one.key == other.key:
            yield ("rules", place, "key"), f"Two rules are called {one.key}", "Give one of them another key."
        elif one.meets(other):
            told = f"{one.key} and {other.key} hold on the same day in one stream"
            yield ("rules", place), told, "Give them in_force_from and in_force_through, or streams, that do not meet."
    for stream in rules.pools:
        if not any(not one.streams or stream.key in one.streams for one in rules.selection):
            told = f"The stream {stream.key} has a pool and no rule by which its draws choose"
            yield ("rules",), told, "Add a rule, or leave streams: out of one so that it holds for all."


def _of(rule: SelectionRule, rules: Rules) -> Iterator[Fault]:
    known = {one.key: one for one in rules.pools}
    for key in rule.streams:
        if key not in known:
            yield (
                ("streams",),
                f"there is no stream {key} with a pool",
                did_you_mean(key, known) or "Name one that is there.",
            )
    streams = [known[key] for key in rule.streams if key in known] or list(rules.pools)
    yield from _reserves(rule, rules, streams)
    yield from _cap(rule, rules, streams)
    yield from _order(rule, rules)
    if rule.takes == "everybody" and (rule.places is not None or rule.reserve or rule.cap):
        yield (
            ("takes",),
            "it takes everybody and holds places, reserves or a cap",
            "Leave those out, or write takes: places.",
        )
    if rule.seed and not rule.needs_chance:
        told = "it names a source of chance, and leaves nothing to chance"
        yield ("seed",), told, "Leave seed out, or let a lot have a part."
    if rule.needs_chance and _ahead(rule, rules) and not (rule.seed or _names_chance(rules)):
        yield (
            ("ties",),
            "it draws lots, and the program names no source of chance",
            "Write seed: dice or seed: drand in the rule, or the setting draw_seed (dice or drand) in settings.yaml.",
        )
    if rule.in_force_from and rule.in_force_through and rule.in_force_through < rule.in_force_from:
        yield ("in_force_through",), "it ends before it begins", "Put the later day under in_force_through."
    if only := rule.only:
        for key in only.attributes:
            yield from _attribute(key, ("only", "attributes"), rules, streams)
        if (only.points_at_most or 10**9) < (only.points_at_least or 0):
            yield ("only",), "the window of points holds nobody", "Let points_at_least be at most points_at_most."


def _ahead(rule: SelectionRule, rules: Rules) -> bool:
    """Say whether a draw may be held by the rule while the edition is in force; one that ended before is history."""
    return rule.in_force_through is None or rule.in_force_through >= rules.file.in_force_from.date()


def _names_chance(rules: Rules) -> bool:
    return "draw_seed" in rules.settings and rules.setting("draw_seed") != "none"


def _reserves(rule: SelectionRule, rules: Rules, streams: list[Any]) -> Iterator[Fault]:
    categories = {one.key for stream in streams for one in rules.categories_of(stream.key)}
    for place, one in enumerate(rule.reserve):
        path = ("reserve", place)
        if sum((one.places is not None, one.percent is not None, one.rest)) != 1:
            yield path, f"the reserve {one.key} must say how many", "Write one of places, percent, rest: true."
        if min(one.places or 0, one.percent or 0) < 0 or (one.percent or 0) > 100:
            yield path, f"the reserve {one.key} holds an impossible number", "Write 0 or more; percent is at most 100."
        if bool(one.categories) is bool(one.when):
            yield (
                path,
                f"the reserve {one.key} must say for whom",
                "Write categories, or when with an attribute of the pool.",
            )
        for key in set(one.categories) - categories:
            yield (*path, "categories"), f"there is no category {key} in its streams", (
                did_you_mean(key, categories) or "Name one that is there."
            )  # fmt: skip
        if one.when:
            yield from _attribute(one.when, (*path, "when"), rules, streams)
    keys = [one.key for one in rule.reserve]
    if len(set(keys)) < len(keys):
        yield ("reserve",), "two reserves have one key", "Give each its own."
    if sum(one.rest for one in rule.reserve) > 1:
        yield ("reserve",), "two reserves take the rest", "Let one of them take it."
    if sum(one.percent or 0 for one in rule.reserve) > 100:
        yield ("reserve",), "the reserves together hold more than 100 percent", "Lower them."
    held = sum(one.places or 0 for one in rule.reserve)
    if rule.places is not None and held > rule.places:
        yield (
            ("reserve",),
            f"the reserves hold {held} places and the rule has {rule.places}",
            "Lower them, or raise places.",
        )


def _cap(rule: SelectionRule, rules: Rules, streams: list[Any]) -> Iterator[Fault]:
    cap = rule.cap
    if cap is None:
        return
    alone = [one.key for one in streams if not one.job_offer]
    if alone:
        yield (
            ("cap",),
            f"stream {alone[0]} has no employers to count",
            "Leave the cap out, or name streams with job offers.",
        )
    if not cap.limits or any(one.take < 1 for one in cap.limits):
        yield ("cap", "limits"), "a limit takes nobody", "Write take: 1 or more."
    if len(cap.limits) > 1 and cap.size is None:
        yield ("cap", "size"), "several limits and no fact that says the employer's size", "Name it under size."
    for name, key in (("employer", cap.employer), ("size", cap.size)):
        if key is not None:
            yield from _fact(key, ("cap", name), rules, ordered=name == "size")


def _order(rule: SelectionRule, rules: Rules) -> Iterator[Fault]:
    for place, one in enumerate(rule.order):
        path = ("order", place)
        if one.by == "random" and place + 1 < len(rule.order):
            yield path, "what comes after chance never decides", "Put random last."
        if (one.by == "fact") is not (one.fact is not None):
            yield path, "fact: stands beside by: fact, and only there", "Write by: fact and fact: with its key."
        elif one.fact:
            yield from _fact_key(one, path, rules)
        elif one.first not in (None, *_ENDS[one.by]):
            yield (*path, "first"), f"{one.by} has no {one.first} end", f"Write {' or '.join(_ENDS[one.by])}."
    if any(one.by == "random" for one in rule.order) and rule.ties != "lot":
        yield ("ties",), "an order by chance breaks ties by lot", "Write ties: lot."
    if rule.ties == "take_all" and (
        not rule.order or any(one.by in ("date_of_effect", "submitted") for one in rule.order)
    ):
        told = "with everybody at the last rank, a rank that hardly anybody shares takes nobody along"
        yield ("ties",), told, "Leave the instant out of order, or write ties: submission."
    if later := rule.afterwards:
        if later.by == "random" or (later.by == "fact") is not (later.fact is not None):
            yield (
                ("afterwards",),
                "it names nothing by which invitations could be put in order",
                "Write by: fact and fact:.",
            )
        elif later.fact:
            yield from _fact_key(later, ("afterwards",), rules)


_ENDS = {
    "points": ("highest", "lowest"), "date_of_effect": ("earliest", "latest"), "submitted": ("earliest", "latest"),
    "opened": ("earliest", "latest"),
    "random": (),
}  # fmt: skip


def _fact_key(one: OrderKey, path: tuple[Any, ...], rules: Rules) -> Iterator[Fault]:
    assert one.fact
    yield from _fact(one.fact, (*path, "fact"), rules, ordered=True)
    fact = rules.points.facts.get(one.fact) if rules.points else None
    if fact is None:
        return
    ends = {"date": ("earliest", "latest"), "yes_no": ("yes", "no")}.get(fact.type.kind, ("highest", "lowest"))
    if one.within_months is not None:
        if fact.type.kind != "date" or one.within_months < 1:
            yield (*path, "within_months"), f"{one.fact} is no day to be so near", "Name a date, and a month or more."
        ends = ("yes", "no")
    if one.first not in ends and not (one.first is None and one.within_months):
        yield (*path, "first"), f"say which end of {one.fact} comes first", f"Write first: {' or '.join(ends)}."


def _fact(key: str, path: tuple[Any, ...], rules: Rules, *, ordered: bool) -> Iterator[Fault]:
    if rules.points is None:
        return
    fact = rules.points.facts.get(key)
    if fact is None:
        yield path, f"there is no fact {key}", did_you_mean(key, rules.points.facts) or "Name a fact of facts.yaml."
    elif ordered and not (fact.type.numeric or fact.type.ordered or fact.type.kind in ("date", "yes_no")):
        yield (
            path,
            f"{key} ({fact.type}) has no order",
            "Name a number, a day, a yes or no, or a choice whose options are ordered.",
        )
    elif not fact.label:
        yield path, f"{key} has no name to be printed in the notice of draw", "Give the fact a label in both languages."


def _attribute(key: str, path: tuple[Any, ...], rules: Rules, streams: list[Any]) -> Iterator[Fault]:
    if rules.points is None:
        return
    fact = rules.points.facts.get(key)
    if fact is not None and fact.type.kind == "yes_no":
        return
    for stream in streams:
        known = rules.filters(stream.key) if stream.grid in rules.points.grids else {}
        if key not in known:
            remedy = (
                did_you_mean(key, known)
                or f"Add it to pool.filters of {stream.grid}, or name a yes or no of facts.yaml."
            )
            yield path, f"the pool of {stream.key} has no attribute {key}", remedy
