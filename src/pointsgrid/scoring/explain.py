"""From the values of an explained plan to the lines of a score sheet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pointsgrid.language.tree import names
from pointsgrid.language.words import NO, YES, amount, band, describe
from pointsgrid.model import CONFIRMED, NOT_APPLICABLE, Amounts, Factor, Grid, Input, Row, Text
from pointsgrid.scoring.plan import Plan
from pointsgrid.scoring.sheet import Given, Line, Matched, Number, ScoreSheet

if TYPE_CHECKING:
    from pointsgrid.rules import Rules

NOT_ANSWERED = Text("not answered", "sans réponse")
DOES_NOT_APPLY = Text("does not apply", "ne s'applique pas")


class Explainer:
    """Reads one row of a plan's results; the points on every line are those the expressions gave."""

    def __init__(
        self,
        rules: Rules,
        grid: Grid,
        plan: Plan,
        values: Mapping[str, Any],
        row: Mapping[str, Any],
        gate: ScoreSheet | None,
    ) -> None:
        self.rules, self.grid, self.plan, self.values, self.row, self.gate = rules, grid, plan, values, row, gate
        self.missing: dict[str, None] = {}
        self.facts = {
            key: str(value) if value is not None and not isinstance(value, (bool, int, str)) else value
            for key, value in values.items()
        }

    def sheet(self) -> ScoreSheet:
        root = self.grid.root
        lines = tuple(self.line(child) for child in root.children)
        total = self.row[self.plan.points[root.id]]
        mark = self._number(self.grid.pass_mark, root)
        return ScoreSheet(
            grid=self.grid.id,
            family=self.grid.family,
            label=self.grid.label,
            status=self.grid.status,
            rules=self.rules.sha256,
            total=self.grid.points(total),
            maximum=self._max(root),
            lines=lines,
            facts=self.facts,
            complete=not self.missing,
            missing=tuple(self.missing),
            raw_total=self.grid.points(self.row.get("·r·total", total)),
            cap=self._number(root.cap, root),
            floor=self._number(root.floor, root),
            pass_mark=mark,
            passes=self._passes(lines, self.grid.points(total), mark),
            unconfirmed=self._unconfirmed(lines),
            gate=self.gate,
        )

    def _passes(self, lines: tuple[Line, ...], total: Number, mark: Number | None) -> bool | None:
        tests = [line.meets_minimum for top in lines for line in top.walk() if line.meets_minimum is not None]
        tests += [total >= mark] if mark is not None else []
        tests += [self.gate.passes] if self.gate is not None and self.gate.passes is not None else []
        return all(tests) if tests else None

    def _unconfirmed(self, lines: tuple[Line, ...]) -> bool:
        found = [row.certainty or line.certainty for top in lines for line in top.walk() for row in line.rows]
        return any(certainty and certainty not in CONFIRMED for certainty in found)

    # -- lines --
    def line(self, factor: Factor) -> Line:
        state, reason = self._state(factor)
        before = dict(self.missing)
        inner = tuple(self.line(child) for child in factor.children)
        rows, blank, inapplicable = self._rows(factor)
        if state in ("not_applicable", "waived", "left_out"):
            self.missing = before
            rows = () if state != "waived" else rows
        elif state == "not_answered" or (blank and factor.not_answered is None) or self._column_unknown(factor):
            state = "not_answered"
            self._note_missing(factor)
        elif inapplicable:
            state = "not_applicable"
        points = self.grid.points(self.row[self.plan.points[factor.id]])
        raw = self.grid.points(self.row.get(f"·r·{factor.id}", self.row[self.plan.points[factor.id]]))
        cap, floor = self._number(factor.cap, factor), self._number(factor.floor, factor)
        return Line(
            id=factor.id,
            kind=factor.kind,
            label=factor.label,
            points=points,
            maximum=self._max(factor),
            state=state,
            inputs=self._inputs(factor),
            rows=rows,
            column=self._column(factor),
            raw=raw,
            cap=cap,
            floor=floor,
            capped=(cap is not None and raw > cap) or (floor is not None and raw < floor),
            minimum=self._number(factor.minimum, factor),
            meets_minimum=self._meets(factor, points, state),
            requires=self._describe(factor.requires) if factor.requires is not None else Text(),
            reason=reason,
            source=factor.meta.source or self.grid.meta.source,
            certainty=factor.meta.certainty,
            evidence=self._evidence(factor),
            note=factor.meta.note,
            lines=inner,
        )

    def _state(self, factor: Factor) -> tuple[str, Text]:
        code = self.row.get(f"·s·{factor.id}", 0)
        if code == -1:
            return "not_answered", Text()
        if code == 1:
            return "not_applicable", self._describe(factor.when)
        if code >= 2:
            waiver = factor.waivers[code - 2]
            return ("left_out" if waiver.gives is None else "waived"), waiver.label or self._describe(waiver.when)
        return "counted", Text()

    def _column_unknown(self, factor: Factor) -> bool:
        """Whether a number of the factor hangs on its column, and the column on a blank."""
        name = self.plan.column_names.get(factor.columns)
        numbers = [*(row.amounts for row in factor.rows), factor.cap or (), factor.floor or ()]
        return name is not None and self.row[name] is None and any(len(set(amounts)) > 1 for amounts in numbers)

    def _describe(self, tree: Any) -> Text:
        key = ("words", tree)
        if key not in self.rules.cache:
            self.rules.cache[key] = describe(tree, self.rules)
        return self.rules.cache[key]

    def _note_missing(self, factor: Factor) -> None:
        trees: list[Any] = [item.expression for item in factor.inputs] + [factor.when, *factor.columns.conditions]
        trees += [row.when for row in factor.rows] + [waiver.when for waiver in factor.waivers]
        trees += [amount for row in factor.rows for amount in row.amounts if not isinstance(amount, int)]
        for tree in trees:
            self.missing.update(
                dict.fromkeys(key for key in names(tree) if key != "value" and self.values.get(key) is None)
            )

    def _meets(self, factor: Factor, points: Number, state: str) -> bool | None:
        if state == "not_applicable" and self.row.get(f"·s·{factor.id}", 0) == 1:
            return None
        tests = []
        minimum = self._number(factor.minimum, factor)
        if minimum is not None:
            tests.append(points >= minimum)
        if factor.requires is not None:
            tests.append(bool(self.row[f"·q·{factor.id}"]))
        return all(tests) if tests else None

    def _evidence(self, factor: Factor) -> Text:
        if factor.meta.evidence or factor.children:
            return factor.meta.evidence
        keys = [key for tree in self._trees(factor) for key in names(tree)]
        found = dict.fromkeys(
            self.rules.facts[key].meta.evidence
            for key in keys
            if key in self.rules.facts and self.rules.facts[key].meta.evidence
        )
        return Text("; ".join(text.en for text in found), "; ".join(text.fr for text in found))

    # -- numbers --
    def _index(self, factor: Factor) -> int:
        name = self.plan.column_names.get(factor.columns)
        return 0 if name is None else (self.row[name] or 0)

    def _column(self, factor: Factor) -> str:
        return factor.columns.names[self._index(factor)] if factor.kind not in ("sum", "best_of") else ""

    def _number(self, amounts: Amounts | None, factor: Factor) -> Number | None:
        if amounts is None:
            return None
        amount = amounts[self._index(factor)]
        return self.grid.points(amount) if isinstance(amount, int) else None

    def _max(self, factor: Factor) -> Number:
        key = ("reach", self.grid.id)
        index = self._index(factor)
        reach = self.rules.cache.get(key)
        if reach is None:
            from pointsgrid.scoring.reach import reaches

            reach = self.rules.cache[key] = reaches(self.grid, self.rules.facts)
        declared = factor.maximum[index] if factor.maximum is not None else None
        found = declared if isinstance(declared, int) else reach[factor.id][index]
        return self.grid.points(found if found is not None else 0)

    # -- inputs and rows --
    def _trees(self, factor: Factor) -> list[Any]:
        trees: list[Any] = [item.expression for item in factor.inputs]
        trees += [row.when for row in factor.rows if row.when is not None]
        trees += [amount for row in factor.rows for amount in row.amounts if not isinstance(amount, int)]
        return trees

    def _inputs(self, factor: Factor) -> tuple[Given, ...]:
        keys = dict.fromkeys(key for tree in self._trees(factor) for key in names(tree) if key != "value")
        return tuple(self._given(key) for key in keys)

    def _given(self, key: str) -> Given:
        fact = self.rules.facts.get(key)
        value = self.values.get(key)
        return Given(
            key,
            fact.label if fact else Text(key, key),
            self.facts[key] if value is not None else None,
            self._shown(key, value),
        )

    def _shown(self, key: str, value: Any) -> Text:
        fact = self.rules.facts.get(key)
        if value is None:
            return NOT_ANSWERED
        if value == NOT_APPLICABLE:
            return DOES_NOT_APPLY
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, (int, Decimal)):
            unit = fact.unit if fact else Text()
            return Text(amount(value, unit.en, "en"), amount(value, unit.fr, "fr"))
        label = fact.option_labels.get(str(value)) if fact else None
        return label or Text(str(value), str(value))

    def _rows(self, factor: Factor) -> tuple[tuple[Matched, ...], bool, bool]:
        """Return the matched rows, whether something is unknown, and whether every input does not apply."""
        if factor.kind in ("sum", "best_of"):
            return (), False, False
        count = max(1, len(factor.inputs)) if factor.kind in ("bands", "lookup") else 1
        found, blank, inapplicable = [], False, 0
        for position in range(count):
            name = f"·i·{factor.id}·{position}"
            rows, slot = self.plan.slot_rows[name], self.row[name]
            slot = len(rows) if slot is None else slot
            blank = blank or slot == len(rows)
            inapplicable += slot == len(rows) + 1
            found.append(self._matched(factor, position, rows, slot))
        return tuple(found), blank, inapplicable == count

    def _matched(self, factor: Factor, position: int, rows: tuple[int, ...], slot: int) -> Matched:
        given = factor.inputs[position] if factor.inputs and factor.kind != "matrix" else None
        index = self._index(factor)
        if slot >= len(rows):
            amounts = factor.not_answered if slot == len(rows) else factor.not_applicable
            amount = amounts[index] if amounts is not None and isinstance(amounts[index], int) else 0
            words = NOT_ANSWERED if slot == len(rows) else DOES_NOT_APPLY
            return Matched(words, self.grid.points(amount), Text(), None, "", "", Text(), -1)
        row = factor.rows[rows[slot]]
        amount = self._row_points(factor, row, index, position)
        better = self._better(factor, row, rows, slot, index, amount)
        meta = row.meta
        return Matched(
            self._words(factor, given, row),
            self.grid.points(amount),
            self._words(factor, given, better) if better else Text(),
            self.grid.points(better.amounts[index]) if better else None,
            meta.source or self.grid.meta.source,
            meta.certainty,
            meta.note,
            rows[slot],
        )

    def _row_points(self, factor: Factor, row: Row, index: int, position: int) -> int:
        amount = row.amounts[index]
        return amount if isinstance(amount, int) else self.row[f"·v·{factor.id}·{position}"] or 0

    def _better(
        self, factor: Factor, row: Row, rows: tuple[int, ...], slot: int, index: int, amount: int
    ) -> Row | None:
        """Return the nearest row that gives more: upwards in bands, the next in points elsewhere."""
        fixed = [
            other for other in factor.rows if isinstance(other.amounts[index], int) and other.amounts[index] > amount
        ]
        if factor.kind == "bands":
            above = [factor.rows[number_] for number_ in rows[slot:]]
            return next((other for other in above if other in fixed), None)
        return min(fixed, key=lambda other: other.amounts[index], default=None)

    def _words(self, factor: Factor, given: Input | None, row: Row) -> Text:
        key = ("row", self.grid.id, factor.id, row.line, row.path, given.label if given else None)
        if key not in self.rules.cache:
            self.rules.cache[key] = self._row_words(factor, given, row)
        return self.rules.cache[key]

    def _row_words(self, factor: Factor, given: Input | None, row: Row) -> Text:
        if row.label:
            return row.label
        if factor.kind == "matrix":
            return Text(" × ".join(row.match), " × ".join(row.match))
        if row.when is not None:
            return self._describe(row.when)
        if row.otherwise or given is None:
            return (
                Text("otherwise", "sinon")
                if factor.kind not in ("formula", "entered")
                else Text("as calculated", "selon le calcul")
            )
        if row.match:
            labels = [self._option(given, option) for option in row.match]
            return Text(", ".join(label.en for label in labels), ", ".join(label.fr for label in labels))
        return interval(row, given)

    def _option(self, given: Input, option: str) -> Text:
        if given.type.kind == "yes_no":
            return YES if option == "yes" else NO
        return given.option_labels.get(option) or Text(option, option)


def interval(row: Row, given: Input) -> Text:
    """Return the values that a row of bands holds for, in the unit of what it looks at."""
    low, high = (None if edge is None else _said(edge, given) for edge in (row.low, row.high))
    if row.below and row.high is not None and row.low != row.high:
        return band(low, _said(row.high + 1, given), given.unit, below=True)
    return band(low, high, given.unit)


def _said(edge: int, given: Input) -> int | Decimal:
    """Return the end of a band in the unit of its fact."""
    return Decimal(edge).scaleb(-given.type.places) if given.type.places else edge
