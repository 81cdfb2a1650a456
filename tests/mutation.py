"""Mutants of lemma files: small changes to the algebra, or to the inequality, and what becomes of them.

A mutant swaps + with - or * with /, adds one to an integer, drops an operand (a term or a factor), reverses the
order of a subtraction or a division, or flips a sign.
"""

from __future__ import annotations

import ast
import copy
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from proofs.lemma import LEMMAS
from proofs.symbolic import identity, nonnegative, nonnegative_between, ratio_nonnegative_between
from proofs.trial import Trial

CHECKS = (identity, nonnegative, nonnegative_between, ratio_nonnegative_between)
"""The symbolic checks that steps are made of."""

SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


@dataclass(frozen=True)
class Mutant:
    """One changed file.

    Attributes:
        lemma: the lemma's id.
        function: the changed function.
        change: "before -> after", the changed expression as source.
        in_identity: whether the change is inside a call of ``identity``.
        namespace: the module's names with the change in force.
    """

    lemma: str
    function: str
    change: str
    in_identity: bool
    namespace: dict[str, Any]


def mutants(name: str, *, rows: bool) -> Iterator[Mutant]:
    """Yield the mutants of a lemma's algebra and its helpers, or with ``rows`` those of its inequality."""
    module = sys.modules[LEMMAS[name].algebra.__module__]
    tree = ast.parse(inspect.getsource(module))
    places = [i for i, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef)]
    for place in places:
        if (tree.body[place].name in _names_in_rows(tree)) is not rows:
            continue
        for number, variant in _variants(tree.body[place]):
            changed = copy.deepcopy(tree.body[place])
            node = list(ast.walk(changed))[number]
            calls = [
                n for n in ast.walk(changed) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "identity"
            ]
            inside = any(node is part for call in calls for part in ast.walk(call))
            before, after = ast.unparse(node), variant(copy.deepcopy(node))
            changed = _Replaced(node, after).visit(changed)
            namespace = dict(vars(module))
            for other in places:
                # Helpers of the module look their names up in the mutant's namespace.
                body = changed if other == place else tree.body[other]
                exec(compile(ast.fix_missing_locations(ast.Module([body], [])), name, "exec"), namespace)
            yield Mutant(name, tree.body[place].name, f"{before} -> {ast.unparse(after)}", inside, namespace)


def _names_in_rows(tree: ast.Module) -> set[str]:
    """Return ``rows`` and the names it uses: a function among them belongs to the inequality."""
    (rows,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "rows")
    return {"rows"} | {node.id for node in ast.walk(rows) if isinstance(node, ast.Name)}


class _Replaced(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else self.generic_visit(node)


def _variants(function: ast.AST) -> Iterator[tuple[int, Callable[[Any], ast.AST]]]:
    """Yield (number of a node in ``ast.walk``, what makes its mutant of it)."""
    for number, node in enumerate(ast.walk(function)):
        if isinstance(node, ast.BinOp) and type(node.op) in SWAPPED:
            yield number, _swap
            yield number, lambda n: n.left
            if isinstance(node.op, ast.Add | ast.Mult):
                yield number, lambda n: n.right
            else:
                yield number, lambda n: ast.BinOp(n.right, n.op, n.left)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield number, lambda n: n.operand
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield number, lambda n: ast.Constant(n.value + 1)


def _swap(node: ast.BinOp) -> ast.BinOp:
    node.op = SWAPPED[type(node.op)]()
    return node


def algebra_outcome(mutant: Mutant) -> str:
    """Return ``refused`` by the symbolic checks, ``pinned`` (still true, found by the table of claims) or ``same``."""
    steps = _step_function(mutant)
    if (mutant.lemma, steps) not in _ORIGINAL:
        _ORIGINAL[mutant.lemma, steps] = _recorded(LEMMAS[mutant.lemma].algebra.__globals__, steps)
    try:
        changed = _recorded(mutant.namespace, steps)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return "refused"
    if changed is None:
        return "refused"
    return "same" if changed == _ORIGINAL[mutant.lemma, steps] else "pinned"


_ORIGINAL: dict[tuple[str, str], list[str] | None] = {}


def _step_function(mutant: Mutant) -> str:
    """Return the function whose steps the change can reach: a part of the algebra, or all of it."""
    function = mutant.namespace[mutant.function]
    alone = inspect.isgeneratorfunction(function) and not inspect.signature(function).parameters
    return mutant.function if alone else "algebra"


def _recorded(namespace: dict[str, Any], steps: str) -> list[str] | None:
    """Return every claim that the steps make; None if one is not proved."""
    claims: list[str] = []

    def recording(check: Callable[..., bool]) -> Callable[..., bool]:
        def recorded(*arguments: Any) -> bool:
            claims.append(claim(check.__name__, *arguments))
            return check(*arguments)

        return recorded

    checks = [check for check in CHECKS if check.__name__ in namespace]
    saved = {check.__name__: namespace[check.__name__] for check in checks}
    namespace.update({check.__name__: recording(check) for check in checks})
    try:
        outcomes = [step.proved is True for step in namespace[steps]()]
    finally:
        namespace.update(saved)
    return [f"{len(outcomes)} steps", *claims] if all(outcomes) else None


def claim(check: str, *arguments: Any) -> str:
    """Return what a symbolic check is about: its kind, its symbols and interval, and its expression's value at a point.

    The point puts 2, 3, 5, ... for the symbols in alphabetical order.
    """
    expression = sympy.sympify(arguments[0])
    names = sorted(expression.free_symbols, key=str)
    point = {symbol: sympy.prime(place) for place, symbol in enumerate(names, start=1)}
    interval = "" if not check.endswith("between") else " on [" + ", ".join(map(str, arguments[2:])) + "]"
    return f"{check} {' '.join(map(str, names))}{interval}: {expression.subs(point)}"


def claims(name: str) -> list[str]:
    """Return every claim that a lemma's algebra makes, in order."""
    found = _recorded(LEMMAS[name].algebra.__globals__, "algebra")
    assert found is not None, name
    return found


def rows_outcome(mutant: Mutant, trials: list[Trial]) -> str:
    """Return ``killed`` if the mutant's inequality breaks on a trial, raises or says nothing, or how it differs.

    ``same``: the same rows; ``weaker``: no row has less slack; ``other``: some row has less slack and still holds.
    """
    rows = mutant.namespace["rows"]
    original = LEMMAS[mutant.lemma].rows
    seen, kinds = 0, {"same"}
    for trial in trials:
        try:
            changed = list(rows(trial))
        except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError, KeyError):
            return "killed"
        seen += len(changed)
        if any(row.lhs > row.rhs for row in changed):
            return "killed"
        kinds |= _rows_compared(list(original(trial)), changed)
    return "killed" if seen == 0 else next(kind for kind in ("other", "weaker", "same") if kind in kinds)


def _rows_compared(before: list[Any], after: list[Any]) -> set[str]:
    if len(before) != len(after):
        return {"other"}
    kinds = set()
    for old, new in zip(before, after, strict=True):
        if (old.lhs, old.rhs) != (new.lhs, new.rhs):
            # Of two true rows the one with the larger lhs/rhs says more.
            tighter = new.lhs * old.rhs > old.lhs * new.rhs if old.rhs > 0 and new.rhs > 0 else new.slack < old.slack
            kinds.add("other" if tighter else "weaker")
    return kinds
