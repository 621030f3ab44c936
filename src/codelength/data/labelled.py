"""Files -> labelled examples: texts or rows of numbers, each with a label.

JSON lines (RFC 8259 values, one object a line), CSV and TSV with a line of names, Parquet (Apache), and pairs of idx
files as MNIST has them ("...images-idx3-ubyte[.gz]" with "...labels-idx1-ubyte[.gz]" beside it). The content column
holds texts, or lists of numbers that are all of one length. Labels are read as text: "3", "true" and "earn" are
labels, and so files of different kinds agree. Without a label column the examples have none. Cost: the file in memory.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.data.files import MAX_SIZE, display
from codelength.data.idx import read_idx
from codelength.data.labelled_rows import Row, delimited_rows, json_rows, line_rows, parquet_rows

LABEL = "label"
TEXT = "text"

_WHOLE = re.compile(r"-?[0-9]+\.0+")

_IMAGES, _LABELS = "images-idx3", "labels-idx1"


@dataclass(frozen=True, slots=True)
class Labelled:
    """Examples with their labels.

    Parameters
    ----------
    name
        Where they are from.
    content
        n texts, or (n, m) numbers.
    labels
        n labels; empty where there are none.
    """

    name: str
    content: list[bytes] | NDArray[np.float64]
    labels: list[str]


def read_labelled(
    path: str | os.PathLike[str],
    *,
    text: str = TEXT,
    label: str | None = LABEL,
    max_size: int = MAX_SIZE,
) -> Labelled:
    """The examples of a file.

    Parameters
    ----------
    path
        A file: by its name .jsonl, .ndjson, .json, .csv, .tsv, .parquet or an idx file of images; without labels any
        other is one text a line.
    text
        The column with the text, or with the list of numbers.
    label
        The column with the label; None: there are no labels.
    max_size
        Refuse a file of more bytes than this.

    Raises
    ------
    DataError
        As `read_path`; an unknown kind of file; a row that is malformed, has no such column, an empty label, NaN, or
        another number of numbers than the rows before it; no rows at all.
    """
    name = display(path)
    if _IMAGES in Path(path).name:
        return _idx_pair(Path(path), name, wanted=label is not None, max_size=max_size)
    suffix = Path(path).suffix.lower()
    if suffix in (".jsonl", ".ndjson", ".json"):
        rows = json_rows(path, text, label, max_size)
    elif suffix in (".csv", ".tsv"):
        rows = delimited_rows(path, text, label, max_size, "\t" if suffix == ".tsv" else ",")
    elif suffix in (".parquet", ".pq"):
        rows = parquet_rows(path, text, label, max_size)
    elif label is None:
        rows = line_rows(path, max_size)
    else:
        raise DataError(
            f"{name}: examples with labels are read from .jsonl, .csv, .tsv, .parquet or MNIST-style idx files; "
            f"{suffix or 'a name without an ending'} is none of these"
        )
    found = list(rows)
    if not found:
        raise DataError(f"{name}: holds no examples")
    labels = [] if label is None else _alike([_label(row, label) for row in found])
    return Labelled(name, _content(found, text), labels)


def _content(rows: Sequence[Row], column: str) -> list[bytes] | NDArray[np.float64]:
    """All texts, or all numbers: what the first row is, the others must be."""
    if isinstance(rows[0].content, str | bytes):
        return [_text(row, column) for row in rows]
    width = len(rows[0].content) if isinstance(rows[0].content, list | np.ndarray) else -1
    numbers = np.empty((len(rows), max(width, 0)))
    for at, row in enumerate(rows):
        numbers[at] = _numbers(row, column, width)
    return numbers


def _text(row: Row, column: str) -> bytes:
    if isinstance(row.content, bytes):
        return row.content
    if not isinstance(row.content, str):
        raise DataError(f"{row.where}: {column!r} is {_kind(row.content)}; the rows before it have texts")
    return row.content.encode("utf-8", "surrogatepass")


def _numbers(row: Row, column: str, width: int) -> NDArray[np.float64]:
    if not isinstance(row.content, list | np.ndarray) or width < 1:
        raise DataError(f"{row.where}: {column!r} is {_kind(row.content)}; expected a text or a list of numbers")
    try:
        numbers = np.asarray(row.content, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{row.where}: {column!r} is a list with something in it that is no number") from error
    if numbers.shape != (width,):
        raise DataError(f"{row.where}: {column!r} has shape {numbers.shape}; the first row has {width} numbers")
    if not np.isfinite(numbers).all():
        bad = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise DataError(
            f"{row.where}: number {bad + 1} of {column!r} is {numbers[bad]}; replace or leave out such rows"
        )
    return numbers


def _label(row: Row, column: str) -> str:
    value = row.label
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if value is None or isinstance(value, list | dict) or (isinstance(value, float) and not math.isfinite(value)):
        raise DataError(f"{row.where}: the label {column!r} is {_kind(value)}; expected a text or a number")
    label = str(value)
    if not label.strip():
        raise DataError(f"{row.where}: the label {column!r} is empty; give what has no label as unlabelled")
    return label


def _alike(labels: list[str]) -> list[str]:
    """Truth values and whole numbers as JSON and Parquet say them, where a table in text has True or 1.0 throughout."""
    if all(label in ("True", "False") for label in labels):
        return [label.lower() for label in labels]
    if all(_WHOLE.fullmatch(label) for label in labels):
        return [label.partition(".")[0] for label in labels]
    return labels


def _kind(value: Any) -> str:
    if value is None:
        return "missing"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    names = {list: "a list", dict: "an object", str: "a text", bool: "true/false", int: "a number", float: "a number"}
    return names.get(type(value), f"of type {type(value).__name__}")


def _idx_pair(path: Path, name: str, *, wanted: bool, max_size: int) -> Labelled:
    images = read_idx(path, max_size=max_size)
    rows = images.reshape(len(images), -1).astype(np.float64)
    if not wanted:
        return Labelled(name, rows, [])
    beside = path.with_name(path.name.replace(_IMAGES, _LABELS))
    if not beside.exists():
        raise DataError(f"{name}: its labels are looked for in {display(beside)}, which does not exist")
    labels = read_idx(beside, max_size=max_size)
    if labels.shape != (len(rows),):
        raise DataError(f"{display(beside)}: holds labels of shape {labels.shape} for {len(rows):,} images")
    return Labelled(name, rows, [str(int(label)) for label in labels])
