"""Files -> documents: one a line, or one a line of JSON with the text in a field (RFC 8259 values, one a line).

A file is JSON lines when its name ends in .jsonl, .ndjson or .json, or when the caller names a field; otherwise every
line is a document. Blank lines are no documents. A directory is all documents of its files. Text is what counts, so a
file with NUL bytes or mostly control characters is refused; the encoding of plain lines is not looked at, that of JSON
lines is UTF-8. Cost: the file in memory, once as lines and once as texts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from codelength.core import DataError
from codelength.data.files import MAX_SIZE, display, is_stdin, read_path, walk_files
from codelength.data.json_lines import json_value

FIELD = "text"
"""The field that holds the text of a JSON line unless the caller names another."""

_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_SAMPLE = 1 << 16
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b") + b"\x7f"
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PAR1": "parquet",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its text as bytes, the line it was read from (without the newline), and where that stands."""

    content: bytes
    raw: bytes
    source: str
    line: int


def read_documents(
    path: str | os.PathLike[str], *, field: str | None = None, max_size: int = MAX_SIZE
) -> list[Document]:
    """The documents of a file, or of all files below a directory.

    Parameters
    ----------
    path
        A file or a directory.
    field
        Read JSON lines and take this field; `None` goes by the file's name and takes "text".
    max_size
        Refuse a file of more bytes than this.

    Raises
    ------
    DataError
        As `read_path`; binary content; a malformed JSON line, with its number; no document at all.
    """
    if is_stdin(path) or not Path(path).is_dir():
        documents = _read_file(path, field, max_size)
    else:
        skipped: list[str] = []
        documents = []
        left = max_size
        for file in walk_files(Path(path), skipped):
            documents += _read_file(file, field, left)
            left = max(0, left - file.stat().st_size)
    if not documents:
        raise DataError(f"{display(path)}: holds no document (no line with text in it)")
    return documents


def _read_file(path: str | os.PathLike[str], field: str | None, max_size: int) -> list[Document]:
    source = read_path(path, max_size=max_size, allow_empty=True)
    _check_text(source.name, source.content)
    lines = source.content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    as_json = field is not None or Path(path).suffix.lower() in _JSON_SUFFIXES
    documents: list[Document] = []
    for number, line in enumerate(lines, start=1):
        raw = line.removesuffix(b"\r")
        if not raw.strip():
            continue
        content = _json_text(raw, field or FIELD, source.name, number) if as_json else raw
        if content.strip():
            documents.append(Document(content, raw, source.name, number))
    return documents


def _check_text(name: str, content: bytes) -> None:
    for magic, packer in _PACKED.items():
        if content.startswith(magic):
            raise DataError(f"{name}: is a {packer} file, not lines of text; unpack it first")
    sample = content[:_SAMPLE]
    control = len(sample) - len(sample.translate(None, _CONTROL))
    if b"\0" in sample or control * 20 > len(sample):
        raise DataError(f"{name}: is binary, not lines of text; documents are lines or JSON lines")


def _json_text(line: bytes, field: str, name: str, number: int) -> bytes:
    where = f"{name}, line {number}"
    record = json_value(line, where)
    if not isinstance(record, dict):
        raise DataError(f"{where}: expected a JSON object with a field {field!r}, met a {_json_type(record)}")
    if field not in record:
        has = ", ".join(repr(key) for key in list(record)[:8]) or "none"
        raise DataError(f"{where}: no field {field!r}; it has {has} (--field names another)")
    text = record[field]
    if not isinstance(text, str):
        raise DataError(f"{where}: field {field!r} is a {_json_type(text)}, expected a string")
    return text.encode("utf-8", "surrogatepass")


def _json_type(value: object) -> str:
    names = {list: "list", dict: "object", str: "string", bool: "true/false value", type(None): "null"}
    return names.get(type(value), "number")
