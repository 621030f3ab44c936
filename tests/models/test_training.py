"""Training: it learns, resumes to the same bits after SIGKILL, is the same on two processes, and says what is wrong."""

import json
import math
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from codelength.core import DataError, TrainingError
from codelength.models import checkpoint
from codelength.models.objectives import MASKED, OBJECTIVES, drawn, nats
from codelength.models.schedule import Schedule, batch_rows, open_share
from codelength.models.training import METRICS, train
from codelength.models.transformer import Config, Transformer

CONFIG = Config(symbols=4, context=10, layers=2, heads=2, width=16)
DATA = np.cumsum(np.random.default_rng(0).integers(0, 2, (60, 10)), axis=1).astype(np.uint8) % 4  # 1 bit a symbol
SCHEDULE = Schedule(steps=12, batch=8, rate=3e-3, warm_up=3, save_every=4)

SCRIPT = """
import sys, time
from pathlib import Path
import numpy as np
from codelength.models.schedule import Schedule
from codelength.models.training import all_devices, train
from codelength.models.transformer import Config
folder, slow = Path(sys.argv[1]), float(sys.argv[2])
data = np.load(sys.argv[3])
with all_devices("cpu") as device:
    train(Config(4, 10, 2, 2, 16), data, Schedule(12, 8, rate=3e-3, warm_up=3, save_every=4), folder, device=device,
          on_progress=lambda *_: time.sleep(slow))
"""


def weights(model: Transformer) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in model.parameters()]


def bits_noted(folder: Path) -> list[float]:
    return [json.loads(line)["bits"] for line in (folder / METRICS).read_text().splitlines()]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[torch.Tensor], Path]:
    folder = tmp_path_factory.mktemp("whole")
    return weights(train(CONFIG, DATA, SCHEDULE, folder)), folder


def started(folder: Path, data: Path, slow: float, *before: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, *before, "-c" if not before else str(data.with_name("train.py"))]
    if before:
        data.with_name("train.py").write_text(SCRIPT)
    else:
        command.append(SCRIPT)
    return subprocess.Popen([*command, str(folder), str(slow), str(data)], stderr=subprocess.PIPE)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    np.save(tmp_path / "data.npy", DATA)
    return tmp_path / "data.npy"


def test_it_learns_what_there_is_to_learn(tmp_path: Path) -> None:
    train(CONFIG, DATA, replace(SCHEDULE, steps=150, save_every=150, rate=1e-2), tmp_path)
    found = bits_noted(tmp_path)
    assert len(found) == 150
    assert found[0] == pytest.approx(2.0, abs=0.1)  # nothing is known: log2 4
    assert 0.9 < np.mean(found[-10:]) < 1.2  # a coin decides each step


def test_killed_and_resumed_is_uninterrupted(
    whole: tuple[list[torch.Tensor], Path], tmp_path: Path, saved: Path
) -> None:
    folder = tmp_path / "killed"
    process = started(folder, saved, 0.2)
    deadline = time.monotonic() + 60
    while len(checkpoint.written(folder)) == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    stopped = checkpoint.read(folder).step
    assert 0 < stopped < SCHEDULE.steps
    model = train(CONFIG, DATA, SCHEDULE, folder)
    assert all(torch.equal(a, b) for a, b in zip(weights(model), whole[0], strict=True))
    assert bits_noted(folder) == bits_noted(whole[1])


def test_two_processes_are_one(whole: tuple[list[torch.Tensor], Path], tmp_path: Path, saved: Path) -> None:
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    _, said = started(tmp_path / "two", saved, 0.0, *torchrun).communicate(timeout=120)
    model = checkpoint.read(tmp_path / "two").model
    assert checkpoint.read(tmp_path / "two").step == SCHEDULE.steps, said.decode()
    for a, b in zip(weights(model), whole[0], strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)
    assert bits_noted(tmp_path / "two") == pytest.approx(bits_noted(whole[1]), abs=1e-4)


