"""`codelength probe MODEL`: what every layer of networks, at every checkpoint, says about labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from numpy.typing import NDArray

from codelength.cli.networks import read_alike, read_network
from codelength.core import DataError
from codelength.data import display

if TYPE_CHECKING:
    from codelength.cli.screen import Advance, Screen
    from codelength.models.checkpoint import Checkpoint
    from codelength.tasks.probe_layers import LayerProbe

UNTRAINED = "untrained"
"""What the control is called: the shape of the last network, with random weights."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What was asked: networks, their data, labels, which layers, whether of every checkpoint, how, and where."""

    models: tuple[Path, ...]
    data: Path
    labels: Path
    y: NDArray[Any]
    layers: str
    every: bool
    pool: str
    held_out: float
    control: bool
    device: str
    tile: int | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class Probed:
    """A network and its layers. `step`: of its training; `objective`: what for; `control`: it is not trained at all."""

    name: str
    step: int
    objective: str
    layers: tuple[LayerProbe, ...]
    control: bool = False


def probe_networks(asked: Asked, how: Mapping[str, Any], screen: Screen, report: Path | None) -> None:
    """Probe the layers of each network and tell."""
    from codelength.api.probe import estimator
    from codelength.cli.probe_network_view import layers_table, verdict, write_layers_page

    learner = estimator(how["estimator"], seed=how["seed"])
    paths = [path for model in asked.models for path in _checkpoints(model, every=asked.every)]
    _fits_all(asked, paths)
    found = []
    with screen.progress() as advance:
        for path in paths:
            network, about = read_network(path, asked.device)
            name = display(path)
            found.append(_probed(name, network, about, asked, how, learner, advance))
        if asked.control:
            from codelength.models.checkpoint import Checkpoint
            from codelength.models.networks import made

            fresh = made(network.model.config, seed=how["seed"]).to(asked.device).eval().requires_grad_(False)
            untrained = Checkpoint(0, fresh, {}, network.about)
            probed = _probed(UNTRAINED, untrained, about, asked, how, learner, advance)
            found.append(replace(probed, control=True))
    names = display(asked.data), display(asked.labels)
    record = {
        "command": "probe",
        "models": [display(model) for model in asked.models],
        "data": names[0],
        "labels": names[1],
        "n": len(asked.y[: asked.limit]),
        "pool": asked.pool,
        "held_out": found[0].layers[0].tests,
        "classes": [str(label) for label in found[0].layers[0].found.given.classes],
        "without_bits": found[0].layers[0].found.without,
        **how,
        "networks": [_record(one) for one in found],
    }
    screen.result(record, layers_table(found, names, how["estimator"]))
    screen.note(verdict(found))
    if report is not None:
        write_layers_page(screen, report, found, names, how["estimator"], how["seed"])


def _fits_all(asked: Asked, paths: Sequence[Path]) -> None:
    """Refuse what one of the networks does not have, before hours of features of another are computed."""
    for path in paths:
        network, about = read_network(path, "cpu")
        count = network.model.config.layers + 1
        missing = [layer for layer in chosen_layers(asked.layers, count) if layer >= count]
        if missing:
            raise DataError(
                f"{display(path)}: there is no layer {missing[0]}: 0 (the embeddings) to {count - 1}; change --layers"
            )
        if asked.pool == "quarters" and about["kind"] != "images":
            raise DataError(f"{display(path)}: was trained on bytes, which have no quarters: --pool mean")


def chosen_layers(text: str, count: int) -> Sequence[int]:
    """all, last, or numbers with commas between them."""
    if text in ("all", "last"):
        return range(count) if text == "all" else [count - 1]
    numbers = text.split(",")
    if not all(number.strip().isdecimal() for number in numbers):
        raise typer.BadParameter(f"--layers {text}: expected all, last, or numbers from 0 such as 0,3,6")
    return [int(number) for number in numbers]


def _checkpoints(model: Path, *, every: bool) -> list[Path]:
    """The network itself, or every checkpoint that its folder keeps."""
    from codelength.models import checkpoint

    written = checkpoint.written(model) if every and model.is_dir() else []
    return written or [model]


def _probed(
    name: str,
    network: Checkpoint,
    about: Mapping[str, Any],
    asked: Asked,
    how: Mapping[str, Any],
    learner: Any,
    advance: Advance,
) -> Probed:
    """The layers of one network."""
    from codelength.models.features import features, quarters
    from codelength.tasks.probe_layers import probe_layers

    model = network.model
    objective = network.about["schedule"]["objective"]
    data = read_alike(asked.data, about, model.config.context, tile=asked.tile, limit=asked.limit)
    y = asked.y[: asked.limit]
    if len(data.symbols) != len(y):
        raise DataError(
            f"{display(asked.data)} has {len(data.symbols):,} sequences and {display(asked.labels)} {len(y):,} labels"
        )
    regions = quarters(int(about["height"]), int(about["width"])) if asked.pool == "quarters" else None
    x = features(
        model,
        data.symbols,
        causal=objective == "next",
        regions=regions,
        on_progress=lambda done, total: advance(f"{name}: features", done, total),
    )
    layers = probe_layers(
        learner,
        x,
        y,
        layers=chosen_layers(asked.layers, len(x)),
        held_out=asked.held_out,
        first=how["first"],
        growth=how["growth"],
        seed=None if how["in_order"] else how["seed"],
        on_progress=lambda done, total: advance(f"{name}: layers", done, total),
    )
    return Probed(name, network.step, objective, layers)


def _record(one: Probed) -> dict[str, Any]:
    return {
        "model": one.name,
        "step": one.step,
        "objective": one.objective,
        "layers": [
            {
                "layer": probe.layer,
                "accuracy": probe.accuracy,
                "interval": list(probe.interval),
                "bits": probe.found.bits,
                "estimator_bits": probe.found.given.bits,
                "saved": probe.found.saved,
            }
            for probe in one.layers
        ],
    }
