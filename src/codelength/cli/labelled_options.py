"""What the commands about labels share: their options, and reading their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codelength.cli.options import flag, not_stdout
from codelength.core import DataError

if TYPE_CHECKING:
    from codelength.data import Labelled

TrainOption = Annotated[
    Path,
    typer.Option(
        "--train", metavar="FILE", help="Examples with labels: .jsonl, .csv, .tsv, .parquet, or idx images as MNIST's."
    ),
]
TestOption = Annotated[Path, typer.Option("--test", metavar="FILE", help="Examples to label.")]
TextOption = Annotated[
    str, typer.Option("--text", metavar="COLUMN", help="Column with the text, or with a list of numbers.")
]
LabelOption = Annotated[str, typer.Option("--label", metavar="COLUMN", help="Column with the label.")]
UnansweredOption = Annotated[bool, flag("--unanswered", help="The test file has no labels: only answer.")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", callback=not_stdout, help="Write the answers here as JSON lines."),
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of random orders.")]


def read_pair(
    train: Path, test: Path, *, text: str, label: str, unanswered: bool, max_size: int
) -> tuple[Labelled, Labelled]:
    """The examples to learn from, and those to answer.

    Raises
    ------
    DataError
        As `read_labelled`, examples of two kinds, or all of one class.
    """
    from codelength.data import read_labelled

    known = read_labelled(train, text=text, label=label, max_size=max_size)
    if len(set(known.labels)) == 1:
        raise DataError(
            f"{known.name}: all {len(known.labels):,} examples have 1 class, {known.labels[0]!r}; a classifier needs "
            "two or more"
        )
    asked = read_labelled(test, text=text, label=None if unanswered else label, max_size=max_size)
    check_alike(known, asked)
    return known, asked


def check_alike(known: Labelled, other: Labelled) -> None:
    """Refuse texts beside numbers, and rows of other lengths."""
    kinds = [_kind(one.content) for one in (known, other)]
    if kinds[0] != kinds[1]:
        raise DataError(f"{known.name} holds {kinds[0]}, and {other.name} {kinds[1]}: both must be of one kind")


def as_texts(examples: Labelled) -> list[bytes]:
    """What is compared to find the same example twice: its text, or one word of hexadecimal for its numbers."""
    if isinstance(examples.content, list):
        return examples.content
    return [row.tobytes().hex().encode() for row in examples.content]


def _kind(content: Any) -> str:
    return "texts" if isinstance(content, list) else f"rows of {content.shape[1]} numbers"
