"""What `select` and `demo` show of a choice of sources: an answer first, then the tables behind it, and the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.cli.page import write_page
from codelength.cli.screen import Screen
from codelength.core import Bits
from codelength.report import Block, Callout, Cell, Column, Fact, Figure, Interval, Measured, Section, Table, Text
from codelength.tasks import CHOSEN, NOTHING

if TYPE_CHECKING:
    from codelength import measures
    from codelength.tasks import Selection


def headline(found: Selection) -> str:
    """The answer in one to three sentences."""
    best = found.sources[0]
    alone = found.alone.bits
    share = 100 * best.saved.bits / alone
    saved = f"{best.saved.bits:,.0f} of the task's {alone:,.0f} bits, {share:.1f} %{between(best.interval)}"
    if not _sure(best.interval):
        return f"No source helps for sure: the best, {best.name}, saves {saved}."
    text = f"{best.name} helps most: it saves {saved}."
    if len(found.chosen) > 1:
        text += f" With {listed(found.chosen[1:])} before it: {found.saved.bits:,.0f} bits."
    useless = [row.name for row in found.sources if not _sure(row.interval)]
    if useless:
        text += f" Of no sure use: {listed(useless)}."
    return text


def cell(interval: measures.Interval | None) -> Interval | None:
    """An interval for a table."""
    return None if interval is None else Interval(interval.lower, interval.upper)


def between(interval: measures.Interval | None, digits: int = 0) -> str:
    """An interval within a sentence; nothing where there is none."""
    if interval is None:
        return ""
    return f" ({100 * interval.level:.0f} %: {interval.lower:,.{digits}f} to {interval.upper:,.{digits}f})"


def _sure(interval: measures.Interval | None) -> bool:
    return interval is not None and interval.lower > 0


def ranking_table(found: Selection, *, narrow: bool) -> Table:
    """What each source saves by itself, the best first. `narrow`: the kind of number in the title, for a terminal."""
    rows: list[dict[str, Cell]] = [
        {
            "rank": rank,
            "source": row.name,
            "size": row.size,
            "saved": row.saved.bits if narrow else row.saved,
            "interval": cell(row.interval),
            **({} if narrow else {"share": 100 * row.saved.bits / found.alone.bits}),
            "mixed": row.mixed.saved.bits if narrow else row.mixed.saved,
            "rate": row.per_byte,
        }
        for rank, row in enumerate(found.sources, start=1)
    ]
    columns = [
        Column("rank", "#"),
        Column("source", "source"),
        Column("size", "bytes"),
        Column("saved", "saved", "" if narrow else "bits", digits=0, help="|C(T)| - |C(T|X)|"),
        Column("interval", "95 %", digits=0, help="resampled over blocks of the task"),
        *([] if narrow else [Column("share", "of all", "%", digits=1)]),
        Column("mixed", "mixed", "" if narrow else "bits", digits=0, help="by the mixture of with and without X"),
        Column("rate", "bits/byte" if not narrow else "/byte", digits=3, help="bits saved for each byte of the source"),
    ]
    title = "What each source saves on the task"
    return Table(
        f"{title}, in bits ({_kinds([row.saved for row in found.sources])})" if narrow else title, columns, rows
    )


def greedy_table(found: Selection, *, narrow: bool) -> Table:
    """What each next source adds to those already taken."""
    rows: list[dict[str, Cell]] = [
        {
            "n": at,
            "source": step.name,
            "adds": step.added.bits if narrow else step.added,
            "interval": cell(step.interval),
            "left": step.given.bits if narrow else step.given,
            "taken": "taken" if step.taken else "refused",
        }
        for at, step in enumerate(found.steps, start=1)
    ]
    unit = "" if narrow else "bits"
    columns = [
        Column("n", "#"),
        Column("source", "source"),
        Column("adds", "adds", unit, digits=0),
        Column("interval", "95 %", digits=0),
        Column("left", "left", unit, digits=0, help="what the task costs given all taken so far and this one"),
        Column("taken", "verdict"),
    ]
    title = "What each next source adds to those before it"
    return Table(
        f"{title}, in bits ({_kinds([step.added for step in found.steps])})" if narrow else title, columns, rows
    )


def _kinds(values: Sequence[Bits]) -> str:
    return "/".join(dict.fromkeys(value.kind for value in values))


def mixture_line(found: Selection) -> str:
    """What not choosing costs."""
    mixed = found.mixture
    how = "the Bayes mixture over all of them" if mixed.name == "mixture" else "naming the best of them"
    best = {CHOSEN: "all those taken together", NOTHING: "none of them"}.get(mixed.best, mixed.best)
    return (
        f"Without choosing, {how} saves {mixed.saved.bits:,.0f} bits ({mixed.saved.kind}): {mixed.regret:,.1f} bits "
        f"of regret against the best, {best}, and never more than {mixed.bound:.1f}."
    )


def shown_on_screen(found: Selection, task: str) -> list[Any]:
    """Answer, tables, mixture."""
    from rich.text import Text as Styled

    about = f"task {task}: {found.task_size:,} bytes, alone {found.alone}, code {found.code}"
    parts: list[Any] = [Styled(headline(found), "bold"), Styled(about), Styled(), ranking_table(found, narrow=True)]
    if found.steps:
        parts.append(greedy_table(found, narrow=True))
    return [*parts, Styled(mixture_line(found))]


def write_select_page(
    screen: Screen, path: Path, found: Selection, task: str, *, title: str, notes: Sequence[str] = ()
) -> None:
    """The page of a choice of sources."""
    best = found.sources[0]
    interval = cell(best.interval)
    facts = [
        Fact("task alone", found.alone, "bits", note=f"{found.task_size:,} bytes"),
        Fact("given the best source", best.given, "bits", note=best.name),
        Fact("that saves", best.saved if interval is None else Measured(best.saved, interval), "bits"),
    ]
    if len(found.chosen) > 1:
        facts.append(Fact("given all that were taken", found.given, "bits", note=listed(found.chosen)))
    warnings: list[Block] = [Callout("warning", text) for text in found.warnings]
    sections = [
        Section(
            "Which source helps",
            [
                *warnings,
                Figure(_bars(found), "Bits that each source saves on the task, with its 95 % interval"),
                ranking_table(found, narrow=False),
            ],
        ),
        Section("Which sources together", _together(found)),
        Section("Without choosing", [Text(mixture_line(found)), *_weights(found)]),
        Section("How to read this", [Text("\n\n".join((*notes, f"Task: {task}. {_READING}")))]),
    ]
    write_page(
        screen, path, title=title, lead=headline(found), sections=sections, facts=facts, seeds={"seed": found.seed}
    )


def _bars(found: Selection) -> str:
    from codelength.report import plots

    bars: str = plots.bars(
        [row.name for row in found.sources],
        [row.saved for row in found.sources],
        intervals=[cell(row.interval) for row in found.sources],
        title="bits saved on the task",
        desc="one bar for each source, with its 95 % interval",
    )
    return bars


def _together(found: Selection) -> list[Block]:
    if not found.steps:
        return [Text("No source saves anything, so there is nothing to add up.")]
    from codelength.report import plots

    curve = plots.cumulative(
        [step.name for step in found.steps],
        [step.added for step in found.steps],
        taken=[step.taken for step in found.steps],
        title="bits saved, source by source",
        desc="each row starts where the one before it ended",
    )
    return [
        Figure(curve, "Bits saved, source by source: each row starts where the one before it ended"),
        greedy_table(found, narrow=False),
    ]


def _weights(found: Selection) -> list[Block]:
    """How the mixture makes up its mind along the task."""
    mixed = found.mixture
    if not mixed.weights:
        return []
    from codelength.report import plots

    series = {name: [row[i] for row in mixed.weights] for i, name in enumerate(mixed.experts)}
    curves = plots.lines(
        list(mixed.positions),
        series,
        title="weight of each expert in the mixture",
        desc="posterior weights along the task",
        x_label="bytes of the task seen",
        y_label="weight",
    )
    return [Figure(curves, "The mixture learns along the task whom to trust: the weight of each expert")]


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names as in a sentence, the last ones counted where there are many."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


_READING = (
    "A source X saves |C(T)| - |C(T|X)| bits on the task T: what coding T costs alone, less what it costs once X is "
    "known. The interval resamples blocks of the task: how far the saving would vary on another task of this kind and "
    "size. A saving whose interval reaches 0 is not a sure one. The column 'mixed' is what the mixture of coding with "
    "and without X saves: a source that does harm costs it a bit at most.\n\n"
    "The mixture gives every source, none, and all that were taken a say, and learns along the task whom to trust. It "
    "costs at most log2 of their number more than the best of them, so that useless data cannot hurt."
)
