"""bits, shared, select, codes on real data: the numbers are the library's, --json is pure, pages are written."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import codelength as cl

Run = Callable[..., Any]


def test_bits_are_the_librarys(run: Run, data_dir: Path) -> None:
    path = data_dir / "calgary" / "progc"
    record = run("bits", path, "--code", "kt", "--code", "zlib", "--json").json
    content = path.read_bytes()
    assert [(row["code"], row["bits"]["bits"], row["bits"]["kind"]) for row in record["rows"]] == [
        (code, cl.bits(content, code=code).bits, "exact") for code in ("kt", "zlib")
    ]


def test_bits_given_side_information(run: Run, data_dir: Path) -> None:
    y, x = data_dir / "calgary" / "paper5", data_dir / "calgary" / "paper4"
    record = run("bits", y, "--given", x, "--code", "zlib", "--code", "bz2", "--json").json
    kinds = {row["code"]: row["bits"]["kind"] for row in record["rows"]}
    assert kinds == {"zlib": "exact", "bz2": "estimate"}
    assert record["rows"][0]["bits"]["bits"] == cl.bits(y.read_bytes(), given=x.read_bytes(), code="zlib").bits
    assert record["given_bytes"] == x.stat().st_size


def test_bits_of_several_files_sum_up(run: Run, data_dir: Path) -> None:
    files = [data_dir / "calgary" / name for name in ("paper4", "paper5", "paper6")]
    ran = run("bits", *files, "--code", "kt", "--jobs", "2")
    assert ran.code == 0
    assert "total" in ran.out
    total = sum(cl.bits(path.read_bytes(), code="kt").bits for path in files)
    assert f"{total:,.0f}" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_all_codes_side_by_side(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"what every code can code, and code again. " * 9)
    record = run("bits", "text", "--code", "all", "--json").json
    from codelength.catalogue import CATALOGUE

    assert {row["code"].partition(":")[0] for row in record["rows"]} == set(CATALOGUE)
    assert record["warnings"] == []


def test_shared_of_two(run: Run, data_dir: Path) -> None:
    x, y = data_dir / "calgary" / "paper4", data_dir / "calgary" / "paper5"
    record = run("shared", x, y, "--code", "kt", "--json").json
    bits = {name: value["bits"] for name, value in record["bits"].items()}
    found = cl.shared(x.read_bytes(), y.read_bytes(), code="kt")
    assert bits["shared"] == found.shared.bits == pytest.approx(bits["x"] + bits["y"] - bits["xy"])
    assert bits["defect"] == pytest.approx(bits["xy"] - bits["x"] - bits["y_given_x"])
    assert (record["ncd"], record["distance"]) == (found.ncd, found.distance)
    shown = run("shared", x, y, "--code", "kt").out
    assert all(word in shown for word in ("|C(xy)|", "|C(x‖y)|", "|C(y|x)|", "chain-rule defect", "exact"))


def test_shared_of_many_is_a_matrix_and_a_tree(run: Run, tmp_path: Path, data_dir: Path) -> None:
    for name in ("de", "en", "ru"):
        (tmp_path / f"{name}.txt").write_bytes((data_dir / "languages" / f"{name}.txt").read_bytes()[:4000])
    ran = run("shared", "de.txt", "en.txt", "ru.txt", "--code", "zlib", "--report", "page.html")
    assert ran.code == 0
    assert "├──" in ran.out
    assert "<svg" in (tmp_path / "page.html").read_text(encoding="utf-8")
    record = run("shared", "de.txt", "en.txt", "ru.txt", "--code", "zlib", "--json").json
    assert len(record["shared"]) == len(record["merges"]) + 1 == 3


def test_select_names_the_right_source_first(run: Run, tmp_path: Path, data_dir: Path) -> None:
    lines = (data_dir / "languages" / "es.txt").read_bytes().splitlines(keepends=True)
    (tmp_path / "task").write_bytes(b"".join(lines[:12]))
    (tmp_path / "pool").mkdir()
    (tmp_path / "pool" / "same.txt").write_bytes(b"".join(lines[40:80]))
    other = (data_dir / "languages" / "tr.txt").read_bytes().splitlines(keepends=True)
    (tmp_path / "pool" / "other.txt").write_bytes(b"".join(other[40:80]))
    (tmp_path / "pool" / "seen.txt").write_bytes(b"".join(other[80:100] + lines[:12]))
    pool = sorted((tmp_path / "pool").iterdir())
    ran = run("select", "--task", "task", "--pool", *pool, "--code", "ctw:depth=24", "--report", "page.html")
    assert ran.code == 0
    assert ran.out.startswith("seen.txt helps most")
    assert "contamination" in ran.err
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "Which source helps" in (tmp_path / "page.html").read_text(encoding="utf-8")
    record = run("select", "--task", "task", "--pool", *pool, "--code", "ctw:depth=24", "--json", "--jobs", "2").json
    assert [row["name"] for row in record["sources"]] == ["seen.txt", "same.txt", "other.txt"]
    assert record["paths"]["same.txt"] == str(tmp_path / "pool" / "same.txt")
    assert record["warnings"]


def news(data_dir: Path, most: int) -> list[tuple[str, str]]:
    import csv

    with (data_dir / "ag_news" / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = [(label, f"{title} {text}") for label, title, text in csv.reader(file)]
    return rows[:most]


def test_documents_up_to_a_budget(run: Run, tmp_path: Path, data_dir: Path) -> None:
    rows = news(data_dir, 700)
    sport = [text for label, text in rows if label == "2"]
    pool = [{"body": text, "class": label} for label, text in rows if label != "2" or text in sport[60:]]
    (tmp_path / "task.txt").write_text("\n".join(sport[:60]), encoding="utf-8")
    lines = [json.dumps(record) for record in pool]
    (tmp_path / "pool.jsonl").write_text("\n".join(lines), encoding="utf-8")
    common = ["select", "--documents", "--task", "task.txt", "--pool", "pool.jsonl", "--budget", "12kB"]
    # A field makes every file JSON lines, the task too.
    assert "task.txt, line 1" in run(*common, "--field", "body").complaint
    (tmp_path / "task.jsonl").write_text("\n".join(json.dumps({"body": text}) for text in sport[:60]), encoding="utf-8")
    common[3] = "task.jsonl"
    ran = run(*common, "--field", "body", "--out", "chosen.jsonl", "--report", "page.html")
    assert ran.code == 0, ran.err
    chosen = (tmp_path / "chosen.jsonl").read_text(encoding="utf-8").splitlines()
    assert set(chosen) <= set(lines)
    assert sum(len(json.loads(line)["body"].encode()) for line in chosen) <= 12_000
    assert "What was chosen" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "exists already" in run(*common, "--field", "body", "--out", "chosen.jsonl").complaint
    record = run(*common, "--field", "body", "--json").json
    assert [lines[document["line"] - 1] for document in record["documents"]] == chosen


def test_select_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    for args in (["--budget", "1kB"], ["--out", "x"], ["--field", "text"], ["--budget", "much", "--documents"]):
        assert run("select", "--task", "a", "--pool", "a", *args).code == 2
    assert run("select", "--task", "a").code == 2
    assert run("shared", "a").code == 2


def test_codes_lists_the_catalogue(run: Run) -> None:
    record = run("codes", "--json").json
    known = {code["name"]: code for code in record["codes"]}
    assert known["cm"]["predictor"]
    assert known["zstd"]["given"]
    assert known["bz2"]["given"] is False
    assert "context mixing" in run("codes").out


def test_quiet_is_taken_by_every_command_that_measures(run: Run, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(b"the same words and others " * 9 + name.encode())
    for command in (["bits", "a", "--code", "kt"], ["shared", "a", "b", "--code", "kt"]):
        loud, quiet = run(*command, "--report", "loud.html"), run(*command, "--report", "quiet.html", "--quiet")
        assert loud.err == "report: loud.html\n"
        assert (quiet.code, quiet.err) == (0, "")
        assert quiet.out.count("\n") == loud.out.count("\n")
