"""Training a network: AdamW, warm-up and a cosine, clipped gradients, the same on one processor, one GPU or many.

What a step draws (which sequences, what is hidden) is a function of the seed and the step. So a training that was
killed resumes from its newest checkpoint to the same bits on the CPU, and `torchrun` on W processes makes the same
batches as one: each takes every W-th sequence of the batch, and gradients are averaged.

The folder then holds `step-*.safetensors` and `metrics.jsonl` (a line a step: bits a symbol before the step, rate, norm
of the gradient, symbols a second). Cost: about 6 * parameters * symbols floating-point operations.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed, nn

from codelength.core import DataError, TrainingError
from codelength.models import checkpoint
from codelength.models.lanes import weights_digest, whole
from codelength.models.memory import ran_out
from codelength.models.networks import Network, NetworkConfig, made
from codelength.models.schedule import Schedule
from codelength.models.steps import optimiser_of, parts_of, take_step, world

METRICS = "metrics.jsonl"
Progress = Callable[[int, int, float], None]
"""Called with steps done, steps in all, and bits a symbol of the last batch."""


def train(
    config: NetworkConfig,
    data: NDArray[Any],
    schedule: Schedule,
    folder: Path,
    *,
    notes: Mapping[str, Any] | None = None,
    start: Network | None = None,
    device: str = "cpu",
    on_progress: Progress | None = None,
) -> Network:
    """Train a network on sequences, or go on with the training that the folder holds.

    Parameters
    ----------
    config
        The model's shape.
    data
        (n, T) symbols from 0 to `config.symbols` - 1, T at most `config.context`.
    schedule
        How.
    folder
        Where checkpoints and metrics go. One that holds a training of the same configuration, schedule and data is gone
        on with; of another, it is refused.
    notes
        What the symbols mean, plain JSON; kept beside the weights.
    start
        Begin with the weights of this network of the same shape (a warm restart: Loshchilov & Hutter 2017), not with
        those that the seed draws.
    device
        As PyTorch names it: "cpu", "cuda".
    on_progress
        Called after each step.

    Returns
    -------
    Network
        Trained, on `device`.

    Raises
    ------
    DataError
        Data or a folder that do not fit.
    TrainingError
        A loss that is not a number any more, memory that runs out, or `torch.compile` that finds no compiler; the
        newest checkpoint stays.
    """
    _check(config, data)
    rank, processes = _rank(), world()
    if schedule.batch % (schedule.accumulate * processes):
        raise DataError(
            f"a batch of {schedule.batch} cannot be shared by {processes} processes of {schedule.accumulate} parts"
        )
    about = {"schedule": asdict(schedule), "data": digest(data), "shape": list(data.shape), "notes": dict(notes or {})}
    if start is not None:
        if start.config != config:
            raise DataError(f"the network to begin with is {start.config}; expected {config}")
        about["begun_with"] = weights_digest(start)
    model, moments, first = _begin(config, schedule, folder, about, start)
    run: nn.Module = model
    with _explained(first, schedule, folder):
        model.to(device).train()
        optimiser = optimiser_of(model, schedule, moments, first)
        if processes > 1:
            run = nn.parallel.DistributedDataParallel(model)
        if schedule.compiled:
            run = torch.compile(run)  # type: ignore[assignment]
    for step in range(first, schedule.steps):
        started = time.perf_counter()
        with _explained(step, schedule, folder):
            parts = parts_of(data, schedule, step, device, rank)
            bits, norm = take_step(model, run, optimiser, parts, schedule, step)
        if rank == 0:
            spent = time.perf_counter() - started
            _note(folder, step, bits, schedule.rate_at(step), norm, schedule.batch * data.shape[1] / spent)
            if (step + 1) % schedule.save_every == 0 or step + 1 == schedule.steps:
                _save(folder, step + 1, model, optimiser, about, keep=schedule.keep)
            if on_progress is not None:
                on_progress(step + 1, schedule.steps, bits)
    return model.eval()


def digest(data: NDArray[Any]) -> str:
    """BLAKE2b of shape and symbols, 16 hexadecimal digits."""
    state = hashlib.blake2b(str(data.shape).encode(), digest_size=8)
    state.update(np.ascontiguousarray(data, dtype="<u2").data)
    return state.hexdigest()


def _begin(
    config: NetworkConfig, schedule: Schedule, folder: Path, about: dict[str, Any], start: Network | None
) -> tuple[Network, dict[str, tuple[Tensor, Tensor]], int]:
    """A fresh model, or the newest one in the folder; metrics are cut back to where it stands."""
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: is a file; name a folder for checkpoints and metrics")
    if _rank() == 0:
        folder.mkdir(parents=True, exist_ok=True)
    if not checkpoint.written(folder):
        if _rank() == 0:
            (folder / METRICS).unlink(missing_ok=True)
        model = made(config, seed=schedule.seed)
        if start is not None:
            model.load_state_dict(start.state_dict())
        return model, {}, 0
    found = checkpoint.read(folder)
    if found.model.config != config or found.about != json.loads(json.dumps(about)):
        differing = ", ".join(_differing(found, config, about))
        raise DataError(
            f"{folder}: holds another training ({differing}); name another folder, and to go on from these weights "
            "begin with them (--begin)"
        )
    if _rank() == 0:
        lines = (folder / METRICS).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / METRICS).write_text("".join(lines[: found.step]), encoding="utf-8")
    return found.model, dict(found.moments), found.step


def _differing(found: checkpoint.Checkpoint, config: NetworkConfig, about: Mapping[str, Any]) -> Iterator[str]:
    """In what two trainings differ: settings with both values, of the rest the names."""
    if found.model.config != config:
        yield "shape of the network"
    there, here = dict(found.about), json.loads(json.dumps(about))
    before, now = there.pop("schedule", {}), here.pop("schedule")
    yield from (
        f"{name} {before.get(name)} there, {now.get(name)} here"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    )
    yield from (name for name in sorted(there.keys() | here.keys()) if there.get(name) != here.get(name))


def _save(
    folder: Path, step: int, model: Network, optimiser: torch.optim.Optimizer, about: dict[str, Any], *, keep: bool
) -> None:
    state = optimiser.state
    moments = {
        name: (state[weight]["exp_avg"], state[weight]["exp_avg_sq"]) for name, weight in model.named_parameters()
    }
    newest = checkpoint.write(folder, step, model, moments, about)
    for old in checkpoint.written(folder):
        if not keep and old != newest:
            old.unlink()


def _note(folder: Path, step: int, bits: float, rate: float, norm: float, speed: float) -> None:
    line = {"step": step, "bits": bits, "rate": rate, "norm": norm, "symbols_per_second": round(speed)}
    with (folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


@contextlib.contextmanager
def _explained(step: int, schedule: Schedule, folder: Path) -> Iterator[None]:
    """What can go wrong in a step, said to a person."""
    kept = checkpoint.written(folder)
    last = f"the last good weights are {kept[-1]}" if kept else "no checkpoint was written yet"
    try:
        yield
    except FloatingPointError:
        message = f"step {step}: the loss is not a number any more; {last}. Lower the rate ({schedule.rate:g})"
        raise TrainingError(message) from None
    except (MemoryError, RuntimeError) as error:
        if schedule.compiled and type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
            reason = str(error).splitlines()[0]
            raise TrainingError(f"step {step}: torch.compile does not work here: {reason}; leave it out") from error
        if not ran_out(error):
            raise
        raise TrainingError(
            f"step {step}: out of memory; {last}. Cut the batch of {schedule.batch} into more parts than "
            f"{schedule.accumulate} (accumulate), or take a smaller model"
        ) from error


def _check(config: NetworkConfig, data: NDArray[Any]) -> None:
    if data.ndim != 2 or not data.size:
        raise DataError(f"data of shape {data.shape}; expected (sequences, symbols), neither of them 0")
    if not whole(data):
        raise DataError(f"data of {data.dtype}; expected whole numbers: symbols")
    if data.shape[1] > config.context:
        raise DataError(f"sequences of {data.shape[1]} symbols do not fit into a context of {config.context}")
    if int(data.min()) < 0 or int(data.max()) >= config.symbols:
        raise DataError(f"symbols run from {data.min()} to {data.max()}; the alphabet is 0 to {config.symbols - 1}")


def _rank() -> int:
    return distributed.get_rank() if distributed.is_initialized() else 0


@contextlib.contextmanager
def all_devices(device: str) -> Iterator[str]:
    """Inside `torchrun`: joins the processes and gives this one's device; otherwise `device` as it is."""
    if "RANK" not in os.environ:
        yield device
        return
    on_gpu, here = device.startswith("cuda"), device
    if on_gpu:
        own, there = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
        if own >= there:
            raise DataError(f"process {own} of this machine has no GPU, there are {there}: --nproc-per-node={there}")
        here = f"cuda:{own}"
        torch.cuda.set_device(own)
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield here
    finally:
        distributed.destroy_process_group()
