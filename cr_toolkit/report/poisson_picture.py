"""A simulated Poisson theorem as a picture: measured ratio and proved bounds over the load.

Floats are fine here: nothing is decided from a picture.
"""

from __future__ import annotations

import os
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

from cr_toolkit.report.picture import STYLE
from cr_toolkit.report.results.poisson import SimulatedPoint, TheoremSimulation
from cr_toolkit.report.waterfall import require_format

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MEASURED, _CHAIN, _THEOREM, _VOID = "#4477AA", "#44AA99", "#BB5566", "#F3F1EC"
_QUIET, _GRID = "#6B6B6B", "#DDDDDD"
_TICKS = (1, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
_LEFT, _RIGHT = 0.09, 0.975


def draw(path: str | os.PathLike[str], result: TheoremSimulation) -> bytes:
    """Return the picture of ``result`` in the format ``path`` ends in.

    Raises:
        InputError: if the ending is unknown.
    """
    form = require_format(path)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.6, 5.0), facecolor="white")
        _compose(figure, result)
        buffer = BytesIO()
        # Without a date, drawing the same picture again gives the same bytes.
        figure.savefig(buffer, format=form, dpi=160, metadata={"Date": None} if form == "svg" else {})
    return buffer.getvalue()


def _compose(figure: Figure, result: TheoremSimulation) -> None:
    height = figure.get_figheight()
    title = f"{result.theorem}: what is proved and what happens"
    figure.text(_LEFT, 1 - 0.32 / height, title, fontsize=15, fontweight="bold", va="center")
    subtitle = (
        f"mean latency over the least possible; M = {result.memory:,}, alpha = {result.alpha}, outputs "
        f"geometric({result.mu}) up to {result.longest}, prompts {result.prompts[0]}..{result.prompts[1]}"
    )
    figure.text(_LEFT, 1 - 0.61 / height, subtitle, fontsize=9.5, color=_QUIET, va="center")
    ax = figure.subplots()
    figure.subplots_adjust(left=_LEFT, right=_RIGHT, top=1 - 0.95 / height, bottom=1.05 / height)
    loads = [float(Fraction(point.rho)) for point in result.points]
    right = max(1.05, *(load * 1.04 for load in loads))
    ax.set_yscale("log")
    ax.set_xlim(0, right)
    if right > 1:
        ax.axvspan(1, right, color=_VOID, linewidth=0, zorder=0)
        ax.annotate(
            "theorem void", (1, 1), xycoords=("data", "axes fraction"), xytext=(5, -6), textcoords="offset points",
            color=_QUIET, fontsize=8.5, va="top",
        )  # fmt: skip
    _draw_points(ax, loads, result.points)
    _dress(ax)
    figure.legend(loc="lower left", bbox_to_anchor=(_LEFT - 0.015, 0.0), ncols=2, frameon=False, fontsize=8.5)


def _draw_points(ax: Axes, loads: list[float], points: tuple[SimulatedPoint, ...]) -> None:
    for label, colour, bounds in (
        ("theorem as published", _THEOREM, [point.bound for point in points]),
        ("its chain, against E[OPT] >= E[o]", _CHAIN, [point.chain_bound for point in points]),
    ):
        known = [(load, float(Fraction(bound))) for load, bound in zip(loads, bounds, strict=True) if bound is not None]
        if known:
            x, y = zip(*known, strict=True)
            ax.plot(x, y, color=colour, linewidth=1.6, marker="o", markersize=3.5, label=label, zorder=3)
    middle = [point.ratio.mean for point in points]
    low = [max(0.0, point.ratio.mean - point.ratio.low) for point in points]
    high = [max(0.0, point.ratio.high - point.ratio.mean) for point in points]
    ax.errorbar(
        loads, middle, yerr=(low, high), color=_MEASURED, marker="o", markersize=5, markeredgecolor="white", capsize=3,
        linewidth=1.4, label="measured, over E[o]; bar: bracket of E[policy]/E[OPT]", zorder=5,
    )  # fmt: skip
    growing = [(load, point.ratio.mean) for load, point in zip(loads, points, strict=True) if point.growing]
    if growing:
        x, y = zip(*growing, strict=True)
        ax.plot(x, y, "x", color=_THEOREM, markersize=9, label="the queue grows", zorder=6)
    top = max((*(float(Fraction(point.bound)) for point in points if point.bound), 2 * max(middle)))
    ax.set_ylim(0.93, 1.5 * top)


def _dress(ax: Axes) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ax.set_xlabel(r"load $\rho$: volume that arrives per step / half of $(1-\alpha)M$")
    ax.set_ylabel("ratio (log scale)")
    top = ax.get_ylim()[1]
    ax.yaxis.set_major_locator(FixedLocator([tick for tick in _TICKS if tick <= top]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.grid(axis="y", color=_GRID, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    ax.tick_params(length=3)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
