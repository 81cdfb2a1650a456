"""A lifted family as people write it."""

from __future__ import annotations

from adversaries.lifting.polynomial import Polynomial
from adversaries.lifting.series import Lifted


def formula(polynomial: Polynomial, parameter: str = "k") -> str:
    """Return ``polynomial`` in text, factored where that is shorter: "2*k*(k + 1)"."""
    import sympy

    k = sympy.Symbol(parameter)
    terms = (sympy.Rational(c.numerator, c.denominator) * k**e for e, c in enumerate(polynomial.coefficients))
    expanded = sympy.expand(sum(terms, sympy.Integer(0)))
    return min((str(expanded), str(sympy.factor(expanded))), key=len)


def construction(lifted: Lifted) -> str:
    """Return the family in one line, as the table of families has it: "((0, k) x 3, (0, 1) x 2*k), M = 2*k"."""
    blocks = []
    for block in lifted.blocks:
        count, arrival = formula(block.count), formula(block.arrival)
        text = f"({formula(block.prompt)}, {formula(block.output)})"
        text += "" if count == "1" else f" x {_atom(count)}"
        blocks.append(text + ("" if arrival == "0" else f" at {arrival}"))
    listed, repeat = ", ".join(blocks), formula(lifted.repeat)
    if repeat != "1":
        listed = f"({listed}) x {_atom(repeat)}"
    return f"{listed}, M = {formula(lifted.memory)}"


def _atom(text: str) -> str:
    return f"({text})" if " " in text else text
