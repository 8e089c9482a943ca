"""Small mistakes somebody could make in a module, one at a time."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.LtE(), ast.LtE: ast.Lt(), ast.Gt: ast.GtE(), ast.GtE: ast.Gt(),
    ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(), ast.IsNot: ast.Is(), ast.In: ast.NotIn(), ast.NotIn: ast.In(),
}  # fmt: skip
OPERATORS: dict[type[ast.operator], ast.operator] = {
    ast.Add: ast.Sub(), ast.Sub: ast.Add(), ast.Mult: ast.Div(), ast.Div: ast.Mult(), ast.FloorDiv: ast.Mult(),
    ast.Mod: ast.Mult(), ast.Pow: ast.Mult(), ast.BitOr: ast.BitAnd(), ast.BitAnd: ast.BitOr(),
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    module: str
    line: int
    text: str
    """The line."""
    change: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same when lines are added above."""
        return self.module, self.text, self.change

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line}: {self.change}"


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Yield the mutants of a module. What only people and type checkers read stays as it is."""
    tree = ast.parse(source)
    nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.expr, ast.stmt))]
    skipped = {id(inner) for node in nodes for part in _unread(node) for inner in ast.walk(part)}
    for index, node in enumerate(nodes):
        if id(node) in skipped:
            continue
        for number in range(len(list(_changes(node)))):
            changed = copy.deepcopy(tree)
            target = [other for other in ast.walk(changed) if isinstance(other, (ast.expr, ast.stmt))][index]
            replacement = list(_changes(target))[number]
            before = ast.unparse(target).partition("\n")[0]
            mutated = ast.fix_missing_locations(_Replace(target, replacement).visit(changed))
            after = ast.unparse(replacement).partition("\n")[0]
            text = source.splitlines()[node.lineno - 1].strip()
            yield Mutant(module, node.lineno, text, f"{before}  →  {after}", ast.unparse(mutated))


class _Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, replacement: ast.AST) -> None:
        self._target = target
        self._replacement = replacement

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self._replacement, node) if node is self._target else self.generic_visit(node)


def _unread(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of *node* that nothing depends on when the program runs."""
    if isinstance(node, ast.arg) and node.annotation:
        yield node.annotation
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from filter(None, [node.returns, *(argument.annotation for argument in node.args.args)])
        yield from filter(None, [argument.annotation for argument in node.args.kwonlyargs])
        yield from node.decorator_list
        if node.name == "__repr__":
            yield node
    if isinstance(node, ast.ClassDef):
        yield from (*node.bases, *node.decorator_list, *node.keywords)
    if isinstance(node, ast.AnnAssign):
        yield node.annotation
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Assert)):
        yield node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("cast", "TypeVar"):
        yield node.args[0]
    if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Call, ast.Subscript, ast.BinOp)):
        alias = isinstance(node.value, ast.Subscript) and node.col_offset == 0
        if alias or ast.unparse(node.value).startswith("TypeVar("):
            yield node
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("__slots__", "__sentry_repr__"):
        yield node


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS:
        yield ast.Compare(node.left, [COMPARISONS[type(node.ops[0])]], node.comparators)
        if isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
            yield ast.UnaryOp(ast.Not(), node)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        if len(node.values) > 1:
            yield from (ast.BoolOp(node.op, [v for v in node.values if v is not value]) for value in node.values)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)], node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, (int, float)):
            yield ast.Constant(node.value + 1)
        elif isinstance(node.value, str) and " " not in node.value and node.value.isascii():  # sentences may change
            yield ast.Constant(node.value + "XX")
        elif isinstance(node.value, bytes):
            yield ast.Constant(node.value + b"XX")
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)) and not isinstance(node.test, (ast.Constant, ast.Compare)):
        opposite = copy.copy(node)
        opposite.test = ast.UnaryOp(ast.Not(), node.test)
        yield opposite
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Assign) and not _is_none(node.value):
        yield ast.Assign(node.targets, ast.Constant(None))
    elif isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        yield ast.AugAssign(node.target, OPERATORS[type(node.op)], node.value)
        yield ast.Pass()
    elif isinstance(node, (ast.Raise, ast.Expr, ast.Continue)):
        yield ast.Pass()


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
