"""`codelength bound`: from figures, from examples, from a stream; and what makes no sense."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from cli.conftest import Run
from codelength.measures import certificate


@pytest.fixture
def examples(tmp_path: Path) -> None:
    """300 images of 12 x 12, a bar that lies or stands, as idx; 100 more as .npy."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400).astype(np.uint8)
    images = rng.integers(0, 60, (400, 12, 12), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        at = rng.integers(5, 7)
        if label:
            image[1:11, at] = 250
        else:
            image[at, 1:11] = 250
    head = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (300, 12, 12))
    (tmp_path / "images").write_bytes(head + images[:300].tobytes())
    (tmp_path / "labels").write_bytes(bytes([0, 0, 8, 1, 0, 0, 1, 44]) + labels[:300].tobytes())
    np.save(tmp_path / "more.npy", images[300:])
    np.save(tmp_path / "more_labels.npy", labels[300:])


def test_your_own_figures(run: Run) -> None:
    ran = run("bound", "--train-error", "0.11", "--examples", "60000", "--bits", "1624")
    assert ran.code == 0
    proof = certificate(6600, 60_000, 1624)
    for value in (proof.hoeffding, proof.kl_inverse, proof.catoni):
        shown = math.ceil(value * 1e6) / 1e6
        assert f"{shown:.4%}" in ran.out
        assert shown >= value
    assert max(map(len, ran.out.splitlines())) <= 80


def test_a_share_is_rounded_upwards_to_whole_errors(run: Run) -> None:
    record = run("bound", "--train-error", "0.101", "--examples", "99", "--bits", "5", "--json").json
    assert record["certificate"]["errors"] == 10
    assert record["bound"] == certificate(10, 99, 5).bound
    exact = run("bound", "--train-error", "1/3", "--examples", "99", "--bits", "5", "--delta", "0.01", "--json").json
    assert exact["certificate"]["errors"] == 33
    assert exact["bound"] == certificate(33, 99, 5, 0.01).bound


@pytest.mark.usefixtures("examples")
def test_examples_are_trained_on_and_the_stream_can_be_checked_by_anyone(run: Run, tmp_path: Path) -> None:
    given = ("--train", "images", "--labels", "labels")
    unseen = ("--test", "more.npy", "--test-labels", "more_labels.npy")
    made = run("bound", *given, *unseen, "--kind", "linear", "--epochs", "4", "-o", "stream", "--json").json
    stream = (tmp_path / "stream").read_bytes()
    assert made["stream_bytes"] == len(stream)
    assert made["certificate"]["bits"] == 8 * len(stream)
    assert made["certificate"]["examples"] == 300
    assert made["bound"] == min(one["kl_inverse"] for one in made["tried"])
    assert made["test_error"] <= made["bound"]
    checked = run("bound", *given, *unseen, "--classifier", "stream", "--json").json
    assert checked["certificate"] == made["certificate"]
    assert checked["test_error"] == made["test_error"]
    shown = run("bound", *given, "--classifier", "stream")
    assert "kl-inverse" in shown.out


@pytest.mark.usefixtures("examples")
def test_a_stream_is_not_overwritten_unasked(run: Run, tmp_path: Path) -> None:
    given = ("bound", "--train", "images", "--labels", "labels", "--kind", "linear", "--epochs", "1", "-o", "stream")
    (tmp_path / "stream").write_bytes(b"mine")
    refused = run(*given)
    assert "-f overwrites it" in refused.complaint
    assert refused.out == "", "said before anything is trained"
    assert (tmp_path / "stream").read_bytes() == b"mine"
    assert run(*given, "--force").code == 0
    assert (tmp_path / "stream").read_bytes() != b"mine"


@pytest.mark.usefixtures("examples")
def test_test_examples_are_looked_at_before_anything_is_trained(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "small.npy", np.load(tmp_path / "more.npy")[:, :9, :9])
    given = ("bound", "--train", "images", "--labels", "labels", "--epochs", "100000", "--test", "small.npy")
    assert "(9, 9) to test on" in run(*given, "--test-labels", "more_labels.npy").complaint
    assert "an integer for each" in run(*given, "--test-labels", "small.npy").complaint


@pytest.mark.usefixtures("examples")
def test_what_makes_no_sense_is_one_line(run: Run, tmp_path: Path) -> None:
    figures = ("bound", "--examples", "99", "--bits", "5", "--train-error")
    assert "expected a share" in run(*figures, "many").complaint
    assert "expected 0 to 99" in run(*figures, "1.2").complaint
    assert "between 0 and 1" in run(*figures, "0.1", "--delta", "2").complaint
    (tmp_path / "text").write_text("no images at all")
    assert "not an idx file" in run("bound", "--train", "text", "--labels", "labels").complaint
    assert "an integer for each" in run("bound", "--train", "images", "--labels", "more_labels.npy").complaint
    assert "expected grey ones" in run("bound", "--train", "labels", "--labels", "labels").complaint
    damaged = ("bound", "--train", "images", "--labels", "labels", "--classifier", "text")
    assert "text: holds no classifier" in run(*damaged).complaint
    assert "does not exist" in run("bound", "--train", "nowhere", "--labels", "labels").complaint


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--train-error", "0.1"),
        ("--train", "images"),
        ("--train", "images", "--labels", "labels", "--test", "images"),
        ("--train", "images", "--labels", "labels", "--bits", "7"),
        ("--train", "images", "--labels", "labels", "--kind", "deep"),
        ("--train-error", "0.1", "--examples", "99", "--bits", "5", "-o", "stream"),
    ],
)
@pytest.mark.usefixtures("examples")
def test_usage(run: Run, args: tuple[str, ...]) -> None:
    assert run("bound", *args).code == 2


def test_a_page_shows_what_bits_are_worth(run: Run, tmp_path: Path) -> None:
    figures = ("--train-error", "0.11", "--examples", "60000", "--bits", "1624")
    assert run("bound", *figures, "--report", "page.html").code == 0
    page = (tmp_path / "page.html").read_text()
    shown = math.ceil(certificate(6600, 60_000, 1624).kl_inverse * 1e6) / 1e6
    assert "bound against bits" in page and f"at most {shown:.4%}" in page
    assert "What was tried" not in page


@pytest.mark.usefixtures("examples")
def test_a_page_shows_what_was_tried(run: Run, tmp_path: Path) -> None:
    given = ("--train", "images", "--labels", "labels", "--kind", "linear", "--epochs", "1")
    record = run("bound", *given, "--report", "page.html", "--json").json
    page = (tmp_path / "page.html").read_text()
    assert "What was tried" in page and f"{record['tried_shapes'][record['chosen']]} (taken)" in page
    assert all(shape in page for shape in record["tried_shapes"])


def test_what_the_page_says_at_its_top_is_a_bound_too(run: Run, tmp_path: Path) -> None:
    for errors in range(10, 30):
        figures = ("--train-error", f"{errors}/300", "--examples", "300", "--bits", "9", "--json")
        record = run("bound", *figures, "--report", "page.html").json
        shown = re.search(r"true error at most.*?>([0-9.]+)<", (tmp_path / "page.html").read_text(), re.DOTALL)
        assert shown is not None and float(shown[1]) >= 100 * record["bound"]
