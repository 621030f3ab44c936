"""What a training has come to, in one file: weights, the optimiser's moments, the step, and what was trained how.

`step-00000500.safetensors` holds tensors only (safetensors: no pickle, nothing is executed on reading) and, as text,
the configuration, the schedule and the digest of the data. It is written whole or not at all. What a step draws at
random depends on the seed and the step alone, so these tensors are all there is to remember: a training that was killed
goes on to the same bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from codelength.core import DataError, whole_file
from codelength.models.networks import CONFIGS, Network, NetworkConfig, made, name_of

_NAME, _VERSION = "codelength transformer ", "1"
FORMAT = _NAME + _VERSION
_WEIGHT, _FIRST, _SECOND = "weight.", "first.", "second."


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """`about`: the text beside the tensors; `moments`: the optimiser's first and second ones, by the weight's name."""

    step: int
    model: Network
    moments: Mapping[str, tuple[Tensor, Tensor]]
    about: Mapping[str, Any]


def write(
    folder: Path,
    step: int,
    model: Network,
    moments: Mapping[str, tuple[Tensor, Tensor]],
    about: Mapping[str, Any],
) -> Path:
    """Write what is there after `step` steps. Raises `OSError` where the disk is full; then the file is not there."""
    tensors = {_WEIGHT + name: weight.detach().cpu().contiguous() for name, weight in model.state_dict().items()}
    for name, (first, second) in moments.items():
        tensors |= {_FIRST + name: first.cpu().contiguous(), _SECOND + name: second.cpu().contiguous()}
    text = {"format": FORMAT, "network": name_of(model.config), "step": str(step)}
    text |= {"config": json.dumps(asdict(model.config)), "about": json.dumps(about)}
    path = folder / f"step-{step:08d}.safetensors"
    with whole_file(path, replace=True) as file:
        file.write(save(tensors, metadata=text))
    return path


def written(folder: Path) -> list[Path]:
    """The checkpoints in a folder, the oldest first."""
    return sorted(folder.glob("step-*.safetensors"))


def read(path: Path) -> Checkpoint:
    """A checkpoint back: a file, or the newest one in a folder.

    Raises
    ------
    DataError
        No such file, a damaged or foreign one, or weights that do not fit the configuration beside them.
    """
    if path.is_dir():
        found = written(path)
        if not found:
            raise DataError(f"{path}: no step-*.safetensors in there; `codelength train` makes them")
        path = found[-1]
    try:
        with safe_open(path, "pt") as file:
            text = file.metadata() or {}
            if text.get("format") != FORMAT:
                raise DataError(f"{path}: {_foreign(text.get('format', ''))}")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path}: cannot be read as a checkpoint: {error}") from error
    try:
        config = CONFIGS[text.get("network", "transformer")](**json.loads(text["config"]))
        model = _filled(config, _part(tensors, _WEIGHT))
        about, step = json.loads(text["about"]), int(text["step"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise DataError(f"{path}: damaged: {str(error).splitlines()[0]}") from error
    first, second = _part(tensors, _FIRST), _part(tensors, _SECOND)
    return Checkpoint(step, model, {name: (first[name], second[name]) for name in first}, about)


def _foreign(written: str) -> str:
    if not written.startswith(_NAME):
        return "not a checkpoint of codelength's networks"
    there = written.removeprefix(_NAME)[:20]
    return f"a checkpoint of format {there!r}, which another version of codelength wrote; this reads {_VERSION}"


def _filled(config: NetworkConfig, weights: Mapping[str, Tensor]) -> Network:
    """The network with these weights. A file may claim any size: that is compared before anything is built."""
    held = sum(weight.numel() for weight in weights.values())
    if config.parameters > 2 * held:
        raise ValueError(f"it claims {config.parameters:,} weights and holds {held:,}")
    model = made(config)
    model.load_state_dict(weights)
    return model


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
