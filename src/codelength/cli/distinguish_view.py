"""What `distinguish` shows: evidence in bits, and on a page how it grew and which expert brought it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.page import write_page
from codelength.report import Cell, Column, Fact, Figure, Section, Table

if TYPE_CHECKING:
    from codelength.cli.screen import Screen
    from codelength.tasks.distinguish import Distinction

_POINTS = 400


def result_table(found: Distinction, names: tuple[str, str], level: float, *, paired: bool) -> Table:
    """Bits of the labels and what follows."""
    needed = found.needed(level)
    best = int(found.coding.weights[-1].argmax())
    rows: list[dict[str, Cell]] = [
        {"what": "documents coded", "value": f"{found.counts[0]:,} + {found.counts[1]:,}"},
        {"what": "labels by chance, bits", "value": f"{found.chance.bits:,.1f}"},
        {"what": "labels given the documents, bits", "value": f"{found.bits.bits:,.1f}"},
        {"what": "saved: log2 of the e-value", "value": f"{found.saved.bits:,.1f}"},
        {"what": "p-value, valid at any stopping time", "value": _probability(found.log2_p)},
        {"what": f"documents until level {level:g}", "value": "not reached" if needed is None else f"{needed:,}"},
        {"what": "expert of most weight", "value": found.coding.experts[best]},
    ]
    title = f"Does {names[1]} depend on {names[0]}?" if paired else f"{names[0]} and {names[1]}: one source?"
    columns = [Column("what", "quantity"), Column("value", "value", align="right")]
    return Table(title, columns, rows, note=_NULL)


def verdict(found: Distinction, names: tuple[str, str], level: float, *, paired: bool) -> str:
    """The answer in one sentence."""
    rejected = found.needed(level) is not None
    x, y = names
    if paired:
        said = f"{y} depends on {x}" if rejected else f"no dependence of {y} on {x} was found"
    else:
        said = f"{x} and {y} differ" if rejected else f"{x} and {y} were not told apart"
    return f"{said}: {found.saved.bits:,.1f} bits saved on the labels, p = {_probability(found.log2_p)}"


def _probability(log2_p: float) -> str:
    return f"{2**log2_p:.3g}" if log2_p > -40 else f"2^{log2_p:,.0f}"


_NULL = (
    "Null: the documents are exchangeable, every order of the labels equally probable. The odds against it may be read "
    "at any time; a saving below 0 is what was bet and lost, at most 1 bit."
)


def write_distinction_page(
    screen: Screen,
    path: Path,
    found: Distinction,
    names: tuple[str, str],
    level: float,
    *,
    paired: bool,
    seed: int,
) -> None:
    """The table, the wealth over time, the experts' weights."""
    from codelength.report import plots

    n = found.wealth.size
    at = sorted({round(k * (n - 1) / (_POINTS - 1)) for k in range(_POINTS)})
    wealth = plots.lines(
        [k + 1 for k in at],
        {"log2 of e-value": [float(found.wealth[k]) for k in at], f"level {level:g}": [-math.log2(level)] * len(at)},
        title="Evidence as documents come",
        x_label="documents",
        y_label="bits",
    )
    ends = [float(end) for end in found.coding.ends]
    weights = plots.lines(
        ends,
        {name: found.coding.weights[:, i].tolist() for i, name in enumerate(found.coding.experts)},
        title="Weights of the experts",
        x_label="documents",
        y_label="weight",
        log_x=True,
    )
    sections = [
        Section("Evidence", [Figure(wealth, "log2 of the e-value after each document"), Figure(weights, "Weights")]),
        Section("Numbers", [result_table(found, names, level, paired=paired)]),
    ]
    facts = [Fact("saved on the labels", found.saved, "bits"), Fact("p-value", _probability(found.log2_p))]
    lead = verdict(found, names, level, paired=paired)
    title = "One source or two?" if not paired else "Do they depend on each other?"
    write_page(screen, path, title=title, lead=lead, sections=sections, facts=facts, seeds={"seed": seed})
