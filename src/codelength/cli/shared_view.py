"""What `shared` shows: every number of a pair, or the matrix and tree of many, on the screen and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.page import write_page
from codelength.cli.screen import Screen
from codelength.core import Bits
from codelength.report import Cell, Column, Fact, Figure, Section, Table, Text

if TYPE_CHECKING:
    from rich.tree import Tree

    from codelength.data import Source
    from codelength.measures import Shared
    from codelength.tasks import Matrix


def quantities(both: Shared) -> dict[str, tuple[str, Bits]]:
    """Name in the record -> formula and value."""
    return {
        "x": ("|C(x)|", both.x),
        "y": ("|C(y)|", both.y),
        "xy": ("|C(xy)|", both.xy),
        "yx": ("|C(yx)|", both.yx),
        "continued": ("|C(x‖y)|: y simply behind x", both.continued),
        "y_given_x": ("|C(y|x)|", both.y_given_x),
        "x_given_y": ("|C(x|y)|", both.x_given_y),
        "shared": ("shared: |C(x)| + |C(y)| - |C(xy)|", both.shared),
        "continued_gap": ("the same with |C(x‖y)| for |C(xy)|", both.continued_gap),
        "saved_on_y": ("x saves on y: |C(y)| - |C(y|x)|", both.saved_on_y),
        "saved_on_x": ("y saves on x: |C(x)| - |C(x|y)|", both.saved_on_x),
        "defect": ("chain-rule defect: |C(xy)| - |C(x)| - |C(y|x)|", both.defect),
        "asymmetry": ("order asymmetry: |C(xy)| - |C(yx)|", both.asymmetry),
    }


def pair_table(both: Shared, x: Source, y: Source, spec: str) -> Table:
    """All numbers of two sources."""
    rows: list[dict[str, Cell]] = [{"what": formula, "bits": value} for formula, value in quantities(both).values()]
    return Table(
        f"What x and y share under {spec}",
        [Column("what", "quantity"), Column("bits", "bits", digits=1)],
        rows,
        note=f"x is {x.name}, {len(x.content):,} bytes; y is {y.name}, {len(y.content):,} bytes. {distances(both)} "
        + _JOINT,
    )


_JOINT = (
    "C(xy) is a code of the pair whose first bit says whether y is coded with x known or on its own: it is never more "
    "than 1 bit above |C(x)| + |C(y)|. C(x‖y) and C(y|x) have no such bit, and x can mislead them."
)


def distances(both: Shared) -> str:
    """The two normalised distances in one sentence."""
    return (
        f"Normalised compression distance {both.ncd:.4f}; distance by conditional codelengths {both.distance:.4f} "
        "(0: the same, 1: nothing in common)."
    )


def pair_lead(both: Shared, x: str, y: str) -> str:
    """The answer in one sentence."""
    share = 100 * both.shared.bits / both.y.bits if both.y.bits else 0.0
    return (
        f"{x} and {y} share {both.shared.bits:,.0f} bits ({both.shared.kind}), {share:.1f} % of what {y} costs alone."
    )


def write_pair_page(screen: Screen, path: Path, both: Shared, x: Source, y: Source, spec: str) -> None:
    """The table of a pair, and its codelengths as bars."""
    from codelength.report import plots

    shown = {name: quantities(both)[name] for name in ("x", "y", "xy", "x_given_y", "y_given_x", "shared")}
    bars = plots.bars(
        [formula.partition(":")[0] for formula, _ in shown.values()],
        [value for _, value in shown.values()],
        title="codelengths",
    )
    facts = [
        Fact("shared", both.shared, "bits"),
        Fact("distance", round(both.distance, 4)),
        Fact("NCD", round(both.ncd, 4)),
    ]
    sections = [Section("Two sources", [pair_table(both, x, y, spec), Figure(bars, "Codelengths")])]
    write_page(screen, path, title="Shared bits", lead=pair_lead(both, x.name, y.name), sections=sections, facts=facts)


def sources_table(found: Matrix) -> Table:
    """What each source costs alone."""
    rows: list[dict[str, Cell]] = [
        {"n": i + 1, "file": name, "size": found.sizes[i], "bits": found.alone[i], "gap": found.shared[i][i]}
        for i, name in enumerate(found.names)
    ]
    columns = [
        Column("n", "#"),
        Column("file", "file"),
        Column("size", "bytes"),
        Column("bits", "|C(x)|", digits=0),
        Column(
            "gap",
            "self-gap",
            digits=0,
            help="|C(x)| - |C(x|x)|: what a source saves on itself; nearly |C(x)| in theory",
        ),
    ]
    return Table(f"{len(found.names)} sources, code {found.code}", columns, rows)


def shared_grid(found: Matrix, *, named: bool = False) -> Table:
    """What each source saves on each other one; `named`: rows bear the names beside their numbers."""
    kind = "/".join(dict.fromkeys(value.kind for row in found.shared for value in row))
    cells: list[list[Cell]] = [[round(value.bits) for value in row] for row in found.shared]
    return _grid(f"Bits that the row saves on the column ({kind})", found, cells, digits=0, named=named)


def distance_grid(found: Matrix) -> Table:
    """Normalised distances of all pairs."""
    cells: list[list[Cell]] = [list(row) for row in found.distance]
    return _grid("Normalised distances", found, cells, digits=3, named=True)


def _grid(title: str, found: Matrix, cells: list[list[Cell]], *, digits: int, named: bool) -> Table:
    labels = [Column("n", "#"), *([Column("file", "file")] if named else [])]
    columns = [*labels, *(Column(str(j), str(j + 1), digits=digits) for j in range(len(found.names)))]
    rows: list[dict[str, Cell]] = []
    for i, row in enumerate(cells):
        label: dict[str, Cell] = {"n": i + 1} | ({"file": found.names[i]} if named else {})
        rows.append(label | {str(j): cell for j, cell in enumerate(row) if i != j})
    return Table(title, columns, rows)


def tree(found: Matrix) -> Tree:
    """The merges as a tree for the terminal: leaves are sources, each knot the distance at which its branches met."""
    from rich.text import Text as Styled
    from rich.tree import Tree

    n = len(found.names)

    def grow(branch: Tree, node: int) -> None:
        if node < n:
            branch.add(Styled(found.names[node]))
            return
        a, b, distance, _ = found.merges[node - n]
        knot = branch.add(Styled(f"{distance:.3f}", "dim"))
        grow(knot, int(a))
        grow(knot, int(b))

    a, b, distance, _ = found.merges[-1]
    root = Tree(Styled(f"{distance:.3f} (normalised distance)", "dim"))
    grow(root, int(a))
    grow(root, int(b))
    return root


def closest(found: Matrix) -> str:
    """The answer in one sentence: who is nearest to whom."""
    a, b, distance, _ = found.merges[0]
    return (
        f"Nearest of {len(found.names)}: {found.names[int(a)]} and {found.names[int(b)]}, at distance {distance:.3f}."
    )


def write_matrix_page(screen: Screen, path: Path, found: Matrix) -> None:
    """Heat map, tree and tables."""
    from codelength.report import plots

    names, order = list(found.names), list(found.order)
    distance, saved = "Normalised distance", "Bits that the row saves on the column"
    heat = plots.heatmap(names, found.distance, title=distance, unit="", order=order, dark="low")
    bits = plots.heatmap(names, found.shared, title=saved, order=order)
    branches = plots.dendrogram(names, found.merges, title="Tree of the normalised distances")
    sections = [
        Section(
            "Who is near whom",
            [
                Figure(branches, "Tree of the normalised distances (average linkage)"),
                Figure(heat, f"{distance}: 0 is the same, 1 nothing in common"),
                Figure(bits, saved),
            ],
        ),
        Section("Numbers", [sources_table(found), shared_grid(found, named=True), distance_grid(found)]),
        Section("How to read this", [Text(_READING)]),
    ]
    write_page(screen, path, title="Shared bits", lead=closest(found), sections=sections)


_READING = (
    "A source x saves |C(y)| - |C(y|x)| bits on another one, y: what they share, seen from y. The self-gap is what a "
    "source saves on itself; for a code that keeps the theory it is nearly |C(x)|.\n\n"
    "The normalised distance is max(|C(x|y)|, |C(y|x)|) / max(|C(x)|, |C(y)|): 0 for the same, 1 for nothing in common."
)
