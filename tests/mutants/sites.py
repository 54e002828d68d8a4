"""Every place of the code where one small change makes a mutant, and the text of that change."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("domain", "services", "pricing", "api")
"""The packages of chalicelib that are mutated: what they do rests on no vendor."""

COMPARED: dict[type[ast.cmpop], Sequence[type[ast.cmpop]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
SWAPPED_CALLS = {"min": "max", "max": "min"}
UNTOUCHED = {"annotation", "returns", "decorator_list", "bases", "type_params"}


@dataclass(frozen=True, slots=True)
class Site:
    """One change: the bytes of a file from `start` to `end` become `after`. `within` names the function."""

    path: str
    line: int
    within: str
    start: int
    end: int
    before: str
    after: str

    def apply(self, source: bytes) -> bytes:
        """The file with the change made."""
        return source[: self.start] + self.after.encode() + source[self.end :]

    def __str__(self) -> str:
        before, after = (" ".join(text.split()) for text in (self.before, self.after))
        return f"{self.path}:{self.line} in {self.within or 'the module'}: {before}  ->  {after}"


def sites_of(root: Path) -> list[Site]:
    """The sites of all packages, in a fixed order."""
    folders = [root / "chalicelib" / package for package in PACKAGES]
    files = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return [site for path in files for site in _Sites(path.relative_to(root), path.read_bytes()).found()]


class _Sites:
    """The sites of one file."""

    def __init__(self, path: Path, source: bytes) -> None:
        self._path = str(path)
        self._source = source
        lines = source.splitlines(keepends=True)
        self._starts = [sum(map(len, lines[:number])) for number in range(len(lines))]

    def found(self) -> Iterator[Site]:
        yield from self._visit(ast.parse(self._source), "")

    def _visit(self, node: ast.AST, within: str) -> Iterator[Site]:
        if _is_passed_over(node):
            return
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            within = f"{within}.{node.name}" if within else node.name
        for after in _changes(node):
            yield self._site(node, within, after)
        for test in _conditions(node):
            for truth in ("True", "False"):
                yield self._site(test, within, truth)
        for child in _children(node):
            yield from self._visit(child, within)

    def _site(self, node: ast.AST, within: str, after: str) -> Site:
        start = self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined] # all ours have places
        end = self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined] # all ours have
        before = self._source[start:end].decode()
        return Site(self._path, node.lineno, within, start, end, before, after)  # type: ignore[attr-defined] # so

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column


def _is_passed_over(node: ast.AST) -> bool:
    """Whether it is never run, or its parts have no places in the source."""
    if isinstance(node, ast.ClassDef):
        return any("Protocol" in ast.unparse(base) for base in node.bases)
    is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    return is_for_types or isinstance(node, ast.JoinedStr)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    untouched = UNTOUCHED | {"keywords"} if isinstance(node, ast.ClassDef) else UNTOUCHED
    for name, value in ast.iter_fields(node):
        if name not in untouched:
            yield from (
                child
                for child in (value if isinstance(value, list) else [value])
                if isinstance(child, ast.AST)
            )


def _conditions(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        tests = [node.test]
    elif isinstance(node, ast.comprehension):
        tests = node.ifs
    else:
        tests = []
    yield from (test for test in tests if not isinstance(test, ast.Constant))


def _changes(node: ast.AST) -> Iterator[str]:
    """What the node may become, as source."""
    if isinstance(node, ast.stmt):
        yield from _changed_statements(node)
    elif isinstance(node, ast.Constant):
        yield from _changed_constants(node)
    elif isinstance(node, ast.expr):
        yield from (
            # In brackets, so that what stands around it keeps its own precedence.
            f"({ast.unparse(ast.fix_missing_locations(other))})"
            for other in _changed_expressions(node)
        )


def _changed_expressions(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                operators = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield ast.Compare(node.left, operators, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in CALCULATED:
        yield ast.BinOp(node.left, CALCULATED[type(node.op)](), node.right)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SWAPPED_CALLS:
        yield ast.Call(ast.Name(SWAPPED_CALLS[node.func.id]), node.args, node.keywords)


def _changed_constants(node: ast.Constant) -> Iterator[str]:
    if isinstance(node.value, bool):
        yield str(not node.value)
    elif isinstance(node.value, int):
        yield str(node.value + 1)


def _is_nothing(value: ast.expr) -> bool:
    """Whether None in its place would be the same to whoever asks if there is something."""
    return isinstance(value, ast.Constant) and (value.value is None or value.value is False)


def _changed_statements(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.AugAssign) and type(node.op) in CALCULATED:
        yield ast.unparse(ast.AugAssign(node.target, CALCULATED[type(node.op)](), node.value))
    elif isinstance(node, ast.Return) and node.value is not None and not _is_nothing(node.value):
        yield "return None"
    elif isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield "pass"
    elif isinstance(node, ast.Continue):
        yield "break"
    elif isinstance(node, ast.Break):
        yield "continue"
