"""A second opinion on polynomial inequalities, from z3: an optional solver that shares nothing with sympy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from importlib.util import find_spec
from operator import mul
from typing import Any, Literal

from cr_toolkit.errors import InputError
from proofs.lemma import Lemma
from proofs.symbolic import Claim, heard

Answer = Literal["agrees", "disagrees", "undecided"]

TIMEOUT = 2000
"""Milliseconds that z3 may take for one inequality."""


@dataclass(frozen=True)
class Opinion:
    """What z3 says of the inequalities of some lemmas.

    Attributes:
        agreed: how many it proves too.
        undecided: how many it cannot decide in time, or that are not polynomial.
        disputed: (lemma, inequality) for each that it refutes.
    """

    agreed: int
    undecided: int
    disputed: tuple[tuple[str, str], ...]


def available() -> bool:
    """Return whether z3 is installed."""
    return find_spec("z3") is not None


def second_opinion(lemmas: Iterable[Lemma]) -> Opinion:
    """Ask z3 about every inequality that the algebra of ``lemmas`` rests on and that sympy accepted.

    Raises:
        InputError: if z3 is not installed.
    """
    if not available():
        raise InputError("needs z3: pip install cr-toolkit[z3]", field="second opinion")
    agreed = undecided = 0
    disputed = []
    for lemma in lemmas:
        with heard() as claims:
            for _ in lemma.algebra():
                pass
        answers = [ask(claim) for claim in claims]
        agreed += answers.count("agrees")
        undecided += answers.count("undecided")
        disputed += [
            (lemma.id, str(claim.expression))
            for claim, answer in zip(claims, answers, strict=True)
            if answer == "disagrees"
        ]
    return Opinion(agreed, undecided, tuple(disputed))


def ask(claim: Claim) -> Answer:
    """Ask z3 for values of the symbols, in their ranges, at which the claim fails."""
    import sympy
    import z3
    from sympy.polys.polyerrors import BasePolynomialError

    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(claim.expression)))
    names = sorted(numerator.free_symbols | denominator.free_symbols, key=str)
    known = {symbol: z3.Real(symbol.name) for symbol in names}
    try:
        above, below = (_polynomial(part, known) for part in (numerator, denominator))
    except BasePolynomialError:
        return "undecided"
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT)
    solver.add(above * below < 0)
    for symbol, real in known.items():
        if symbol != claim.variable:
            solver.add(real >= 0)
            continue
        solver.add(real >= _number(claim.low))
        if claim.high is not sympy.oo:
            solver.add(real <= _number(claim.high))
    found = solver.check()
    return "agrees" if found == z3.unsat else "disagrees" if found == z3.sat else "undecided"


def _polynomial(expression: Any, known: Mapping[Any, Any]) -> Any:
    """Return a polynomial with rational coefficients as a z3 term."""
    import sympy
    import z3

    if not known:
        return z3.RealVal(str(sympy.Rational(expression)))
    poly = sympy.Poly(expression, *known, domain="QQ")
    terms = []
    for powers, coefficient in poly.terms():
        factors = [real for real, power in zip(known.values(), powers, strict=True) for _ in range(power)]
        terms.append(reduce(mul, factors, _number(coefficient)))
    return z3.Sum(terms)


def _number(value: Any) -> Any:
    import sympy
    import z3

    return z3.RealVal(str(sympy.Rational(str(value))))
