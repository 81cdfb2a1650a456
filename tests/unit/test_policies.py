"""What policies order, what they may see, and how users bring their own."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from cr_toolkit import Instance, simulate
from cr_toolkit.errors import InputError
from cr_toolkit.model import Request
from cr_toolkit.policies import (
    POLICIES,
    FullView,
    Information,
    IntervalView,
    OneBitPolicy,
    OneBitView,
    PriorityPolicy,
    PromptView,
    load_policy,
    make_policy,
)
from cr_toolkit.simulation import service_order

SIZES = [(0, 8), (9, 2), (2, 5), (0, 3), (12, 1)]
INSTANCE = Instance.burst(30, SIZES)


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("svf", [3, 4, 1, 2, 0]),  # volumes 36, 21, 25, 6, 13
        ("sjf", [4, 1, 3, 2, 0]),
        ("fcfs", [0, 1, 2, 3, 4]),
        # T = 8: threshold 2, proxies 1 and 4; proxy volumes 10, 10, 18, 10, 13
        ("svf-1bit", [0, 1, 3, 4, 2]),
    ],
)
def test_orders_by_hand(name: str, order: list[int]) -> None:
    assert list(simulate(INSTANCE, name).order) == order


def test_fcfs_orders_by_arrival_then_by_request_order() -> None:
    instance = Instance.from_triples(9, [(3, 0, 1), (0, 0, 1), (3, 0, 2), (0, 0, 2)])
    assert simulate(instance, "fcfs").order == (1, 3, 0, 2)


def test_one_bit_parameters_default_to_the_worst_case_choice() -> None:
    run = simulate(Instance.burst(2000, [(0, 900), (0, 1)]), "svf-1bit")
    assert run.parameters == {"threshold": 30, "short": 5, "long": 164}  # 900^(1/2), 900^(1/4), 900^(3/4)
    run = simulate(INSTANCE, "svf-1bit", parameters={"threshold": 4, "long": 9})
    assert run.parameters == {"threshold": 4, "short": 1, "long": 9}


def test_bad_parameters_are_refused() -> None:
    with pytest.raises(InputError, match="policy parameter short must be >= 1, got 0"):
        make_policy("svf-1bit", {"short": 0})
    with pytest.raises(InputError, match="speed is not a parameter of svf; it has none"):
        make_policy("svf", {"speed": 3})
    with pytest.raises(InputError, match="it has threshold, short, long"):
        make_policy("svf-1bit", {"speed": 3})
    with pytest.raises(InputError, match="must be fixed by prepared"):
        service_order(INSTANCE, make_policy("svf-1bit", {"threshold": 3}))


class Spy(PriorityPolicy):
    """Keeps every view it is shown."""

    seen: ClassVar[list[object]] = []

    def priority(self, request: object) -> int:
        self.seen.append(request)
        return 0


def spy_on(information: Information) -> list[object]:
    class Agent(Spy):
        seen: ClassVar[list[object]] = []

    Agent.information = information
    simulate(INSTANCE, Agent)
    return Agent.seen


def test_each_information_regime_shows_its_view_and_nothing_else() -> None:
    assert spy_on(Information.FULL) == [FullView(0, s, o) for s, o in SIZES]
    assert spy_on(Information.NONE) == [PromptView(0, s) for s, _ in SIZES]
    assert spy_on(Information.INTERVAL) == [
        IntervalView(0, 0, 8, 15),
        IntervalView(0, 9, 2, 3),
        IntervalView(0, 2, 4, 7),
        IntervalView(0, 0, 2, 3),
        IntervalView(0, 12, 1, 1),
    ]

    class OneBitSpy(OneBitPolicy):
        threshold = 2
        seen: ClassVar[list[object]] = []

        def priority(self, request: object) -> int:
            self.seen.append(request)
            return 0

    simulate(INSTANCE, OneBitSpy)
    assert OneBitSpy.seen == [OneBitView(0, s, o > 2) for s, o in SIZES]


@pytest.mark.parametrize("information", [Information.NONE, Information.INTERVAL])
def test_a_view_leads_to_no_request(information: Information) -> None:
    for view in spy_on(information):
        assert isinstance(view, tuple)
        assert not hasattr(view, "output")
        assert not hasattr(view, "__dict__")
        assert all(type(value) is int for value in view)


def test_outputs_that_look_alike_are_ordered_alike() -> None:
    """Two instances a policy cannot tell apart get the same order, whatever their outputs are."""
    for name, policy in POLICIES.items():
        if policy.information is Information.NONE and issubclass(policy, PriorityPolicy):
            first = Instance.from_triples(50, [(2, 4, 9), (0, 7, 1), (0, 3, 30)])
            second = Instance.from_triples(50, [(2, 4, 1), (0, 7, 30), (0, 3, 2)])
            assert simulate(first, name).order == simulate(second, name).order
    bits = {"threshold": 5, "short": 2, "long": 20}
    first = Instance.burst(50, [(4, 9), (7, 1), (3, 30)])
    second = Instance.burst(50, [(4, 40), (7, 5), (3, 6)])
    assert simulate(first, "svf-1bit", parameters=bits).order == simulate(second, "svf-1bit", parameters=bits).order


OWN_POLICY = """
from cr_toolkit.policies import FullView, PriorityPolicy

