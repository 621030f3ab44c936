"""What `select --documents` shows: whether the choice helps, checked on held-out documents, and what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.cli.page import write_page
from codelength.cli.screen import Screen
from codelength.cli.select_view import between, cell
from codelength.data import Document, format_size
from codelength.report import Block, Callout, Cell, Column, Fact, Figure, Measured, Section, Table, Text

if TYPE_CHECKING:
    from codelength.tasks import DocumentSelection

ON_SCREEN = 8
ON_PAGE = 200


def documents_headline(found: DocumentSelection, pool: int) -> str:
    """The answer in two sentences."""
    share = 100 * found.saved.bits / found.alone.bits if found.alone.bits else 0.0
    size = f"{format_size(found.size)} of {format_size(found.budget)}"
    return (
        f"Chosen: {len(found.picks):,} of {pool:,} documents, {size}. On held-out documents of the task they save "
        f"{found.saved.bits:,.0f} bits, {share:.1f} %{between(found.interval)}; a random draw of that size saves "
        f"{found.random_saved.bits:,.0f}."
    )


def check_table(found: DocumentSelection, task: str) -> Table:
    """The held-out part of the task under three states of knowledge."""
    size = max(1, found.held_out_size)
    rows: list[dict[str, Cell]] = [
        {"known": known, "bits": value, "rate": value.bits / size}
        for known, value in (
            ("the rest of the task", found.alone),
            ("and a random draw of the pool", found.random),
            ("and the chosen documents", found.given),
        )
    ]
    columns = [
        Column("known", "known beforehand"),
        Column("bits", "bits", digits=0),
        Column("rate", "bits/byte", digits=4),
    ]
    return Table(f"Check: {found.held_out_size:,} bytes of {task} held out, code {found.code}", columns, rows)


def picks_table(found: DocumentSelection, pool: Sequence[Document], most: int, width: int) -> Table:
    """The first `most` documents in the order they were taken, each in an excerpt of `width` characters."""
    taken = [(pick, pool[pick.index]) for pick in found.picks[:most]]
    rows: list[dict[str, Cell]] = [
        {
            "n": at,
            "source": Path(document.source).name,
            "line": document.line,
            "adds": pick.added.bits,
            "belongs": pick.belongs,
            "text": _excerpt(document.content, width),
        }
        for at, (pick, document) in enumerate(taken, start=1)
    ]
    several = len({document.source for document in pool}) > 1
    columns = [
        Column("n", "#"),
        *([Column("source", "file")] if several else []),
        Column("line", "line"),
        Column("adds", "adds", digits=0, help="estimated bits that it adds to those before it"),
        Column("belongs", "belongs", digits=2, help="how sure it is that it is of the task's kind"),
        Column("text", "document"),
    ]
    rows = [{column.key: row[column.key] for column in columns} for row in rows]
    return Table(f"The first {len(rows)} documents taken" if len(rows) > 1 else "Documents taken", columns, rows)


def documents_on_screen(found: DocumentSelection, pool: Sequence[Document], task: str) -> list[Any]:
    """Answer, check, first picks."""
    from rich.text import Text as Styled

    parts: list[Any] = [Styled(documents_headline(found, len(pool)), "bold"), Styled(), check_table(found, task)]
    return [*parts, picks_table(found, pool, ON_SCREEN, width=40)] if found.picks else parts


def write_documents_page(
    screen: Screen, path: Path, found: DocumentSelection, pool: Sequence[Document], task: str
) -> None:
    """The page of a choice of documents."""
    from codelength.report import plots

    interval = cell(found.interval)
    facts = [
        Fact("documents chosen", len(found.picks), note=f"of {len(pool):,}"),
        Fact(
            "saved on held-out documents", found.saved if interval is None else Measured(found.saved, interval), "bits"
        ),
        Fact("saved by a random draw", found.random_saved, "bits"),
    ]
    bars = plots.bars(
        ["chosen documents", "random draw"],
        [found.saved, found.random_saved],
        intervals=[interval, None],
        title="bits saved on held-out documents",
    )
    taken: list[Block] = [picks_table(found, pool, ON_PAGE, width=120)] if found.picks else [Text("No document.")]
    warnings: list[Block] = [Callout("warning", text) for text in found.warnings]
    sections = [
        Section(
            "Does the choice help?",
            [*warnings, Figure(bars, "Bits saved on held-out documents of the task"), check_table(found, task)],
        ),
        Section("What was chosen", taken),
        Section("How to read this", [Text(_READING)]),
    ]
    lead = documents_headline(found, len(pool))
    write_page(
        screen, path, title="Chosen documents", lead=lead, sections=sections, facts=facts, seeds={"seed": found.seed}
    )


def _excerpt(content: bytes, width: int) -> str:
    text = content[: 4 * width].decode("utf-8", "replace")
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= width else plain[: width - 1] + "…"


_READING = (
    "Documents were taken one after another, each for what it adds for the task given those already taken. The check "
    "is on documents of the task that the choice has not seen: what they cost after the rest of the task alone, after "
    "a random draw of the pool of the same size, and after the chosen documents."
)
