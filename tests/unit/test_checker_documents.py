"""Verdicts on whole files: the golden cases, and one reason for each thing that can be wrong."""

import copy
import json
import runpy
import subprocess
import sys

import pytest

from cr_toolkit.checker import Verdict, check_data, check_file, documents
from cr_toolkit.checker import instance as instance_module
from cr_toolkit.checker.__main__ import main
from cr_toolkit.checker.digest import digest_of

DELAY = {
    "format": "crtool/instance/1",
    "memory": 11,
    "requests": [{"prompt": 0, "output": 10}, {"prompt": 4, "output": 3}, {"arrival": 0, "prompt": 3, "output": 3}],
}
FIVE = {"format": "crtool/instance/1", "memory": 6, "requests": [{"prompt": 0, "output": 3, "count": 5}]}

WITNESS = {
    "format": "crtool/witness/1",
    "instance": DELAY,
    "policy": {"name": "svf", "parameters": {"admission": "lookahead", "queue": "head-of-line"}},
    # (3,3) runs in steps 1-3; (4,3) would make it 6 + 6 in step 3 if started at 1; (0,10) must leave 6 and 7 alone.
    "policy_schedule": {"start": [3, 2, 0], "cost": 21},
    "optimum": {
        "upper": {"start": [1, 0, 3], "cost": 20},
        "lower": {"value": 16, "method": "outputs", "certificate": {}},
    },
    "alpha": "10/11",
    "ratio": {"lower": "21/20", "upper": "21/16"},
    "provenance": {"searcher": "hand", "seconds": 0.5, "nothing": None},
}
CERTIFICATE = {
    "format": "crtool/certificate/1",
    "instance": FIVE,
    "status": "bracketed",
    "upper": {"start": [0, 1, 2, 3, 4], "cost": 25},
    "lower": {"value": 15, "method": "volume", "certificate": {}},
}


def verdict(document):
    """Return the verdict on a document; a certificate that says nothing of its digest gets the right one."""
    if isinstance(document, dict) and document.get("format") == CERTIFICATE["format"] and "digest" not in document:
        document = document | {"digest": digest_of(document)}
    return check_data(json.dumps(document).encode())


@pytest.mark.parametrize("digest", ["", "0" * 64, digest_of(CERTIFICATE).upper(), None, 7])
def test_a_damaged_certificate_is_refused(digest):
    assert "the digest must be" in verdict(CERTIFICATE | {"digest": digest}).reason
    assert "lacks the field 'digest'" in check_data(json.dumps(CERTIFICATE).encode()).reason
    assert "the digest must be" in verdict(CERTIFICATE | {"digest": digest_of(CERTIFICATE), "status": "optimal"}).reason


def altered(document, path, value):
    """Return a copy of ``document`` with ``value`` at ``path``, or without that field if ``value`` is ``...``."""
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


def test_the_deliberate_delay_witness_is_accepted():
    reason = "svf cost 21, optimum in [16, 20], ratio >= 21/20 (lookahead, head-of-line)"
    assert verdict(WITNESS) == Verdict("", "witness", True, reason)


def test_the_five_identical_certificate_is_accepted():
    assert verdict(CERTIFICATE) == Verdict("", "certificate", True, "optimum in [15, 25] (bracketed)")


def test_a_closed_bracket_is_optimal():
    one = {**FIVE, "requests": [{"prompt": 0, "output": 3, "arrival": 4}]}
    closed = {
        "format": "crtool/certificate/1",
        "instance": one,
        "status": "optimal",
        "upper": {"start": [4], "cost": 3},
        "lower": {"value": 3, "method": "outputs"},
    }
    assert verdict(closed) == Verdict("", "certificate", True, "optimum 3 (optimal)")
    assert "status must be 'optimal'" in verdict({**closed, "status": "bracketed"}).reason


