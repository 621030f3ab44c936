"""`codelength bound`: an upper bound on the true error of a classifier, from its training error and its bits."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from codelength.cli.files import new_file, refuse_existing
from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    ForceOption,
    JsonOption,
    MaxSizeOption,
    QuietOption,
    ReportOption,
    not_stdout,
)
from codelength.cli.screen import Screen
from codelength.core import DataError, StreamError
from codelength.data import display, read_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from codelength.tasks.certify import Certified

_FIGURES = "Your own figures"
_TRAINING = "Train, or check a classifier"

TrainErrorOption = Annotated[
    str | None,
    typer.Option("--train-error", metavar="E", help="Share of examples got wrong, 0 to 1.", rich_help_panel=_FIGURES),
]
ExamplesOption = Annotated[
    int | None,
    typer.Option("--examples", metavar="N", help="Number of training examples.", rich_help_panel=_FIGURES),
]
BitsOption = Annotated[
    float | None,
    typer.Option(
        "--bits",
        metavar="B",
        help="Bits of the classifier's description in a prefix code fixed beforehand.",
        rich_help_panel=_FIGURES,
    ),
]
TrainOption = Annotated[
    Path | None,
    typer.Option("--train", metavar="IMAGES", help="Images: idx (MNIST's format) or .npy.", rich_help_panel=_TRAINING),
]
LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", metavar="LABELS", help="Their labels: idx or .npy.", rich_help_panel=_TRAINING),
]
TestOption = Annotated[
    Path | None,
    typer.Option("--test", metavar="IMAGES", help="Other images, to show the error there.", rich_help_panel=_TRAINING),
]
TestLabelsOption = Annotated[
    Path | None, typer.Option("--test-labels", metavar="LABELS", help="Their labels.", rich_help_panel=_TRAINING)
]
ClassifierOption = Annotated[
    Path | None,
    typer.Option("--classifier", metavar="FILE", help="Train nothing: certify this stream.", rich_help_panel=_TRAINING),
]
KindOption = Annotated[
    Literal["all", "linear", "network"],
    typer.Option("--kind", help="What to try; the best is taken.", rich_help_panel=_TRAINING),
]
EpochsOption = Annotated[
    int, typer.Option("--epochs", metavar="N", min=1, help="Passes over the examples.", rich_help_panel=_TRAINING)
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        callback=not_stdout,
        help="Write the classifier's stream.",
        rich_help_panel=_TRAINING,
    ),
]
DeltaOption = Annotated[
    float, typer.Option("--delta", metavar="D", help="Probability, over the draw of examples, that the bound fails.")
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of the training.")]


def bound(
    train_error: TrainErrorOption = None,
    examples: ExamplesOption = None,
    bits: BitsOption = None,
    train: TrainOption = None,
    labels: LabelsOption = None,
    test: TestOption = None,
    test_labels: TestLabelsOption = None,
    classifier: ClassifierOption = None,
    kind: KindOption = "all",
    epochs: EpochsOption = 12,
    output: OutputOption = None,
    delta: DeltaOption = 0.05,
    seed: SeedOption = 0,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bound a classifier's true error: low training error and few bits mean low test error.

    Either from your own figures (--train-error, --examples, --bits), or from examples (--train, --labels): classifiers
    of few bits are trained, sent as a stream, decoded and counted, and the best is certified. The bounds hold for
    examples drawn independently from where the classifier will be used.
    """
    screen = Screen(as_json=as_json, quiet=quiet)
    if train is None and labels is None:
        if train_error is None or examples is None or bits is None:
            raise typer.BadParameter(
                "give --train-error, --examples and --bits for your own figures, or --train and --labels for examples"
            )
        if output is not None:
            raise typer.BadParameter("--output is for a classifier that is trained here: --train, --labels")
        _from_figures(screen, train_error, examples, bits, delta, report)
        return
    if train is None or labels is None or (test is None) != (test_labels is None):
        raise typer.BadParameter("images and labels go together: --train with --labels, --test with --test-labels")
    if (train_error, examples, bits) != (None, None, None):
        raise typer.BadParameter("--train-error, --examples and --bits are counted here: leave them out")
    if output is not None:
        refuse_existing(output, force=force)
    known = _array(train, max_size), _array(labels, max_size)
    unseen = None if test is None or test_labels is None else (_array(test, max_size), _array(test_labels, max_size))
    if unseen is not None:
        _check_alike(known[0], *unseen)
    if classifier is not None:
        found = _checked(classifier, known, delta, max_size)
    else:
        found = _trained(screen, known, kind, epochs, delta, seed)
    _show(screen, found, unseen, seed, report)
    if output is not None:
        with new_file(output, force=force) as file:
            file.write(found.stream)
        screen.note(f"{len(found.stream):,} bytes written to {display(output)}")


