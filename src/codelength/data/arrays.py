"""Files -> arrays of features, and labels: .npy and .npz (NumPy), idx (MNIST's), CSV and TSV of numbers, lines of text.

A table of features has a row for each example and nothing but numbers; a first line that is not numbers is taken for
names. An array of more than two dimensions is read as one row for each of its first index. Labels are one a line, or a
one-dimensional array. No pickle is ever loaded. Cost: the file in memory, and its numbers.
"""

from __future__ import annotations

import csv
import io
import math
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.data.files import MAX_SIZE, display, read_path
from codelength.data.idx import read_idx

_NUMBERS = "biuf"
_TEXTS = "US"


def read_features(path: str | os.PathLike[str], *, max_size: int = MAX_SIZE) -> NDArray[Any]:
    """Features of examples.

    Parameters
    ----------
    path
        .npy, .npz with one array, .csv, .tsv, or an idx file, perhaps gzipped.
    max_size
        Refuse more bytes than this, unpacked.

    Returns
    -------
    NDArray
        (n, d) numbers, all finite.

    Raises
    ------
    DataError
        As `read_path`; another format; something that is no number, NaN or infinite; rows of different length; no row.
    """
    name = display(path)
    kind = Path(path).suffix.lower()
    if kind in (".npy", ".npz"):
        array = _numpy_array(path, name, max_size)
    elif kind in (".csv", ".tsv"):
        array = _table(path, name, max_size, "\t" if kind == ".tsv" else ",")
    elif _is_idx(path):
        array = read_idx(Path(path), max_size=max_size)
    else:
        raise DataError(f"{name}: features are read from .npy, .npz, .csv, .tsv and idx files, not {kind or 'this'}")
    if array.ndim < 1 or array.size == 0 or array.dtype.kind not in _NUMBERS:
        raise DataError(f"{name}: an array of shape {array.shape} of {array.dtype}; expected rows of numbers")
    rows = array.reshape(len(array), -1)
    if not np.isfinite(rows).all():
        place = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise DataError(f"{name}: row {place + 1} has NaN or infinity in it; replace it or leave such rows out")
    return rows


def read_labels(path: str | os.PathLike[str], *, max_size: int = MAX_SIZE) -> NDArray[Any]:
    """Labels of examples, (n,): an array of numbers or texts, or the lines of a text file.

    Raises
    ------
    DataError
        As `read_path`; a line or a number that is missing; more than one column; no label.
    """
    name = display(path)
    if Path(path).suffix.lower() in (".npy", ".npz"):
        labels = _numpy_array(path, name, max_size)
        if labels.dtype.kind not in _NUMBERS + _TEXTS:
            raise DataError(f"{name}: labels of type {labels.dtype}; expected numbers or texts")
    elif _is_idx(path):
        labels = read_idx(Path(path), max_size=max_size)
    else:
        labels = np.array(_label_lines(path, name, max_size))
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.size == 0:
        raise DataError(f"{name}: labels of shape {labels.shape}; expected one for each example")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        place = int(np.flatnonzero(~np.isfinite(labels))[0])
        raise DataError(f"{name}: label {place + 1} is missing (NaN or infinite)")
    return labels


def _is_idx(path: str | os.PathLike[str]) -> bool:
    name = Path(path).name.removesuffix(".gz")
    return any(name.endswith(f"idx{rank}-ubyte") for rank in range(1, 5)) or name.endswith(".idx")


def _numpy_array(path: str | os.PathLike[str], name: str, max_size: int) -> NDArray[Any]:
    content = read_path(path, max_size=max_size).content
    if Path(path).suffix.lower() == ".npz":
        content = _only_member(content, name, max_size)
    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        header = npy.read_array_header_1_0(stream) if version == (1, 0) else npy.read_array_header_2_0(stream)
        shape, fortran, dtype = header
        if dtype.hasobject:
            raise DataError(
                f"{name}: an array of Python objects, which is pickled and never loaded; save numbers or texts, as "
                "np.save(file, labels.astype(str)) does"
            )
        met = len(content) - stream.tell()
        if math.prod(shape) * dtype.itemsize != met:
            raise DataError(f"{name}: says shape {shape} of {dtype} and holds {met:,} bytes of plain values: damaged")
        return np.frombuffer(content, dtype, offset=stream.tell()).reshape(shape, order="F" if fortran else "C")
    except (ValueError, TypeError, SyntaxError) as error:
        raise DataError(f"{name}: is no NumPy array: {str(error).splitlines()[0]}") from error


def _only_member(content: bytes, name: str, max_size: int) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) != 1:
                held = ", ".join(Path(member.filename).stem for member in members[:8]) or "nothing"
                raise DataError(f"{name}: holds {held}; expected one array: save it alone")
            with archive.open(members[0]) as stream:
                plain = stream.read(max_size + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise DataError(f"{name}: a damaged .npz file: {error}") from error
    if len(plain) > max_size:
        raise DataError(f"{name}: unpacks to more than {max_size:,} bytes; --max-size allows more")
    return plain


def _table(path: str | os.PathLike[str], name: str, max_size: int, delimiter: str) -> NDArray[np.float64]:
    lines = _lines(path, name, max_size)
    rows: list[list[float]] = []
    for number, fields in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
        if not fields:
            continue
        try:
            row = [float(field) for field in fields]
        except ValueError:
            if not rows and number == 1:
                continue  # the names of the columns
            raise DataError(f"{name}, line {number}: {_not_a_number(fields)!r} is no number") from None
        if rows and len(row) != len(rows[0]):
            raise DataError(f"{name}, line {number}: {len(row)} numbers; the rows before it have {len(rows[0])}")
        rows.append(row)
    return np.array(rows, dtype=np.float64)


def _not_a_number(fields: list[str]) -> str:
    for field in fields:
        try:
            float(field)
        except ValueError:
            return field[:40]
    return ""


def _label_lines(path: str | os.PathLike[str], name: str, max_size: int) -> list[str]:
    lines = _lines(path, name, max_size)
    while lines and not lines[-1].strip():
        lines.pop()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            raise DataError(f"{name}, line {number}: no label; there must be one a line")
    return [line.strip() for line in lines]


def _lines(path: str | os.PathLike[str], name: str, max_size: int) -> list[str]:
    content = read_path(path, max_size=max_size).content
    try:
        return content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{name}: not UTF-8 at byte {error.start + 1}") from error