@pytest.mark.parametrize(
    ("name", "parameters", "start", "cost"),
    [
        ("svf", {"admission": "lookahead", "queue": "skipping"}, [0, 10, 0], 26),
        ("svf", {"admission": "peak", "queue": "head-of-line"}, [6, 3, 0], 25),
        ("sjf", {"admission": "lookahead", "queue": "head-of-line"}, [3, 0, 2], 21),
        ("sjf", {"admission": "peak", "queue": "head-of-line"}, [6, 0, 3], 25),
        ("fcfs", {"admission": "lookahead", "queue": "head-of-line"}, [0, 0, 10], 26),
        ("fcfs", {"admission": "peak", "queue": "skipping"}, [0, 10, 13], 39),
        # The one long request has proxy volume 1, the others 5 and 4.
        (
            "svf-1bit",
            {"admission": "peak", "queue": "head-of-line", "threshold": 9, "short": 1, "long": 1},
            [0, 13, 10],
            39,
        ),
        # With a higher threshold nothing is long, and with a long proxy of 4 the long one comes last.
        (
            "svf-1bit",
            {"admission": "peak", "queue": "head-of-line", "threshold": 9, "short": 1, "long": 4},
            [6, 3, 0],
            25,
        ),
    ],
)
def test_policies_run_by_hand(name, parameters, start, cost):
    document = altered(WITNESS, ["policy"], {"name": name, "parameters": parameters})
    document = altered(document, ["policy_schedule"], {"start": start, "cost": cost})
    document["ratio"] = {"lower": str(documents.Fraction(cost, 20)), "upper": str(documents.Fraction(cost, 16))}
    assert verdict(document).accepted, verdict(document).reason


def test_an_unknown_policy_is_run_from_its_order():
    parameters = {"admission": "lookahead", "queue": "head-of-line", "depth": 3, "mode": "fast"}
    document = altered(WITNESS, ["policy"], {"name": "Mine", "parameters": parameters, "order": [2, 1, 0]})
    assert verdict(document).accepted
    assert verdict(document).reason.endswith("the policy's priority order was taken as given)")
    assert "and the policy starts it at" in verdict(altered(document, ["policy", "order"], [0, 1, 2])).reason
    for order, reason in (
        ([0, 1], "has 2 entries for 3 requests"),
        ([0, 1, 1], "each request index once"),
        ([0, 1, 3], "each request index once"),
        (None, "must be a list"),
        (..., "gives no order"),
    ):
        assert reason in verdict(altered(document, ["policy", "order"], order)).reason
    for value in (1.5, True, None, []):
        refused = verdict(altered(document, ["policy", "parameters", "depth"], value))
        assert "a policy parameter must be" in refused.reason


def test_instances_are_judged_on_their_own():
    assert verdict(FIVE) == Verdict("", "instance", True, "a valid instance of 5 requests, memory 6, alpha 1/2")
    refused = verdict(altered(FIVE, ["requests", 0, "prompt"], 4))
    assert refused == Verdict("", "instance", False, "the instance.requests[0] needs 7 tokens, more than the memory 6")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "must be a JSON object that names its format"),
        ({"format": 1}, "must be a JSON object that names its format"),
        ({"format": "crtool/witness/2"}, "'crtool/witness/2' is unknown"),
        ({"format": "crtool/schedule/1", "start": [0]}, "a schedule cannot be checked without its instance"),
    ],
)
def test_other_files_are_not_accepted(document, reason):
    refused = verdict(document)
    assert (refused.kind, refused.accepted) == ("unknown", False)
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (["provenance"], [], "provenance must be an object"),
        (["instance", "format"], "crtool/instance/2", "instance.format must be 'crtool/instance/1'"),
        (["instance", "requests"], [], "instance has no requests"),
        (["instance", "requests", 1, "count"], 10**9, "more than 5000000 requests"),
        (["instance", "requests", 1, "count"], 2, "has 3 entries for 4 requests"),
        (["instance", "requests", 1, "arrival"], 3, "starts request 1 at 2, before its arrival 3"),
        (["instance", "memory"], 13, "alpha must be '10/13', and the file says '10/11'"),
        (["policy", "name"], "sjf", "starts request 1 at 2, and the policy starts it at 0"),
        (["policy", "order"], [2, 1, 0], "policy.order must be absent"),
        (["policy", "parameters", "queue"], "any", "must be head-of-line or skipping"),
        (["policy", "parameters"], [], "policy.parameters must be an object"),
        (["policy", "parameters", "threshold"], 3, "unknown field 'threshold'"),
        (["policy"], {"name": "x", "parameters": []}, "policy.parameters must be an object"),
        (["policy_schedule", "start"], [2, 3, 0], "starts request 0 at 2, and the policy starts it at 3"),
        (["policy_schedule", "cost"], 22, "policy_schedule.cost must be 21, and the file says 22"),
        (["policy_schedule", "cost"], {"a": 1}, "the file says something else"),
        (["optimum", "upper", "start"], [1, 0, 2], "optimum.upper holds 13 tokens in step 3"),
        (["optimum", "lower", "value"], 21, "above the cost 20 of a feasible schedule"),
        (["optimum", "lower", "value"], 17, "exceeds 16"),
        (["optimum", "lower", "value"], 0, "between 1 and"),
        (["ratio", "lower"], "42/40", "ratio.lower must be '21/20'"),
        (["ratio", "upper"], "1.3125", "ratio.upper must be '21/16'"),
    ],
)
def test_each_wrong_claim_has_its_reason(path, value, reason):
    refused = verdict(altered(WITNESS, path, value))
    assert (refused.kind, refused.accepted) == ("witness", False)
    assert reason in refused.reason


