"""What docs/poisson.md includes: real runs of the Poisson theorems, as tables and a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

from cr_toolkit.policies import Admission
from cr_toolkit.report.poisson_picture import draw
from cr_toolkit.report.simulating import as_result
from cr_toolkit.report.wording import decimal
from cr_toolkit.taxonomy.traffic import Law
from proofs.poisson.check import Point, System, simulate_theorem
from proofs.poisson.weak_points import WEAK_POINTS

REQUESTS = 40_000
LOADS = ("1/10", "1/4", "1/2", "3/4", "9/10", "99/100", "5/4", "3/2", "2", "5/2", "3", "7/2", "15/4", "4", "9/2")
EXTREMES = (
    ("9/10", 12, "1/2", (4, 4)),
    ("9/10", 4, "1/2", (0, 0)),
    ("1/2", 14, "1/2", (0, 0)),
    ("1/2", 28, "1/4", (0, 0)),
)


def write_poisson_pages(folder: Path) -> None:
    """Write every table and the picture."""
    plain = _system("svf-poisson")
    sweep = [_point(plain, load) for load in LOADS]
    pages = {
        "poisson-steps": _steps({name: _point(_system(name), "9/10") for name in ("svf-poisson", "svf1-poisson")}),
        "poisson-sweep": _sweep(sweep),
        "poisson-extremes": _extremes(),
        "poisson-optimum": _optimum(),
        "poisson-weak": _table(("point", "published", "here"), (_cells(weak) for weak in WEAK_POINTS)),
    }
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "poisson.svg").write_bytes(draw("poisson.svg", as_result(plain, sweep, REQUESTS, 0)))


def _system(theorem: str) -> System:
    return System(theorem, 60, Fraction(1, 2), Fraction(1, 4), Law.uniform(0, 10))


@cache
def _point(system: System, load: str, requests: int = REQUESTS) -> Point:
    return simulate_theorem(system, system.rate_of(Fraction(load)), requests, 0)


def _steps(points: dict[str, Point]) -> str:
    rows = []
    for steps in zip(*(point.steps for point in points.values()), strict=True):
        cells = [f"`{steps[0].id}`"]
        for step in steps:
            measured = "–" if step.measured is None else f"{step.measured.mean:.4g}"
            value = "–" if step.value is None else f"{float(step.value):.4g}"
            cells.append(f"{measured} / {value}, {step.verdict}")
        rows.append(cells)
    return _table(("step", *(f"`{name}`: measured / formula, verdict" for name in points)), rows)


def _sweep(points: Sequence[Point]) -> str:
    header = ("$\\rho$", "$\\Lambda/M$", "queue", "mean wait", "bound on it", "ratio in", "chain", "theorem", "verdict")
    rows = []
    for point in points:
        bound = next(step.value for step in point.steps if step.id == "mean-wait")
        queue = "grows" if point.growing else "steady"
        ratio = "–" if point.growing else f"[{point.ratio.low:.4f}, {point.ratio.high:.4f}]"
        limit, chain, theorem = map(_number, (bound, point.chain_bound, point.bound))
        load, wait = decimal(point.memory_load, 3), f"{point.wait.mean:.4f}"
        rows.append((str(point.rho), load, queue, wait, limit, ratio, chain, theorem, str(point.verdict)))
    return _table(header, rows)


def _extremes() -> str:
    rows = []
    for mu, memory, alpha, prompts in EXTREMES:
        for rule in Admission:
            system = System("svf-poisson", memory, Fraction(alpha), Fraction(mu), Law.uniform(*prompts), admission=rule)
            point = _point(system, "99/100")
            span = str(prompts[0]) if prompts[0] == prompts[1] else f"{prompts[0]}..{prompts[1]}"
            rows.append(
                (mu, str(memory), alpha, span, rule.value, f"{point.ratio.high:.3f}", _number(point.chain_bound, 1),
                 _number(point.bound, 1))
            )  # fmt: skip
    header = ("$\\mu$", "$M$", "$\\alpha$", "prompts", "admission", "ratio at most", "chain", "theorem")
    return _table(header, rows)


def _optimum() -> str:
    system = System("svf-poisson", 2000, Fraction(1, 20), Fraction(1, 10), Law.uniform(0, 0))
    rows = []
    for load in ("99/100", "5/4", "19/10"):
        point = _point(system, load)
        step = next(step for step in point.steps if step.id == "optimum-work")
        assert step.measured is not None
        bracket = f"[{step.measured.low:.3f}, {step.measured.high:.3f}]"
        rows.append((load, decimal(point.memory_load, 3), bracket, _number(step.value, 3), str(step.verdict)))
    return _table(("$\\rho$", "$\\Lambda/M$", "$E[\\mathrm{OPT}]$ in", "$(1-\\mu)W_0/M$", "verdict"), rows)


def _number(value: Fraction | None, places: int = 4) -> str:
    return "–" if value is None else decimal(value, places)


def _cells(row: Iterable[str]) -> list[str]:
    name, *rest = row
    return [f"`{name}`", *rest]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
