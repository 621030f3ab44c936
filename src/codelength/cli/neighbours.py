"""`codelength neighbours`: nearest neighbours under a compression distance, fairly counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from codelength.catalogue import make
from codelength.cli.files import new_file, refuse_existing
from codelength.cli.labelled_options import (
    LabelOption,
    OutOption,
    SeedOption,
    TestOption,
    TextOption,
    TrainOption,
    UnansweredOption,
    read_pair,
)
from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    ForceOption,
    JsonOption,
    MaxSizeOption,
    QuietOption,
    ReportOption,
    complete_code,
    read_once,
)
from codelength.cli.screen import Screen
from codelength.data import display

NearOption = Annotated[int, typer.Option("-k", metavar="K", min=1, help="How many neighbours vote.")]
DistanceOption = Annotated[
    Literal["ncd", "conditional"],
    typer.Option("--distance", help="ncd, or conditional: C(d | t) / C(d)."),
]
DistanceCodeOption = Annotated[
    str, typer.Option("--code", metavar="NAME", help="The code.", autocompletion=complete_code)
]


def neighbours(
    train: TrainOption,
    test: TestOption,
    text: TextOption = "text",
    label: LabelOption = "label",
    code: DistanceCodeOption = "zlib",
    k: NearOption = 1,
    distance: DistanceOption = "ncd",
    unanswered: UnansweredOption = False,
    out: OutOption = None,
    seed: SeedOption = 0,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Label examples by those that compress best together with them (gzip + kNN, without counting ties as right).

    Takes a codelength for every pair of a test and a training example: `classify` is faster and more accurate.
    """
    from codelength.api.classify import need_learn
    from codelength.api.classify import neighbours as made

    need_learn()
    read_once([train, test])
    if out is not None:
        refuse_existing(out, force=force)
    make(code)
    known, asked = read_pair(train, test, text=text, label=label, unanswered=unanswered, max_size=max_size)
    screen = Screen(as_json=as_json, quiet=quiet)
    model = made(code, k=min(k, len(known.labels)), distance=distance, seed=seed)
    model.fit(known.content, known.labels)
    with screen.progress() as advance:
        votes = model.predict_votes(asked.content, on_progress=lambda done, total: advance("distances", done, total))
    answers = [str(label) for label in votes.labels]
    record: dict[str, Any] = {
        "command": "neighbours",
        "train": known.name,
        "test": asked.name,
        "code": code,
        "k": model.n_neighbors,
        "distance": distance,
        "seed": seed,
        "train_size": len(known.labels),
        "test_size": len(answers),
    }
    warnings = _tell(screen, record, answers, asked.labels, known.content, asked.content)
    if report is not None:
        from codelength.cli.neighbours_view import write_neighbours_page

        write_neighbours_page(
            screen,
            report,
            classes=model.classes_,
            shares=votes.shares,
            answers=answers,
            truth=asked.labels,
            warnings=warnings,
            seed=seed,
        )
    if out is not None:
        _write(out, answers, votes.nearest, force=force)
        screen.note(f"{len(answers):,} answers written to {display(out)}")


def _tell(
    screen: Screen, record: dict[str, Any], answers: list[str], truth: list[str], known: Any, asked: Any
) -> list[str]:
    """Show the result; give the warnings back."""
    from codelength.tasks.classify import duplicates

    twice = duplicates(known, asked) if isinstance(known, list) else []
    record["duplicates"] = len(twice)
    warnings = [
        f"{len(twice):,} of {len(answers):,} test examples stand in training too: their neighbour is itself"
    ] * bool(twice)
    for warning in warnings:
        screen.warn(warning)
    if not truth:
        screen.result(record, f"{len(answers):,} answers; --out keeps each")
        return warnings
    right = sum(a == b for a, b in zip(answers, truth, strict=True))
    record |= {"right": right, "accuracy": right / len(answers)}
    screen.result(record, f"{right / len(answers):.1%} of {len(answers):,} answers are right")
    return warnings


def _write(out: Path, answers: list[str], nearest: Any, *, force: bool) -> None:
    """For each example the answer and the nearest training example, counted from 1."""
    with new_file(out, force=force) as sink:
        for answer, at in zip(answers, nearest, strict=True):
            sink.write(json.dumps({"label": answer, "nearest": int(at) + 1}, ensure_ascii=False).encode() + b"\n")
