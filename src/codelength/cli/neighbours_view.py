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


def write_neighbours_page(
    screen: Screen,
    path: Path,
    *,
    classes: NDArray[Any],
    shares: NDArray[np.float64],
    answers: Sequence[str],
    truth: Sequence[str],
    warnings: Sequence[str],
    seed: int,
) -> None:
    """The page of the answers; without the truth, how often each class was answered.

    Parameters
    ----------
    classes, shares
        Of the votes, (k,) and (n, k).
    answers, truth
        n labels each; no truth where nobody knows it.
    warnings
        Sentences, each shown at the top.
    seed
        Breaks ties; goes into the page's colophon.
    """
    import numpy as np

    from codelength.cli.classify_view import answers_table, confusion, evaluation_tables
    from codelength.tasks.classify import evaluate

    shown: list[Block] = [Callout("warning", text) for text in warnings]
    # A vote's winner may be decided by who is nearest: its share is raised so that it alone has the most.
    won = np.log(shares + (np.asarray(answers)[:, None] == classes.astype(str)) + 1e-9)
    facts: list[Fact] = []
    if truth:
        found = evaluate(classes, won, truth, seed=seed)
        facts.append(
            Fact("right answers", Measured(100 * found.accuracy, Interval(100 * found.low, 100 * found.high)), "%")
        )
        lead = f"{found.accuracy:.1%} of {found.size:,} answers are right (95 %: {found.low:.1%} to {found.high:.1%})."
        shown += [*confusion(found), *evaluation_tables(found)]
    else:
        lead = f"{len(answers):,} answers; what is right was not told."
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
