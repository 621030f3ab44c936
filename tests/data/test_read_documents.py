"""Files -> documents: lines and JSON lines; whatever is neither is refused with its line number."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.core import DataError
from codelength.data import read_documents


def refused(path: Path, field: str | None = None) -> str:
    with pytest.raises(DataError) as caught:
        read_documents(path, field=field)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_lines_are_documents(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\n\n  \ntwo \xe9\nthree")
    documents = read_documents(tmp_path / "a.txt")
    assert [d.content for d in documents] == [b"one", b"two \xe9", b"three"]
    assert [d.line for d in documents] == [1, 4, 5]


def test_json_lines_carry_their_text_and_their_line(tmp_path: Path) -> None:
    lines = ['{"text": "h\\u00e9llo\\nworld", "id": 7}', "", '{"id": 8, "text": "x"}', '{"text": " "}']
    (tmp_path / "a.jsonl").write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    documents = read_documents(tmp_path / "a.jsonl")
    assert [d.content for d in documents] == ["héllo\nworld".encode(), b"x"]
    assert [d.raw.decode() for d in documents] == [lines[0], lines[2]]
    assert [d.line for d in documents] == [1, 3]


@given(st.lists(st.text(min_size=1).filter(lambda text: text.strip("\n\r\t \v\f")), min_size=1, max_size=5))
def test_any_text_survives_json_lines(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("json") / "pool.ndjson"
    path.write_text("\n".join(json.dumps({"body": text}) for text in texts), encoding="utf-8")
    assert [d.content.decode() for d in read_documents(path, field="body")] == texts


def test_a_field_makes_any_file_json_lines(tmp_path: Path) -> None:
    (tmp_path / "pool").write_text('{"body": "x"}')
    assert [d.content for d in read_documents(tmp_path / "pool", field="body")] == [b"x"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"text": "x"', "line 2: malformed JSON at column 13"),
        (b"plain", "line 2: malformed JSON"),
        (b'["text"]', "line 2: expected a JSON object with a field 'text', met a list"),
        (b'{"body": "x"}', "line 2: no field 'text'; it has 'body'"),
        (b'{"text": 3}', "line 2: field 'text' is a number, expected a string"),
        (b'{"text": null}', "line 2: field 'text' is a null"),
        (b'{"text": "\xff"}', "line 2: not UTF-8 at byte 11"),
        (b'{"n": ' + b"9" * 5000 + b"}", "line 2: JSON that cannot be read"),
        (b'{"text": ' + b"[" * 100_000, "line 2: JSON that cannot be read"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: bytes, message: str) -> None:
    (tmp_path / "pool.jsonl").write_bytes(b'{"text": "fine"}\n' + line + b"\n")
    assert message in refused(tmp_path / "pool.jsonl")


def test_binary_is_refused(data_dir: Path, tmp_path: Path) -> None:
    assert "is binary" in refused(data_dir / "calgary" / "geo")
    assert "is a gzip file" in refused(data_dir / "mnist" / "t10k-labels-idx1-ubyte.gz")
    (tmp_path / "beeps").write_bytes(b"\x07" * 10 + b"text" * 10)
    assert "is binary" in refused(tmp_path / "beeps")


def test_text_in_any_encoding_is_text(data_dir: Path) -> None:
    for name in ("logs", "languages"):
        for path in sorted((data_dir / name).iterdir()):
            assert len(read_documents(path)) >= 5


def test_real_csv_lines(data_dir: Path) -> None:
    path = data_dir / "ag_news" / "test.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.reader(file))
    assert len(read_documents(path)) == rows


def test_no_document_at_all(tmp_path: Path) -> None:
    (tmp_path / "blank").write_bytes(b"\n \n")
    assert "holds no document" in refused(tmp_path / "blank")
    (tmp_path / "folder").mkdir()
    assert "holds no document" in refused(tmp_path / "folder")
    assert "does not exist" in refused(tmp_path / "missing")


def test_a_directory_is_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"text": "3"}')
    (tmp_path / "a.txt").write_text("1\n2\n")
    documents = read_documents(tmp_path)
    assert [d.content for d in documents] == [b"1", b"2", b"3"]
    assert [Path(d.source).name for d in documents] == ["a.txt", "a.txt", "b.jsonl"]
