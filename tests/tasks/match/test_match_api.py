"""cl.match goes by the types of what it is given and says what it cannot take; cl.search shows codes beside."""

import sys

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
    ],
)
def test_what_does_not_fit_is_said(x: object, y: object, kind: str, says: str) -> None:
    with pytest.raises(cl.DataError, match=says):
        cl.match(x, y, kind)  # type: ignore[arg-type]


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
