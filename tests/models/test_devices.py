"""GPUs, as far as a machine without one can tell: devices agree, sums are repeatable, memory that runs out is said."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import distributed
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from codelength.core import DataError, TrainingError
from codelength.models import lanes, sampling, training
from codelength.models.features import features
from codelength.models.lanes import TransformerCode
from codelength.models.memory import OutOfMemoryError, enough_memory, ran_out
from codelength.models.networks import NetworkConfig, Steps, made
from codelength.models.objectives import nats
from codelength.models.pixel_network import PixelConfig
from codelength.models.repeatable import repeatable
from codelength.models.schedule import Schedule
from codelength.models.steps import optimiser_of
from codelength.models.training import all_devices, train
from codelength.models.transformer import Config, Transformer

CONFIG = Config(symbols=4, context=6, layers=1, heads=1, width=8)
DATA = np.random.default_rng(0).integers(0, 4, (6, 6)).astype(np.uint8)
NO_ROOM = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8 GiB")


class OneDevice(TorchDispatchMode):
    """Refuse what mixes tensors of two devices, numbers apart, as CUDA does; the meta device lets some pass."""

    def __torch_dispatch__(self, call: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor) and leaf.ndim]
        assert len({tensor.device for tensor in given}) < 2, call
        return call(*args, **(kwargs or {}))


SHAPES = (Config(5, 6, 2, 2, 8), Config(5, 6, 2, 2, 8, "rotary", "quick_gelu"), PixelConfig(5, 2, 3, 2, 8))


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_made_on_another_device_than_the_weights(shape: NetworkConfig) -> None:
    model = made(shape).to("meta")
    x = torch.zeros(3, 6, dtype=torch.long, device="meta")
    with OneDevice():
        nats(model, x).mean().backward()  # type: ignore[no-untyped-call]
        if isinstance(shape, Config):
            hidden = torch.ones(3, 6, dtype=torch.bool, device="meta")
            nats(model, x, hidden).mean().backward()  # type: ignore[no-untyped-call]
        optimiser_of(model, Schedule(steps=2), {}, 0).step()
        assert all(weight.grad is not None and weight.grad.is_meta for weight in model.parameters())
        assert all(state.is_meta for state in model.hidden(x))
        step = Steps(model, 3)
        with torch.inference_mode():
            assert all(step(x[:, t]).is_meta for t in range(6))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_tensor_on_another_device_would_be_seen(shape: NetworkConfig) -> None:
    with pytest.raises(AssertionError), OneDevice():
        made(shape).to("meta").logits(torch.zeros(2, 6, dtype=torch.long))


def test_the_same_sums_are_asked_for_on_a_gpu_and_only_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    with repeatable("cpu"):
        assert not torch.are_deterministic_algorithms_enabled()
    assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ
    with pytest.raises(KeyError), repeatable("cuda:1"):
        assert torch.are_deterministic_algorithms_enabled()
        assert not torch.is_deterministic_algorithms_warn_only_enabled()
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
        raise KeyError
    assert not torch.are_deterministic_algorithms_enabled()
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    with repeatable("cuda"):
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"  # what a person has set stays


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NO_ROOM, True),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory: you"),
            True,
        ),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (MemoryError(), True),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_what_is_memory_that_ran_out(error: Exception, expected: bool) -> None:
    assert ran_out(error) == expected
    with pytest.raises(OutOfMemoryError if expected else type(error)), enough_memory("take less"):
        raise error


def failing(error: Exception) -> Any:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


def test_training_out_of_memory_names_the_batch_and_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = Schedule(steps=4, batch=2, save_every=2)
    train(CONFIG, DATA, schedule, tmp_path)
    (tmp_path / "step-00000004.safetensors").rename(tmp_path / "step-00000002.safetensors")
    for error, expected in ((NO_ROOM, TrainingError), (RuntimeError("an illegal memory access"), RuntimeError)):
        monkeypatch.setattr(training, "take_step", failing(error))
        with pytest.raises(expected) as caught:
            train(CONFIG, DATA, schedule, tmp_path / expected.__name__)
        assert ("out of memory" in str(caught.value)) == (expected is TrainingError)
    monkeypatch.setattr(Transformer, "to", failing(NO_ROOM))
    with pytest.raises(TrainingError, match=r"step 0: out of memory; no checkpoint.*batch of 2.*accumulate"):
        train(CONFIG, DATA, schedule, tmp_path / "no room for the weights")


class NoCompilerError(RuntimeError):
    """What PyTorch 2.13 raises in the first step where there is no C++ compiler."""

    __module__ = "torch._inductor.exc"


def test_a_compiler_that_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda model: model)
    monkeypatch.setattr(training, "take_step", failing(NoCompilerError("InvalidCxxCompiler: no C++\n\nSet TORCH")))
    with pytest.raises(TrainingError, match=r"step 0: torch.compile does not work here: .*C\+\+; leave it out$"):
        train(CONFIG, DATA, Schedule(steps=1, batch=2, compiled=True), tmp_path)
    with pytest.raises(NoCompilerError):
        train(CONFIG, DATA, Schedule(steps=1, batch=2), tmp_path / "asked for none")


def test_coding_drawing_and_features_out_of_memory_say_what_to_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Transformer(CONFIG).requires_grad_(False)
    monkeypatch.setattr(lanes, "Steps", failing(NO_ROOM))
    with pytest.raises(OutOfMemoryError, match="fewer lanes than 3"):
        TransformerCode(model, lanes=3).encode(DATA)
    monkeypatch.setattr(sampling, "Steps", failing(NO_ROOM))
    with pytest.raises(OutOfMemoryError, match="fewer than 5"):
        sampling.sample(model, 5, 6)
    monkeypatch.setattr(Transformer, "hidden", failing(NO_ROOM))
    with pytest.raises(OutOfMemoryError, match="`batch` than 2"):
        features(model, DATA, batch=2)


@pytest.fixture
def torchrun(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The surroundings of `torchrun`'s process 3 on its machine; what it asks PyTorch for."""
    asked: dict[str, Any] = {}
    for name, value in (("RANK", "7"), ("LOCAL_RANK", "3"), ("WORLD_SIZE", "8")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    monkeypatch.setattr(torch.cuda, "set_device", lambda index: asked.update(device=index))
    monkeypatch.setattr(distributed, "init_process_group", lambda backend: asked.update(backend=backend))
    monkeypatch.setattr(distributed, "destroy_process_group", lambda: asked.update(ended=True))
    yield asked


def test_each_process_has_a_gpu_of_its_own(torchrun: dict[str, Any]) -> None:
    with all_devices("cuda") as device:
        assert device == "cuda:3" and torchrun == {"device": 3, "backend": "nccl"}
    assert torchrun["ended"]
    with all_devices("cpu") as device:
        assert device == "cpu" and torchrun["backend"] == "gloo"


def test_more_processes_than_gpus_are_refused(torchrun: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(DataError, match="--nproc-per-node=2"), all_devices("cuda"):
        raise AssertionError
    assert torchrun == {}