def test_parts_of_a_batch_add_up(whole: tuple[list[torch.Tensor], Path], tmp_path: Path) -> None:
    model = train(CONFIG, DATA, replace(SCHEDULE, accumulate=4), tmp_path)
    for a, b in zip(weights(model), whole[0], strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_trains_and_is_independent_of_parts(objective: Any, tmp_path: Path) -> None:
    schedule = replace(SCHEDULE, steps=60, save_every=60, objective=objective, rate=1e-2)
    train(CONFIG, DATA, schedule, tmp_path / "one")
    train(CONFIG, DATA, replace(schedule, accumulate=2), tmp_path / "two")
    found = bits_noted(tmp_path / "one")
    assert np.mean(found[-10:]) < np.mean(found[:5]) - 0.1
    assert bits_noted(tmp_path / "two")[:5] == pytest.approx(found[:5], abs=1e-3)


def test_what_is_hidden() -> None:
    assert drawn(3, 10, "next", 0) is None
    masked, diffused = drawn(50, 40, "masked", 1), drawn(4000, 10, "diffusion", 1)
    assert masked is not None and diffused is not None
    assert (masked.sum(dim=1) == round(MASKED * 40)).all()
    counts = torch.bincount(diffused.sum(dim=1), minlength=11)
    assert counts[0] == 0 and (counts[1:] > 300).all()
    again = drawn(50, 40, "masked", 1)
    assert again is not None and torch.equal(masked, again)


def test_a_masked_model_sees_both_sides_and_only_hidden_symbols_count() -> None:
    model, x = Transformer(CONFIG), torch.from_numpy(DATA[:3].astype(np.int64))
    hidden = torch.zeros(3, 10, dtype=torch.bool)
    hidden[:, 4] = True
    other = x.clone()
    other[:, 4] = (x[:, 4] + 1) % 4
    both = [model(y.masked_fill(hidden, model.hidden_symbol), causal=False) for y in (x, other)]
    assert torch.equal(both[0], both[1])
    expected = -torch.log_softmax(both[0], dim=-1)[torch.arange(3), 4, x[:, 4]]
    torch.testing.assert_close(nats(model, x, hidden), expected)


def test_every_sequence_once_each_time_through() -> None:
    for order in ("random", "given"):
        schedule = Schedule(steps=100, batch=8, order=order)  # type: ignore[arg-type]
        rows = np.concatenate([batch_rows(20, schedule, step) for step in range(5)])
        assert sorted(rows[:20]) == sorted(rows[20:40]) == list(range(20))
        assert (rows[:20].tolist() == list(range(20))) == (order == "given")


def test_easy_first_opens_up() -> None:
    schedule = Schedule(steps=100, batch=8, order="easy-first")
    shares = [open_share(schedule, step) for step in range(100)]
    assert shares[0] == pytest.approx(0.1) and shares == sorted(shares) and shares[49] < 1 == shares[50]
    rows = [batch_rows(200, schedule, step) for step in range(100)]
    assert all(len(set(batch.tolist())) == 8 for batch in rows)
    assert all(batch.max() < math.ceil(200 * share) for batch, share in zip(rows, shares, strict=True))
    assert np.array_equal(rows[7], batch_rows(200, schedule, 7)) and not np.array_equal(rows[98], rows[99])
    assert batch_rows(3, schedule, 0).tolist() == [0] * 8  # fewer sequences than the batch: they come again


def test_rates_rise_and_fall() -> None:
    schedule = Schedule(steps=100, rate=1.0, warm_up=10, final=0.1)
    rates = [schedule.rate_at(step) for step in range(101)]
    assert rates[0] == 0.1 and max(rates) == max(rates[8:12]) and rates[100] == pytest.approx(0.1)


def test_only_the_newest_is_kept_unless_all_are(whole: tuple[list[torch.Tensor], Path], tmp_path: Path) -> None:
    assert [path.name for path in checkpoint.written(whole[1])] == ["step-00000012.safetensors"]
    train(CONFIG, DATA, replace(SCHEDULE, keep=True), tmp_path)
    assert [checkpoint.read(path).step for path in checkpoint.written(tmp_path)] == [4, 8, 12]


def test_what_cannot_be_trained_is_said(whole: tuple[list[torch.Tensor], Path], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"another training \(seed 0 there, 1 here\)"):
        train(CONFIG, DATA, replace(SCHEDULE, seed=1), whole[1])
    with pytest.raises(DataError, match=r"another training \(data, shape\)"):
        train(CONFIG, DATA[:-1], SCHEDULE, whole[1])
    with pytest.raises(DataError, match="0 to 3"):
        train(CONFIG, DATA + 1, SCHEDULE, tmp_path)
    with pytest.raises(DataError, match="context of 10"):
        train(CONFIG, np.zeros((2, 11), np.uint8), SCHEDULE, tmp_path)
    with pytest.raises(DataError, match="whole numbers"):
        train(CONFIG, DATA / 2, SCHEDULE, tmp_path)
    for name in ("objective", "order", "precision"):
        with pytest.raises(DataError, match=f"{name} is 'odd'"):
            Schedule(steps=1, **{name: "odd"})
    with pytest.raises(DataError, match="a rate of"):
        Schedule(steps=1, rate=-1.0)
    with pytest.raises(DataError, match="3 equal parts"):
        Schedule(steps=1, batch=8, accumulate=3)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_one(tmp_path: Path) -> None:
    wild = replace(SCHEDULE, steps=40, rate=1e30, warm_up=8, save_every=1, clip=1e30)
    with pytest.raises(TrainingError, match=r"step \d+: the loss is not a number.*step-0.*Lower the rate"):
        train(CONFIG, DATA, wild, tmp_path)
    assert all(torch.isfinite(weight).all() for weight in checkpoint.read(tmp_path).model.parameters())


def test_damaged_and_foreign_checkpoints_are_refused(whole: tuple[list[torch.Tensor], Path], tmp_path: Path) -> None:
    good = checkpoint.written(whole[1])[0].read_bytes()
    for name, content in (("cut", good[:-100]), ("text", b"hello"), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=name):
            checkpoint.read(tmp_path / name)
    (tmp_path / "later").write_bytes(good.replace(checkpoint.FORMAT.encode(), checkpoint.FORMAT.encode()[:-1] + b"7"))
    with pytest.raises(DataError, match="format '7', which another version of codelength wrote"):
        checkpoint.read(tmp_path / "later")
    with pytest.raises(DataError, match="is a file; name a folder"):
        train(CONFIG, DATA, SCHEDULE, tmp_path / "later")
    (tmp_path / "wide").write_bytes(good.replace(b'\\"width\\": 16', b'\\"width\\": 32'))
    with pytest.raises(DataError, match="damaged"):
        checkpoint.read(tmp_path / "wide")
    deep = re.sub(rb'(layers\\": )\d', rb"\g<1>9", good)
    assert deep != good and len(deep) == len(good)
    (tmp_path / "deep").write_bytes(deep)
    with pytest.raises(DataError, match="it claims"):
        checkpoint.read(tmp_path / "deep")
    with pytest.raises(DataError, match="no step-"):
        checkpoint.read(tmp_path)
