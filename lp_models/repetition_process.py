"""The process in which a proof is repeated while it is made: the checker's enumeration, fed line by line.

A thread would hold up the search: both need the interpreter. So this file is run as a script, by its path; it imports
the standard library and the checker. Lines of JSON:

    question  {"memory": M, "requests": [[arrival, prompt, output], ...], "target": T, "scale": S, "width": W,
               "events": bool, "limit": most nodes}
    part      {"pool": [vector, ...], "events": [[starts, completions], ...], "choices": [...]}      any number of them
    end       null
    answer    {"nodes": ...}, or {"start": [...], "cost": ...} of a cheaper schedule, or {"limit": "..."}, or
              {"fault": "..."}

The first part has the first vector. The process ends with its standard input, even in the middle of a proof, so that it
cannot outlive whoever asked.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_IDLE = 60.0
"""How long to wait for another question before leaving (seconds)."""

Lines = queue.SimpleQueue[str]


def answer(question: dict[str, Any], lines: Lines) -> dict[str, Any]:
    """Repeat a proof whose parts follow in ``lines``; return the answer when it is over, and what is left unread."""
    from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError, prove_no_better

    pool: list[list[int]] = []
    events: list[tuple[list[list[int]], list[list[int]]]] = []
    ended = False

    def receive() -> list[int] | None:
        nonlocal ended
        part = json.loads(lines.get())
        if part is None:
            ended = True
            return None
        pool.extend(part["pool"])
        events.extend((starts, completions) for starts, completions in part["events"])
        choices: list[int] = part["choices"]
        return choices

    def choices(first: list[int] | None) -> Iterator[int]:
        while first is not None:
            yield from first
            first = receive()

    try:
        first = receive()
        nodes = prove_no_better(
            question["memory"], [tuple(request) for request in question["requests"]], question["target"],
            question["scale"], pool, question["limit"], width=question["width"],
            events=events if question["events"] else None, choices=choices(first),
        )  # fmt: skip
        found: dict[str, Any] = {"nodes": nodes}
    except BetterScheduleError as better:
        found = {"start": better.start, "cost": better.cost}
    except NodeLimitError as error:
        found = {"limit": str(error)}
    except ValueError as error:
        found = {"fault": str(error)}
    while not ended:
        receive()
    return found


def _listen(lines: Lines) -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


def main() -> None:
    """Answer question after question until the input ends or nothing came for a while."""
    # A Ctrl-C reaches all processes of a terminal; whoever asked decides what becomes of this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The folder that holds the checker's package: this one's is not in the path.
    sys.path.insert(0, str(Path(__file__).parents[1]))
    lines: Lines = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    import cr_toolkit.checker.enumeration  # noqa: F401 -- before there is a question

    while True:
        try:
            line = lines.get(timeout=_IDLE)
        except queue.Empty:
            break
        print(json.dumps(answer(json.loads(line), lines)), flush=True)
    # The listener may hold the lock of the input, so leave without the usual tidying.
    os._exit(0)


if __name__ == "__main__":
    main()
