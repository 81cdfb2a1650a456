"""Policies that decide for themselves, one step and one token at a time: slow, literal, and sharing no code."""

from __future__ import annotations

from math import ceil

from cr_toolkit import Instance

Outcome = tuple[tuple[int, ...], list[tuple[int, int, int]]]
"""The starts of the completing attempts, and the stopped attempts by start, then request."""


def literal_width(memory: int, prompt: int, length: int) -> int:
    """The largest K with K s + sum of ceil(k o / K) <= M, by adding up."""
    width = 1
    while (width + 1) * prompt + sum(ceil(k * length / (width + 1)) for k in range(1, width + 2)) <= memory:
        width += 1
    return width


class World:
    """Requests that run, and how many tokens each has decoded in its attempt."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.tokens: dict[int, int] = {}
        self.began: dict[int, int] = {}
        self.start: dict[int, int] = {}
        self.stopped: list[tuple[int, int, int]] = []
        self.now = 0

    def waiting(self) -> list[int]:
        return [
            i
            for i, request in enumerate(self.instance.requests)
            if request.arrival <= self.now and i not in self.tokens and i not in self.start
        ]

    def begin(self, index: int) -> None:
        self.tokens[index] = 0
        self.began[index] = self.now

    def stop(self, index: int) -> None:
        del self.tokens[index]
        self.stopped.append((index, self.began[index], self.now))

    def step(self) -> None:
        self.now += 1
        for index in list(self.tokens):
            self.tokens[index] += 1
        assert sum(self.instance.requests[i].prompt + t for i, t in self.tokens.items()) <= self.instance.memory
        for index, decoded in list(self.tokens.items()):
            if decoded == self.instance.requests[index].output:
                del self.tokens[index]
                self.start[index] = self.began[index]

    def next_step_overflows(self) -> bool:
        held = sum(self.instance.requests[i].prompt + t + 1 for i, t in self.tokens.items())
        return held > self.instance.memory

    def done(self) -> bool:
        return len(self.start) == len(self.instance)

    def result(self) -> Outcome:
        starts = tuple(self.start[i] for i in range(len(self.instance)))
        return starts, sorted(self.stopped, key=lambda attempt: (attempt[1], attempt[0]))


def _believable(world: World, lengths: dict[int, int], newcomer: int) -> bool:
    """Whether no later step overflows if all that runs, and the newcomer, ended after ``lengths`` tokens."""
    jobs = {**world.tokens, newcomer: 0}
    for ahead in range(1, max(lengths.values()) + 1):
        held = sum(world.instance.requests[i].prompt + t + ahead for i, t in jobs.items() if t + ahead <= lengths[i])
        if held > world.instance.memory:
            return False
    return True


def literal_estimates(instance: Instance, guesses: list[int]) -> tuple[int, ...]:
    """Head-of-line by guess; the lookahead check believes the guesses, capped at M - s."""
    believed = [min(g, instance.memory - r.prompt) for g, r in zip(guesses, instance.requests, strict=True)]
    world = World(instance)
    while not world.done():
        for index in sorted(world.waiting(), key=lambda i: (guesses[i], i)):
            if not _believable(world, {i: believed[i] for i in (*world.tokens, index)}, index):
                break
            world.begin(index)
        world.step()
    return world.result()[0]


def literal_a_min(instance: Instance, lower: int | None) -> Outcome:
    world = World(instance)
    floor = [lower if lower is not None else max(2**k for k in range(9) if 2**k <= r.output) for r in instance.requests]
    most = [0] * len(instance)
    while not world.done():
        for index, decoded in world.tokens.items():
            most[index] = max(most[index], decoded)
        estimate = [max(a, b) for a, b in zip(floor, most, strict=True)]
        while world.next_step_overflows():
            smallest = min(estimate[i] for i in world.tokens)
            world.stop(max(i for i in world.tokens if estimate[i] == smallest))
        for index in sorted(world.waiting(), key=lambda i: (estimate[i], i)):
            lengths = {i: max(estimate[i], decoded + 1) for i, decoded in world.tokens.items()}
            if not _believable(world, {**lengths, index: estimate[index]}, index):
                break
            world.begin(index)
        world.step()
    return world.result()


def literal_gsa(instance: Instance, first: int, top: int, bottom: int) -> Outcome:
    """Slices ceil(first (top/bottom)^p)."""
    world = World(instance)
    prompt = instance.requests[0].prompt
    phase = -1
    queue: list[tuple[int, int]] = []
    length = 0
    while not world.done():
        for index, decoded in list(world.tokens.items()):
            if decoded == length:
                world.stop(index)
        if not queue and not world.tokens:
            phase += 1
            length = min(-(-first * top**phase // bottom**phase), instance.memory - prompt)
            width = literal_width(instance.memory, prompt, length)
            queue = [(world.now + j * length // width, index) for j, index in enumerate(world.waiting())]
        while queue and queue[0][0] == world.now:
            world.begin(queue.pop(0)[1])
        world.step()
    return world.result()