class LargestVolumeFirst(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return -request.volume
"""


def test_a_users_file_is_a_policy(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(OWN_POLICY)
    run = simulate(INSTANCE, f"{path}:LargestVolumeFirst")
    assert run.order == (0, 2, 1, 4, 3)
    assert run.policy == "LargestVolumeFirst"


@pytest.mark.parametrize(
    ("text", "reference", "message"),
    [
        (None, "none.py:X", "--policy: none.py is not a file"),
        ("x = 1", "own.py:X", "own.py defines no Policy called 'X'"),
        ("def X(): pass", "own.py:X", "own.py defines no Policy called 'X'"),
        ("import nothing_like_this", "own.py:X", "own.py cannot be imported: ModuleNotFoundError"),
        ("raise SystemExit(3)", "own.py:X", "own.py cannot be imported: SystemExit: 3"),
        (
            OWN_POLICY.replace("    def", "    information = 'foo'\n    def"),
            "own.py:LargestVolumeFirst",
            "own.py gives LargestVolumeFirst the information 'foo', which is not an Information",
        ),
        ("class X(:", "own.py:X", "own.py cannot be imported: SyntaxError"),
        (
            "from cr_toolkit.policies import PriorityPolicy\nclass X(PriorityPolicy): pass",
            "own.py:X",
            "own.py defines no Policy called 'X'",
        ),
    ],
)
def test_a_bad_policy_file_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, reference: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "own.py").write_text(text)
    with pytest.raises(InputError) as caught:
        load_policy(reference)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


class Peeker(PriorityPolicy):
    """Would order by what is still to come, if it were shown more than one request."""

    vectorised = True

    def priority(self, request: FullView) -> int:
        assert isinstance(request.arrival, int)
        return request.output


def test_a_users_policy_is_never_shown_requests_to_come() -> None:
    assert simulate(INSTANCE, Peeker).order == simulate(INSTANCE, "sjf").order


def test_requests_compare_by_value() -> None:
    assert Request(0, 1, 2) == Request(0, 1, 2)
    assert hash(Request(0, 1, 2)) == hash(Request(0, 1, 2))


class Faulty(PriorityPolicy):
    """Fails in the way it is told to."""

    def __init__(self, fault: str = "raise") -> None:
        if fault == "make":
            raise RuntimeError("no such thing")
        self.fault = fault

    def priority(self, request: FullView) -> object:
        if self.fault == "raise":
            raise KeyError("weight")
        return {"nan": float("nan"), "mixed": "x" if request.prompt else 1}[self.fault]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("make", "policy Faulty cannot be made: RuntimeError: no such thing"),
        ("raise", "policy Faulty failed: KeyError: 'weight'"),
        ("mixed", "policy Faulty failed: TypeError: '<' not supported between instances of 'str' and 'int'"),
        ("nan", "policy Faulty gave request 0 the priority nan"),
    ],
)
def test_a_failing_policy_is_one_clear_sentence(fault: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate(INSTANCE, Faulty, parameters={"fault": fault})
    assert str(caught.value) == message


def test_a_proxy_beyond_machine_integers_still_ranks_last() -> None:
    instance = Instance.burst(10, [(1, 9), (1, 2), (1, 2), (1, 2)])
    parameters = {"threshold": 3, "short": 1, "long": 4_000_000_000}
    assert simulate(instance, "svf-1bit", parameters=parameters).order == (1, 2, 3, 0)


@pytest.mark.parametrize("growth", [2 * 10**9, "12345678901/10000000000", "1000000000"])
def test_what_the_checker_would_refuse_is_refused_at_once(growth: int | str) -> None:
    with pytest.raises(InputError, match="nine digits"):
        simulate(Instance.burst(10, [(1, 3)]), "gba", parameters={"growth": growth})
