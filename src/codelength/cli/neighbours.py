"""`codelength neighbours`: nearest neighbours under a compression distance, fairly counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

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
    as_texts,
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

if TYPE_CHECKING:
    from codelength.tasks.classify import Evaluation

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
    import numpy as np

    from codelength.api.classify import need_learn
    from codelength.api.classify import neighbours as made
    from codelength.cli.classify_view import unseen_classes

    need_learn()
    from codelength.tasks.classify import duplicates, evaluate

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
    twice = duplicates(as_texts(known), as_texts(asked))
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
        "duplicates": len(twice),
    }
    # A vote's winner may be decided by who is nearest: its share is raised so that it alone has the most.
    won = np.log(votes.shares + (votes.labels[:, None] == model.classes_) + 1e-9)
    found = evaluate(model.classes_, won, asked.labels) if asked.labels else None
    warnings = [] if found is None else unseen_classes(found)
    if twice:
        warnings.insert(
            0, f"{len(twice):,} of {len(answers):,} test examples stand in training too: their neighbour is itself"
        )
    if k > model.n_neighbors:
        warnings.append(f"training has no more than {model.n_neighbors:,} examples: so many vote, not {k:,}")
    _tell(screen, record | {"warnings": warnings}, found)
    if report is not None:
        from codelength.cli.neighbours_view import write_neighbours_page

        write_neighbours_page(
            screen,
            report,
            classes=model.classes_,
            won=won,
            found=found,
            warnings=warnings,
            seed=seed,
        )
    if out is not None:
        _write(out, answers, votes.nearest, force=force)
        screen.note(f"{len(answers):,} answers written to {display(out)}")


def _tell(screen: Screen, record: dict[str, Any], found: Evaluation | None) -> None:
    """Show the result."""
    from codelength.cli.classify_view import share_right

    for warning in record["warnings"]:
        screen.warn(warning)
    if found is None:
        screen.result(record, f"{record['test_size']:,} answers; --out keeps each")
        return
    right = sum(row[at] for at, row in enumerate(found.confusion) if at < len(row))
    told = {"right": right, "accuracy": found.accuracy, "low": found.low, "high": found.high}
    screen.result(record | told, f"{share_right(found)}.")


def _write(out: Path, answers: list[str], nearest: Any, *, force: bool) -> None:
    """For each example the answer and the nearest training example, counted from 1."""
    with new_file(out, force=force) as sink:
        for answer, at in zip(answers, nearest, strict=True):
            sink.write(json.dumps({"label": answer, "nearest": int(at) + 1}, ensure_ascii=False).encode() + b"\n")
