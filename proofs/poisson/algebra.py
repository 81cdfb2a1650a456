"""The algebra of the chain, proved symbolically."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proofs.lemma import Step
from proofs.symbolic import identity, nonnegative, symbols


def moment(mu: Any, power: int) -> Any:
    """Return E[o^power] of the geometric law mu (1 - mu)^(k-1), k >= 1, from its generating function."""
    import sympy

    z = sympy.Symbol("z")
    value = mu * z / (1 - (1 - mu) * z)
    for _ in range(power):
        value = z * sympy.diff(value, z)
    return sympy.cancel(value.subs(z, 1))


def geometric_steps() -> Iterator[Step]:
    """Yield the moments of geometric outputs, and the published E[v] and W_0."""
    mu, s, rate = symbols("mu s lam")
    first, second, third = (moment(mu, k) for k in (1, 2, 3))
    yield Step("E[o] = 1/mu", identity(first, 1 / mu))
    yield Step("E[o^2] = (2 - mu)/mu^2", identity(second, (2 - mu) / mu**2))
    yield Step("E[o^3] = (6 - 6 mu + mu^2)/mu^3", identity(third, (6 - 6 * mu + mu**2) / mu**3))
    volume = s * first + (second + first) / 2
    yield Step("E[v] = E[s]/mu + 1/mu^2", identity(volume, s / mu + 1 / mu**2))
    work = rate * (s * (second + first) / 2 + (third + 3 * second + 2 * first) / 3)
    yield Step("W_0 = lambda (E[s]/mu^2 + 2/mu^3)", identity(work, rate * (s / mu**2 + 2 / mu**3)))
    residual = work - rate * (s * first + second + first)
    yield Step("E[residual] = (1 - mu) W_0", identity(residual, (1 - mu) * work))
    # W_0/(D - Lambda) mu with W_0 mu = 2 Lambda - lambda E[s]/mu and Lambda = rho D.
    yield Step("mu W_0 = 2 Lambda - lambda E[s]/mu", identity(mu * work, 2 * rate * volume - rate * s / mu))


def chain_algebra() -> Iterator[Step]:
    """Yield what turns the waiting inequality into the bounds, for any law of the outputs."""
    import sympy

    k, n, s, u, r = symbols("k n s u r")
    later = sympy.summation((k - 1) * (s + k), (k, 1, n))
    closed = s * (n**2 + n) / 2 + (n**3 + 3 * n**2 + 2 * n) / 3 - (s * n + n**2 + n)
    yield Step("sum of (k - 1)(s + k) over k <= o is the residual of one request", identity(later, closed))
    # With u steps done and r to go a request has the peak s + u + r.
    left = (s + u) * r + r * (r + 1) / 2
    yield Step("peak x steps to go <= 2 (volume to go)", nonnegative(2 * left - (s + u + r) * r))
    spare = s * n + n**2 + n - (s * n + n * (n + 1) / 2)
    yield Step("what W_0 has beyond the residual covers the arrivals of the same step", nonnegative(spare))
    drain, below, load, work = symbols("D R L W0")
    sigma = below + load
    bound = work * drain / ((drain - below) * (drain - sigma))
    before = work * drain * (1 / (drain - below) - 1 / drain)
    yield Step(
        "w (D - R - L) = W_0 + sum of earlier loads x waits, solved", identity(bound * (drain - sigma), work + before)
    )
    telescoped = work * drain * (1 / (drain - sigma) - 1 / (drain - below))
    yield Step("L w = W_0 D (1/(D - R - L) - 1/(D - R)), which telescopes", identity(load * bound, telescoped))
    whole = work * drain * (1 / (drain - load) - 1 / drain) / load
    yield Step("the loads together: W_0/(D - Lambda)", identity(whole, work / (drain - load)))
    after, room = symbols("A y")
    next_bound = work * drain / ((drain - sigma) * (drain - sigma - after))
    growth = (next_bound - bound).subs(drain, below + load + after + room)
    yield Step("class bounds grow along the order", nonnegative(growth))


def in_scope_algebra() -> Iterator[Step]:
    """Yield that the second bound on the optimum is idle for rho < 1, and what follows."""
    mu, s, rate, room = symbols("mu s lam y")
    volume = s / mu + 1 / mu**2
    work = rate * (s / mu**2 + 2 / mu**3)
    # M >= 2 Lambda + room, as rho < 1 and alpha > 0 demand: W_0/M <= 1/mu then.
    memory = 2 * rate * volume + room
    yield Step("rho < 1: (1 - mu) W_0/M <= W_0/M <= 1/mu", nonnegative(1 / mu - work / memory))
    rho, share = symbols("rho x")
    chain = 1 + (2 - share) * rho / (1 - rho)
    yield Step("1 + (2 - x) rho/(1 - rho) = (1 + rho)/(1 - rho) - x rho/(1 - rho)",
        identity(chain, (1 + rho) / (1 - rho) - share * rho / (1 - rho)))  # fmt: skip


def bit_algebra() -> Iterator[Step]:
    """Yield that eps is the long class's share of half the difference of the variances."""
    mu, theta, tail = symbols("mu theta x")
    long_variance = (1 - mu) / mu**2
    short_variance = long_variance - theta**2 * tail / (1 - tail) ** 2
    loss = tail * (long_variance - short_variance) / 2
    yield Step(
        "q^theta (Var_1 - Var_0)/2 = (theta q^theta/(1 - q^theta))^2/2",
        identity(loss, (theta * tail / (1 - tail)) ** 2 / 2),
    )
    proxy, variance, s = symbols("O V s")
    guess = s * proxy + (proxy**2 + proxy) / 2
    mean = s * proxy + (proxy**2 + variance + proxy) / 2
    yield Step("E[v | class] = proxy volume + Var/2", identity(mean, guess + variance / 2))


def algebra() -> Iterator[Step]:
    """Yield every algebraic step of the Poisson chain."""
    yield from geometric_steps()
    yield from chain_algebra()
    yield from in_scope_algebra()
    yield from bit_algebra()
