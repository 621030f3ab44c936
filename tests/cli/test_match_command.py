"""match: every kind from files, found or plainly not, one JSON object, one line for what cannot be read."""

import gzip
from csv import reader
from decimal import Decimal
from pathlib import Path
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from cli.conftest import Run
from codelength.cli.match_input import kind_of

Floats = NDArray[np.float64]


def cloud(n: int, seed: int) -> Floats:
    """Four tight groups of points in the plane."""
    chance = np.random.default_rng(seed)
    corners = np.array([[0, 0], [5, 0], [0, 2], [9, 9]])
    return np.asarray(corners[chance.integers(4, size=n)] + 0.3 * chance.standard_normal((n, 2)))


def csv(path: Path, columns: dict[str, list[object]] | Floats) -> None:
    if isinstance(columns, dict):
        lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    else:
        lines = [",".join(map(str, row)) for row in columns.tolist()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def people(n: int, names: list[str], seed: int) -> dict[str, list[object]]:
    chance = np.random.default_rng(seed)
    age = chance.integers(20, 70, n)
    columns = [age.tolist(), (2 * (age // 10)).tolist(), chance.choice(["red", "green", "blue"], n).tolist()]
    return dict(zip(names, columns, strict=True))


def test_points_from_csv_and_npy(run: Run, tmp_path: Path) -> None:
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    csv(tmp_path / "x.csv", cloud(250, 1))
    np.save(tmp_path / "y.npy", cloud(250, 2) @ turn.T + 1)
    record = run("match", "x.csv", "y.npy", "--json", "--seed", "3").json
    assert (record["command"], record["kind"], record["found"], record["seed"]) == ("match", "points", True, 3)
    assert record["family"] == "rotation"
    assert np.allclose(record["matrix"], turn, atol=0.05)
    parts = record["unmatched"]["bits"] - record["map"]["bits"] - record["matched"]["bits"]
    assert record["saved"]["bits"] == pytest.approx(parts)
    ran = run("match", "x.csv", "y.npy", "-o", "page.html")
    assert "The map: rotation" in ran.out
    assert max(map(len, ran.out.splitlines()[:-1])) <= 80
    assert "rotation" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_no_match_is_an_answer(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", cloud(100, 1))
    np.save(tmp_path / "y.npy", np.random.default_rng(0).exponential(size=(100, 2)))
    ran = run("match", "x.npy", "y.npy", "--report", "page.html")
    assert ran.code == 0
    assert "no match found" in ran.out
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "No match found" in page
    assert "matched<" not in page
    record = run("match", "x.npy", "y.npy", "--json").json
    assert (record["found"], record["family"], record["matrix"]) == (False, None, None)


def test_tables(run: Run, tmp_path: Path) -> None:
    csv(tmp_path / "x.csv", people(300, ["a", "b", "c"], 1))
    csv(tmp_path / "y.csv", people(400, ["age", "decade", "colour"], 2))
    assert run("match", "x.csv", "y.csv", "--json").json["pairs"] == {"a": "age", "b": "decade", "c": "colour"}
    assert "colour" in run("match", "x.csv", "y.csv").out


def test_tables_from_parquet(run: Run, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table(people(300, ["c", "b", "a"], 1)), tmp_path / "x.parquet")
    csv(tmp_path / "y.tsv", people(400, ["age", "decade", "colour"], 2))
    (tmp_path / "y.tsv").write_text((tmp_path / "y.tsv").read_text().replace(",", "\t"))
    record = run("match", "x.parquet", "y.tsv", "--json").json
    assert record["pairs"] == {"c": "age", "b": "decade", "a": "colour"}


def test_one_table_read_from_any_file_is_one_table(run: Run, tmp_path: Path) -> None:
    """Truth values, decimals, and semicolons or tabs between the fields."""
    import pyarrow as pa
    from pyarrow import parquet

    def table(n: int, seed: int) -> dict[str, list[object]]:
        ages = [age for age in people(n, ["a", "b", "c"], seed)["a"] if isinstance(age, int)]
        return {"age": list(ages), "old": [age > 60 for age in ages], "price": [Decimal(age // 10) / 4 for age in ages]}

    csv(tmp_path / "y.csv", table(400, 2))
    csv(tmp_path / "x.csv", table(300, 1))
    text = (tmp_path / "x.csv").read_text()
    (tmp_path / "semicolons.csv").write_text(text.replace(",", ";"))
    (tmp_path / "TABS.CSV").write_text("\ufeff" + text.replace(",", "\t").replace("\n", "\r\n"), encoding="utf-8")
    parquet.write_table(pa.table(table(300, 1)), tmp_path / "x.parquet")
    records = [run("match", x, "y.csv", "--json").json for x in ("x.csv", "semicolons.csv", "TABS.CSV", "x.parquet")]
    assert [record.pop("x") for record in records] == ["x.csv", "semicolons.csv", "TABS.CSV", "x.parquet"]
    assert records[0]["pairs"] == {"age": "age", "old": "old", "price": "price"}
    assert records[0]["tables"] == {"x": {"rows": 300, "columns": 3}, "y": {"rows": 400, "columns": 3}}
    assert all(record == records[0] for record in records)


def test_tables_with_holes_are_refused_by_name(run: Run, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    def write(name: str, content: str) -> None:
        (tmp_path / name).write_text(content)

    write("sound.csv", "a,b\n" + "1,2\n" * 9)
    write("hole.csv", "a,b\n1,2\n3,\n" + "1,2\n" * 9)
    write("na.csv", "a,b\n1,2\n3,N/A\n" + "1,2\n" * 9)
    write("names.csv", "a,b\n")
    write("twice.csv", "a,a\n" + "1,2\n" * 9)
    parquet.write_table(pa.table({"a": [1.0] * 9, "b": [2.0, None, *[2.0] * 7]}), tmp_path / "null.parquet")
    parquet.write_table(pa.table([pa.array([1] * 9)] * 2, names=["a", "a"]), tmp_path / "twice.parquet")
    for name, says in (
        ("hole.csv", "hole.csv: column 'b' has no value in row 2"),
        ("na.csv", "na.csv: column 'b' has no value in row 2 ('N/A' among numbers)"),
        ("null.parquet", "null.parquet: column 'b' has no value in row 2 (null)"),
        ("twice.csv", "twice.csv: two columns are called 'a'"),
        ("twice.parquet", "twice.parquet: two columns are called 'a'"),
        ("names.csv", "8 or more"),
    ):
        assert says in run("match", name, "sound.csv").complaint


def test_long_texts_of_few_lines_are_matched_by_words(tmp_path: Path) -> None:
    """240 paragraphs are 200 kB: no cipher is so long."""
    (tmp_path / "paragraphs").write_text("some words and some more of them\n" * 10 + "word " * 20_000)
    (tmp_path / "short").write_text("qxyz" * 40)
    kinds = {
        (x, y): kind_of(tmp_path / x, tmp_path / y, max_size=1 << 20)
        for x in ("paragraphs", "short")
        for y in ("paragraphs", "short")
    }
    assert kinds.pop(("paragraphs", "paragraphs")) == "words"
    assert set(kinds.values()) == {"cipher"}


def test_images(run: Run, tmp_path: Path, data_dir: Path) -> None:
    with gzip.open(data_dir / "mnist" / "train-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + 1200 * 784), np.uint8, offset=16).reshape(-1, 28, 28)[:, ::3, ::3]
    order = np.random.default_rng(0).permutation(100)
    np.save(tmp_path / "x.npy", images[:600].reshape(600, -1)[:, order])
    (tmp_path / "y.idx").write_bytes(bytes([0, 0, 8, 3]) + b"\0\0\2\x58" + b"\0\0\0\x0a" * 2 + images[600:].tobytes())
    record = run("match", "x.npy", "y.idx", "--json").json
    assert (record["kind"], record["found"]) == ("pixels", True)
    assert np.mean(np.array(record["places"]) == order) > 0.5
    assert "pixels" in run("match", "x.npy", "y.idx").out


def test_a_cipher(run: Run, tmp_path: Path, data_dir: Path) -> None:
    with (data_dir / "ag_news" / "test.csv").open(encoding="utf-8") as file:
        texts = [" ".join(row[1:]) for row in reader(file)]
    plain = "".join(c for c in "".join(texts[-4:]).lower() if c.isascii() and c.isalpha())[:250]
    letters = "abcdefghijklmnopqrstuvwxyz"
    secret = "".join(Random(1).sample(letters, 26))
    (tmp_path / "x").write_text(plain.translate(str.maketrans(letters, secret)))
    (tmp_path / "y").write_text("\n".join(texts[:700]), encoding="utf-8")
    record = run("match", "x", "y", "--json", "--seconds", "5").json
    assert (record["kind"], record["found"]) == ("cipher", True)
    assert np.mean([a == b for a, b in zip(record["plaintext"], plain, strict=True)]) > 0.9
    ran = run("match", "x", "y", "--seconds", "5", "--kind", "cipher", "-o", "page.html")
    assert record["plaintext"][:60] in ran.out
    assert f"{record['agreed']} of {record['attempts']} attempts ended with this key" in " ".join(ran.out.split())
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert f"<p>{record['plaintext']}</p>" in page
    assert all(f"<bdi>{symbol}</bdi>" in page for symbol in record["key"])


def test_words_of_two_languages(run: Run, tmp_path: Path) -> None:
    def lines(seed: int, name: str) -> str:
        chance = Random(seed)
        number = (str(min(int(chance.expovariate(0.1)), 79)) for _ in iter(int, 1))
        return "\n".join(" ".join(name + next(number) for _ in range(6)) for _ in range(600))

    (tmp_path / "x").write_text(lines(1, "a"))
    (tmp_path / "y").write_text(lines(2, "b"))
    record = run("match", "x", "y", "--json", "--seconds", "3").json
    assert (record["kind"], record["found"], record["pairs"]) == ("words", False, None)
    assert run("match", "x", "y", "--json", "--seconds", "0").json["complete"] is False
    shown = run("match", "x", "y", "--seconds", "0")
    assert "no match found" in shown.out and "--seconds gives them more" in shown.err


def test_what_cannot_be_matched_is_one_line(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", cloud(50, 1))
    np.save(tmp_path / "three.npy", np.ones((50, 3)))
    np.save(tmp_path / "few.npy", cloud(5, 1))
    (tmp_path / "text").write_text("some words in a row")
    (tmp_path / "ragged.csv").write_text("1,2\n3\n")
    (tmp_path / "named.csv").write_text("a,b\n1,red\n2,blue\n")
    (tmp_path / "latin").write_bytes(b"\xe9" * 600)
    assert "different kinds" in run("match", "x.npy", "text").complaint
    assert "dimensions" in run("match", "x.npy", "three.npy").complaint
    assert "at least 8" in run("match", "few.npy", "x.npy").complaint
    assert "fields" in run("match", "ragged.csv", "x.npy").complaint
    assert "more than numbers" in run("match", "named.csv", "x.npy", "--kind", "points").complaint
    assert "UTF-8" in run("match", "latin", "latin", "--kind", "words").complaint
    assert "does not exist" in run("match", "nowhere", "x.npy").complaint
    assert run("match", "x.npy", "x.npy", "--kind", "nonsense").code == 2
    for options in (["--spaces"], ["--reading", "marks"]):
        ran = run("match", "x.npy", "x.npy", *options)
        assert (ran.code, "about ciphers" in ran.err) == (2, True)
    assert run("match", "text", "text", "--spaces", "--reading", "bytes").code == 2
