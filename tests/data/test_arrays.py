"""Features and labels from files: the same numbers whatever the format, and clear words about bad ones."""

import gzip
import io
from pathlib import Path

import numpy as np
import pytest

from codelength.core import DataError
from codelength.data.arrays import read_features, read_labels

NUMBERS = np.array([[1.0, -2.5], [3e4, 0.0], [7.0, 8.0]])


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.csv", "names.csv", "x.tsv", "fortran.npy", "small.npy"])
def test_formats_agree(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    tab = "\t" if name.endswith("tsv") else ","
    if name.endswith("npy"):
        array = NUMBERS.astype(np.float32) if name == "small.npy" else NUMBERS
        np.save(path, np.asfortranarray(array) if name == "fortran.npy" else array)
    elif name.endswith("npz"):
        np.savez_compressed(path, NUMBERS)
    else:
        head = "a,b\n" if name == "names.csv" else ""
        path.write_text(head + "".join(tab.join(map(str, row)) + "\n" for row in NUMBERS))
    assert read_features(path).tolist() == NUMBERS.tolist()


def test_images_become_rows(data_dir: Path) -> None:
    images = read_features(data_dir / "mnist" / "t10k-images-idx3-ubyte.gz")
    labels = read_labels(data_dir / "mnist" / "t10k-labels-idx1-ubyte.gz")
    assert images.shape == (10_000, 784)
    assert np.bincount(labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.parametrize("values", [[3, 1, 2], [0.5, 1.5, 2.5], ["a", "b", "é"], [True, False, True]])
def test_labels_of_any_type(tmp_path: Path, values: list[object]) -> None:
    np.save(tmp_path / "y.npy", np.array(values))
    np.save(tmp_path / "column.npy", np.array(values)[:, None])
    assert read_labels(tmp_path / "y.npy").tolist() == values
    assert read_labels(tmp_path / "column.npy").tolist() == values


def test_labels_are_lines(tmp_path: Path) -> None:
    (tmp_path / "y.txt").write_bytes(b"\xef\xbb\xbfspam\r\nham \n two words\n\n")
    assert read_labels(tmp_path / "y.txt").tolist() == ["spam", "ham", "two words"]


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", b"", "is empty"),
        ("x.csv", b"a,b\n", "expected rows of numbers"),
        ("x.csv", b"1,2\n3,x\n", "line 2: 'x' is no number"),
        ("x.csv", b"1,2\n3\n", "line 2: 1 numbers; the rows before it have 2"),
        ("x.csv", b"1,2\n3,nan\n", "row 2 has NaN"),
        ("x.csv", b"1,\xff\n", "not UTF-8 at byte 3"),
        ("x.npy", b"no array", "is no NumPy array"),
        ("x.npy", npy(NUMBERS)[:-1], "damaged"),
        ("x.npy", npy(NUMBERS) + b"!", "damaged"),
        ("x.npy", npy(np.array([{}, {}])), "never loaded"),
        ("x.npy", npy(np.array(["a", "b"])), "expected rows of numbers"),
        ("x.npy", npy(np.zeros((0, 3))), "expected rows of numbers"),
        ("x.npy", npy(np.float64(3)), "expected rows of numbers"),
        ("x.npz", b"PK no archive", "damaged .npz"),
        ("x.npz", npz(a=NUMBERS, b=NUMBERS), "holds a, b; expected one array"),
        ("x.pickle", b"x", "not .pickle"),
        ("x-idx3-ubyte.gz", gzip.compress(b"nothing"), "not an idx file"),
    ],
)
def test_bad_features(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_features(tmp_path / name)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", np.zeros((1000, 1000)))
    with pytest.raises(DataError, match="unpacks to more than"):
        read_features(tmp_path / "x.npz", max_size=1 << 16)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("y.txt", b"a\n\nb\n", "line 2: no label"),
        ("y.txt", b"\n\n", "expected one for each example"),
        ("y.npy", npy(np.array([1.0, np.nan])), "label 2 is missing"),
        ("y.npy", npy(np.zeros((3, 2))), "shape \\(3, 2\\)"),
        ("y.npy", npy(np.array([1j, 2])), "expected numbers or texts"),
    ],
)
def test_bad_labels(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_labels(tmp_path / name)
