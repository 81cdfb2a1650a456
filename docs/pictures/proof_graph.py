"""Pictures of proofs: lemmas from left to right, each to the right of what it rests on."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

_BOX, _HIGH, _STEP, _ROW = 1.16, 0.48, 1.62, 0.62
"""Inches: width and height of a box, distance of columns and of rows."""

_INK, _EDGE = "#222222", "#9A9A9A"
_PREMISE, _LEMMA, _CONCLUSION = "#D9E8F0", "#FFFFFF", "#DDAA33"
_SWEEPS = 40
_SHORT = 11
"""Names of up to so many letters stay on one line."""


def draw_proof(path: Path, ids: list[str] | None) -> None:
    """Draw the lemmas of the proofs of the theorems ``ids`` (None: all lemmas) as an SVG file."""
    from proofs import THEOREMS
    from proofs.check import proof_graph

    graph = proof_graph(ids)
    columns, links = _layers(graph)
    _order(columns, links)
    place = {
        node: (column * _STEP, (row - (len(nodes) - 1) / 2) * -_ROW)
        for column, nodes in enumerate(columns)
        for row, node in enumerate(nodes)
    }
    _draw(path, graph, place, {theorem.proof for theorem in THEOREMS}, max(map(len, columns)), len(columns))


def _layers(graph: Any) -> tuple[list[list[Any]], list[tuple[Any, Any]]]:
    """Return columns by longest path, with a waypoint in every column an edge passes, and the links between them."""
    import networkx

    depth: dict[str, int] = {}
    for name in networkx.lexicographical_topological_sort(graph):
        depth[name] = max((depth[used] + 1 for used in graph.predecessors(name)), default=0)
    # A premise stands just left of its first user.
    for name in reversed(list(networkx.lexicographical_topological_sort(graph))):
        users = [depth[user] for user in graph.successors(name)]
        if users:
            depth[name] = min(users) - 1
    columns: list[list[Any]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in sorted(graph):
        columns[depth[name]].append(name)
    links: dict[tuple[Any, Any], None] = {}
    for source, target in sorted(graph.edges):
        # Links of one source share their waypoints.
        path = [source, *((source, column) for column in range(depth[source] + 1, depth[target])), target]
        for waypoint in path[1:-1]:
            if waypoint not in columns[waypoint[1]]:
                columns[waypoint[1]].append(waypoint)
        links.update(dict.fromkeys(pairwise(path)))
    return columns, list(links)


def _order(columns: list[list[Any]], links: list[tuple[Any, Any]]) -> None:
    """Sort each column so that few links cross: each node near the mean height of its neighbours."""
    before: dict[Any, list[Any]] = {}
    after: dict[Any, list[Any]] = {}
    for source, target in links:
        before.setdefault(target, []).append(source)
        after.setdefault(source, []).append(target)
    best, least = [list(nodes) for nodes in columns], _crossings(columns, links)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for nodes in columns if forward else columns[::-1]:
            height = {node: row - (len(column) - 1) / 2 for column in columns for row, node in enumerate(column)}
            near = before if forward else after

            def mean(node: Any, near: dict[Any, list[Any]] = near, height: dict[Any, float] = height) -> float:
                beside = near.get(node, [node])
                return sum(height[other] for other in beside) / len(beside)

            nodes.sort(key=mean)
        crossings = _crossings(columns, links)
        if crossings < least:
            best, least = [list(nodes) for nodes in columns], crossings
    columns[:] = best


def _crossings(columns: list[list[Any]], links: list[tuple[Any, Any]]) -> int:
    row = {node: number for nodes in columns for number, node in enumerate(nodes)}
    column = {node: number for number, nodes in enumerate(columns) for node in nodes}
    ends = [(column[a], row[a], row[b]) for a, b in links]
    return sum(c == k and (a - i) * (b - j) < 0 for n, (c, a, b) in enumerate(ends) for k, i, j in ends[:n])


def _draw(path: Path, graph: Any, place: dict[Any, tuple[float, float]], ends: set[Any], rows: int, wide: int) -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch

    width, height = (wide - 1) * _STEP + _BOX + 0.2, rows * _ROW + 0.1
    with mpl.rc_context({"font.family": "sans-serif", "svg.hashsalt": "crtool"}):
        figure = Figure(figsize=(width, height))
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        ax.set_xlim(-_BOX / 2 - 0.1, (wide - 1) * _STEP + _BOX / 2 + 0.1)
        ax.set_ylim(-height / 2, height / 2)
        for source, target in graph.edges:
            _link(ax, source, target, place)
        for name in graph:
            colour = _CONCLUSION if name in ends else _LEMMA if graph.in_degree(name) else _PREMISE
            x, y = place[name]
            ax.add_patch(
                FancyBboxPatch(
                    (x - _BOX / 2, y - _HIGH / 2),
                    _BOX,
                    _HIGH,
                    boxstyle="round,pad=0,rounding_size=0.07",
                    facecolor=colour,
                    edgecolor=_INK,
                    linewidth=0.8,
                    zorder=3,
                )
            )
            ax.text(x, y, _label(name), ha="center", va="center", fontsize=11, linespacing=0.95, color=_INK, zorder=4)
        figure.savefig(path, format="svg", metadata={"Date": None}, transparent=True)


def _label(name: str) -> str:
    """Return a name on two lines, broken at the hyphen nearest its middle."""
    hyphens = [place for place, letter in enumerate(name) if letter == "-"]
    if len(name) <= _SHORT or not hyphens:
        return name
    middle = min(hyphens, key=lambda place: abs(place + 1 - len(name) / 2))
    return f"{name[: middle + 1]}\n{name[middle + 1 :]}"


def _link(ax: Any, source: str, target: str, place: dict[Any, tuple[float, float]]) -> None:
    """Draw an arrow from the right of one box, through its waypoints, to the left of the other."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path as Curve

    first, last = place[source], place[target]
    between = sorted(
        point for node, point in place.items() if isinstance(node, tuple) and node[0] == source and point[0] < last[0]
    )
    points = [(first[0] + _BOX / 2, first[1])]
    for x, y in between:
        points += [(x - _BOX / 2, y), (x + _BOX / 2, y)]
    points.append((last[0] - _BOX / 2, last[1]))
    corners, codes = [points[0]], [Curve.MOVETO]
    for (x, y), (u, w) in pairwise(points):
        middle = (x + u) / 2
        corners += [(middle, y), (middle, w), (u, w)]
        codes += [Curve.CURVE4] * 3
    ax.add_patch(
        FancyArrowPatch(
            path=Curve(corners, codes),
            arrowstyle="-|>",
            mutation_scale=9,
            shrinkA=0,
            shrinkB=0,
            color=_EDGE,
            linewidth=1.0,
            fill=False,
            zorder=1,
        )
    )
