"""What `classify` shows of piles without labels: which ones help the labels, by how many bits, and how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codelength.cli.select_view import between, cell
from codelength.report import Block, Cell, Column, Figure, Section, Table, Text

if TYPE_CHECKING:
    from codelength.tasks.classify import PileMixture


def piles_line(found: PileMixture) -> str:
    """The answer in two sentences."""
    best = found.worths[0]
    alone = found.without.bits.bits
    saved = f"{best.saved.bits:,.1f} of the labels' {alone:,.1f} bits{between(best.interval, 1)}"
    text = f"{best.name} helps most: it saves {saved}."
    if not best.helps:
        text = f"No pile helps for sure: the best, {best.name}, saves {saved}."
    way = found.ways[0]
    used = " + ".join(way.piles) or "no pile"
    return f"{text} Answers are {way.weight:.0%} those of what was learnt with {used}."


def piles_table(found: PileMixture) -> Table:
    """Each pile by itself, the most useful first."""
    rows: list[dict[str, Cell]] = [
        {
            "pile": worth.name,
            "size": worth.size,
            "saved": worth.saved.bits,
            "interval": cell(worth.interval),
            "weight": round(100 * worth.weight, 1),
        }
        for worth in found.worths
    ]
    columns = [
        Column("pile", "pile"),
        Column("size", "examples", digits=0),
        Column("saved", "saves", "bits", digits=1, help="bits of the labels without piles, less those with it"),
        Column("interval", "95 %", digits=1, help="by Student's t over the labels"),
        Column("weight", "weight", "%", digits=1, help="of the ways to answer that use it"),
    ]
    return Table("What each pile saves on the labels", columns, rows)


def piles_section(found: PileMixture) -> Section:
    """The same with a picture, and what following all of them costs."""
    from codelength.report import plots

    drawn = plots.bars(
        [worth.name for worth in found.worths],
        [worth.saved for worth in found.worths],
        intervals=[cell(worth.interval) for worth in found.worths],
        title="bits saved on the labels",
        desc="one bar for each pile, with its 95 % interval",
    )
    least = min(found.ways, key=lambda way: way.bits.bits)
    mixed = (
        f"The labels cost {found.bits.bits:,.1f} bits ({found.bits.kind}) with all {len(found.ways)} ways of joining "
        f"piles that were tried, {found.regret.bits:,.1f} above the shortest of them, and never more than "
        f"{found.certificate(least.piles).bits:,.1f} above it: that is what useless piles can cost."
    )
    shown: list[Block] = [
        Text(piles_line(found)),
        Figure(drawn, "Bits that each pile alone saves on the labels, with its 95 % interval"),
        piles_table(found),
        Text(mixed),
    ]
    return Section("Which piles help", shown)
