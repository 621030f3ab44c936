"""cl.match goes by the types of what it is given and says what it cannot take; cl.search shows codes beside."""

import sys
from decimal import Decimal

import numpy as np
import pytest

import codelength as cl
from codelength.tasks.match import Match
from codelength.tasks.match.columns import ColumnMatch
from codelength.tasks.match.pixels import PixelMatch
from codelength.tasks.match.points import PointMatch


def test_the_kind_goes_by_the_types() -> None:
    chance = np.random.default_rng(0)
    points, grey = chance.standard_normal((40, 2)), chance.integers(0, 256, (40, 3, 3), dtype=np.uint8)
    table = {"a": points[:, 0], "b": points[:, 1]}
    assert isinstance(cl.match(points, points.tolist()), PointMatch)
    assert isinstance(cl.match(grey, grey), PixelMatch)
    found = cl.match(table, table)
    assert isinstance(found, ColumnMatch)
    assert isinstance(found, Match)


@pytest.mark.parametrize(
    ("x", "y", "kind", "says"),
    [
        (b"abc", [[1.0]], "auto", "different kinds"),
        ("abc", "abc", "cipher", "bytes"),
        ("abc", "abc", "words", "lists of lines"),
        ([1.0], [1.0], "columns", "mapping"),
        ([[1.0]], [[1.0]], "pixels", "uint8"),
        (["a"], ["b"], "points", "numbers"),
        ([[1.0]], [[1.0]], "nonsense", "kind='nonsense': expected cipher, words, points, columns, pixels"),
        ({"a": [1, None, 3] * 5}, {"b": [1, 2, 3] * 5}, "columns", "column 'a' of x lacks values"),
        ({"a": [1, 2, 3] * 5}, {"b": np.eye(9)}, "columns", "column 'b' of y has 2 dimensions"),
        ({"a": 3}, {"b": 4}, "columns", "column 'a' of x has 0 dimensions"),
        ({"a": [1, 2, -1.7e308] * 5}, {"b": [1, 2, 3] * 5}, "columns", "mark for none"),
    ],
)
def test_what_does_not_fit_is_said(x: object, y: object, kind: str, says: str) -> None:
    with pytest.raises(cl.DataError, match=says):
        cl.match(x, y, kind)  # type: ignore[arg-type]


def test_a_reading_that_there_is_not_is_no_reading_of_letters() -> None:
    with pytest.raises(cl.DataError, match="reading='letter': expected letters, marks, bytes"):
        cl.match(b"abc", b"some text", "cipher", reading="letter")  # type: ignore[arg-type]


def test_numbers_that_are_python_objects_are_numbers() -> None:
    numbers = [2**70, 5 * 2**69, Decimal("1.5")] * 20
    one, other = cl.match({"a": numbers}, {"b": numbers}), cl.match({"a": as_floats(numbers)}, {"b": numbers})
    assert one.saved == other.saved


def as_floats(numbers: list[int | Decimal]) -> list[float]:
    return [float(number) for number in numbers]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("codelength.tasks.match.points")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ot", None)
    with pytest.raises(cl.DataError, match=r"codelength\[match\]"):
        cl.match(np.eye(9), np.eye(9))


def test_search_shows_the_installed_codes_on_the_same_bytes() -> None:
    y = bytes(3 * k % 256 for k in range(200))
    found = cl.search(y, seconds=1)
    assert set(found.rivals) == {"zlib", "lzma", "ppmd", "cm"}
    assert found.bits.bits < min(bits.bits for bits in found.rivals.values())
    given = cl.search(y[::-1], given=y, rivals=["zlib"], seconds=1)
    assert given.side_size == 200
    assert list(given.rivals) == ["zlib"]
    with pytest.raises(cl.UnknownCodeError):
        cl.search(y, rivals=["nonsense"])
