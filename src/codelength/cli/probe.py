"""`codelength probe`: how many bits of the labels do features save, and from how few labels?

The features are numbers in a file, or those of every layer of a network: that is `cli.probe_network`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import typer

from codelength.cli.networks import DeviceOption, LimitOption, ThreadsOption, TileOption, need_torch
from codelength.cli.options import (
    DEFAULT_MAX_SIZE,
    JsonOption,
    MaxSizeOption,
    QuietOption,
    ReportOption,
    flag,
    read_once,
)
from codelength.cli.screen import Screen
from codelength.core import DataError
from codelength.data import display
from codelength.data.arrays import read_features, read_labels

if TYPE_CHECKING:
    from codelength.measures.prequential import Prequential
    from codelength.tasks.probe import Probe

ModelsArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="MODEL", help="Networks: folders of `codelength train`, checkpoints in them, or iGPT weights."
    ),
]
FeaturesOption = Annotated[
    Path | None,
    typer.Option("--features", metavar="F", help="A row of numbers for each example: .npy, .npz, .csv, .tsv, idx."),
]
DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="D", help="Of a MODEL: images or bytes, as for `codelength train`.")
]
LayersOption = Annotated[
    str, typer.Option("--layers", metavar="WHICH", help="Of a MODEL: all, last, or numbers from 0 such as 0,3,6.")
]
EveryOption = Annotated[bool, flag("--every", help="Of a MODEL: every checkpoint in the folder, not the newest alone.")]
PoolOption = Annotated[
    Literal["mean", "quarters"],
    typer.Option("--pool", help="Of a MODEL: mean over all positions (iGPT), or of each quarter of an image."),
]
HeldOutOption = Annotated[
    float, typer.Option("--held-out", metavar="SHARE", help="Of a MODEL: labels that the accuracy is measured on.")
]
LabelsOption = Annotated[Path, typer.Option("--labels", metavar="L", help="The labels: one a line, .npy, .npz or idx.")]
EstimatorOption = Annotated[
    str,
    typer.Option(
        "--estimator", metavar="NAME", help="logistic, neighbours, forest, perceptron or gaussian (scikit-learn)."
    ),
]
FirstOption = Annotated[
    int, typer.Option("--first", metavar="N", min=1, help="Labels before the estimator learns for the first time.")
]
GrowthOption = Annotated[
    float, typer.Option("--growth", metavar="G", help="It learns again whenever there are G times as many labels.")
]
InOrderOption = Annotated[bool, flag("--in-order", help="Code labels in the order of the file, not in a random one.")]
NoControlOption = Annotated[
    bool, flag("--no-control", help="Leave out the control: random order; an untrained network.")
]
SeedOption = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Of random orders and estimators.")]


def probe(
    labels: LabelsOption,
    models: ModelsArgument = None,
    features: FeaturesOption = None,
    data: DataOption = None,
    layers: LayersOption = "all",
    every: EveryOption = False,
    pool: PoolOption = "mean",
    held_out: HeldOutOption = 0.2,
    estimator: EstimatorOption = "logistic",
    first: FirstOption = 8,
    growth: GrowthOption = 1.5,
    in_order: InOrderOption = False,
    no_control: NoControlOption = False,
    tile: TileOption = None,
    limit: LimitOption = None,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
    seed: SeedOption = 0,
    report: ReportOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what labels cost with and without features, and how that falls as labels come.

    The probe learns in blocks and codes each with what it learned before, so its size is paid for. Useless features
    cost 1 bit; the control shows what the same numbers in random order would save.

    Given networks and data instead of features, it says so for every layer, with a linear probe's accuracy:
    codelength probe MODEL --data images --labels labels.npy
    """
    from codelength.api.probe import ESTIMATORS

    if estimator not in ESTIMATORS:
        raise typer.BadParameter(f"--estimator {estimator}: there are {', '.join(ESTIMATORS)}")
    if not growth > 1:
        raise typer.BadParameter("--growth must be above 1: blocks grow")
    if not 0 < held_out < 1:
        raise typer.BadParameter("--held-out is a share between 0 and 1")
    if bool(models) != (data is not None) or bool(models) == (features is not None):
        raise typer.BadParameter("name features (--features F), or networks and their data (MODEL --data D)")
    if features is not None and (layers, every, pool, tile, limit) != ("all", False, "mean", None, None):
        raise typer.BadParameter("--layers, --every, --pool, --tile and --limit are of a MODEL: leave them out")
    screen = Screen(as_json=as_json, quiet=quiet)
    how = {"estimator": estimator, "first": first, "growth": growth, "in_order": in_order, "seed": seed}
    if features is not None:
        _probe_file(features, labels, how, not no_control, max_size, screen, report)
    if models and data is not None:
        from codelength.cli.probe_network import Asked, probe_networks

        need_torch(threads)
        y = read_labels(labels, max_size=max_size)
        asked = Asked(
            tuple(models), data, labels, y, layers, every, pool, held_out, not no_control, device, tile, limit
        )
        probe_networks(asked, how, screen, report)


def _probe_file(
    features: Path,
    labels: Path,
    how: Mapping[str, Any],
    control: bool,
    max_size: int,
    screen: Screen,
    report: Path | None,
) -> None:
    """Features from a file."""
    from codelength.api.probe import estimator as named
    from codelength.api.probe import probe as probed
    from codelength.cli.probe_view import blocks_table, result_table, verdict, write_probe_page
    from codelength.measures.prequential_blocks import block_ends

    read_once(features, labels)
    seed = how["seed"]
    learner = named(how["estimator"], seed=seed)
    X, y = read_features(features, max_size=max_size), read_labels(labels, max_size=max_size)
    if len(X) != len(y):
        raise DataError(f"{display(features)} has {len(X):,} rows and {display(labels)} {len(y):,} labels")
    if len(y) <= how["first"]:
        raise DataError(
            f"{display(labels)}: nothing is learnt from {len(y):,} labels, all in the first block: lower --first"
        )
    order = np.arange(len(y)) if how["in_order"] else np.random.default_rng([seed, 1]).permutation(len(y))
    with screen.progress() as advance:
        found = probed(
            X[order],
            y[order],
            learner,
            block_ends(len(y), how["first"], how["growth"]),
            control=control,
            seed=seed,
            on_progress=advance,
        )
    names = (display(features), display(labels))
    screen.result(
        {"command": "probe", "features": names[0], "labels": names[1], "dimensions": X.shape[1]}
        | dict(how)
        | _record(found),
        result_table(found, names, how["estimator"]),
        blocks_table(found),
    )
    screen.note(verdict(found, names))
    if report is not None:
        write_probe_page(screen, report, found, names, how["estimator"], seed)


def _record(found: Probe) -> dict[str, Any]:
    return {
        "n": len(found.frequency_costs),
        "classes": [str(label) for label in found.given.classes],
        "uniform_bits": found.given.uniform,
        "without_bits": found.without,
        "estimator_bits": found.given.bits,
        "bits": found.bits,
        "saved": found.saved,
        "ratio": found.given.ratio,
        "control_bits": None if found.control is None else found.control.bits,
        "control_saved": found.control_saved,
        "blocks": _curve(found.given),
        "control_blocks": None if found.control is None else _curve(found.control),
    }


def _curve(coded: Prequential) -> list[dict[str, float]]:
    return [
        {
            "begin": block.begin,
            "end": block.end,
            "bits": block.bits,
            "bits_per_label": block.bits_per_label,
            "accuracy": block.accuracy,
            "temperature": block.calibration.temperature,
            "uniform_share": block.calibration.share,
        }
        for block in coded.blocks
    ]
