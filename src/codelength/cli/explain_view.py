"""What `explain` says in numbers: the answer, totals, regions and passages, for the screen and for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from codelength.measures import Region
from codelength.report import Cell, Column, Table, excerpt, is_text

if TYPE_CHECKING:
    from codelength.data import Source
    from codelength.tasks import Explanation, Passage

ON_SCREEN, ON_PAGE = 3, 8
"""Rows of each list."""

_WIDTH_ON_SCREEN, _WIDTH_ON_PAGE = 18, 40
_SAMPLE = 1 << 20


def headline(found: Explanation, name: str) -> str:
    """The answer in one or two sentences."""
    alone = found.alone.bits
    text = (
        f"{name} costs {alone:,.0f} bits under {found.code}, {alone / found.size:.3f} for each of {found.size:,} bytes."
    )
    if found.given is None:
        return text
    saved = alone - found.given.bits
    if saved <= 0:
        return f"{text} Knowing {_listed(found)} does not help: it costs {-saved:,.0f} bits more."
    return f"{text} Knowing {_listed(found)} saves {saved:,.0f} of them, {100 * saved / alone:.1f} %."


def shown_on_screen(found: Explanation, source: Source) -> list[Table]:
    """Totals, and the regions at either end."""
    tables = [totals_table(found, source.name)]
    for title, regions in rankings(found, ON_SCREEN):
        tables.append(regions_table(found, source, title, regions, narrow=True))
    if found.passages:
        tables.append(passages_table(found, source, None, most=ON_SCREEN))
    return tables


def rankings(found: Explanation, most: int) -> list[tuple[str, list[Region]]]:
    """The lists of regions that a person is shown, those that hold any."""
    lists = [("Costliest regions", found.costliest(most)), ("Cheapest regions", found.cheapest(most))]
    if found.given is not None:
        lists += [("Where x saves most", found.most_saved(most)), ("Where x does harm", found.most_lost(most))]
    return [(title, regions) for title, regions in lists if regions]


def totals_table(found: Explanation, name: str) -> Table:
    """|C(y)|, |C(y|x)| and their difference."""
    totals = {"alone, |C(y)|": found.alone}
    if found.given is not None:
        totals |= {"given x, |C(y|x)|": found.given, "x saves": found.alone - found.given}
    rows: list[dict[str, Cell]] = [
        {"what": what, "bits": bits, "rate": bits.bits / found.size} for what, bits in totals.items()
    ]
    columns = [Column("what", "what"), Column("bits", "bits", digits=1), Column("rate", "bits per byte", digits=4)]
    note = f"{found.length_bits} of the bits say how long it is." + (f" x: {pieces_of(found)}." if found.side else "")
    return Table(f"{name}: {found.size:,} bytes under {found.code}", columns, rows, note=note)


def regions_table(
    found: Explanation, source: Source, title: str, regions: Sequence[Region], *, narrow: bool = False
) -> Table:
    """Where some regions are and what they cost. `narrow`: the unit in the title, for a terminal."""
    width, unit = (_WIDTH_ON_SCREEN, "") if narrow else (_WIDTH_ON_PAGE, "bits")
    conditional, text = found.given is not None, looks_like_text(source)
    rows: list[dict[str, Cell]] = []
    for region in regions:
        part = found.stretch(region.start, region.end)
        rows.append(
            {
                "start": part.start,
                "size": part.size,
                "saved": part.saved,
                "given": part.bits,
                "alone": part.alone,
                "rate": part.bits / part.size,
                "begins": excerpt(source.content[part.start : part.end], width, text=text),
                "alike": _alike(found, region),
            }
        )
    columns = [
        Column("start", "byte" if narrow else "from byte"),
        Column("size", "bytes"),
        *([Column("saved", "saved", unit, digits=0)] if conditional else []),
        *([Column("given", "given x", unit, digits=0)] if conditional else []),
        *([] if conditional and narrow else [Column("alone", "alone", unit, digits=0)]),
        Column("rate", "per byte", unit, digits=2, help="what a byte costs here" + ", given x" * conditional),
        Column("begins", "begins"),
        *([Column("alike", "longest passage in x", help=_ALIKE)] if conditional and not narrow else []),
    ]
    return Table(f"{title}, in bits" if narrow else title, columns, _with_columns(rows, columns))


def passages_table(found: Explanation, source: Source, pieces: Mapping[str, bytes] | None, *, most: int) -> Table:
    """Stretches that stand in x word for word, those first on which x saves most. `pieces`: of x, to show what follows
    there; without them for a terminal.
    """
    narrow = pieces is None
    width = _WIDTH_ON_SCREEN if narrow else _WIDTH_ON_PAGE
    text, rows = looks_like_text(source), list[dict[str, Cell]]()
    for passage, part in found.passages_by_saving(most):
        row: dict[str, Cell] = {
            "start": part.start,
            "size": part.size,
            "saved": part.saved,
            "source": found.source_of(passage),
            "at": passage.at,
            "text": excerpt(source.content[part.start : part.end], width, text=text),
        }
        rows.append(row | ({} if pieces is None else {"behind": _behind(pieces, found, passage, text=text)}))
    columns = [
        Column("start", "byte" if narrow else "from byte"),
        Column("size", "bytes"),
        Column("saved", "saved", "" if narrow else "bits", digits=0),
        *([Column("source", "in")] if len(found.side) > 1 or not narrow else []),
        Column("at", "there" if narrow else "there from"),
        Column("text", "passage"),
        *([Column("behind", "followed there by", help="what stands in x behind the passage")] if pieces else []),
    ]
    title = "Passages that x has too"
    return Table(
        f"{title}, in bits saved" if narrow else title, columns, _with_columns(rows, columns), note=passages_note(found)
    )


def passages_note(found: Explanation) -> str:
    """How much of the saving lies in them."""
    size = sum(passage.size for passage in found.passages)
    count = len(found.passages)
    text = (
        f"{count:,} passage{'s' * (count > 1)} of 12 bytes or more, {size:,} bytes ({100 * size / found.size:.1f} %), "
        f"stand{'s' * (count == 1)} in x word for word"
    )
    saved = (found.alone - found.given).bits if found.given is not None else 0.0
    if saved <= 0:
        return text + "."
    inside = found.saved_in_passages
    if inside > saved - 1:
        elsewhere = f", and elsewhere x costs {inside - saved:,.0f}" if inside > saved + 1 else ""
        return f"{text}; {inside:,.0f} bits are saved there{elsewhere}."
    return (
        f"{text}; {inside:,.0f} of the {saved:,.0f} bits are saved in them, the rest by what x teaches about the kind "
        "of thing that y is."
    )


def looks_like_text(source: Source) -> bool:
    """Whether its bytes are shown as text, going by the beginning."""
    return is_text(source.content[:_SAMPLE])


def pieces_of(found: Explanation) -> str:
    """What x consists of, in words."""
    return ", ".join(f"{name} ({size:,} bytes)" for name, size in found.side.items())


def _with_columns(rows: Sequence[Mapping[str, Cell]], columns: Sequence[Column]) -> list[dict[str, Cell]]:
    """The rows without cells that no column shows."""
    keys = {column.key for column in columns}
    return [{key: cell for key, cell in row.items() if key in keys} for row in rows]


def _alike(found: Explanation, region: Region) -> str:
    passage = found.longest_passage(region.start, region.end)
    return "" if passage is None else f"{passage.size:,} bytes, {found.source_of(passage)} from {passage.at:,}"


def _behind(pieces: Mapping[str, bytes], found: Explanation, passage: Passage, *, text: bool) -> str:
    content = pieces[found.source_of(passage)]
    behind = passage.at + passage.size
    return excerpt(content[behind : behind + 4 * _WIDTH_ON_SCREEN], _WIDTH_ON_SCREEN, text=text) or "(its end)"


def _listed(found: Explanation) -> str:
    names = list(found.side)
    return names[0] if len(names) == 1 else f"{len(names)} files"


_ALIKE = "the longest run of bytes of this region that stands in x too, and where"
