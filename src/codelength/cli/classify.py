"""`codelength classify`: labels from codes, one for each class, with probabilities that can be trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from codelength.catalogue import make
from codelength.cli.classify_model import LATENT, learn, learnt, model_for, piles_of, unlabelled_for
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
    read_once,
)
from codelength.cli.screen import Screen
from codelength.data import Labelled, display, read_labelled

if TYPE_CHECKING:
    from codelength.cli.classify_model import Model
    from codelength.report import Table
    from codelength.tasks.classify import CurvePoint, Duplicate, LabelMixture

UnlabelledOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--unlabelled",
        "-u",
        metavar="FILE",
        help="Examples without labels, weighed file by file; a file of any other kind is one text a line. Repeatable.",
    ),
]
ClassCodeOption = Annotated[
    str | None,
    typer.Option(
        "--code",
        metavar="NAME",
        help="ngrams (fast, for text), latent (with unlabelled text), or a name of `codelength codes` (cm, zstd).",
        show_default="latent with unlabelled text, else ngrams",
    ),
]
PartsOption = Annotated[
    int,
    typer.Option(
        "--parts",
        metavar="N",
        min=1,
        max=64,
        help="Cut each unlabelled file by subject into at most N parts, weighed one by one: for files of many kinds.",
    ),
]
PriorOption = Annotated[
    Literal["frequencies", "uniform"] | None,
    typer.Option(
        "--prior",
        help="How likely a class is before the text is seen: as frequent as in training, or alike. Not with latent.",
        show_default="frequencies",
    ),
]
FoldsOption = Annotated[
    int | None,
    typer.Option(
        "--folds",
        metavar="N",
        min=1,
        help="Folds of the training examples that set the temperature. Not with latent.",
        show_default="5",
    ),
]


def classify(
    train: TrainOption,
    test: TestOption,
    unlabelled: UnlabelledOption = None,
    parts: PartsOption = 1,
    text: TextOption = "text",
    label: LabelOption = "label",
    code: ClassCodeOption = None,
    prior: PriorOption = None,
    folds: FoldsOption = None,
    unanswered: UnansweredOption = False,
    out: OutOption = None,
    seed: SeedOption = 0,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Label examples: a class is the code that has read the examples of the class, and the shortest codelength wins.

    Probabilities come from the differences of codelengths, tempered by what training examples cost before they were
    learnt. Examples that stand in training and in test are reported. Unlabelled text is used file by file, as far as
    each saves bits of the labels: what each is worth is shown, and useless text costs a few bits.
    """
    from codelength.api.classify import NGRAMS, need_learn

    need_learn()
    read_once([train, test, *(unlabelled or [])])
    if out is not None:
        refuse_existing(out, force=force)
    if code not in (None, NGRAMS, LATENT):
        make(code)
    known, asked = read_pair(train, test, text=text, label=label, unanswered=unanswered, max_size=max_size)
    screen = Screen(as_json=as_json, quiet=quiet)
    more = [read_labelled(path, text=text, label=None, max_size=max_size) for path in unlabelled or []]
    if code is None:
        code = LATENT if more and isinstance(known.content, list) else NGRAMS
    model = model_for(code, prior, folds, parts, seed)
    pile = unlabelled_for(code, known, more)
    with screen.progress() as advance:
        learn(model, known, pile, advance)
        advance("answering", 0, 1)
        log_probs = model.predict_log_proba(asked.content)
        advance("answering", 1, 1)
    _tell(screen, model, known, asked, log_probs, pile=pile, code=code, seed=seed, report=report)
    if out is not None:
        _write(out, model, log_probs, force=force)
        screen.note(f"{len(log_probs):,} answers written to {display(out)}")


