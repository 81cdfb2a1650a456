"""Pictures of schedules: memory over time under the line M."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.report.wording import compact

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cr_toolkit.report.classes import Classes
    from cr_toolkit.report.stacking import Floats, Stack

FORMATS = ("svg", "png")
"""What can be written, told apart by the file's ending."""

_TYPE_COLOURS = ("#4477AA", "#DDAA33", "#BB5566", "#44AA99", "#88CCEE", "#882255", "#999933")
"""From Paul Tol's schemes: distinct for the colour-blind; the first three also in grey."""

_VOLUME_COLOURS = ("#D9E8F0", "#B0D0E0", "#7FB2CC", "#4F90B3", "#2B6A91", "#12466B")
"""One hue, light to dark: small to large volume."""

_INK, _QUIET, _IDLE, _GRID = "#222222", "#6B6B6B", "#F3F1EC", "#DDDDDD"
_STOPPED, _HATCH, _FADED = "#BBBBBB", "/////", 0.45
_STOPPED_LABEL = "stopped, progress lost"
"""Attempts that were stopped: in grey where requests are drawn as bands, else hatched in a faded colour."""

_LEFT, _RIGHT = 0.085, 0.915
_LEGEND_CHARACTERS = 105
"""How much text of a legend fits on one line."""

_OUTLINED = 400
"""Up to this many requests are drawn one by one; beyond, each colour is one band."""

STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.edgecolor": _QUIET,
    "axes.labelcolor": _QUIET,
    "axes.linewidth": 0.8,
    "xtick.color": _QUIET,
    "ytick.color": _QUIET,
    "text.color": _INK,
    "svg.hashsalt": "crtool",
    "path.simplify_threshold": 0.1,
}
"""What all pictures look like."""


@dataclass(frozen=True)
class Panel:
    """One schedule of a picture.

    Attributes:
        title: what it is and what it costs.
        schedule: when the requests run.
    """

    title: str
    schedule: Schedule


def render(
    path: str | os.PathLike[str], instance: Instance, panels: Sequence[Panel], title: str, subtitle: str
) -> bytes:
    """Return the picture of ``panels``, one above the other on one time axis, in the format ``path`` ends in.

    Raises:
        InputError: if the ending is not one of ``FORMATS``.
    """
    form = os.path.splitext(os.fspath(path))[1].lstrip(".").lower()
    if form not in FORMATS:
        raise InputError("must end in .svg or .png", field="the picture's name", source=os.fspath(path))
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10, 1.5 + 2.6 * len(panels)), facecolor="white")
        _compose(figure, instance, panels, title, subtitle)
        buffer = BytesIO()
        # Without a date, drawing the same picture again gives the same bytes.
        metadata = {"Date": None} if form == "svg" else {}
        figure.savefig(buffer, format=form, dpi=160, metadata=metadata)
    return buffer.getvalue()


