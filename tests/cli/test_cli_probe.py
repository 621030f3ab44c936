"""probe: bits of labels with and without features, the learning curve, files of several kinds, what goes wrong."""

from pathlib import Path

import numpy as np
import pytest

from cli.conftest import Run


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Features that tell two classes apart, as .npy and .csv, and the labels as lines."""
    chance = np.random.default_rng(0)
    y = chance.integers(2, size=150)
    X = np.round(chance.normal(size=(150, 3)) + 3 * y[:, None], 3)
    np.save(tmp_path / "x.npy", X)
    rows = "\n".join(",".join(map(str, row)) for row in X)
    (tmp_path / "x.csv").write_text("a,b,c\n" + rows + "\n", encoding="utf-8")
    (tmp_path / "y.txt").write_text("\n".join("spam" if label else "ham" for label in y) + "\n", encoding="utf-8")
    return tmp_path


def test_it_shows_what_features_save(run: Run, files: Path) -> None:
    ran = run("probe", "--features", "x.npy", "--labels", "y.txt", "--estimator", "gaussian", "--report", "page.html")
    assert "saved by the features" in ran.out
    assert "Learning curve" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    page = (files / "page.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "Bits per label as labels come" in page


@pytest.mark.usefixtures("files")
def test_it_is_one_json_object_and_the_same_from_a_table(run: Run) -> None:
    common = ("--labels", "y.txt", "--estimator", "gaussian", "--json", "--seed", "3")
    record = run("probe", "--features", "x.npy", *common).json
    assert record["command"] == "probe"
    assert record["classes"] == ["ham", "spam"]
    assert record["n"] == 150
    assert record["bits"]["kind"] == "exact"
    assert record["saved"]["bits"] == pytest.approx(record["without_bits"]["bits"] - record["bits"]["bits"])
    assert record["saved"]["bits"] > 80
    assert record["control_saved"]["bits"] <= 5
    assert sum(block["bits"] for block in record["blocks"]) == pytest.approx(record["estimator_bits"]["bits"])
    table = run("probe", "--features", "x.csv", *common).json
    assert table["blocks"] == record["blocks"]


def test_noise_saves_nothing(run: Run, files: Path) -> None:
    np.save(files / "noise.npy", np.random.default_rng(1).normal(size=(150, 3)))
    record = run("probe", "--features", "noise.npy", "--labels", "y.txt", "--no-control", "--json").json
    assert -1 <= record["saved"]["bits"] <= 6  # a fair coin may be guessed better than its frequencies are learned
    assert record["control_bits"] is None


@pytest.mark.usefixtures("files")
def test_order_matters_only_if_asked(run: Run) -> None:
    common = ("probe", "--features", "x.npy", "--labels", "y.txt", "--estimator", "gaussian", "--no-control", "--json")
    in_order = run(*common, "--in-order").json["estimator_bits"]
    assert in_order == run(*common, "--in-order", "--seed", "5").json["estimator_bits"]
    assert in_order != run(*common).json["estimator_bits"]


@pytest.mark.parametrize(
    ("content", "said"),
    [("1,2\n3\n", "line 2: 1 numbers"), ("1\n2\n", "has 2 rows"), ("1\nx\n", "'x' is no number"), ("", "is empty")],
)
def test_bad_features_are_one_line(run: Run, files: Path, content: str, said: str) -> None:
    (files / "bad.csv").write_text(content)
    assert said in run("probe", "--features", "bad.csv", "--labels", "y.txt").complaint


@pytest.mark.usefixtures("files")
def test_usage(run: Run) -> None:
    common = ("probe", "--features", "x.npy", "--labels", "y.txt")
    assert run(*common, "--estimator", "oracle").code == 2
    assert run(*common, "--growth", "1").code == 2
    assert run("probe", "--features", "-", "--labels", "-").code == 2
    assert run("probe", "--features", "x.npy").code == 2


@pytest.mark.usefixtures("files")
def test_a_first_block_of_all_labels_would_say_nothing_of_features(run: Run) -> None:
    given = ("probe", "--features", "x.npy", "--labels", "y.txt", "--first")
    assert "lower --first" in run(*given, "150").complaint
    assert run(*given, "149").code == 0


@pytest.mark.usefixtures("files")
def test_options_of_a_network_are_refused_where_there_is_none(run: Run) -> None:
    for option in (("--layers", "3"), ("--every",), ("--pool", "quarters"), ("--limit", "9")):
        assert run("probe", "--features", "x.npy", "--labels", "y.txt", *option).code == 2
