"""Running again a policy that holds every request to be as long as an estimate, never below its output."""

from __future__ import annotations

import heapq

from cr_toolkit.checker.instance import Instance
from cr_toolkit.checker.reading import Rejected
from cr_toolkit.checker.rerun import Machine, prediction


def estimates(instance: Instance, name: str, parameters: dict[str, int]) -> list[int]:
    """Return the estimate of every request: ``mc-sf`` predicts, ``a-max`` takes the upper end of an interval.

    Without the parameter ``upper`` the interval of output o is [2^k, 2^(k+1) - 1] around it.
    """
    found = []
    for index, request in enumerate(instance.requests):
        output = request.output
        if name == "mc-sf":
            found.append(prediction(parameters["seed"], index, output, parameters["error"] * output))
        else:
            found.append(parameters.get("upper", 2 ** output.bit_length() - 1))
        if found[-1] < output:
            raise Rejected(f"policy.parameters.upper is below the output {output} of request {index}")
    return found


def rerun_on_estimates(instance: Instance, guesses: list[int]) -> list[int]:
    """Return the starts of a head-of-line run by ascending guess, ties by index.

    A request starts if no future step overflows with every request as long as its guess, which counts as at most
    memory - prompt. A completion before that frees the memory and is a moment to look again.
    """
    seeming = [
        request._replace(output=min(guess, instance.memory - request.prompt))
        for request, guess in zip(instance.requests, guesses, strict=True)
    ]
    machine = Machine(instance.memory, "lookahead")
    starts = [0] * len(seeming)
    coming = sorted(((request.arrival, guesses[i], i) for i, request in enumerate(seeming)), reverse=True)
    waiting: list[tuple[int, int]] = []
    running: list[tuple[int, int]] = []
    now = 0
    while coming or waiting:
        if not waiting:
            now = max(now, coming[-1][0])
        while coming and coming[-1][0] <= now:
            heapq.heappush(waiting, coming.pop()[1:])
        while running and running[0][0] <= now:
            end, index = heapq.heappop(running)
            machine.leave(seeming[index], starts[index], end)
        head = waiting[0][1]
        begin = machine.earliest(seeming[head], now)
        sooner = [moment for moment in (*running[:1], *coming[-1:]) if moment[0] <= begin and begin > now]
        if sooner:
            # A completion or a newcomer may change who starts when.
            now = min(sooner)[0]
            continue
        heapq.heappop(waiting)
        starts[head] = now = begin
        machine.start(seeming[head], now)
        heapq.heappush(running, (now + instance.requests[head].output, head))
    return starts