def _compose(figure: Figure, instance: Instance, panels: Sequence[Panel], title: str, subtitle: str) -> None:
    from cr_toolkit.report.classes import classify

    classes = classify(instance)
    height = figure.get_figheight()
    stops = any(panel.schedule.stopped for panel in panels)
    handles = len(classes.labels) + 1 + stops
    fits = sum(map(len, classes.labels)) + stops * len(_STOPPED_LABEL) <= _LEGEND_CHARACTERS
    columns = handles if fits else 4 if classes.ordered else 3
    legend = 0.24 * (-(-handles // columns) + classes.ordered)
    axes = figure.subplots(len(panels), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    figure.subplots_adjust(
        left=_LEFT, right=_RIGHT, top=1 - 1.02 / height, bottom=(0.62 + legend) / height, hspace=0.28
    )
    figure.text(_LEFT, 1 - 0.34 / height, title, fontsize=15, fontweight="bold", va="center")
    figure.text(_LEFT, 1 - 0.63 / height, subtitle, fontsize=10, color=_QUIET, va="center")
    horizon = max(_last(instance, panel) for panel in panels)
    axes[0].set_xlim(0, horizon)
    axes[0].set_ylim(0, instance.memory * 1.04)
    for ax, panel in zip(axes, panels, strict=True):
        _draw(ax, instance, panel, classes)
    axes[-1].set_xlabel("time (steps)")
    _legend(figure, classes, columns, stops)


def _last(instance: Instance, panel: Panel) -> int:
    """Return the last completion (step)."""
    return max(attempt.end for attempt in panel.schedule.attempts(instance))


def _draw(ax: Axes, instance: Instance, panel: Panel, classes: Classes) -> None:
    """Draw one schedule into axes whose limits are set."""
    from cr_toolkit.report.stacking import idle_share, stack

    attempts = list(panel.schedule.attempts(instance))
    if len(attempts) <= _OUTLINED:
        # The attempt that ends last lies lowest, so that nothing falls when one ends.
        order = sorted(range(len(attempts)), key=lambda i: (-attempts[i].end, attempts[i].start, i))
        layer = [0] * len(attempts)
        for place, index in enumerate(order):
            layer[index] = place
        shape = stack(instance, panel.schedule, layer, len(attempts))
        fills = [_Fill(_colours(classes)[classes.of[attempts[i].request]], i >= len(instance)) for i in order]
        _draw_requests(ax, shape, fills)
    else:
        stopped = [len(classes.labels)] * len(panel.schedule.stopped)
        shape = stack(instance, panel.schedule, [*classes.of, *stopped], len(classes.labels) + 1)
        # From the top layer down, each from 0 up: no seams between neighbours.
        for place, colour in reversed(list(enumerate((*_colours(classes), _STOPPED)))):
            ax.fill_between(
                shape.times, 0, shape.edges[place + 1], color=colour, linewidth=0, zorder=2, rasterized=True
            )
    last = _last(instance, panel)
    ax.fill_between([0, last], 0, instance.memory, color=_IDLE, linewidth=0, zorder=1)
    ax.plot([0, last], [instance.memory] * 2, color=_INK, linewidth=1.2, zorder=4, solid_capstyle="butt")
    ax.plot([last, last], [0, instance.memory], color=_QUIET, linewidth=0.8, linestyle=(0, (3, 2)), zorder=4)
    _label(ax, instance, panel, last, idle_share(instance, panel.schedule))


class _Fill(NamedTuple):
    """What an attempt's shape is filled with: the colour of its class, hatched if it was stopped."""

    colour: str
    stopped: bool


def _draw_requests(ax: Axes, shape: Stack, fills: Sequence[_Fill]) -> None:
    import numpy as np
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgba

    outlines = []
    box = ax.get_window_extent()
    # Points per step and per token.
    points = 72 / ax.figure.dpi * np.array((box.width / ax.get_xlim()[1], box.height / ax.get_ylim()[1]))
    for place in range(len(fills)):
        low, high = shape.edges[place], shape.edges[place + 1]
        active = np.flatnonzero(high > low)
        # A request of no prompt holds nothing at the instant it starts; that corner belongs to its shape.
        span = slice(active[0] - active[0] % 2, active[-1] + 1)
        forth = np.column_stack((shape.times[span], low[span]))
        back = np.column_stack((shape.times[span], high[span]))[::-1]
        outlines.append(np.vstack((forth, back)))
    widths = [_outline_width(outline * points) for outline in outlines]
    for stopped in (False, True):
        chosen = [place for place, fill in enumerate(fills) if fill.stopped is stopped]
        shapes = PolyCollection(
            [outlines[place] for place in chosen],
            facecolors=[to_rgba(fills[place].colour, _FADED if stopped else 1) for place in chosen],
            edgecolors="white",
            linewidths=[widths[place] for place in chosen],
            hatch=_HATCH if stopped else None,
            zorder=2,
        )
        ax.add_collection(shapes)


def _outline_width(shape: Floats) -> float:
    """Return a width (points) for a shape's outline: thin shapes must not drown in it.

    Args:
        shape: corners, in points, shape (k, 2).
    """
    import numpy as np

    x, y = shape[:, 0], shape[:, 1]
    after_x, after_y = np.roll(x, -1), np.roll(y, -1)
    area = abs(float((x * after_y - after_x * y).sum())) / 2
    perimeter = float(np.hypot(after_x - x, after_y - y).sum())
    return min(0.6, 0.15 * 2 * area / perimeter)


def _label(ax: Axes, instance: Instance, panel: Panel, last: int, idle: float) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.set_title(panel.title, loc="left", fontsize=11, pad=5)
    note = f"{idle:.0%} idle until step {compact(last)}"
    ax.set_title(note, loc="right", fontsize=9, color=_QUIET, pad=5)
    ax.annotate(
        f"M = {compact(instance.memory)}",
        (1, instance.memory),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
    )
    ax.set_ylabel("memory (tokens)")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5 if axis is ax.yaxis else 10, integer=True))
        axis.set_major_formatter(FuncFormatter(lambda value, _: compact(round(value))))
    ax.grid(axis="y", color=_GRID, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    ax.tick_params(length=3)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _legend(figure: Figure, classes: Classes, columns: int, stops: bool) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=colour, label=label) for colour, label in zip(_colours(classes), classes.labels, strict=True)
    ]
    handles.append(Patch(facecolor=_IDLE, edgecolor=_GRID, label="idle"))
    if stops:
        handles.append(Patch(facecolor=_STOPPED, edgecolor="white", hatch=_HATCH, label=_STOPPED_LABEL))
    figure.legend(
        handles=handles,
        title="volume (token-steps)" if classes.ordered else None,
        loc="lower left",
        bbox_to_anchor=(_LEFT - 0.01, 0.0),
        ncols=columns,
        frameon=False,
        fontsize=8.5,
        title_fontsize=8.5,
        alignment="left",
        handlelength=1.1,
        handleheight=1.0,
        columnspacing=1.3,
    )


def _colours(classes: Classes) -> tuple[str, ...]:
    if not classes.ordered:
        return _TYPE_COLOURS[: len(classes.labels)]
    count = len(classes.labels)
    return tuple(_VOLUME_COLOURS[round(i * (len(_VOLUME_COLOURS) - 1) / max(1, count - 1))] for i in range(count))
