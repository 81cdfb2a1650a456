"""Every small change to a lemma file is looked at, and every one that survives is accounted for.

The symbolic checks refuse a change that makes a step false. A change that leaves a step true, such as a narrower range
or a weaker inequality, is found by a table of what every step claims. What is left says the same in other words.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from cr_toolkit.policies import Admission, Queue
from proofs.lemma import LEMMAS
from proofs.sample import sample_instances, trials
from tests.mutation import algebra_outcome, claims, mutants, rows_outcome

CLAIMS = json.loads((Path(__file__).parent / "proof_claims.json").read_text())
SKIPPING = ("skipped-wide", "svf-skipping")


@pytest.mark.parametrize("name", LEMMAS.names())
def test_every_step_claims_what_it_should(name):
    assert claims(name) == CLAIMS[name]


def test_no_claim_is_left_over():
    assert set(CLAIMS) == set(LEMMAS.names())


@pytest.mark.slow
@pytest.mark.parametrize("name", LEMMAS.names())
def test_changes_of_the_algebra_are_refused_or_pinned(name):
    counts = Counter(algebra_outcome(mutant) for mutant in mutants(name, rows=False))
    assert counts["refused"] + counts["pinned"] > counts["same"]
    found = [m.change for m in mutants(name, rows=False) if m.in_identity and algebra_outcome(m) == "pinned"]
    assert found == [], "an identity stays true after a change"


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(LEMMAS.names()) - {"output-bound"}))
def test_changes_of_the_inequality_break_on_a_run_or_say_less(name):
    runs = [
        trial
        for instance in sample_instances(48, seed=3)
        for policy in ("svf", "svf-1bit")
        for queue in Queue
        for trial in trials(instance, policy, tuple(Admission), queues=(queue,))
        if (queue is Queue.SKIPPING) is (name in SKIPPING) and any(True for _ in LEMMAS[name].rows(trial))
    ][:60]
    counts = Counter(rows_outcome(mutant, runs) for mutant in mutants(name, rows=True))
    assert counts["killed"] > 0