def _check_alike(images: NDArray[np.uint8], others: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
    """Refuse, before anything is trained, test examples that the classifier could not take."""
    from codelength.tasks.certify import check_examples

    check_examples(others, labels)
    if images.shape[1:] != others.shape[1:]:
        raise DataError(
            f"images of {images.shape[1:]} to train on and of {others.shape[1:]} to test on: expected alike"
        )


def _from_figures(
    screen: Screen, train_error: str, examples: int, bits: float, delta: float, report: Path | None
) -> None:
    from codelength.cli.bound_view import bound_table, write_bound_page
    from codelength.measures import certificate

    try:
        share = Fraction(train_error)
    except (ValueError, ZeroDivisionError) as error:
        raise DataError(f"--train-error {train_error}: expected a share from 0 to 1, as 0.11 or 6600/60000") from error
    errors = -(-share.numerator * examples // share.denominator)
    proof = certificate(errors, examples, bits, delta)
    table = bound_table(proof, "Your own figures")
    screen.result({"command": "bound", "bound": proof.bound, "certificate": proof}, table)
    if report is not None:
        write_bound_page(screen, report, proof, [table])


def _checked(path: Path, known: tuple[NDArray[np.uint8], NDArray[np.int64]], delta: float, max_size: int) -> Certified:
    from codelength.tasks.certify import Certified, certificate_of, decode

    stream = read_path(path, max_size=max_size).content
    try:
        told = decode(stream)
    except StreamError as error:
        raise DataError(f"{display(path)}: holds no classifier that `codelength bound -o` wrote ({error})") from error
    proof = certificate_of(told, stream, *known, delta=delta)
    return Certified(told, stream, proof, (proof,), (told.shape,), 0)


def _trained(
    screen: Screen,
    known: tuple[NDArray[np.uint8], NDArray[np.int64]],
    kind: str,
    epochs: int,
    delta: float,
    seed: int,
) -> Certified:
    from codelength.tasks.certify import candidates_for, certify, check_examples

    images, labels = known
    check_examples(images, labels)
    classes = max(2, int(labels.max()) + 1)
    candidates = [
        candidate
        for candidate in candidates_for(images.shape[1], images.shape[2], classes, epochs=epochs)
        if kind == "all" or (candidate.shape.hidden > 0) == (kind == "network")
    ]
    if not candidates:
        raise DataError(f"images of {images.shape[1]} x {images.shape[2]} are too small for a network: --kind linear")
    with screen.progress() as advance:
        return certify(images, labels, candidates, delta=delta, seed=seed, on_progress=advance)


def _show(
    screen: Screen,
    found: Certified,
    unseen: tuple[NDArray[np.uint8], NDArray[np.int64]] | None,
    seed: int,
    report: Path | None,
) -> None:
    from codelength.cli.bound_view import bound_table, described, tried_table, write_bound_page

    test_error = None
    if unseen is not None:
        test_error = float((found.classifier.predict(unseen[0]) != unseen[1]).mean())
    proof = found.certificate
    record: dict[str, Any] = {
        "command": "bound",
        "bound": proof.bound,
        "certificate": proof,
        "stream_bytes": len(found.stream),
        "shape": found.classifier.shape,
        "test_error": test_error,
        "tried": found.tried,
        "tried_shapes": [described(shape) for shape in found.shapes],
        "chosen": found.chosen,
    }
    table = bound_table(proof, described(found.classifier.shape), test_error)
    screen.result(record, table)
    if report is not None:
        tables = [table, tried_table(found)] if len(found.tried) > 1 else [table]
        write_bound_page(screen, report, proof, tables, {"seed": seed})


def _array(path: Path, max_size: int) -> NDArray[Any]:
    """Images or labels: .npy by name, else idx."""
    import io

    import numpy as np

    from codelength.data.idx import read_idx

    if path.suffix != ".npy":
        array: NDArray[Any] = read_idx(path, max_size=max_size)
    else:
        try:
            array = np.load(io.BytesIO(read_path(path, max_size=max_size).content), allow_pickle=False)
        except (ValueError, EOFError, OSError) as error:
            raise DataError(f"{display(path)}: not a .npy array of numbers ({error})") from error
    return array
