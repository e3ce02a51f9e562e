"""What a browser posted for a section: its records counted, and the buttons inside the form obeyed."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from passerelle.programs.forms.fields import YES_NO
from passerelle.programs.rules import Question, Section

MOST_AT_ALL = 60


def record_name(key: str, number: int, part: str) -> str:
    """Return the field name of a record's part: ``jobs-0-employer``."""
    return f"{key}-{number}-{part}"


class Posted:
    """Posted data with the effect of ``add``, ``remove`` and ``pick`` already in it. ``counts`` is records by question."""

    def __init__(self, data: Any, section: Section) -> None:
        self.data = data.copy() if hasattr(data, "getlist") else _query(data)
        self.pressed = next((button for button in ("add", "remove", "pick") if self.data.get(button)), "")
        self._lists = {one.key: one for one in section.questions if one.type == "records"}
        self.counts = {key: self._count(question) for key, question in self._lists.items()}
        if self.pressed:
            getattr(self, f"_{self.pressed}")(self.data[self.pressed])

    def _count(self, question: Question) -> int:
        told = str(self.data.get(f"{question.key}-count") or "")
        return min(int(told) if told.isdigit() else 0, question.most, MOST_AT_ALL)

    def _add(self, key: str) -> None:
        if key in self.counts:
            self.counts[key] = min(self.counts[key] + 1, self._lists[key].most)

    def _remove(self, which: str) -> None:
        key, _dash, number = which.rpartition("-")
        if key not in self.counts or not number.isdigit() or int(number) >= self.counts[key]:
            return
        for place in range(int(number), self.counts[key]):
            self._move(key, place + 1, place)
        self.counts[key] -= 1

    def _move(self, key: str, source: int, target: int) -> None:
        old, new = record_name(key, target, ""), record_name(key, source, "")
        for name in [one for one in self.data if one.startswith(old)]:
            del self.data[name]
        for name in [one for one in self.data if one.startswith(new)]:
            self.data.setlist(old + name[len(new) :], self.data.getlist(name))

    def _pick(self, choice: str) -> None:
        name, _equals, value = choice.partition("=")
        if name in self.data:
            self.data[name] = value

    def typed(self, questions: Iterable[Question], prefix: str = "") -> dict[str, Any]:
        """Return the raw choices typed so far, for conditions: yes and no as truth values, text as it stands."""
        found: dict[str, Any] = {}
        for question in questions:
            if question.type == "choices":
                found[question.key] = self.data.getlist(prefix + question.key)
            elif (value := self.data.get(prefix + question.key)) is not None:
                found[question.key] = YES_NO.get(value, value) if question.type in ("yes_no", "declaration") else value
        return found


def _query(data: Any) -> QueryDict:
    made = QueryDict(mutable=True)
    for key, value in dict(data).items():
        made.setlist(key, [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)])
    return made
