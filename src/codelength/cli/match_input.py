"""What `match` reads: text, tables of numbers or names, images; and what kind of matching a file speaks for."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.core import DataError
from codelength.data import display, read_path
from codelength.data.idx import is_idx, read_idx

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Table = dict[str, NDArray[np.generic]]

_LINES, _BYTES = 500, 50_000
"""Two texts of so many lines or bytes each are matched word by word; shorter ones may be a cipher."""

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_OTHERS = ";\t"
"""What stands between the fields of a .csv file where no comma does."""

_MISSING = frozenset({"", "-", "?", "na", "n/a", "#n/a", "null", "none", "<na>"})
"""What stands in lower case for a number that is not there."""


def kind_of(x: Path, y: Path, *, max_size: int) -> str:
    """The kind that two files speak for: images, rows of numbers, tables with names, many lines, or else a cipher."""
    kinds = {_kind_of(path, max_size) for path in (x, y)}
    if kinds == {"words", "cipher"}:
        return "cipher"
    if kinds == {"points", "columns"}:
        return "columns"
    if len(kinds) > 1:
        raise DataError(f"{display(x)} and {display(y)} are of different kinds: say which with --kind")
    return kinds.pop()


def load(path: Path, kind: str, *, max_size: int) -> Any:
    """A file as its kind wants it: bytes, lines, an array or a table."""
    if kind == "pixels":
        return _images(path, max_size)
    if kind == "points":
        return _points(path, max_size)
    if kind == "columns":
        return read_table(path, max_size)
    content = read_path(path, max_size=max_size).content
    return content if kind == "cipher" else _text(content, path).splitlines()


def read_table(path: Path, max_size: int) -> Table:
    """The columns of a .csv, .tsv, .parquet or two-dimensional .npy file: numbers, truth values, or else text.

    A first line without any number in it holds the names, if a later line has one or the names are all different.

    Raises
    ------
    DataError
        No table; two columns of one name; numbers that are not there.
    """
    suffix = path.suffix.lower()
    if suffix == ".npy":
        array = _array(path, max_size)
        if array.ndim != 2:
            raise DataError(f"{display(path)}: an array of {array.ndim} dimensions; a table has 2")
        return {f"column {k + 1}": column for k, column in enumerate(array.T)}
    if suffix == ".parquet":
        return _parquet(path, max_size)
    text = _text(read_path(path, max_size=max_size).content, path)
    first = text.partition("\n")[0]
    comma = _DELIMITERS.get(suffix, ",")
    delimiter = comma if comma in first else next((sign for sign in _OTHERS if sign in first), comma)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    except csv.Error as error:
        raise DataError(f"{display(path)}: malformed CSV: {error}") from error
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise DataError(f"{display(path)}: lines of {sorted(widths)[:4]} fields; a table has as many in each")
    different = len(set(rows[0])) == len(rows[0])
    named = not any(map(_is_number, rows[0])) and (
        different or any(_is_number(field) for row in rows[1:] for field in row)
    )
    names = rows[0] if named else [f"column {k + 1}" for k in range(len(rows[0]))]
    _refuse_twice(names, path)
    columns = list(zip(*rows[1:] if named else rows, strict=True)) or [()] * len(names)
    return {name: _column(fields, name, path) for name, fields in zip(names, columns, strict=True)}


def _column(fields: Sequence[str], name: str, path: Path) -> NDArray[np.generic]:
    """Numbers where every field is one, truth values likewise, else text; an error where some numbers are missing."""
    import numpy as np

    lacking = [k for k, field in enumerate(fields) if field.strip().lower() in _MISSING]
    numbers = sum(map(_is_number, fields))
    if lacking and numbers and numbers + len(lacking) == len(fields):
        raise DataError(_no_value(path, name, lacking[0], f"{fields[lacking[0]]!r} among numbers"))
    if fields and numbers == len(fields):
        return np.array([float(field) for field in fields])
    if fields and {field.lower() for field in fields} <= {"true", "false"}:
        return np.array([field.lower() == "true" for field in fields])
    return np.array(fields, dtype=str)


def _no_value(path: Path, name: str, row: int, what: str) -> str:
    return f"{display(path)}: column {name!r} has no value in row {row + 1} ({what}): leave such rows out, or fill them"


def _refuse_twice(names: Sequence[str], path: Path) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{display(path)}: two columns are called {twice[0]!r}: give each a name of its own")


def _kind_of(path: Path, max_size: int) -> str:
    suffix = path.suffix.lower()
    if suffix == ".npy":
        return "pixels" if _array(path, max_size).dtype == "u1" else "points"
    if suffix == ".parquet":
        return "columns"
    if suffix in _DELIMITERS:
        table = read_table(path, max_size)
        unnamed = all(name == f"column {k + 1}" for k, name in enumerate(table))
        return "points" if unnamed and all(column.dtype.kind == "f" for column in table.values()) else "columns"
    if path.name.endswith((".idx", "-ubyte", ".idx.gz", "-ubyte.gz")):
        return "pixels"
    content = read_path(path, max_size=max_size).content
    if is_idx(content):
        return "pixels"
    return "words" if content.count(b"\n") >= _LINES or len(content) >= _BYTES else "cipher"


def _images(path: Path, max_size: int) -> NDArray[np.uint8]:
    array = _array(path, max_size) if path.suffix.lower() == ".npy" else read_idx(path, max_size=max_size)
    if array.dtype.kind != "u" or array.dtype.itemsize != 1 or array.ndim < 2:
        raise DataError(f"{display(path)}: {array.dtype} of {array.ndim} dimensions; images are uint8 of 2 or more")
    return array


def _points(path: Path, max_size: int) -> NDArray[np.float64]:
    import numpy as np

    if path.suffix.lower() == ".npy":
        return _array(path, max_size).astype(np.float64)
    table = read_table(path, max_size)
    texts = [name for name, column in table.items() if column.dtype.kind != "f"]
    if texts:
        raise DataError(f"{display(path)}: column {texts[0]!r} holds more than numbers; points are rows of numbers")
    return np.stack([column.astype(np.float64) for column in table.values()], axis=1)


def _array(path: Path, max_size: int) -> NDArray[Any]:
    import numpy as np

    try:
        array: NDArray[Any] = np.load(io.BytesIO(read_path(path, max_size=max_size).content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise DataError(f"{display(path)}: not a .npy array of numbers ({error})") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf" or array.ndim < 1:
        raise DataError(f"{display(path)}: not a .npy array of numbers")
    return array


def _parquet(path: Path, max_size: int) -> Table:
    import numpy as np

    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise DataError("reading Parquet needs pyarrow: pip install codelength[parquet]") from error
    source = read_path(path, max_size=max_size)
    try:
        file = parquet.ParquetFile(pa.BufferReader(source.content))
        _refuse_twice(file.schema_arrow.names, path)
        table = file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{source.name}: is no Parquet file that can be read: {error}") from error
    columns: Table = {}
    for name in table.column_names:
        values = table.column(name).to_pylist()
        if None in values:
            raise DataError(_no_value(path, name, values.index(None), "null"))
        if values and all(isinstance(value, bool) for value in values):
            columns[name] = np.array(values)
        elif all(isinstance(value, int | float | Decimal) for value in values):
            columns[name] = np.array(values, dtype=np.float64)
        else:
            columns[name] = np.array([str(value) for value in values])
    return columns


def _text(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{display(path)}: not UTF-8 at byte {error.start + 1}: convert it") from error


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