def _tell(
    screen: Screen,
    model: Model,
    known: Labelled,
    asked: Labelled,
    log_probs: Any,
    *,
    pile: Any,
    code: str,
    seed: int,
    report: Path | None,
) -> None:
    from codelength.cli.classify_view import (
        Learnt,
        answers_table,
        evaluation_tables,
        headline,
        unseen_classes,
        write_blind_page,
        write_classify_page,
    )
    from codelength.cli.piles_view import piles_line, piles_table
    from codelength.tasks.classify import duplicates, evaluate, learning_curve

    twice = duplicates(as_texts(known), as_texts(asked))
    record: dict[str, Any] = {
        "command": "classify",
        "train": known.name,
        "test": asked.name,
        "code": code,
        "train_size": len(known.labels),
        "test_size": len(log_probs),
        "classes": [str(label) for label in model.classes_],
        "duplicates": len(twice),
        "seed": seed,
    } | learnt(model)
    warnings = _warnings(twice, len(log_probs))
    piles = piles_of(model)
    shown: list[str | Table] = [] if piles is None else [piles_line(piles), piles_table(piles)]

    def told() -> Learnt:
        return Learnt(warnings, _mixture(screen, model, known, pile, seed), piles, seed, code == LATENT)

    if not asked.labels:
        for warning in warnings:
            screen.warn(warning)
        screen.result(record | {"warnings": warnings}, answers_table(model.classes_, log_probs), *shown)
        if report is not None:
            write_blind_page(screen, report, model.classes_, log_probs, told())
        return
    found = evaluate(model.classes_, log_probs, asked.labels)
    warnings += unseen_classes(found, "they count as wrong, and their labels are not in the bits")
    for warning in warnings:
        screen.warn(warning)
    record |= {"warnings": warnings, "evaluation": found, "calibration_error": found.calibration_error}
    clean = _without(twice, asked.labels, log_probs, model)
    if clean is not None:
        record["accuracy_without_duplicates"] = clean
    screen.result(record, headline(found), *evaluation_tables(found), *shown)
    if report is not None:
        curve: list[CurvePoint] = []
        with screen.progress() as advance:
            curve = learning_curve(
                model,
                known.content,
                known.labels,
                asked.content,
                asked.labels,
                unlabelled=pile,
                seed=seed,
                on_progress=lambda done, total: advance("learning curve", done, total),
            )
        write_classify_page(screen, report, found, curve, len(known.labels), told())


def _mixture(screen: Screen, model: Model, known: Labelled, pile: Any, seed: int) -> LabelMixture:
    """The experts' weights while the labels came: the model's own, or else of the model among plain ones."""
    from codelength.tasks.classify import CodeClassifier, who_is_trusted

    if not isinstance(model, CodeClassifier):
        return model.mixture_
    with screen.progress() as advance:
        advance("who is trusted", 0, 1)
        found = who_is_trusted(model, known.content, known.labels, unlabelled=pile, seed=seed)
        advance("who is trusted", 1, 1)
    return found


def _warnings(twice: list[Duplicate], size: int) -> list[str]:
    if not twice:
        return []
    exact = sum(one.exact for one in twice)
    return [
        f"{len(twice):,} of {size:,} test examples stand in training too ({exact:,} byte for byte; the first is test "
        f"example {twice[0].asked + 1}): accuracy on them says nothing"
    ]


def _without(twice: list[Duplicate], answers: list[str], log_probs: Any, model: Model) -> float | None:
    """Accuracy over the examples that are not in training; None where all or none are."""
    import numpy as np

    from codelength.tasks.classify import evaluate

    fresh = np.ones(len(answers), dtype=bool)
    fresh[[one.asked for one in twice]] = False
    if fresh.all() or not fresh.any():
        return None
    left = [answer for answer, is_fresh in zip(answers, fresh, strict=True) if is_fresh]
    return evaluate(model.classes_, log_probs[fresh], left).accuracy


def _write(out: Path, model: Model, log_probs: Any, *, force: bool) -> None:
    """For each example the answer and the probabilities of all classes."""
    import numpy as np

    with new_file(out, force=force) as sink:
        for row in log_probs:
            probs = {str(label): round(float(p), 6) for label, p in zip(model.classes_, np.exp(row), strict=True)}
            line = {"label": str(model.classes_[int(row.argmax())]), "probabilities": probs}
            sink.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
