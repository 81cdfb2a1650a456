"""Every small change to the algebra of a lemma is looked at, and every one that survives is accounted for.

What a step proves is pinned twice: its truth by the symbolic check, and its scope, the symbols and intervals it ranges
over, by a table. A change that keeps both either says the same, or something weaker, or is listed in the docs with
the reason why it is still true.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from proofs.lemma import LEMMAS
from tests.mutation import algebra_outcome, mutants, scopes

SCOPES = json.loads((Path(__file__).parent / "proof_scopes.json").read_text())
DOCS = (Path(__file__).parents[2] / "docs" / "proofs" / "mutants.md").read_text()


@pytest.mark.parametrize("name", LEMMAS.names())
def test_a_step_speaks_of_the_symbols_and_intervals_it_should(name):
    assert scopes(name) == SCOPES[name]


def test_no_scope_is_left_over():
    assert set(SCOPES) == set(LEMMAS.names())


@pytest.mark.slow
@pytest.mark.parametrize("name", LEMMAS.names())
def test_every_surviving_mutant_is_accounted_for(name):
    outcomes = [(mutant, algebra_outcome(mutant)) for mutant in mutants(name, rows=False)]
    assert [m.change for m, outcome in outcomes if m.in_identity and outcome in ("weaker", "other")] == []
    listed = [line for line in DOCS.splitlines() if line.startswith(f"| `{name}` |")]
    unexplained = [m.change for m, outcome in outcomes if outcome == "other" and not _listed(m.change, listed)]
    assert unexplained == []
    counts = Counter(outcome for _, outcome in outcomes)
    assert counts["killed"] > len(outcomes) / 3


def _listed(change, lines):
    return any(f"`{change}`" in line for line in lines)
