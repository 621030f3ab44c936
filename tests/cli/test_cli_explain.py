"""explain: the numbers are the library's, the page is written where it is said, bad input is one clear line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import codelength as cl

Run = Callable[..., Any]


@pytest.fixture
def files(tmp_path: Path, data_dir: Path) -> Path:
    papers = data_dir / "calgary"
    (tmp_path / "y.txt").write_bytes((papers / "paper4").read_bytes())
    (tmp_path / "x.txt").write_bytes((papers / "paper5").read_bytes())
    (tmp_path / "binary").write_bytes(np.random.default_rng(0).bytes(3000))
    (tmp_path / "empty").touch()
    return tmp_path


def test_json_is_the_librarys_numbers_and_writes_nothing(run: Run, files: Path) -> None:
    before = sorted(files.iterdir())
    record = run("explain", "y.txt", "--given", "x.txt", "--code", "kt", "--json").json
    y, x = (files / "y.txt").read_bytes(), (files / "x.txt").read_bytes()
    assert record["alone"]["bits"] == pytest.approx(cl.bits(y, code="kt").bits)
    assert record["given"]["bits"] == pytest.approx(cl.bits(y, given=x, code="kt").bits)
    assert (record["regions"][0]["start"], record["regions"][-1]["end"]) == (0, len(y))
    assert record["side"] == {"x.txt": len(x)}
    assert sorted(files.iterdir()) == before


def test_a_short_table_and_a_page_whose_path_is_said(run: Run, files: Path) -> None:
    ran = run("explain", "y.txt", "--given", "x.txt", "--given", "binary", "--code", "ctw")
    assert ran.code == 0
    for word in ("|C(y)|", "|C(y|x)|", "x saves", "exact", "Costliest regions", "Cheapest", "Passages that x has too"):
        assert word in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    assert len(ran.out.splitlines()) < 50
    assert ran.err.strip() == "report: y.txt.explained.html"
    page = (files / "y.txt.explained.html").read_text(encoding="utf-8")
    assert page.count("<i class=") > (files / "y.txt").stat().st_size
    assert "What x contributed" in page
    assert "binary (3,000 bytes)" in page
    assert len(page) < 1_500_000


def test_without_side_information(run: Run, files: Path) -> None:
    ran = run("explain", "y.txt", "--code", "kt", "--report", "page.html", "-q")
    assert (ran.code, ran.err) == (0, "")
    assert "given" not in ran.out
    page = (files / "page.html").read_text(encoding="utf-8")
    assert "What x contributed" not in page
    assert not (files / "y.txt.explained.html").exists()
    assert run("explain", "y.txt", "--code", "kt", "--json", "--report", "other.html").json["bytes"] > 0
    assert (files / "other.html").exists()


def test_a_large_file_shows_its_most_telling_regions(run: Run, files: Path) -> None:
    noise = (files / "binary").read_bytes()
    (files / "large").write_bytes(
        b"the same line again and again\n" * 9000 + noise + b"the same line again and again\n" * 3000
    )
    ran = run("explain", "large", "--given", "x.txt", "--code", "kt", "--report", "page.html")
    assert ran.code == 0
    page = (files / "page.html").read_text(encoding="utf-8")
    assert "too many to show each" in page
    assert "Costliest regions, 1: bytes 269,824 to 27" in page
    assert len(page) < 2_000_000


def test_binary_is_shown_as_hex_and_stdin_is_read(run: Run, files: Path) -> None:
    ran = run("explain", "-", "--code", "kt", stdin=(files / "binary").read_bytes())
    assert ran.code == 0
    page = (files / "stdin.explained.html").read_text(encoding="utf-8")
    assert 'class="map hex"' in page


def test_a_single_byte_and_names_with_markup(run: Run, files: Path) -> None:
    (files / "[red]<b>").write_bytes(b"\x00")
    ran = run("explain", "[red]<b>", "--given", "x.txt", "--code", "kt")
    assert ran.code == 0
    assert "[red]<b>" in ran.out
    page = (files / "[red]<b>.explained.html").read_text(encoding="utf-8")
    assert "<b>.expl" not in page
    assert "No passage of 12 bytes" in page


CASES = [
    (["explain", "missing"], "missing: does not exist"),
    (["explain", "empty"], "empty: is empty"),
    (["explain", "y.txt", "--given", "missing"], "missing: does not exist"),
    (["explain", "y.txt", "--given", "empty"], "empty: is empty"),
    (["explain", "y.txt", "--given", "x.txt", "--given", "x.txt"], "named twice"),
    (["explain", "y.txt", "--code", "zlib"], "'zlib' gives no probabilities"),
    (["explain", "y.txt", "--code", "nonsense"], "no code is called 'nonsense'"),
    (["explain", "y.txt", "--max-size", "10"], "more than the 10 B allowed"),
    (["explain", "y.txt", "--code", "kt", "--report", "no/such/page.html"], "no/such/page.html"),
]


@pytest.mark.parametrize(("args", "message"), CASES, ids=[" ".join(args) for args, _ in CASES])
def test_one_clear_line_and_nothing_written(run: Run, files: Path, args: list[str], message: str) -> None:
    before = sorted(files.iterdir())
    ran = run(*args)
    assert message in ran.complaint
    assert ran.out == ""
    assert sorted(files.iterdir()) == before


def test_stdin_twice_and_a_page_to_stdout_are_usage_errors(run: Run, files: Path) -> None:
    assert run("explain", "-", "--given", "-", "--code", "kt", stdin=b"x").code == 2
    assert run("explain", "y.txt", "--report", "-").code == 2
    assert files.is_dir()
