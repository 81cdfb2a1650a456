"""Aiming at a lemma finds its tightest rows, and finds a broken one out."""

from dataclasses import replace
from fractions import Fraction

import msgspec
import pytest

from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from cr_toolkit.report.results.proving import TheoremAttack
from proofs import attack as module
from proofs.attack import attack
from proofs.lemma import LEMMAS, Row


def with_rows(monkeypatch, name, change):
    rows = LEMMAS[name].rows
    monkeypatch.setattr(module, "LEMMAS", {name: replace(LEMMAS[name], rows=lambda t: [change(r) for r in rows(t)])})


def test_a_result_is_a_function_of_its_arguments():
    first = attack("chain-area", 40, seed=3)
    assert (first.ratio, first.rows) == (attack("chain-area", 40, seed=3).ratio, attack("chain-area", 40, seed=3).rows)
    assert (first.evaluations, first.broken) == (40, False)
    assert first.row is not None
    assert first.ratio == Fraction(first.row.lhs) / first.row.rhs <= 1


def test_climbing_beats_the_sample_it_starts_from():
    least = {attack("chain-area", 1, seed).ratio or Fraction(0) for seed in range(5)}
    assert attack("chain-area", 150).ratio > max(least)


@pytest.mark.parametrize(
    ("name", "factor"), [("waiting", "21/20"), ("svf-burst-lookahead", "3"), ("comb-packing", "9/8")]
)
def test_a_lemma_that_claims_too_much_is_refuted(monkeypatch, name, factor):
    with_rows(monkeypatch, name, lambda row: Row(row.label, row.lhs * Fraction(factor), row.rhs))
    found = attack(name, 200)
    assert found.broken
    assert found.row.lhs > found.row.rhs
    assert found.evaluations <= 200


def test_a_right_side_that_is_not_positive_refutes_too(monkeypatch):
    with_rows(monkeypatch, "waiting", lambda row: Row(row.label, 1, 0))
    assert attack("waiting", 5).broken


def test_an_unknown_lemma_is_an_input_error(capsys):
    with pytest.raises(InputError, match="lemma"):
        attack("waitin")
    assert run(["theorem", "attack", "waitin"]) == 2
    assert "did you mean 'waiting'" in capsys.readouterr().err


def test_the_command_shows_a_table(capsys):
    assert run(["theorem", "attack", "chain-area", "waiting", "--evaluations", "30"]) == 0
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split("  ")[0] == "lemma"
    assert first.startswith("chain-area")
    assert "[lookahead]" in first
    assert second.split()[2] == "1.0000"


def test_the_command_writes_its_format(capsys):
    assert run(["theorem", "attack", "split-bound", "--evaluations", "5", "--format", "json"]) == 0
    (lemma,) = msgspec.json.decode(capsys.readouterr().out, type=TheoremAttack).lemmas
    assert (lemma.id, lemma.broken) == ("split-bound", False)
    assert 0 < Fraction(lemma.ratio) <= 1
    assert lemma.policy == "svf"


def test_a_broken_lemma_is_exit_code_four(capsys, monkeypatch):
    with_rows(monkeypatch, "waiting", lambda row: Row(row.label, 2, 1))
    assert run(["theorem", "attack", "waiting"]) == 4
    assert "BROKEN: waiting: 2 > 1" in capsys.readouterr().out
