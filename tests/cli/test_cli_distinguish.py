"""`codelength distinguish` on files: lines, blocks, rows of numbers, pairs, and what cannot be read."""

from pathlib import Path

import numpy as np
import pytest

from cli.conftest import Run

FAST = ("--code", "kt")


@pytest.fixture
def texts(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("".join(f"GET /page/{k % 9} 200\n" for k in range(60)))
    (tmp_path / "b").write_text("".join(f"disk {k % 9} is full\n" for k in range(50)))


@pytest.mark.usefixtures("texts")
def test_lines_that_differ(run: Run, tmp_path: Path) -> None:
    ran = run("distinguish", "a", "b", *FAST, "--report", "page.html")
    assert ran.code == 0
    assert "log2 of the e-value" in ran.out
    assert "60 + 50" in ran.out
    assert "a and b differ" in ran.err
    assert max(map(len, ran.out.splitlines())) <= 80
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Evidence as documents come" in page


@pytest.mark.usefixtures("texts")
def test_it_is_one_json_object_and_the_seed_decides(run: Run) -> None:
    record = run("distinguish", "a", "b", *FAST, "--json", "--seed", "3").json
    assert record["command"] == "distinguish"
    assert record["taken"] == [60, 50]
    assert record["saved"]["bits"] == pytest.approx(record["chance_bits"]["bits"] - record["bits"]["bits"])
    assert record["p_value"] == pytest.approx(2 ** record["log2_p"])
    assert record["p_value"] < 1e-6
    assert record["needed"] <= 40
    assert len(record["wealth"]) == 110
    assert sum(record["experts"].values()) == pytest.approx(1)
    assert run("distinguish", "a", "b", *FAST, "--json", "--seed", "3").json == record
    assert run("distinguish", "a", "b", *FAST, "--json", "--seed", "4").json["wealth"] != record["wealth"]


@pytest.mark.usefixtures("texts")
def test_at_most_so_many_are_drawn(run: Run) -> None:
    record = run("distinguish", "a", "b", *FAST, "--json", "--most", "20").json
    assert (record["documents"], record["taken"]) == ([60, 50], [20, 20])


@pytest.mark.usefixtures("texts")
def test_the_same_file_is_not_told_apart_from_itself(run: Run) -> None:
    ran = run("distinguish", "a", "a", *FAST)
    assert "were not told apart" in ran.err
    assert "not reached" in ran.out


def test_blocks_of_bytes(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    (tmp_path / "good").write_bytes(rng.bytes(8000))
    (tmp_path / "flawed").write_bytes((np.frombuffer(rng.bytes(8000), np.uint8) & 0xFE).tobytes())
    record = run("distinguish", "good", "flawed", "--blocks", "100", *FAST, "--json").json
    assert record["documents"] == [80, 80]
    assert record["p_value"] < 1e-6


def test_rows_of_numbers(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.save(tmp_path / "x.npy", rng.normal(size=(100, 2)))
    np.save(tmp_path / "y.npy", rng.normal(size=(100, 2)) + 2)
    assert run("distinguish", "x.npy", "y.npy", "--json").json["p_value"] < 1e-6


def test_pairs(run: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=200)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", x + 0.3 * rng.normal(size=200))
    ran = run("distinguish", "x.npy", "y.npy", "--paired")
    assert "y.npy depends on x.npy" in ran.err
    np.save(tmp_path / "z.npy", x[:-1])
    assert "as many of both" in run("distinguish", "x.npy", "z.npy", "--paired").complaint


@pytest.mark.usefixtures("texts")
def test_what_cannot_be_read_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    (tmp_path / "bad.npy").write_bytes(b"no array")
    np.save(tmp_path / "nan.npy", np.array([1.0, np.nan]))
    np.save(tmp_path / "names.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert "does not exist" in run("distinguish", "a", "nowhere").complaint
    assert "is binary" in run("distinguish", "a", "binary").complaint
    assert "not a .npy array" in run("distinguish", "bad.npy", "bad.npy").complaint
    assert "not a .npy array" in run("distinguish", "names.npy", "names.npy").complaint
    assert "nan.npy: row 1" in run("distinguish", "nan.npy", "nan.npy").complaint
    assert "less than one block" in run("distinguish", "a", "b", "--blocks", "1MB").complaint
    assert "no side information" in run("distinguish", "a", "b", "--code", "bz2").complaint
    assert "no code is called" in run("distinguish", "a", "b", "--code", "nothing").complaint


@pytest.mark.usefixtures("texts")
def test_usage(run: Run) -> None:
    assert run("distinguish", "a").code == 2
    assert run("distinguish", "-", "-").code == 2
    assert run("distinguish", "a", "b", "--level", "1.5").code == 2
    assert run("distinguish", "a", "b", "--most", "0").code == 2


def test_an_error_with_json_is_an_object_too(run: Run) -> None:
    ran = run("distinguish", "nowhere", "nothing", "--json")
    assert ran.code == 1
    assert ran.json["error"]["type"] == "DataError"
