"""finetune: three learners on the same labels, other examples classified, and what is wrong in one line."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cli.conftest import Run

COMMON = ("finetune", "net", "--data", "x.npy", "--labels", "y.npy", "--threads", "1")


@pytest.fixture(autouse=True)
def threads_as_before() -> object:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def files(run: Run, tmp_path: Path) -> Path:
    """Images of a dark or a bright ground; a network that has seen them."""
    draw = np.random.default_rng(0)
    y = draw.integers(0, 2, 60)
    np.save(tmp_path / "x.npy", (draw.integers(0, 3, (60, 3, 3)) + 100 * y[:, None, None]).astype(np.uint8))
    np.save(tmp_path / "y.npy", y)
    assert run("train", "x.npy", "-o", "net", "--steps", "20", "--batch", "8", "--threads", "1").code == 0
    return tmp_path


def test_three_learners_and_new_labels(run: Run, files: Path) -> None:
    few = ("--steps", "15", "--batch", "8")
    record = run(*COMMON, *few, "--json").json
    assert record["command"] == "finetune" and (record["learnt_from"], record["held_out"]) == (48, 12)
    names = [one["learner"] for one in record["learners"]]
    assert names[0].startswith("linear probe, layer ") and names[1:] == ["fine-tuned", "from random weights"]
    for one in record["learners"]:
        assert one["interval"][0] <= one["accuracy"] <= one["interval"][1] and one["bits"] > 0
    assert record["learners"][0]["accuracy"] == record["learners"][1]["accuracy"] == 1
    np.save(files / "new.npy", np.stack([np.full((3, 3), 101), np.full((3, 3), 1)]).astype(np.uint8))
    shown = run(*COMMON, *few, "--new", "new.npy", "-o", "labels.txt")
    assert "12 labels held out" in shown.out and max(map(len, shown.out.splitlines())) <= 80
    assert (files / "labels.txt").read_text() == "1\n0\n"


def test_examples_to_classify_are_read_before_anything_is_learnt(
    run: Run, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it learns")

    monkeypatch.setattr("codelength.cli.finetune._compared", never)
    (files / "text").write_bytes(b"text " * 9)
    assert "name images" in run(*COMMON, "--new", "text", "-o", "labels.txt").complaint


def test_what_is_wrong_is_said(run: Run, files: Path) -> None:
    assert run(*COMMON, "--new", "x.npy").code == 2
    assert run(*COMMON, "--held-out", "0").code == 2
    assert "exists" in run(*COMMON, "--new", "x.npy", "-o", "y.npy").complaint
    assert "leaves 60 to learn from and 0 to ask" in run(*COMMON, "--held-out", "0.001").complaint
    np.save(files / "y.npy", np.zeros(3, dtype=int))
    assert "60 sequences and y.npy 3 labels" in run(*COMMON).complaint
    assert "does not exist" in run("finetune", "no", "--data", "x.npy", "--labels", "y.npy").complaint
    pixels = ("train", "x.npy", "-o", "pixels", "--network", "pixels", "--steps", "1", "--batch", "2", "--threads", "1")
    assert run(*pixels).code == 0
    assert "takes a transformer" in run("finetune", "pixels", "--data", "x.npy", "--labels", "y.npy").complaint
