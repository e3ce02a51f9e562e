"""Text to expression tree.

Grammar, loosest binding first::

    or   ->  and ("or" and)*
    and  ->  not ("and" not)*
    not  ->  "not" not | comparison
    comparison -> sum [("==" | "!=" | "<" | "<=" | ">" | ">=") sum]*      (a chain 5 <= x < 9 means both)
                | sum ["not"] "in" ( "[" literal, … "]" | list('name') )
                | sum "is" ["not"] ("answered" | "applicable")
    sum  ->  product (("+" | "-") product)*
    product -> sign (("*" | "/") sign)*
    sign ->  "-" sign | item
    item ->  number | 'text' | yes | no | name | name.name | function( or, … ) | ( or )
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from pointsgrid.language.tree import NO, YES, Apply, Expression, Literal, Name

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?)|(?P<sign>==|!=|<=|>=|[-+*/<>()\[\],=&|!%]))"
)
_COMPARE = ("==", "!=", "<", "<=", ">", ">=")
_WRONG_SIGNS = {"=": "==", "&": "and", "|": "or", "!": "not", "%": "percent(a, b)"}
_UNREADABLE = {
    **dict.fromkeys("'\"", "A text begins and ends with the same quote."),
    **dict.fromkeys("“”‘’«»", "Write straight quotes: ' inside an expression, \" around it."),
    **dict.fromkeys("×·", "Write *."),
    "÷": "Write / inside floor(…).",
    **dict.fromkeys("–−", "Write -, the sign on the keyboard."),
    "≥": "Write >=.",
    "≤": "Write <=.",
    "≠": "Write !=.",
    "$": "Write the number alone.",
}
_KEYWORDS = ("and", "or", "not", "in", "is")


class Unreadable(Exception):
    """The text is not an expression; ``position`` is where reading stopped, ``remedy`` what would do."""

    def __init__(self, problem: str, remedy: str, position: int) -> None:
        super().__init__(problem)
        self.problem, self.remedy, self.position = problem, remedy, position


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Expression:
    """Return the tree of ``text``. Raises Unreadable."""
    reader = _Parser(text)
    tree = reader.disjunction()
    reader.expect_end()
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.at = text, _tokens(text), 0

    # -- tokens --
    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "end"

    def take(self) -> str:
        value = self.peek()
        self.at += 1
        return value

    def took(self, word: str) -> bool:
        if self.peek() == word and self.kind() != "text":
            self.at += 1
            return True
        return False

    def fail(self, problem: str, remedy: str = "") -> Unreadable:
        position = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
        shown = (
            self.text.strip() if len(self.text) < 90 else "…" + self.text[max(0, position - 40) : position + 40] + "…"
        )
        return Unreadable(f"{problem} in the expression: {shown}", remedy, position)

    def expect(self, word: str, after: str) -> None:
        if not self.took(word):
            found = f"found {self.peek()!r}" if self.peek() else "the expression ends"
            raise self.fail(f"{word!r} is expected {after}, but {found}", f"Add {word!r}.")

    def expect_end(self) -> None:
        if self.kind() != "end":
            numbers = re.fullmatch(r"[\d ]+", self.text.strip())
            remedy = (
                f"Write the number without spaces: {self.text.replace(' ', '')}."
                if numbers
                else "Join conditions with 'and' or 'or'; check the brackets."
            )
            raise self.fail(f"{self.peek()!r} is not expected here", remedy)

    # -- grammar --
    def disjunction(self) -> Expression:
        parts = [self.conjunction()]
        while self.took("or"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Apply("or", tuple(parts))

    def conjunction(self) -> Expression:
        parts = [self.negation()]
        while self.took("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else Apply("and", tuple(parts))

    def negation(self) -> Expression:
        if self.took("not"):
            return Apply("not", (self.negation(),))
        return self.comparison()

    def comparison(self) -> Expression:
        left = self.sum()
        if self.took("is"):
            return self._state(left)
        if self.took("in"):
            return self._membership(left, "in")
        if self.peek() == "not" and self.kind() == "name":
            self.take()
            self.expect("in", "after 'not'")
            return self._membership(left, "not in")
        parts: list[Expression] = []
        while self.peek() in _COMPARE and self.kind() == "sign":
            sign, right = self.take(), self.sum()
            parts.append(Apply(sign, (left, right)))
            left = right
        return left if not parts else parts[0] if len(parts) == 1 else Apply("and", tuple(parts))

    def _state(self, left: Expression) -> Expression:
        negative = self.took("not")
        word = self.take()
        if word == "answered":
            tree = Apply("answered", (left,))
        elif word == "applicable":
            tree = Apply("applicable", (left,))
        else:
            self.at -= 1
            raise self.fail(
                f"'is {word}' is not known", "Write: is answered, is not answered, is applicable, is not applicable."
            )
        return Apply("not", (tree,)) if negative else tree

    def _membership(self, left: Expression, op: str) -> Expression:
        if self.took("list"):
            self.expect("(", "after 'list'")
            if self.kind() != "text":
                raise self.fail("the name of the list is expected", "Write list('name') with quotes.")
            name = Literal(_unquote(self.take()))
            self.expect(")", "after the name of the list")
            return Apply(f"{op} list", (left, name))
        self.expect("[", f"after {op!r}")
        items: list[Expression] = []
        while not self.took("]"):
            item = self.sign()
            if not isinstance(item, Literal):
                raise self.fail("only fixed values may stand between [ and ]", "Put a choice in quotes: 'bachelor'.")
            items.append(item)
            if not self.took(","):
                self.expect("]", "after the last value")
                break
        return Apply(op, (left, *items))

    def sum(self) -> Expression:
        left = self.product()
        while self.peek() in ("+", "-") and self.kind() == "sign":
            left = Apply(self.take(), (left, self.product()))
        return left

    def product(self) -> Expression:
        left = self.sign()
        while self.peek() in ("*", "/") and self.kind() == "sign":
            left = Apply(self.take(), (left, self.sign()))
        return left

    def sign(self) -> Expression:
        if self.took("-"):
            inner = self.sign()
            if isinstance(inner, Literal) and isinstance(inner.value, (int, Decimal)):
                return Literal(-inner.value)
            return Apply("-", (Literal(0), inner))
        return self.item()

    def item(self) -> Expression:
        kind, value = self.kind(), self.peek()
        if kind == "number":
            self.take()
            return Literal(Decimal(value) if "." in value else int(value))
        if kind == "text":
            self.take()
            return Literal(_unquote(value))
        if self.took("("):
            inner = self.disjunction()
            self.expect(")", "to close the bracket")
            return inner
        if kind != "name" or value in _KEYWORDS:
            found = f"{value!r} stands here" if value else "the expression ends"
            raise self.fail(f"a value is expected, but {found}", "Write a fact, a number or a 'choice' in quotes.")
        self.take()
        if value in ("yes", "true", "no", "false"):
            return YES if value in ("yes", "true") else NO
        return self._call(value) if self.took("(") else Name(value)

    def _call(self, function: str) -> Expression:
        arguments: list[Expression] = []
        while not self.took(")"):
            arguments.append(self.disjunction())
            if not self.took(","):
                self.expect(")", f"to close {function}(")
                break
        return Apply(function, tuple(arguments))


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(text, at)
        if not match:
            bad = text[at:].lstrip()[0]
            remedy = _UNREADABLE.get(bad, "Write only what docs/packs.md lists under Expressions.")
            raise Unreadable(f"The sign {bad!r} cannot be read in the expression: {text}", remedy, at)
        kind = str(match.lastgroup)
        value = match.group(kind)
        if kind == "sign" and value in _WRONG_SIGNS:
            raise Unreadable(
                f"The sign {value!r} is not used in the expression: {text}",
                f"Write {_WRONG_SIGNS[value]!r}.",
                match.start(kind),
            )
        found.append((kind, value, match.start(kind)))
        at = match.end()
    return found


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
