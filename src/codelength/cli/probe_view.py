"""What `probe` shows: the codelengths of the labels, block by block, and on a page the learning curve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from codelength.cli.page import write_page
from codelength.report import Cell, Column, Fact, Figure, Section, Table

if TYPE_CHECKING:
    from codelength.cli.screen import Screen
    from codelength.tasks.probe import Probe

_HOW = (
    "Labels are coded in blocks, each with what was learned from the blocks before it, so the size of the probe is "
    "paid for. What is claimed is the shorter of both codes and one bit that says which."
)


def result_table(found: Probe, names: tuple[str, str], estimator: str) -> Table:
    """The codelengths and what they save."""
    rows: list[dict[str, Cell]] = [
        {"what": "uniform over the classes", "bits": found.given.uniform},
        {"what": "without features: uniform or frequencies, mixed", "bits": found.without},
        {"what": f"given features: {estimator}", "bits": found.given.bits},
        {"what": "saved by the features", "bits": found.saved},
    ]
    if found.control is not None:
        rows.append({"what": f"given the rows in random order: {estimator}", "bits": found.control.bits})
        rows.append({"what": "saved by the rows in random order", "bits": found.control_saved})
    columns = [Column("what", f"{len(found.frequency_costs):,} labels"), Column("bits", "bits", digits=1)]
    return Table(f"{names[1]} given {names[0]}", columns, rows, note=_HOW)


def blocks_table(found: Probe) -> Table:
    """The learning curve as numbers."""
    columns = [
        Column("labels", "labels"),
        Column("without", "without", "bits/label", digits=3),
        Column("given", "given features", "bits/label", digits=3),
        Column("accuracy", "accuracy", digits=3),
    ]
    rows: list[dict[str, Cell]] = [
        {
            "labels": f"{block.begin + 1:,} to {block.end:,}",
            "without": float(found.frequency_costs[block.begin : block.end].mean()),
            "given": block.bits_per_label,
            "accuracy": block.accuracy,
        }
        for block in found.given.blocks
    ]
    return Table("Learning curve", columns, rows)


def verdict(found: Probe, names: tuple[str, str]) -> str:
    """The answer in one sentence."""
    saved, all_bits = found.saved.bits, found.without.bits
    if saved <= 0:
        return f"{names[0]} saves nothing on {names[1]}: a code without features is as short"
    return f"{names[0]} saves {saved:,.1f} of the {all_bits:,.1f} bits of {names[1]} ({saved / all_bits:.1%})"


def write_probe_page(
    screen: Screen, path: Path, found: Probe, names: tuple[str, str], estimator: str, seed: int
) -> None:
    """The curve, the codelengths, the blocks."""
    from codelength.report import plots

    blocks = found.given.blocks
    series = {
        "without features": [float(found.frequency_costs[block.begin : block.end].mean()) for block in blocks],
        "given features": [block.bits_per_label for block in blocks],
    }
    if found.control is not None:
        series["random order"] = [block.bits_per_label for block in found.control.blocks]
    curve = plots.lines(
        [float(block.end) for block in blocks],
        series,
        title="Bits per label as labels come",
        x_label="labels seen at the end of the block",
        y_label="bits per label",
        log_x=True,
    )
    sections = [
        Section("Learning curve", [Figure(curve, "Each block is coded with what the blocks before it taught.")]),
        Section("Codelengths", [result_table(found, names, estimator)]),
        Section("Blocks", [blocks_table(found)]),
    ]
    facts = [
        Fact("without features", found.without, "bits"),
        Fact("given features", found.bits, "bits"),
        Fact("saved", found.saved, "bits"),
    ]
    title = "What features say about labels"
    lead = verdict(found, names)
    write_page(screen, path, title=title, lead=lead, sections=sections, facts=facts, seeds={"seed": seed})
