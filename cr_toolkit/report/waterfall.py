"""Where a proof loses, as a picture: bars that climb from the policy's cost to the bound.

Floats are fine here: nothing is decided from a picture.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

from cr_toolkit.errors import InputError
from cr_toolkit.model.formats import WitnessRecord
from cr_toolkit.report.gallery import facts
from cr_toolkit.report.picture import FORMATS, STYLE
from cr_toolkit.report.wording import decimal, ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from proofs.explanation import Explanation

_POLICY, _LOSS, _MOST, _BOUND = "#4477AA", "#DDAA33", "#BB5566", "#8A8A8A"
_INK, _QUIET, _GRID = "#222222", "#6B6B6B", "#DDDDDD"
_WIDTH, _LEFT, _RIGHT = 12.0, 0.40, 0.95
_ROW, _HEAD, _FOOT, _GAP = 0.36, 1.16, 0.75, 0.58
"""Heights in inches: one bar, the title, the axis with the legend, the space above a panel."""


def require_format(path: str | os.PathLike[str]) -> str:
    """Return the picture format that ``path`` ends in.

    Raises:
        InputError: if it is not one of ``FORMATS``.
    """
    form = os.path.splitext(os.fspath(path))[1].lstrip(".").lower()
    if form not in FORMATS:
        raise InputError("must end in .svg or .png", field="the picture's name", source=os.fspath(path))
    return form


def draw(path: str | os.PathLike[str], witness: WitnessRecord, explained: Sequence[Explanation]) -> bytes:
    """Return the picture of ``explained``, one panel per theorem on one scale, in the format ``path`` ends in.

    Raises:
        InputError: if the ending is not one of ``FORMATS``.
    """
    form = require_format(path)
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        rows = [len(one.steps) + 2 for one in explained]
        height = _HEAD + _FOOT + sum(_ROW * count + _GAP for count in rows) - _GAP
        figure = Figure(figsize=(_WIDTH, height), facecolor="white")
        _compose(figure, witness, explained, rows)
        buffer = BytesIO()
        metadata = {"Date": None} if form == "svg" else {}
        figure.savefig(buffer, format=form, dpi=160, metadata=metadata)
    return buffer.getvalue()


def _compose(figure: Figure, witness: WitnessRecord, explained: Sequence[Explanation], rows: Sequence[int]) -> None:
    height = figure.get_figheight()
    instance, upper = witness.instance.to_instance(), witness.optimum.upper.cost
    known = "the optimum" if upper == witness.optimum.lower.value else "the best schedule known"
    rules = ", ".join(str(witness.policy.parameters[name]) for name in ("admission", "queue"))
    margin = 0.025
    measured = decimal(Fraction(witness.policy_schedule.cost, upper), 3)
    bounds = "bound" if len(explained) == 1 else "bounds"
    title = f"From {witness.policy.name}'s cost, {measured} times {known}, up to the {bounds}"
    figure.text(margin, 1 - 0.32 / height, title, fontsize=15, fontweight="bold", va="center")
    figure.text(margin, 1 - 0.61 / height, f"{facts(instance)}; {rules}", fontsize=10, color=_QUIET, va="center")
    reach = max(float(one.bound) for one in explained) * 1.09
    top = height - _HEAD
    for place, (one, count) in enumerate(zip(explained, rows, strict=True)):
        box = (_LEFT, (top - _ROW * count) / height, _RIGHT - _LEFT, _ROW * count / height)
        ax = figure.add_axes(box)
        ax.set_xlim(0, reach)
        _panel(ax, one, last=place + 1 == len(rows))
        top -= _ROW * count + _GAP
    figure.axes[-1].set_xlabel(f"total latency / {known} ({upper:,} steps)")
    _legend(figure, margin, height)


def _panel(ax: Axes, one: Explanation, *, last: bool) -> None:
    """Draw one theorem: the cost, what each step adds, and the bound."""
    losses = dict(one.losses)
    worst = max(losses, key=lambda lemma: losses[lemma])
    unit = Fraction(one.other)
    level = float(one.cost / unit)
    ax.set_ylim(len(one.steps) + 1.5, -0.5)
    ax.barh(0, level, height=0.66, color=_POLICY, zorder=3)
    _row(ax, 0, "policy cost", "TEL", f"{level:.3f}", level)
    for place, step in enumerate(one.steps, start=1):
        high, gain = float(step.value / unit), float(step.lost / unit)
        colour = _MOST if step.lemma == worst and step.lost > 0 else _LOSS
        ax.plot([level, level], [place - 1.33, place + 0.33], color=_QUIET, linewidth=0.7, zorder=2)
        # A loss too small to see is still a mark.
        ax.barh(place, max(gain, ax.get_xlim()[1] / 400), left=level, height=0.66, color=colour, zorder=3)
        _row(ax, place, step.lemma, step.formula, f"+{gain:.3f}" if gain >= 0.0005 else "+0", high)
        level = high
    place = len(one.steps) + 1
    ax.plot([level, level], [place - 1.33, place + 0.33], color=_QUIET, linewidth=0.7, zorder=2)
    ax.barh(place, level, height=0.66, color=_BOUND, zorder=3)
    _row(ax, place, f"bound {ratio(one.bound)}", one.note or "", f"{level:.3f}", level)
    ax.axvline(1, color=_INK, linewidth=1.0, linestyle=(0, (3, 2)), zorder=4)
    ax.set_title(one.theorem, loc="left", fontsize=11, pad=6, x=-(_LEFT - 0.025) / (_RIGHT - _LEFT), fontweight="bold")
    ax.set_yticks([])
    ax.grid(axis="x", color=_GRID, linewidth=0.6, zorder=0)
    ax.set_axisbelow(True)
    ax.tick_params(length=3 if last else 0, labelbottom=last)
    for side in ("top", "right", "bottom") if not last else ("top", "right"):
        ax.spines[side].set_visible(False)


def _row(ax: Axes, place: int, name: str, formula: str, number: str, end: float) -> None:
    """Write what stands beside a bar: whose it is and what it says on the left, its size on the right."""
    beside = ax.get_yaxis_transform()
    left = -(_LEFT - 0.025) / (_RIGHT - _LEFT)
    if formula and name != "policy cost":
        ax.text(left, place - 0.21, name, transform=beside, va="center", fontsize=9)
        ax.text(left, place + 0.22, formula, transform=beside, va="center", fontsize=8.2, color=_QUIET)
    else:
        ax.text(left, place, name, transform=beside, va="center", fontsize=9)
    ax.annotate(number, (end, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8.5)


def _legend(figure: Figure, margin: float, height: float) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=_POLICY, label="what the policy costs"),
        Patch(facecolor=_LOSS, label="given away by a lemma"),
        Patch(facecolor=_MOST, label="by the lemma that loses most"),
        Patch(facecolor=_BOUND, label="what the theorem allows"),
    ]
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(margin - 0.008, 0.02 / height),
        ncols=4,
        frameon=False,
        fontsize=8.5,
        handlelength=1.1,
        handleheight=1.0,
        columnspacing=1.3,
    )
