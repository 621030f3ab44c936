"""What `match` shows: the bits with and without the map, and the map itself where it was found."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, cast

from codelength.cli.page import write_page
from codelength.report import Block, Cell, Column, Fact, Figure, Section, Table, Text

if TYPE_CHECKING:
    from codelength.cli.screen import Screen
    from codelength.tasks.match.cipher import CipherMatch
    from codelength.tasks.match.columns import ColumnMatch
    from codelength.tasks.match.evidence import Match
    from codelength.tasks.match.pixels import PixelMatch
    from codelength.tasks.match.points import PointMatch
    from codelength.tasks.match.words import WordMatch

_SHOWN = 40


def result_tables(found: Match, names: tuple[str, str]) -> list[Table]:
    """The bits, then the map."""
    return [bits_table(found, names), *map_tables(found)]


def bits_table(found: Match, names: tuple[str, str]) -> Table:
    """What x costs alone, and mapped to y."""
    rows: list[dict[str, Cell]] = [
        {"what": "x alone: |C(x)|", "bits": found.unmatched},
        {"what": "the map: L(f)", "bits": found.map_bits},
        {"what": "x mapped, y known: |C(f(x) | y)|", "bits": found.matched},
        {"what": "saved", "bits": found.saved},
    ]
    columns = [Column("what", "quantity"), Column("bits", "bits", digits=1)]
    return Table(f"{found.kind}: {names[0]} to {names[1]}", columns, rows)


def map_tables(found: Match) -> list[Table]:
    """What the map does, as far as a page can hold it; nothing where none was found. Families of points always."""
    if found.kind == "points":
        return _points(cast("PointMatch", found))
    if not found.found:
        return []
    if found.kind == "columns":
        pairs = cast("ColumnMatch", found).pairs
        rows: list[dict[str, Cell]] = [{"x": one, "y": other} for one, other in pairs.items()]
        return [Table("Columns", [Column("x", "column of x"), Column("y", "column of y")], rows)]
    if found.kind == "pixels":
        return [_pixels(cast("PixelMatch", found))]
    if found.kind == "cipher":
        return _cipher(cast("CipherMatch", found))
    return [_words(cast("WordMatch", found))]


def _points(found: PointMatch) -> list[Table]:
    rows: list[dict[str, Cell]] = [
        {"family": name, "map": one.map_bits, "matched": one.matched, "saved": one.saved}
        for name, one in found.families.items()
    ]
    columns = [
        Column("family", "family"),
        Column("map", "L(f)", digits=0),
        Column("matched", "|C(f(x)|y)|", digits=0),
        Column("saved", "saved", digits=0),
    ]
    tables = [Table("Map families", columns, rows)]
    d = len(found.map.offset)
    if found.found and d <= 6:
        lines: list[dict[str, Cell]] = []
        for k in range(d):
            line: dict[str, Cell] = {"to": f"y{k + 1}", "offset": round(float(found.map.offset[k]), 6)}
            lines.append(line | {f"x{j}": round(float(found.map.matrix[k, j]), 6) for j in range(d)})
        names = [Column("to", ""), *(Column(f"x{j}", f"x{j + 1}") for j in range(d)), Column("offset", "offset")]
        tables.append(Table(f"The map: {found.family}", names, lines))
    return tables


def _pixels(found: PixelMatch) -> Table:
    stay = int((found.places == range(len(found.places))).sum())
    rows: list[dict[str, Cell]] = [
        {"what": "pixels", "value": len(found.places)},
        {"what": "that stay where they are", "value": stay},
    ]
    note = "--json has the place of every pixel."
    return Table("Pixels", [Column("what", "what"), Column("value", "number", digits=0)], rows, note=note)


def _cipher(found: CipherMatch) -> list[Table]:
    text: list[dict[str, Cell]] = [{"text": found.plaintext}]
    key: list[dict[str, Cell]] = [{"key": "  ".join(f"{one} {other}" for one, other in sorted(found.key.items()))}]
    return [
        Table("The text", [Column("text", "text")], text),
        Table("The key", [Column("key", "symbol and letter")], key, note=_how_sure(found)),
    ]


def _how_sure(found: CipherMatch) -> str:
    """What the search met beside this key: a short text may have another reading."""
    rival = (
        "no other reading was met"
        if math.isinf(found.rival)
        else f"the best other reading that was met is {found.rival:,.1f} bits longer"
    )
    return f"{found.agreed} of {found.attempts} attempts ended with this key; {rival}."


def _words(found: WordMatch) -> Table:
    rows: list[dict[str, Cell]] = [
        {"x": pair.word, "y": pair.partner, "bits": pair.bits, "count": pair.count}
        for pair in found.pairs[: min(_SHOWN, found.size)]
    ]
    saves = Column("bits", "saves", digits=1)
    columns = [Column("x", "word of x"), Column("y", "word of y"), saves, Column("count", "times")]
    note = f"The first {len(rows)} of {len(found.pairs):,}; --json has them all."
    return Table("Words", columns, rows, note=note)


def _map_blocks(found: Match) -> list[Block]:
    """The map on a page, where a cell of a table has no room for a text or a key."""
    if found.kind != "cipher" or not found.found:
        return [*map_tables(found)] or [Text("No match found: there is none.")]
    cipher = cast("CipherMatch", found)
    symbols: dict[str, list[str]] = {}
    for symbol, letter in sorted(cipher.key.items()):
        symbols.setdefault(letter, []).append(symbol)
    rows: list[dict[str, Cell]] = [
        {"letter": letter, "symbols": " ".join(of)} for letter, of in sorted(symbols.items())
    ]
    key = Table(
        "The key", [Column("letter", "letter"), Column("symbols", "is written as")], rows, note=_how_sure(cipher)
    )
    return [Text(cipher.plaintext), key]


def write_match_page(screen: Screen, path: Path, found: Match, names: tuple[str, str], seed: int) -> None:
    """The tables, and the codelengths as bars."""
    from codelength.report import plots

    bars = plots.bars(
        ["x alone", "the map", "x mapped, y known", "saved"],
        [found.unmatched, found.map_bits, found.matched, found.saved],
        title="With and without y",
    )
    figures = [Figure(bars, "What x costs alone, and with the map and y")]
    if found.kind == "points":
        families = cast("PointMatch", found).families
        by_family = plots.bars(list(families), [one.saved for one in families.values()], title="Saved by each family")
        figures.append(Figure(by_family, "What each family of maps saves"))
    sections = [
        Section("Bits", [bits_table(found, names), *figures]),
        Section("The text and its key" if found.kind == "cipher" and found.found else "The map", _map_blocks(found)),
        Section("How to read this", [Text(_READING)]),
    ]
    facts = [Fact("saved", found.saved, "bits"), Fact("the map costs", found.map_bits, "bits")]
    lead = found.claim[0].upper() + found.claim[1:] + "."
    write_page(
        screen,
        path,
        title=f"Distribution matching: {found.kind}",
        lead=lead,
        sections=sections,
        facts=facts,
        seeds={"search": seed},
    )


_READING = (
    "x and y come without pairs. A map f is reported only where saying it, L(f), and coding what it makes of x with y "
    "known, |C(f(x) | y)|, takes fewer bits than coding x alone. Where the bits are exact "
    "or bounds, data of the code without y show a saving of k bits with a probability of at most 2^-k; of estimates "
    "nothing is claimed. 20 bits are asked for."
)
