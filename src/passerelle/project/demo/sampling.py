"""Made-up answers: a file says from what they are drawn, a seed says which ones come.

What a value may be told as, beside itself: ``{one_of: [...]}`` or ``{one_of: {value: weight}}``, ``{days: [from, to]}`` counted
from the day of handing in, ``{money: [from, to]}``, ``{whole: [from, to]}``; words may have ``{number}`` and the like in them,
or the key of what an earlier part said. Answers that hang together are one of several ``{weight: 3, ...}`` in a ``one_of``. What
depends on who it is stands under the word that says so: ``{by: {language: {en: ..., fr: ...}}}``; ``else`` is for those not named.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

WEIGHT = "weight"


class Sampler:
    """Draws what one person says on day ``on``; ``words`` fill the gaps of texts."""

    def __init__(self, random: Random, *, on: date, words: Mapping[str, Any]) -> None:
        self.random, self.on, self.words = random, on, words
        self._said: dict[str, Any] = {}
        self._kinds = {
            "one_of": self._one_of, "days": self._day, "money": self._money, "whole": self._whole, "by": self._by,
        }  # fmt: skip

    def answers(self, parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the answers of every part, later ones over earlier ones."""
        self._said = {}
        for part in parts:
            self._said |= self.value(part)
        return self._said

    def value(self, told: Any) -> Any:
        """Return what is drawn from ``told``."""
        if isinstance(told, str):
            return told.format_map(ChainMap({**self.words}, self._said)) if "{" in told else told
        if isinstance(told, list):
            return [self.value(one) for one in told]
        if not isinstance(told, Mapping):
            return told
        kind = next(iter(told), "")
        if len(told) == 1 and kind in self._kinds:
            return self._kinds[kind](told[kind])
        return {key: self.value(one) for key, one in told.items() if key != WEIGHT}

    def _one_of(self, told: Any) -> Any:
        if isinstance(told, Mapping):
            return self.value(self.random.choices(list(told), list(told.values()))[0])
        weights = [one.get(WEIGHT, 1) if isinstance(one, Mapping) else 1 for one in told]
        return self.value(self.random.choices(told, weights)[0])

    def _by(self, told: Mapping[str, Mapping[str, Any]]) -> Any:
        [(word, cases)] = told.items()
        case = str(self.words[word])
        return self.value(cases[case] if case in cases else cases["else"])

    def _day(self, told: list[int]) -> str:
        return (self.on + timedelta(days=self.random.randint(*told))).isoformat()

    def _money(self, told: list[int]) -> str:
        low, high = told
        # To the quarter, as people are paid, and never past the end that is named.
        return f"{low + self.random.randint(0, (high - low) * 4 - 1) / 4:.2f}"

    def _whole(self, told: list[int]) -> int:
        return self.random.randint(*told)
