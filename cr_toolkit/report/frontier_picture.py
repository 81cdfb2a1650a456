"""The frontier as a picture: what theorems exclude, what witnesses certify, and the open ground between them.

Floats are fine here: nothing is decided from a picture.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

from adversaries.corpus import Kept, Point, best_at
from cr_toolkit.policies import Admission
from cr_toolkit.report.frontier import Place, bounds_at
from cr_toolkit.report.picture import STYLE
from cr_toolkit.report.waterfall import require_format
from proofs.theorem import Kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CURVES = ("#BB5566", "#DDAA33", "#44AA99", "#882255", "#999933", "#88CCEE")
_KNOWN, _OPEN = "#4477AA", "#F3F1EC"
_INK, _QUIET, _GRID = "#222222", "#6B6B6B", "#DDDDDD"
_SHARES = (Fraction(1, 1000), *(Fraction(k, 120) for k in range(1, 120)), Fraction(999, 1000))
_TICKS = (1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100, 200, 500)
_ROOM = 1.35
"""How far the picture reaches above the worst ratio, as a factor; bounds that explode are cut off there."""

_LEFT, _RIGHT = 0.075, 0.975


def draw(path: str | os.PathLike[str], policy: str, kept: Sequence[Kept], places: Sequence[Place]) -> bytes:
    """Return the picture of ``places``, one panel per admission rule, in the format ``path`` ends in.

    Args:
        path: its ending says which format.
        policy: the policy, for the title.
        kept: all witnesses, from which the steps between the points are drawn.
        places: the points of the frontier; at least one.

    Raises:
        InputError: if the ending is unknown.
    """
    form = require_format(path)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        rules = list(dict.fromkeys(place.point.admission for place in places))
        figure = Figure(figsize=(5.2 * len(rules) + 1, 5.4), facecolor="white")
        _compose(figure, policy, kept, places, rules)
        buffer = BytesIO()
        # Without a date, drawing the same picture again gives the same bytes.
        figure.savefig(buffer, format=form, dpi=160, metadata={"Date": None} if form == "svg" else {})
    return buffer.getvalue()


def _compose(
    figure: Figure, policy: str, kept: Sequence[Kept], places: Sequence[Place], rules: Sequence[Admission]
) -> None:
    height = figure.get_figheight()
    left = _LEFT if len(rules) > 1 else 2 * _LEFT - 0.02
    title = f"{policy} on bursts: how bad can it be?"
    figure.text(left, 1 - 0.32 / height, title, fontsize=15, fontweight="bold", va="center")
    subtitle = "ratio of its total latency to the optimum, when no request needs more than a share of the memory"
    figure.text(left, 1 - 0.61 / height, subtitle, fontsize=10, color=_QUIET, va="center")
    axes = figure.subplots(1, len(rules), sharey=True, squeeze=False)[0]
    figure.subplots_adjust(left=left, right=_RIGHT, top=1 - 1.12 / height, bottom=1.22 / height, wspace=0.07)
    certified = [float(place.worst.ratio) for place in places if place.worst is not None]
    tightest = [float(place.above[0][1]) for place in places if place.above and place.point.alpha <= Fraction(1, 2)]
    top = _ROOM * max((*certified, *tightest, 2.0))
    colours: dict[str, str] = {}
    for ax, rule in zip(axes, rules, strict=True):
        here = [place for place in places if place.point.admission is rule]
        ax.set_yscale("log")
        ax.set_ylim(1, top)
        ax.set_xlim(0, 1)
        _draw_bounds(ax, here[0].point, top, colours)
        _draw_known(ax, kept, here)
        _dress(ax, f"admission rule {rule.value}", top)
    axes[0].set_ylabel("competitive ratio (log scale)")
    _legend(figure, left, colours)


def _draw_bounds(ax: Axes, point: Point, top: float, colours: dict[str, str]) -> None:
    """Draw a curve per theorem, and grey what none of them excludes."""
    curves: dict[str, list[tuple[float, float]]] = {}
    limits: list[tuple[float, float]] = []
    tightest: list[tuple[float, float]] = []
    for share in _SHARES:
        here = point._replace(alpha=share)
        above = bounds_at(here, (Kind.UPPER, Kind.TIGHT))
        for theorem, bound in above:
            curves.setdefault(theorem.id, []).append((float(share), float(bound)))
        tightest.append((float(share), float(above[0][1]) if above else 10 * top))
        below = bounds_at(here, (Kind.LOWER, Kind.TIGHT))
        if below:
            limits.append((float(share), float(below[-1][1])))
    shares, lowest = zip(*tightest, strict=True)
    ax.fill_between(shares, 1, lowest, color=_OPEN, linewidth=0, zorder=1)
    # The theorem that is tightest somewhere comes last, on top.
    for name in sorted(curves, key=lambda name: -min(bound for _, bound in curves[name])):
        colour = colours.setdefault(name, _CURVES[len(colours) % len(_CURVES)])
        x, y = zip(*curves[name], strict=True)
        ax.plot(x, y, color=colour, linewidth=1.6, zorder=3)
    if limits:
        x, y = zip(*limits, strict=True)
        colours.setdefault("", _INK)
        ax.plot(x, y, color=_INK, linewidth=1.1, linestyle=(0, (1, 2)), zorder=4)


def _draw_known(ax: Axes, kept: Sequence[Kept], places: Sequence[Place]) -> None:
    """Draw the worst ratio of every share as steps, and the points with their ratios."""
    point = places[0].point
    shares = sorted({one.alpha for one in kept} | {place.point.alpha for place in places} | {Fraction(1)})
    steps = [
        (float(share), float(worst.ratio))
        for share in shares
        if (worst := best_at(kept, point._replace(alpha=share))) is not None
    ]
    if not steps:
        return
    x, y = zip(*steps, strict=True)
    ax.fill_between(x, 1, y, step="post", color="white", linewidth=0, zorder=1)
    ax.fill_between(x, 1, y, step="post", color=_KNOWN, alpha=0.22, linewidth=0, zorder=2)
    ax.step(x, y, where="post", color=_KNOWN, linewidth=1.4, zorder=5)
    for place in places:
        if place.worst is not None:
            at, ratio = float(place.point.alpha), float(place.worst.ratio)
            ax.plot([at], [ratio], "o", color=_KNOWN, markersize=5, markeredgecolor="white", zorder=6)
            label = f"{float(int(ratio * 100)) / 100:.2f}"
            ax.annotate(
                label, (at, ratio), xytext=(3, -10), textcoords="offset points", ha="left", va="center", fontsize=8.5,
                zorder=7,
            )  # fmt: skip


def _dress(ax: Axes, title: str, top: float) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ax.set_title(title, loc="left", fontsize=11, pad=6)
    ax.set_xlabel(r"memory share $\alpha$: largest peak / memory")
    ax.yaxis.set_major_locator(FixedLocator([tick for tick in _TICKS if tick <= top]))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    shares = (
        Fraction(0),
        *(Fraction(text) for text in ("1/8", "1/4", "1/3", "1/2", "2/3", "3/4", "9/10")),
        Fraction(1),
    )
    ax.xaxis.set_major_locator(FixedLocator([float(share) for share in shares]))
    ax.set_xticklabels([str(share) for share in shares])
    ax.grid(axis="y", color=_GRID, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    ax.tick_params(length=3)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _legend(figure: Figure, left: float, colours: dict[str, str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Line2D | Patch] = [
        Line2D([], [], color=_KNOWN, marker="o", markersize=5, label="worst certified witness"),
        Patch(facecolor=_OPEN, edgecolor=_GRID, label="open"),
    ]
    handles += [Line2D([], [], color=colour, label=f"theorem {name}") for name, colour in colours.items() if name]
    if "" in colours:
        handles.append(Line2D([], [], color=_INK, linestyle=(0, (1, 2)), label="approached by a family"))
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(left - 0.01, 0.0),
        ncols=4 if figure.get_figwidth() > 8 else 2,
        frameon=False,
        fontsize=8.5,
        handlelength=1.6,
        columnspacing=1.5,
    )
