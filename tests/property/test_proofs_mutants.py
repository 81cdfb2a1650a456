"""Every small change to the algebra of a lemma is looked at: identities may not survive one, inequalities rarely do.

A mutant swaps + with - or * with /, or adds one to an integer. A surviving mutant of an inequality is a weaker truth
(a larger right side is still larger), which no check can reject; of an identity it would be an unchecked step.
"""

import ast
import copy
import inspect
import sys

import pytest

from proofs.lemma import LEMMAS

SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def sites(tree):
    """Every node that a mutant changes, in a fixed order."""
    for node in ast.walk(tree):
        swappable = isinstance(node, ast.BinOp) and type(node.op) in SWAPPED
        if swappable or (isinstance(node, ast.Constant) and type(node.value) is int):
            yield node


def mutate(node):
    if isinstance(node, ast.BinOp):
        node.op = SWAPPED[type(node.op)]()
    else:
        node.value += 1


def mutants(name):
    """Yield (line, is inside a call of identity, proved) for each mutant of the algebra of a lemma."""
    module = sys.modules[LEMMAS[name].algebra.__module__]
    tree = ast.parse(inspect.getsource(module))
    functions = [i for i, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef) and node.name != "rows"]
    for place in functions:
        for number in range(sum(1 for _ in sites(tree.body[place]))):
            changed = copy.deepcopy(tree.body[place])
            node = list(sites(changed))[number]
            identities = [
                n for n in ast.walk(changed) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "identity"
            ]
            inside = any(node is part for call in identities for part in ast.walk(call))
            mutate(node)
            namespace = dict(vars(module))
            exec(compile(ast.Module([changed], []), name, "exec"), namespace)
            # Helpers of the module look their names up in the mutant's namespace.
            for other in functions:
                if other != place:
                    exec(compile(ast.Module([tree.body[other]], []), name, "exec"), namespace)
            yield node.lineno, inside, survives(namespace["algebra"])


def survives(algebra):
    try:
        return all(step.proved is True for step in algebra())
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return False


@pytest.mark.slow
@pytest.mark.parametrize("name", LEMMAS.names())
def test_no_identity_survives_a_change(name):
    found = list(mutants(name))
    assert [line for line, inside, alive in found if inside and alive] == []
    assert sum(alive for _, _, alive in found) <= len(found) / 2
