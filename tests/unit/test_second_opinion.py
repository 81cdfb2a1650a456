"""z3 agrees with what sympy accepts, and finds out what is false. Skipped where z3 is not installed."""

import pytest
import sympy

from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from proofs import second_opinion as module
from proofs.check import proof_lemmas
from proofs.second_opinion import ask, available, second_opinion
from proofs.symbolic import Claim, heard, nonnegative, nonnegative_between

needs_z3 = pytest.mark.skipif(not available(), reason="z3 is not installed")
x, y = sympy.symbols("x y", positive=True)


def test_accepted_inequalities_are_heard_and_others_are_not():
    with heard() as claims:
        assert nonnegative(x + y)
        assert not nonnegative(x - y)
        assert nonnegative_between(1 - x, x, 0, 1)
    assert claims == [Claim(x + y), Claim(1 - x, x, 0, 1)]
    nonnegative(x)
    assert len(claims) == 2


def test_without_z3_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"needs z3: pip install cr-toolkit\[z3\]"):
        second_opinion(())
    assert run(["theorem", "check", "svf-burst", "--instances", "3", "--no-corpus", "--second-opinion"]) == 2
    assert "needs z3" in capsys.readouterr().err


@needs_z3
@pytest.mark.parametrize(
    ("claim", "answer"),
    [
        (Claim(x * y + 1), "agrees"),
        (Claim(x / (1 + y)), "agrees"),
        (Claim(x - y), "disagrees"),
        (Claim(2 - 3 * x + x**3, x, 0, 1), "agrees"),
        (Claim(2 - 3 * x + x**3 - sympy.Rational(1, 100), x, 0, 1), "disagrees"),
        (Claim(x**2 - 2, x, 2, sympy.oo), "agrees"),
        (Claim(sympy.Integer(3)), "agrees"),
        (Claim(sympy.Integer(-3)), "disagrees"),
        (Claim(sympy.sqrt(x)), "undecided"),
    ],
)
def test_one_inequality(claim, answer):
    assert ask(claim) == answer


@needs_z3
def test_it_agrees_with_a_proof_and_disputes_a_false_one(monkeypatch, capsys):
    opinion = second_opinion(proof_lemmas(["svf-burst"]))
    assert opinion.agreed > 5
    assert (opinion.undecided, opinion.disputed) == (0, ())
    monkeypatch.setattr(module, "ask", lambda claim: "disagrees")
    assert run(["theorem", "check", "svf-burst", "--instances", "3", "--no-corpus", "--second-opinion"]) == 4
    assert "z3 disputes that this is >= 0" in capsys.readouterr().out
