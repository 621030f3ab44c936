"""Labelled examples from every kind of file, the same examples whatever the kind."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from codelength.core import DataError
from codelength.data import read_labelled

TEXTS = ["one, two", "three\nlines", 'quo"ted', "caf\u00e9"]
LABELS = ["a", "b", "a", "c"]


def write(folder: Path, kind: str) -> Path:
    path = folder / f"examples.{kind}"
    rows = list(zip(TEXTS, LABELS, strict=True))
    if kind == "jsonl":
        path.write_text("".join(json.dumps({"text": text, "label": of}) + "\n" for text, of in rows))
    elif kind == "parquet":
        parquet.write_table(pa.table({"text": TEXTS, "label": LABELS}), path)
    else:
        mark = "," if kind == "csv" else "\t"
        quoted = [[field.replace('"', '""') for field in row] for row in rows]
        lines = [mark.join(f'"{field}"' for field in row) for row in quoted]
        path.write_text(f"text{mark}label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["jsonl", "csv", "tsv", "parquet"])
def test_every_kind_of_file_gives_the_same_examples(tmp_path: Path, kind: str) -> None:
    found = read_labelled(write(tmp_path, kind))
    assert found.content == [text.encode() for text in TEXTS]
    assert found.labels == LABELS
    assert read_labelled(write(tmp_path, kind), label=None).labels == []


def test_a_csv_may_have_other_separators_and_no_name_twice(tmp_path: Path) -> None:
    for mark in ";\t":
        (tmp_path / "x.csv").write_text(f"label{mark}text\r\na{mark}one, two\r\n")
        found = read_labelled(tmp_path / "x.csv")
        assert (found.content, found.labels) == ([b"one, two"], ["a"])
    (tmp_path / "x.csv").write_text("text,label,text\none,a,two\n")
    with pytest.raises(DataError, match="2 columns are called 'text'"):
        read_labelled(tmp_path / "x.csv")


def test_lists_of_numbers_are_rows(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"f": [1, 2.5], "y": 3}\n{"f": [0, -1], "y": true}\n')
    parquet.write_table(pa.table({"f": [[1.0, 2.5], [0.0, -1.0]], "y": [3, 1]}), tmp_path / "x.parquet")
    for name, labels in (("x.jsonl", ["3", "true"]), ("x.parquet", ["3", "1"])):
        found = read_labelled(tmp_path / name, text="f", label="y")
        np.testing.assert_array_equal(found.content, [[1, 2.5], [0, -1]])
        assert found.labels == labels


def test_labels_are_text_whatever_they_were(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(
        "".join(f'{{"text": "t", "label": {of}}}\n' for of in ("1", "1.0", '"1"', "false"))
    )
    assert read_labelled(tmp_path / "x.jsonl").labels == ["1", "1", "1", "false"]


@pytest.mark.parametrize(
    ("said", "read"),
    [(["True", "False"], ["true", "false"]), (["1.0", "-2.0"], ["1", "-2"]), (["1.0", "1.5"], ["1.0", "1.5"])],
)
def test_labels_in_a_csv_are_those_of_other_files(tmp_path: Path, said: list[str], read: list[str]) -> None:
    (tmp_path / "x.csv").write_text("text,label\n" + "".join(f"t,{label}\n" for label in said))
    (tmp_path / "x.jsonl").write_text("".join(f'{{"text": "t", "label": {label.lower()}}}\n' for label in said))
    assert read_labelled(tmp_path / "x.csv").labels == read
    assert read[0] == "1.0" or read_labelled(tmp_path / "x.jsonl").labels == read


def test_other_files_are_a_text_a_line_where_no_labels_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(b"one\r\n\ntwo\xff\n")
    assert read_labelled(tmp_path / "x.txt", label=None).content == [b"one", b"two\xff"]
    with pytest.raises(DataError, match=r"\.txt is none of these"):
        read_labelled(tmp_path / "x.txt")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", b"text,label\na\n", "line 2: 1 fields under 2 names"),
        ("x.csv", b"text,label\n\xff,a\n", "not UTF-8"),
        ("x.csv", b"", "is empty"),
        ("x.csv", b"text,kind\na,b\n", "no column 'label'"),
        ("x.parquet", b"PAR1 rubbish", "no Parquet file"),
        ("x.jsonl", b"[1]\n", "expected a JSON object"),
        ("x.jsonl", b'{"text": "a", "label": [1]}\n', "is a list"),
        ("x.jsonl", b'{"text": ["a"], "label": 1}\n', "no number"),
        ("x.jsonl", b'{"text": 7, "label": 1}\n', "is a number"),
    ],
)
def test_what_is_malformed_is_one_clear_line(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_labelled(tmp_path / name)


def test_real_images_come_with_their_labels(data_dir: Path) -> None:
    found = read_labelled(data_dir / "mnist" / "t10k-images-idx3-ubyte.gz")
    assert np.asarray(found.content).shape == (10_000, 784)
    assert found.labels[:5] == ["7", "2", "1", "0", "4"]