def test_one_bit_parameters_are_required():
    parameters = {"admission": "peak", "queue": "head-of-line", "threshold": 9, "short": 0, "long": 1}
    refused = verdict(altered(WITNESS, ["policy"], {"name": "svf-1bit", "parameters": parameters}))
    assert "policy.parameters.short must be between 1" in refused.reason
    del parameters["short"]
    refused = verdict(altered(WITNESS, ["policy"], {"name": "svf-1bit", "parameters": parameters}))
    assert "lacks the field 'short'" in refused.reason


def test_numbers_of_any_legal_size_are_exact():
    big = 2**53 - 1
    huge = altered(CERTIFICATE, ["instance"], {**FIVE, "memory": big, "requests": [{"prompt": 0, "output": big // 2}]})
    huge["upper"] = {"start": [0], "cost": big // 2}
    huge["lower"] = {"value": big // 2, "method": "mean-busy-time", "certificate": {}}
    assert "exceeds" in verdict({**huge, "status": "optimal"}).reason
    huge["lower"]["method"] = "outputs"
    assert verdict({**huge, "status": "optimal"}).accepted


def test_files_are_read_or_refused(tmp_path, monkeypatch):
    path = tmp_path / "witness.json"
    path.write_text(json.dumps(WITNESS))
    assert check_file(path).accepted
    assert check_file(str(path)).path == str(path)
    assert "cannot be read" in check_file(tmp_path).reason
    assert "cannot be read" in check_file("a\0b").reason
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    assert check_file(path) == Verdict(str(path), "unknown", False, "the file has more than 10 bytes")


def test_running_out_of_memory_is_a_rejection(monkeypatch):
    def exhaust(*_):
        raise MemoryError

    monkeypatch.setattr(documents, "read_instance", exhaust)
    refused = verdict(FIVE)
    assert not refused.accepted
    assert "this machine's memory" in refused.reason


def test_the_number_of_requests_is_bounded(monkeypatch):
    monkeypatch.setattr(instance_module, "MAX_REQUESTS", 4)
    assert "more than 4 requests" in verdict(FIVE).reason


def test_the_command(tmp_path, capsys, monkeypatch):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(FIVE))
    bad.write_text("{")
    assert main([str(good)]) == 0
    assert capsys.readouterr().out.startswith(f"{good}: accepted: a valid instance")
    assert main([str(good), str(bad)]) == 4
    assert f"{bad}: REJECTED: the file is not JSON" in capsys.readouterr().out
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["checker", str(bad)])
    monkeypatch.delitem(sys.modules, "cr_toolkit.checker.__main__")
    with pytest.raises(SystemExit) as ending:
        runpy.run_module("cr_toolkit.checker", run_name="__main__", alter_sys=True)
    assert ending.value.code == 4


def test_the_checker_needs_the_standard_library_alone():
    code = (
        "import sys, cr_toolkit.checker.__main__ as m, cr_toolkit.checker.bounds;"
        "own = {n for n in sys.modules if n.startswith('cr_toolkit') and not n.startswith('cr_toolkit.checker')};"
        "foreign = {n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names);"
        "print(sorted(own), sorted(n for n in foreign if n in {'numpy', 'numba', 'msgspec', 'pulp', 'click', 'rich'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['cr_toolkit'] []"
