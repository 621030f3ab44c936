"""What the page of `neighbours` shows: how many answers are right, and which class is taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.cli.page import write_page
from codelength.report import Block, Callout, Fact, Interval, Measured, Section, Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from codelength.cli.screen import Screen
    from codelength.tasks.classify import Evaluation


def write_neighbours_page(
    screen: Screen,
    path: Path,
    *,
    classes: NDArray[Any],
    won: NDArray[np.float64],
    found: Evaluation | None,
    warnings: Sequence[str],
    seed: int,
) -> None:
    """The page of the answers; without the truth, how often each class was answered.

    Parameters
    ----------
    classes, won
        The k labels, and what decided among them, (n, k): the largest of a row is the answer.
    found
        What the answers are worth; None where nobody told what is right.
    warnings
        Sentences, each shown at the top.
    seed
        Breaks ties; goes into the page's colophon.
    """
    from codelength.cli.classify_view import answers_table, confusion, evaluation_tables, share_right

    shown: list[Block] = [Callout("warning", text) for text in warnings]
    facts: list[Fact] = []
    if found is not None:
        facts.append(
            Fact("right answers", Measured(100 * found.accuracy, Interval(100 * found.low, 100 * found.high)), "%")
        )
        lead = f"{share_right(found)}."
        shown += [*confusion(found), *evaluation_tables(found)]
    else:
        lead = f"{len(won):,} answers; what is right was not told."
        shown.append(answers_table(classes, won))
    sections = [Section("Class by class", shown), Section("How to read this", [Text(_READING)])]
    write_page(
        screen, path, title="Labels from neighbours", lead=lead, sections=sections, facts=facts, seeds={"seed": seed}
    )


_READING = (
    "An example gets the label of the training examples that compress best together with it. One neighbour decides, or "
    "k vote and of tied classes the one with the nearest neighbour wins; training examples equally near are put in an "
    "order drawn by the seed, so that no tie is ever counted as right because one of its sides was.\n\n"
    "Votes are no probabilities: `codelength classify` gives those, with their bits, a learning curve and the "
    "reliability diagram."
)
