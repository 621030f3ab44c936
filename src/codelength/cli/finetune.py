"""`codelength finetune`: a network goes on with labels, and is compared with its probe and with a fresh network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from codelength.cli.files import output, refuse_existing
from codelength.cli.networks import (
    DeviceOption,
    LimitOption,
    ModelArgument,
    ThreadsOption,
    TileOption,
    need_torch,
    read_alike,
    read_network,
)
from codelength.cli.options import DEFAULT_MAX_SIZE, ForceOption, JsonOption, MaxSizeOption, QuietOption, not_stdout
from codelength.cli.screen import Advance, Screen
from codelength.core import DataError
from codelength.data import display
from codelength.data.arrays import read_labels

if TYPE_CHECKING:
    from codelength.measures.prequential import Prequential
    from codelength.models.finetune import JointClassifier
    from codelength.models.transformer import Transformer

_FRESH_RATE = 1e-3
"""Of a network from random weights where it is not known at which rate its shape was trained."""


def finetune(
    model: ModelArgument,
    data: Annotated[Path, typer.Option("--data", metavar="D", help="Labelled examples: as for `codelength train`.")],
    labels: Annotated[Path, typer.Option("--labels", metavar="L", help="One a line, .npy, .npz or idx.")],
    steps: Annotated[int, typer.Option("--steps", metavar="N", min=1, help="Steps of training.")] = 300,
    batch: Annotated[int, typer.Option("--batch", metavar="N", min=1, help="Sequences a step.")] = 16,
    rate: Annotated[float, typer.Option("--rate", metavar="R", min=0.0, help="The highest learning rate.")] = 5e-4,
    generative: Annotated[
        float, typer.Option("--generative", metavar="W", min=0.0, help="Weight of going on to predict symbols.")
    ] = 1.0,
    held_out: Annotated[
        float, typer.Option("--held-out", metavar="SHARE", help="Labels that are asked, not learnt from.")
    ] = 0.2,
    new: Annotated[Path | None, typer.Option("--new", metavar="N", help="Examples without labels to classify.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", callback=not_stdout, help="Their labels, one a line."),
    ] = None,
    tile: TileOption = None,
    limit: LimitOption = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="Of order and held-out labels.")] = 0,
    device: DeviceOption = "cpu",
    threads: ThreadsOption = None,
    max_size: MaxSizeOption = DEFAULT_MAX_SIZE,
    force: ForceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Teach a trained network labels while it goes on predicting symbols (iGPT's joint objective).

    Says what that gives on labels held out, beside a linear probe on its best layer and the same network from random
    weights. With --new it then learns from all labels and classifies other examples.
    """
    need_torch(threads)
    from codelength.models.finetune import JointClassifier
    from codelength.models.schedule import Schedule

    if not 0 < held_out < 1:
        raise typer.BadParameter("--held-out is a share between 0 and 1")
    if (new is None) != (out is None):
        raise typer.BadParameter("--new names examples to classify and --output where their labels go: name both")
    if out is not None:
        refuse_existing(out, force=force)
    screen = Screen(as_json=as_json, quiet=quiet)
    network, about = read_network(model, device)
    trunk, before = _transformer(model, network.model), network.about["schedule"]
    context = trunk.config.context
    x = read_alike(data, about, context, tile=tile, limit=limit).symbols
    y = read_labels(labels, max_size=max_size)[:limit]
    if len(x) != len(y):
        raise DataError(f"{display(data)} has {len(x):,} sequences and {display(labels)} {len(y):,} labels")
    unknown = None if new is None else read_alike(new, about, context, tile=tile, limit=None).symbols
    schedule = Schedule(steps=steps, batch=batch, rate=rate, warm_up=20, seed=seed, objective=before["objective"])
    joint = JointClassifier(trunk, schedule, generative=generative)
    with screen.progress() as advance:
        found = _compared(joint, x, y, held_out, before.get("rate", _FRESH_RATE), advance)
        if unknown is not None and out is not None:
            advance("all labels", 0, 1)
            told = joint.fit(x, y).predict(unknown)
            with output(out, binary=False, force=force) as sink:
                sink.write("".join(f"{label}\n" for label in told.tolist()).encode())
    names = {"model": display(model), "data": display(data), "labels": display(labels), "seed": seed}
    _tell(screen, found, names)


def _transformer(path: Path, model: Any) -> Transformer:
    from codelength.models.transformer import Transformer

    if not isinstance(model, Transformer):
        raise DataError(f"{path}: is a network of pixels; fine-tuning takes a transformer")
    return model


def _compared(
    joint: JointClassifier,
    x: NDArray[Any],
    y: NDArray[Any],
    held_out: float,
    fresh_rate: float,
    advance: Advance,
) -> dict[str, Prequential]:
    """Labels held out, in a seeded order, coded by what learnt from the others: by each of three learners."""
    from codelength.api.probe import estimator
    from codelength.measures.prequential import prequential_codelength
    from codelength.models.features import features
    from codelength.models.finetune import JointClassifier
    from codelength.models.transformer import Transformer
    from codelength.tasks.probe_layers import probe_layers

    n, schedule, trunk = len(y), joint.schedule, joint.start
    learnt = n - round(held_out * n)
    if not 1 < learnt < n:
        raise DataError(f"{held_out:g} of {n} labels held out leaves {learnt} to learn from and {n - learnt} to ask")
    order = np.random.default_rng([schedule.seed, 1]).permutation(n)
    x, y = x[order], y[order]
    causal = schedule.objective == "next"
    states = features(trunk, x, causal=causal, on_progress=lambda *done: advance("features", *done))
    linear = estimator("logistic")
    layers = probe_layers(linear, states[:, :learnt], y[:learnt], first=max(1, learnt // 2), seed=None)
    layer = max(layers, key=lambda one: one.accuracy).layer
    start = Transformer(trunk.config, seed=schedule.seed).to(trunk.head.weight.device)
    fresh = JointClassifier(start, replace(schedule, rate=fresh_rate), generative=0.0)
    found = {}
    learners = {f"linear probe, layer {layer}": linear, "fine-tuned": joint, "from random weights": fresh}
    for done, (name, learner) in enumerate(learners.items()):
        advance(name, done, len(learners))
        found[name] = prequential_codelength(learner, states[layer] if learner is linear else x, y, (learnt, n))
    return found


def _tell(screen: Screen, found: dict[str, Prequential], names: dict[str, Any]) -> None:
    """What each learner made of the labels held out."""
    from codelength.measures import wilson
    from codelength.report import Cell, Column, Interval, Measured, Table

    rows: list[dict[str, Cell]] = []
    told = []
    for name, coded in found.items():
        block = coded.blocks[-1]
        learnt, tests = block.begin, block.end - block.begin
        low, high = wilson(block.accuracy, tests)
        accuracy = Measured(block.accuracy, Interval(low, high))
        rows.append({"learner": name, "accuracy": accuracy, "bits": block.bits_per_label})
        told.append({"learner": name, "accuracy": block.accuracy, "interval": [low, high], "bits": block.bits})
    columns = [
        Column("learner", f"learnt from {learnt:,} labels"),
        Column("accuracy", "accuracy", digits=3),
        Column("bits", "bits per label", digits=3),
    ]
    title = f"{names['labels']}: {tests:,} labels held out"
    note = "The layer of the probe was chosen among the labels learnt from."
    record = {"command": "finetune", **names, "learnt_from": learnt, "held_out": tests, "learners": told}
    screen.result(record, Table(title, columns, rows, note=note))
