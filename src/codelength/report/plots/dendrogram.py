"""A tree of merges, its leaves at the right: the further left two things meet, the less alike they are."""

from __future__ import annotations

from collections.abc import Sequence

from codelength.report.plots.axis import grid_below, spanning
from codelength.report.plots.canvas import SIZE, WIDTH, canvas
from codelength.report.wording import extent, shorten, visible

ROW = 24.0
_TOP = 4.0
_BOTTOM = 42.0
_LABELS = 150.0

Merge = tuple[int, int, float]


def dendrogram(
    names: Sequence[str],
    merges: Sequence[Sequence[float]],
    *,
    title: str,
    desc: str = "",
    unit: str = "distance",
) -> str:
    """The tree of a clustering.

    Parameters
    ----------
    names
        n leaves, numbered 0 to n - 1.
    merges
        n - 1 of (a, b, height, ...): step k joins a and b, which are leaves or earlier joins, into number n + k.
        The layout of SciPy's `linkage`; what follows the height is not read.

    Returns
    -------
    str
        SVG.
    """
    joins = [(int(a), int(b), float(height)) for a, b, height, *_ in merges]
    order = leaves(len(names), joins)
    labels = [visible(name) for name in names]
    right = WIDTH - min(_LABELS, max(extent(label, SIZE) for label in labels)) - 12
    bottom = _TOP + ROW * len(names)
    with canvas(WIDTH, bottom + _BOTTOM) as drawing:
        scale = spanning([height for *_, height in joins], right, 16, zero=True)
        grid_below(drawing, scale, _TOP, bottom, unit)
        nodes = {leaf: (right, _TOP + ROW * (k + 0.5)) for k, leaf in enumerate(order)}
        for leaf in order:
            drawing.text((right + 8, nodes[leaf][1]), shorten(labels[leaf], SIZE, _LABELS))
        for k, (a, b, height) in enumerate(joins):
            x = scale(height)
            (ax, ay), (bx, by) = nodes[a], nodes[b]
            drawing.line([(ax, ay), (x, ay), (x, by), (bx, by)], "accent", width=1.6)
            nodes[len(names) + k] = (x, (ay + by) / 2)
        return drawing.svg(title, desc or _spoken(names, joins))


def leaves(n: int, merges: Sequence[Merge]) -> list[int]:
    """The leaves from top to bottom, so that no two branches cross.

    Raises
    ------
    ValueError
        The merges do not make one tree of n leaves.

    Examples
    --------
    >>> leaves(3, [(0, 2, 0.1), (1, 3, 0.5)])
    [1, 0, 2]
    """
    groups = {k: [k] for k in range(n)}
    for k, (a, b, _) in enumerate(merges):
        if a == b or a not in groups or b not in groups:
            raise ValueError(f"merge {k} joins {a} and {b}: expected two numbers below {n + k} not joined before")
        groups[n + k] = groups.pop(a) + groups.pop(b)
    if len(groups) != 1:
        raise ValueError(f"{len(merges)} merges leave {len(groups)} trees of {n} leaves; expected {n - 1} merges")
    return groups.popitem()[1]


def _spoken(names: Sequence[str], joins: Sequence[Merge]) -> str:
    groups = {k: str(name) for k, name in enumerate(names)}
    steps = []
    for k, (a, b, height) in enumerate(joins):
        groups[len(names) + k] = f"({groups[a]}, {groups[b]})" if k < 8 else "the groups above"
        steps.append(f"{groups[a]} joins {groups[b]} at {height:.3g}")
    return "; ".join(steps[:8]) + ("; and so on" if len(steps) > 8 else "")
