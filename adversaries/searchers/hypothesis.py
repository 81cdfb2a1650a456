"""Hypothesis behind the ask/tell interface: rounds of drawing and shrinking, each above the best ratio so far.

Hypothesis calls what it tests; a searcher is asked. A thread turns one into the other: it waits whenever a candidate is
out, so that only one of the two ever runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from queue import SimpleQueue
from random import Random
from threading import Thread
from weakref import finalize

from hypothesis.errors import Flaky

from adversaries.hypothesis_rounds import play_round
from adversaries.pattern import Pattern
from adversaries.searchers.base import Scored, Searcher
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.space import Space

_EXAMPLES = 150
"""Patterns drawn per round; shrinking comes on top."""


class _Stopped(KeyboardInterrupt):
    """Ends the thread; Hypothesis lets nothing but interrupts through."""


class _Dialogue:
    """The two ends of the thread, which must not keep the searcher alive."""

    def __init__(self, space: Space, key: int) -> None:
        self.questions: SimpleQueue[Pattern | Exception] = SimpleQueue()
        self.answers: SimpleQueue[Fraction | type[_Stopped] | None] = SimpleQueue()
        self._space, self._random = space, Random(key)
        self._seen = Fraction(1)
        Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Let the thread end."""
        self.answers.put(_Stopped)

    def _run(self) -> None:
        try:
            while True:
                key = self._random.getrandbits(64)
                # Whoever answers may contradict itself; then the round ends, and the next one begins.
                with suppress(Flaky):
                    play_round(self._worth, self._space, self._seen, key, _EXAMPLES)
        except _Stopped:
            return
        except Exception as error:
            # Whoever waits for a question must not wait for ever.
            self.questions.put(error)

    def _worth(self, pattern: Pattern) -> Fraction | None:
        self.questions.put(self._space.conform(pattern))
        answer = self.answers.get()
        if isinstance(answer, type):
            raise _Stopped
        if answer is not None:
            self._seen = max(self._seen, answer)
        return answer


@SEARCHERS.register("hypothesis")
class HypothesisSearcher(Searcher):
    """Lets Hypothesis aim at large ratios, and shrink whatever exceeds the best one so far."""

    def __init__(self, space: Space, random: Random, elites: Sequence[Scored]) -> None:
        super().__init__(space, random, elites)
        self._dialogue: _Dialogue | None = None
        self._waits = False

    def ask(self) -> Pattern:
        """Return what Hypothesis wants to know next."""
        if self._dialogue is None:
            self._dialogue = _Dialogue(self.space, self.random.getrandbits(64))
            finalize(self, self._dialogue.stop)
        elif self._waits:
            # The last candidate was skipped.
            self._dialogue.answers.put(None)
        self._waits = True
        question = self._dialogue.questions.get()
        if isinstance(question, Exception):
            raise question
        return question

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Pass the answer on."""
        assert self._dialogue is not None
        self._waits = False
        self._dialogue.answers.put(ratio)
