"""probe MODEL: every layer of a tiny network, several checkpoints, the page, and what is wrong in one line."""

from pathlib import Path

import numpy as np
import pytest
import torch

from cli.conftest import Run
from codelength.api.probe import estimator
from codelength.models import checkpoint
from codelength.models.features import features, quarters
from codelength.tasks.probe_layers import probe_layers

TRAIN = ("--steps", "40", "--batch", "8", "--threads", "1", "--rate", "3e-3")
PROBE = ("--labels", "y.npy", "--threads", "1", "--estimator", "gaussian")


@pytest.fixture(autouse=True)
def threads_as_before() -> object:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Images with stripes across (0) or down (1), any phase: labels that no single pixel tells."""
    draw = np.random.default_rng(0)
    y = draw.integers(0, 2, 120)
    at = np.indices((4, 4))[y].transpose(0, 1, 2) + draw.integers(0, 2, (120, 1, 1))
    np.save(tmp_path / "x.npy", (at % 2 * 200 + draw.integers(0, 2, (120, 4, 4))).astype(np.uint8))
    np.save(tmp_path / "y.npy", y)
    return tmp_path


def test_every_layer_of_every_checkpoint(run: Run, files: Path) -> None:
    assert run("train", "x.npy", "-o", "net", *TRAIN, "--save-every", "20", "--keep").code == 0
    record = run("probe", "net", "--data", "x.npy", *PROBE, "--every", "--json").json
    assert record["command"] == "probe" and record["n"] == 120 and record["held_out"] == 24
    assert [one["step"] for one in record["networks"]] == [20, 40, 0]
    assert [one["model"] for one in record["networks"]][2] == "untrained"
    for one in record["networks"]:
        assert [layer["layer"] for layer in one["layers"]] == [0, 1, 2, 3, 4]
        for layer in one["layers"]:
            assert 0 <= layer["interval"][0] <= layer["accuracy"] <= layer["interval"][1] <= 1
            assert layer["bits"]["kind"] == "exact" and layer["saved"]["bits"] >= -1
    assert max(layer["accuracy"] for layer in record["networks"][1]["layers"][1:]) > 0.8  # it has seen the stripes
    newest = run("probe", "net", "--data", "x.npy", *PROBE, "--no-control", "--layers", "last", "--json").json
    assert newest["networks"][0]["layers"] == [record["networks"][1]["layers"][4]]
    only = "net/step-00000020.safetensors"
    two = run("probe", only, "net", "--data", "x.npy", *PROBE, "--no-control", "--layers", "0,2", "--json").json
    assert two["networks"][0]["layers"] == [record["networks"][0]["layers"][k] for k in (0, 2)]

    shown = run("probe", "net", "--data", "x.npy", *PROBE, "--report", "page.html", "--pool", "quarters")
    assert "accuracy" in shown.out and "says most" in shown.err
    assert max(map(len, shown.out.splitlines())) <= 80
    page = (files / "page.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2 and "Accuracy of a linear probe, layer by layer" in page and "untrained" in page


def test_where_nothing_is_saved_no_layer_says_most(run: Run, files: Path) -> None:
    np.save(files / "y.npy", np.zeros(120, dtype=int))
    assert run("train", "x.npy", "-o", "net", *TRAIN, "--steps", "2").code == 0
    assert "no layer saves anything" in run("probe", "net", "--data", "x.npy", *PROBE).err


def test_a_network_of_pixels_is_probed_as_well(run: Run, files: Path) -> None:
    labels = np.load(files / "y.npy")
    labels[::6] ^= 1  # no layer is right about all of them
    np.save(files / "y.npy", labels)
    shape = ("--network", "pixels", "--steps", "10", "--batch", "8", "--threads", "1")
    assert run("train", "x.npy", "-o", "net", *shape).code == 0
    for pool, places in (("mean", 1), ("quarters", 4)):
        asked = ("--labels", "y.npy", "--threads", "1", "--layers", "0,8", "--pool", pool, "--json")
        trained, untrained = run("probe", "net", "--data", "x.npy", *asked).json["networks"]
        model = checkpoint.read(files / "net").model
        regions = quarters(4, 4) if places == 4 else None
        x = features(model, np.load(files / "x.npy").reshape(120, 16), regions=regions)
        assert x.shape == (9, 120, 64 * places)
        direct = probe_layers(estimator("logistic"), x, labels, layers=[0, 8], first=8, growth=1.5)
        told = [layer["estimator_bits"]["bits"] for layer in trained["layers"]]
        assert told == pytest.approx([layer.found.given.bits.bits for layer in direct], rel=1e-3)
        assert told != [layer["estimator_bits"]["bits"] for layer in untrained["layers"]]


@pytest.mark.usefixtures("files")
def test_layers_are_refused_before_any_feature_is_computed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    train = ("--steps", "2", "--batch", "4", "--threads", "1")
    assert run("train", "x.npy", "-o", "deep", "--network", "pixels", *train).code == 0
    assert run("train", "x.npy", "-o", "flat", *train).code == 0

    def too_early(*_: object, **__: object) -> None:
        raise AssertionError("features were computed")

    monkeypatch.setattr("codelength.models.features.features", too_early)
    common = ("probe", "deep", "flat", "--data", "x.npy", *PROBE)  # the second network has 5 layers only
    complaint = run(*common, "--layers", "0,7").complaint
    assert "flat: there is no layer 7: 0 (the embeddings) to 4" in complaint
    assert run(*common, "--layers", "middle").code == 2
    assert run(*common, "--layers", "1,,2").code == 2


def test_what_is_wrong_is_said(run: Run, files: Path) -> None:
    assert run("train", "x.npy", "-o", "net", "--steps", "2", "--batch", "4", "--threads", "1").code == 0
    common = ("probe", "net", "--data", "x.npy", *PROBE)
    assert run(*common, "--features", "x.npy").code == 2
    assert run("probe", "net", *PROBE).code == 2
    assert run(*common, "--layers", "middle").code == 2
    assert run(*common, "--held-out", "1").code == 2
    assert "there is no layer 7" in run(*common, "--layers", "7").complaint
    assert "60 sequences" not in run(*common, "--limit", "60", "--layers", "0").err
    np.save(files / "few.npy", np.zeros(7, dtype=int))
    assert (
        "120 sequences and few.npy 7 labels" in run("probe", "net", "--data", "x.npy", "--labels", "few.npy").complaint
    )
    (files / "text").write_bytes(b"text " * 100)
    assert "4 x 4" in run("probe", "net", "--data", "text", *PROBE).complaint
    assert run("train", "text", "-o", "bytes", "--steps", "2", "--context", "20", "--threads", "1").code == 0
    np.save(files / "y.npy", np.arange(25) % 2)
    assert "no quarters" in run("probe", "bytes", "--data", "text", *PROBE, "--pool", "quarters").complaint
    assert run("probe", "bytes", "--data", "text", *PROBE, "--layers", "last").code == 0
