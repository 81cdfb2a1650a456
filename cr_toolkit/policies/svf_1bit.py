"""1-bit SVF: volumes guessed from one bit per request."""

from __future__ import annotations

from math import isqrt
from typing import Self

from cr_toolkit.errors import InputError
from cr_toolkit.model.request import require_integer
from cr_toolkit.policies.base import OneBitPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import OneBitView


@POLICIES.register("svf-1bit")
class OneBitSmallestVolumeFirst(OneBitPolicy):
    """Smallest proxy volume first, the output replaced by one of two proxies (arXiv 2606.22327, section 3.2).

    Parameters left open take the worst-case choice for outputs up to T: threshold T^(1/2), proxies T^(1/4) and
    T^(3/4), each rounded down. Rounding the threshold down changes no bit, outputs being integers.

    Args:
        threshold: the bit is 1 iff the output exceeds this (tokens, >= 1).
        short: proxy output when the bit is 0 (tokens, >= 1).
        long: proxy output when the bit is 1 (tokens, >= 1).

    Raises:
        InputError: if a parameter is below 1.
    """

    vectorised = True

    def __init__(self, threshold: int | None = None, short: int | None = None, long: int | None = None) -> None:
        for name, value in (("threshold", threshold), ("short", short), ("long", long)):
            if value is not None:
                require_integer(value, least=1, field=f"policy parameter {name}")
        self.threshold = threshold
        self.short = short
        self.long = long

    def prepared(self, longest_output: int) -> Self:
        """Return the policy with every parameter fixed for outputs up to ``longest_output`` tokens."""
        root = isqrt(longest_output)
        return type(self)(
            self.threshold if self.threshold is not None else root,
            self.short if self.short is not None else isqrt(root),
            self.long if self.long is not None else isqrt(isqrt(longest_output**3)),
        )

    def priority(self, request: OneBitView) -> int:
        """Return the proxy volume (token-steps)."""
        if self.short is None or self.long is None:
            raise InputError("must be fixed by prepared() before use", field="policy parameters")
        proxy = self.short + request.is_long * (self.long - self.short)
        return request.prompt * proxy + proxy * (proxy + 1) // 2
