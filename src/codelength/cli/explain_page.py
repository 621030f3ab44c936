"""The page of `explain`: every byte in its colour, the curves, the regions, what x contributed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from codelength.cli.explain_view import (
    ON_PAGE,
    headline,
    looks_like_text,
    passages_table,
    pieces_of,
    rankings,
    regions_table,
)
from codelength.cli.page import write_page
from codelength.cli.screen import Screen
from codelength.measures import Region, block_sums, fixed_ends
from codelength.report import Block, Callout, Explained, Fact, Figure, Section, Span, Text

if TYPE_CHECKING:
    from codelength.data import Source
    from codelength.tasks import Explanation

WHOLE = 48 * 1024
"""Bytes that are all shown in colour; of a larger file the beginning and the most telling regions."""

_BEGINNING = 4096
_DETAIL = 1536
_CONTEXT = 128
_IN_COLOUR = 4
_POINTS = 200


def write_explained_page(
    screen: Screen, path: Path, found: Explanation, source: Source, pieces: Mapping[str, bytes]
) -> None:
    """Every byte in its colour, the curve, the regions, what x contributed."""
    per_byte = found.alone.bits / found.size
    facts = [Fact("alone", found.alone, "bits", note=f"{per_byte:.3f} bits per byte")]
    if found.given is not None:
        saved = found.alone - found.given
        facts += [
            Fact("given x", found.given, "bits", note=f"{found.given.bits / found.size:.3f} bits per byte"),
            Fact("x saves", saved, "bits", note=f"{_percent(saved.bits / found.alone.bits)} of what it costs alone"),
        ]
    sections = [
        Section("What each byte costs", _coloured(found, source)),
        Section("Along the file", _curves(found)),
        Section("Costliest and cheapest", _tables(found, source, lambda title: " x " not in title)),
    ]
    if found.given is not None:
        contributed: list[Block] = _tables(found, source, lambda title: " x " in title)
        if found.passages:
            contributed.append(passages_table(found, source, pieces, most=ON_PAGE))
        else:
            contributed.append(Callout("note", "No passage of 12 bytes or more stands in x word for word."))
        sections.append(Section("What x contributed, and where", contributed))
    sections.append(Section("How to read this", [Text(_READING + _READING_GIVEN * (found.given is not None))]))
    title = f"Where the bits of {source.name} go"
    write_page(screen, path, title=title, lead=headline(found, source.name), sections=sections, facts=facts)


def _coloured(found: Explanation, source: Source) -> list[Block]:
    """All bytes, or the beginning and the regions at either end."""
    x = [Text(f"x is {pieces_of(found)}.")] if found.side else []
    if found.size <= WHOLE:
        return [*x, Explained([_span(found, source, "", 0, found.size)], looks_like_text(source))]
    spans = [_span(found, source, "The beginning", 0, _BEGINNING)]
    for title, regions in rankings(found, _IN_COLOUR):
        for rank, region in enumerate(regions, start=1):
            start, end = _framed(found, region)
            rate = found.stretch(region.start, region.end).bits / region.size
            where = f"bytes {region.start:,} to {region.end - 1:,}, {rate:.2f} bits per byte"
            cut = f"; {end - start:,} bytes of them shown" if end - start < region.size else ""
            spans.append(_span(found, source, f"{title}, {rank}: {where}{cut}", start, end))
    note = f"{found.size:,} bytes are too many to show each: here are the beginning and the regions that tell most."
    return [*x, Text(note), Explained(spans, looks_like_text(source))]


def _framed(found: Explanation, region: Region) -> tuple[int, int]:
    """A region with a little around it, or of a long one the beginning."""
    if region.size > _DETAIL:
        return region.start, region.start + _DETAIL
    around = min(_CONTEXT, (_DETAIL - region.size) // 2)
    return max(0, region.start - around), min(found.size, region.end + around)


def _span(found: Explanation, source: Source, title: str, start: int, end: int) -> Span:
    given = None if found.given_costs is None else found.given_costs[start:end]
    return Span(title, start, source.content[start:end], found.byte_costs[start:end], given)


def _curves(found: Explanation) -> list[Block]:
    """Bits per byte and bits in all, over the file."""
    from codelength.report import plots

    ends = fixed_ends(found.size, -(-found.size // _POINTS))
    sizes = np.diff(ends, prepend=0)
    costs = {"alone": found.byte_costs} | ({} if found.given_costs is None else {"given x": found.given_costs})
    sums = {name: block_sums(values, ends) for name, values in costs.items()}
    rates = {name: (values / sizes).tolist() for name, values in sums.items()}
    totals = {name: [0.0, *np.cumsum(values).tolist()] for name, values in sums.items()}
    middles, step = (ends - sizes / 2).tolist(), int(sizes[0])
    per_byte = plots.lines(
        middles, rates, title="Bits per byte along the file", x_label="byte", y_label="bits per byte"
    )
    in_all = plots.lines(
        [0.0, *ends.astype(float).tolist()], totals, title="Bits so far", x_label="byte", y_label="bits"
    )
    mean = "each byte" if step == 1 else f"the mean of each {step:,} bytes"
    return [
        Figure(per_byte, f"What a byte costs: {mean}"),
        Figure(in_all, "What the file up to here costs" + ("; the gap is what x saves" if found.side else "")),
    ]


def _tables(found: Explanation, source: Source, wanted: Callable[[str], bool]) -> list[Block]:
    return [
        regions_table(found, source, title, regions) for title, regions in rankings(found, ON_PAGE) if wanted(title)
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace("-", "−")


_READING = (
    "A predictor says before each byte how probable every value of it is; a byte of probability p costs -log2 p bits. "
    "A byte that nothing is known about costs 8 bits; more than 8 is a surprise. The costs are exact: a stream of "
    "their sum, with a few bits that say how long the file is, exists and decodes.\n\n"
    "A region is a run of windows whose mean is more than one deviation above (or below) that of the whole file. "
    "Regions are ranked by how many bits they lie above or below it in all."
)
_READING_GIVEN = (
    "\n\nWhat x saves on a byte is the difference of two costs, with x known and without. A single one can be negative "
    "where the sum is not: x also leads astray. A passage counts when 12 bytes or more in a row stand in x too."
)
