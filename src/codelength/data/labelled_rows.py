"""Tables in files -> rows: the content and the label of each, and where it stands.

JSON lines are UTF-8; so are CSV and TSV, whose first line has the names of the columns (RFC 4180), with semicolons or
tabs between them where that line has no comma. Parquet is read by pyarrow, which `codelength[parquet]` brings.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codelength.core import DataError
from codelength.data.files import read_path
from codelength.data.json_lines import json_value

_LONGEST_FIELD = 1 << 30
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what the two columns hold, as the file has it, and where."""

    content: Any
    label: Any
    where: str


def json_rows(path: str | os.PathLike[str], text: str, label: str | None, max_size: int) -> Iterator[Row]:
    """The objects of JSON lines."""
    source = read_path(path, max_size=max_size)
    for number, line in enumerate(source.content.split(b"\n"), start=1):
        if not line.strip():
            continue
        where = f"{source.name}, line {number}"
        record = json_value(line, where)
        if not isinstance(record, dict):
            raise DataError(f"{where}: expected a JSON object, one a line")
        yield _picked(record, text, label, where)


def delimited_rows(
    path: str | os.PathLike[str], text: str, label: str | None, max_size: int, delimiter: str
) -> Iterator[Row]:
    """The lines below the line of names."""
    source = read_path(path, max_size=max_size)
    try:
        content = source.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{source.name}: not UTF-8 at byte {error.start + 1}; convert it, or give JSON lines"
        ) from error
    longest = csv.field_size_limit(_LONGEST_FIELD)
    try:
        lines = csv.reader(io.StringIO(content, newline=""), delimiter=_separator(content, delimiter))
        names = next(lines, [])
        _check_columns(names, [text] if label is None else [text, label], f"{source.name}, line 1")
        for fields in lines:
            where = f"{source.name}, line {lines.line_num}"
            if not fields:
                continue
            if len(fields) != len(names):
                raise DataError(f"{where}: {len(fields)} fields under {len(names)} names")
            yield _picked(dict(zip(names, fields, strict=True)), text, label, where)
    except csv.Error as error:
        raise DataError(f"{source.name}: malformed CSV: {error}") from error
    finally:
        csv.field_size_limit(longest)


def parquet_rows(path: str | os.PathLike[str], text: str, label: str | None, max_size: int) -> Iterator[Row]:
    """The rows of a Parquet file."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise DataError("reading Parquet needs pyarrow: pip install codelength[parquet]") from error
    source = read_path(path, max_size=max_size)
    try:
        table = parquet.read_table(pa.BufferReader(source.content))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{source.name}: is no Parquet file that can be read: {error}") from error
    columns = [text] if label is None else [text, label]
    _check_columns(table.column_names, columns, source.name)
    picked = [table.column(name).to_pylist() for name in columns]
    for at, values in enumerate(zip(*picked, strict=True), start=1):
        yield Row(values[0], values[1] if label is not None else None, f"{source.name}, row {at}")


def line_rows(path: str | os.PathLike[str], max_size: int) -> Iterator[Row]:
    """Lines with text in them, bytes that are no UTF-8 kept as they are."""
    source = read_path(path, max_size=max_size)
    for number, line in enumerate(source.content.split(b"\n"), start=1):
        if line.strip():
            yield Row(line.removesuffix(b"\r"), None, f"{source.name}, line {number}")


def _separator(content: str, usual: str) -> str:
    """The usual one, or where the line of names has none of it another that it has."""
    first = content.split("\n", 1)[0]
    return usual if usual in first else next((sign for sign in _SEPARATORS if sign in first), usual)


def _picked(record: dict[str, Any], text: str, label: str | None, where: str) -> Row:
    _check_columns(list(record), [text] if label is None else [text, label], where)
    return Row(record[text], None if label is None else record[label], where)


def _check_columns(names: list[str], wanted: list[str], where: str) -> None:
    for column in wanted:
        if column not in names:
            has = ", ".join(map(repr, names[:8])) or "none"
            option = "--text" if column == wanted[0] else "--label"
            raise DataError(f"{where}: no column {column!r}; it has {has} ({option} names another)")
        if names.count(column) > 1:
            raise DataError(f"{where}: {names.count(column)} columns are called {column!r}: rename all but one")
