"""Small faults planted by rule: a comparison moved, a sign turned, a condition dropped, a number one too high, a call left out."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
SIGNS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
# What is only said to people, or to the type checker, decides nothing.
WORDS = {"_", "gettext", "ngettext", "cast", "join", "TypeVar", "__init__"}
Change = tuple[ast.AST, str, str]  # where, what was done, what stands there instead


@dataclass(frozen=True)
class Mutant:
    """One fault: where it is, what was done, and the whole altered source."""

    path: str
    line: int
    what: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.path}:{self.line} {self.what}"


def mutants(path: str, source: str) -> list[Mutant]:
    """Return every fault that the rules can plant in the functions of ``source``."""
    found = []
    for node, what, instead in _changes(ast.parse(source)):
        text = _replaced(source, node, instead)
        if _compiles(text):
            found.append(Mutant(path, node.lineno, what, text))  # type: ignore[attr-defined]
    return found


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _replaced(source: str, node: ast.AST, instead: str) -> str:
    """Put ``instead`` where ``node`` stands. Columns of the syntax tree count bytes."""
    lines = source.encode().splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno - 1  # type: ignore[attr-defined]
    start = sum(map(len, lines[:first])) + node.col_offset  # type: ignore[attr-defined]
    end = sum(map(len, lines[:last])) + node.end_col_offset  # type: ignore[attr-defined]
    whole = source.encode()
    return (whole[:start] + instead.encode() + whole[end:]).decode()


def _changes(tree: ast.AST) -> Iterator[Change]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            for statement in node.body:
                yield from _within(statement)
        elif isinstance(node, ast.ClassDef):
            yield from _changes(node)


def _within(node: ast.AST) -> Iterator[Change]:
    yield from _of(node)
    if isinstance(node, ast.AnnAssign):
        children: list[ast.AST] = [node.value] if node.value else []
    elif isinstance(node, ast.Call) and _called(node) in WORDS:
        children = []
    elif isinstance(node, (ast.JoinedStr, ast.Raise, ast.Assert)):
        children = []  # an error's words; that it is raised is tried by dropping its condition
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from _within(child)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _of(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.BoolOp):
        yield from _joined(node)
    elif isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        other = copy.copy(node)
        other.op = SIGNS[type(node.op)]()
        yield node, f"{type(node.op).__name__} to {type(other.op).__name__}", f"({ast.unparse(other)})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node, f"without {type(node.op).__name__}", f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, (ast.If, ast.IfExp)):
        yield node.test, "condition turned round", f"(not ({ast.unparse(node.test)}))"
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _called(node.value) not in WORDS:
        yield node, f"no {_called(node.value)}()", "pass"


def _compared(node: ast.Compare) -> Iterator[Change]:
    for place, operator in enumerate(node.ops):
        other = copy.copy(node)
        other.ops = [*node.ops]
        other.ops[place] = COMPARISONS[type(operator)]()
        what = f"{type(operator).__name__} to {type(other.ops[place]).__name__}"
        yield node, what, f"({ast.unparse(other)})"


def _joined(node: ast.BoolOp) -> Iterator[Change]:
    other = copy.copy(node)
    other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield node, f"{type(node.op).__name__} to {type(other.op).__name__}", f"({ast.unparse(other)})"
    word = " and " if isinstance(node.op, ast.And) else " or "
    for place in range(len(node.values)):
        fewer = word.join(f"({ast.unparse(value)})" for number, value in enumerate(node.values) if number != place)
        yield node, f"without part {place + 1} of {type(node.op).__name__}", f"({fewer})"


def _constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield node, f"{node.value} to {not node.value}", str(not node.value)
    elif isinstance(node.value, int):
        yield node, f"{node.value} to {node.value + 1}", str(node.value + 1)
