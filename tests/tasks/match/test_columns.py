"""Columns and pixels: normalised codes, assignments that no swap betters; real tables put back in order, or nothing."""

import gzip
import io
import itertools
import math
import tarfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from codelength.core import DataError
from codelength.tasks.match import columns_tree
from codelength.tasks.match.columns import match_columns
from codelength.tasks.match.columns_assignment import another, assign, total_cost
from codelength.tasks.match.columns_symbols import alphabet, ordered
from codelength.tasks.match.columns_tree import coded, dirichlet_bits, mutual_information, widest_tree
from codelength.tasks.match.pixels import match_pixels

Floats = NDArray[np.float64]


def symmetric(d: int, seed: int) -> Floats:
    values = np.random.default_rng(seed).standard_normal((d, d))
    return values + values.T


def test_tables_along_a_tree_are_a_probability() -> None:
    sizes, edges = np.array([2, 3]), [(0, 1)]
    known = np.array([[0, 1], [1, 2], [1, 2]])
    rows = list(itertools.product(range(2), range(3)))
    for before in (None, known):
        tables = [np.array(table) for table in itertools.product(rows, repeat=2)]
        assert sum(2 ** -coded(table, sizes, edges, before) for table in tables) == pytest.approx(1.0)


def test_known_counts_are_what_is_known() -> None:
    x, y = np.array([3.0, 1.0, 0.0]), np.array([2.0, 5.0, 1.0])
    assert dirichlet_bits(x, y) == pytest.approx(dirichlet_bits(x + y) - dirichlet_bits(y))


def test_the_tree_is_the_chain_that_made_the_columns() -> None:
    chance = np.random.default_rng(0)
    columns = [chance.integers(2, size=3000)]
    for _ in range(4):
        columns.append(np.where(chance.random(3000) < 0.1, 1 - columns[-1], columns[-1]))
    information = mutual_information(np.stack(columns, axis=1), np.full(5, 2))
    assert {frozenset(edge) for edge in widest_tree(information)} == {frozenset((k, k + 1)) for k in range(4)}
    assert information[0, 1] == pytest.approx(1 - 0.469, abs=0.04)  # 1 - H(0.1)


@pytest.mark.parametrize("m", [6, 8])
def test_no_swap_and_no_free_place_lowers_the_cost(m: int) -> None:
    d = 6
    of_x, of_y = symmetric(d, 1)[None], symmetric(m, 2)[None]
    for layers in (of_x, of_y):
        layers[:, np.arange(layers.shape[1]), np.arange(layers.shape[1])] = 0
    unary = np.random.default_rng(3).random((d, m))
    found = assign(unary, of_x, of_y, 0.5)
    assert len(set(found)) == d
    lowest = total_cost(found, unary, of_x, of_y, 0.5)
    for i, k in itertools.combinations(range(d), 2):
        other = found.copy()
        other[i], other[k] = found[k], found[i]
        assert total_cost(other, unary, of_x, of_y, 0.5) >= lowest - 1e-9
    for i, place in itertools.product(range(d), sorted(set(range(m)) - set(found.tolist()))):
        other = found.copy()
        other[i] = place
        assert total_cost(other, unary, of_x, of_y, 0.5) >= lowest - 1e-9


def test_a_permutation_without_noise_is_found_from_dependence_alone() -> None:
    of_y = symmetric(40, 5)[None]
    order = np.random.default_rng(1).permutation(40)
    assert (assign(np.zeros((40, 40)), of_y[:, order][:, :, order], of_y, 1.0) == order).all()


def test_an_alphabet_reads_its_own_column_and_says_what_it_does_not_have() -> None:
    few, many = np.array([3.0, 1.0, 1.0, 7.0] * 4), np.arange(64.0)
    symbols, within = alphabet(few).read(few)
    assert (symbols.tolist()[:4], within) == ([1, 0, 0, 2], 0.0)
    symbols, within = alphabet(many).read(many)
    assert np.bincount(symbols).tolist() == [8] * 8
    assert within == pytest.approx(64 * np.log2(63 / 8))
    symbols, within = alphabet(many).read(many + 1000)
    assert set(symbols) == {8}
    assert within == pytest.approx(64 * np.log2(63))
    symbols, within = alphabet(np.array(["a", "b"])).read(np.array(["b", "c", "d", "c"]))
    assert symbols.tolist() == [1, 2, 2, 2]
    assert within == pytest.approx(3 * np.log2(3))


def test_ranks_are_free_of_units() -> None:
    column = np.array([5.0, 1.0, 3.0, 3.0])
    assert np.allclose(ordered(column), ordered(np.exp(column)))
    assert not ordered(np.array(["a", "b", "c"])).any()


def halves(table: Floats, seed: int) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, str]]:
    """Two halves of the rows, one with its columns in another order, and where they belong."""
    chance = np.random.default_rng(seed)
    rows, order = chance.permutation(len(table)), chance.permutation(table.shape[1])
    x, y = table[rows[: len(table) // 2]][:, order], table[rows[len(table) // 2 :]]
    of_x = {f"x{k}": x[:, k] for k in range(len(order))}
    return of_x, {f"y{k}": y[:, k] for k in range(len(order))}, {f"x{k}": f"y{j}" for k, j in enumerate(order)}


def binary(data_dir: Path, name: str) -> Floats:
    with tarfile.open(data_dir / "debd" / "debd.tar.xz") as archive:
        member = archive.extractfile(f"{name}/{name}.test.data")
        assert member is not None
        return np.loadtxt(io.BytesIO(member.read()), delimiter=",")


def test_halves_of_a_real_table_are_matched(data_dir: Path) -> None:
    x, y, truth = halves(binary(data_dir, "nltcs"), 0)
    found = match_columns(x, y)
    assert found.found
    assert found.pairs == truth
    assert found.as_dict()["pairs"] == truth


def test_columns_of_all_kinds_and_one_that_y_does_not_have() -> None:
    chance = np.random.default_rng(0)

    def people(n: int) -> dict[str, NDArray[np.generic]]:
        age = chance.integers(20, 70, n).astype(float)
        return {
            "age": age,
            "income": age * 900 + 8000 * chance.standard_normal(n),
            "retired": age > 60,
            "town": chance.choice(["Rome", "Oslo", "Lima"], n, p=[0.6, 0.3, 0.1]),
        }

    y, x = people(500), people(400)
    renamed = dict(zip("abcd", (x[name] for name in ("town", "retired", "income", "age")), strict=True))
    wanted = dict(zip("abcd", ("town", "retired", "income", "age"), strict=True))
    assert match_columns(renamed, y).pairs == wanted
    del y["town"]
    assert match_columns(renamed, y).pairs == {name: of for name, of in wanted.items() if of != "town"}
    fewer = match_columns({"c": renamed["c"], "d": renamed["d"]}, people(300))
    assert fewer.pairs == {"c": "income", "d": "age"}


def test_different_tables_are_not_matched(data_dir: Path) -> None:
    x, _, _ = halves(binary(data_dir, "nltcs"), 0)
    _, y, _ = halves(binary(data_dir, "plants")[:1000], 0)
    found = match_columns(x, y)
    assert not found.found
    assert found.as_dict()["pairs"] is None


@pytest.mark.parametrize(
    ("x", "says"),
    [
        ({}, "expected one length"),
        ({"a": np.zeros(9), "b": np.zeros(8)}, "expected one length"),
        ({"a": np.full(9, np.inf)}, "not finite"),
    ],
)
def test_what_is_no_table_is_said(x: dict[str, Floats], says: str) -> None:
    with pytest.raises(DataError, match=says):
        match_columns(x, {"a": np.arange(9.0)})


def digits(data_dir: Path, folder: str, n: int) -> NDArray[np.uint8]:
    """Every second pixel both ways, (n, 196)."""
    with gzip.open(data_dir / folder / "train-images-idx3-ubyte.gz") as file:
        raw = file.read(16 + n * 784)
    return np.frombuffer(raw, np.uint8, offset=16).reshape(-1, 28, 28)[:, ::2, ::2].reshape(n, -1)


def test_permuted_pixels_are_put_back(data_dir: Path) -> None:
    images = digits(data_dir, "mnist", 2000)
    order = np.random.default_rng(0).permutation(196)
    x, y = images[:1000][:, order], images[1000:]
    found = match_pixels(x, y)
    varies = x.std(axis=0) > 0
    assert found.found
    assert (found.places == order)[varies].mean() > 0.8
    restored = found.restored(x).astype(int)
    assert np.abs(restored - images[:1000]).mean() < 0.01 * np.abs(x.astype(int) - images[:1000]).mean()


def test_images_of_another_kind_are_not_matched(data_dir: Path) -> None:
    order = np.random.default_rng(0).permutation(196)
    found = match_pixels(digits(data_dir, "mnist", 500)[:, order], digits(data_dir, "fashion_mnist", 500))
    assert not found.found
    assert found.as_dict()["places"] is None


def test_images_of_other_sizes_are_refused() -> None:
    with pytest.raises(DataError, match="the same number"):
        match_pixels(np.zeros((9, 4), np.uint8), np.zeros((9, 5), np.uint8))


def test_pairs_counted_one_by_one_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(4)
    first = chance.integers(5, size=400)
    symbols = np.stack([first, (first + chance.integers(2, size=400)) % 7, chance.integers(3, size=400)], axis=1)
    sizes = np.array([5, 7, 3])
    at_once = mutual_information(symbols, sizes)
    assert at_once[0, 1] > 1 > at_once[0, 2]
    monkeypatch.setattr(columns_tree, "_MOST", 0)
    assert mutual_information(symbols, sizes) == pytest.approx(at_once, abs=1e-9)


def test_a_column_of_names_needs_no_table_of_all_pairs_of_names() -> None:
    """Two columns of n names have n * n pairs: 128 MB of counts here."""

    def customers(seed: int) -> dict[str, NDArray[np.generic]]:
        chance, n = np.random.default_rng(seed), 4000
        kind = chance.integers(4, size=n)
        names = [np.array([f"{seed} {k}" for k in chance.permutation(n)]) for _ in range(2)]
        return {"id": names[0], "kind": kind, "sum": kind + chance.integers(2, size=n), "token": names[1]}

    x, y = customers(1), customers(2)
    tracemalloc.start()
    found = match_columns(x, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
    assert (found.pairs["kind"], found.pairs["sum"]) == ("kind", "sum")


def test_where_any_map_does_as_well_none_is_found() -> None:
    """Coins, pixels of noise: y saves bits, but they speak for no map."""
    chance = np.random.default_rng(5)

    def alike(n: int) -> dict[str, NDArray[np.generic]]:
        return {str(k): chance.choice(["red", "green"], n) for k in range(10)}

    columns = match_columns(alike(1000), alike(1000))
    assert columns.saved.bits > 20 > columns.rival - columns.map_bits.bits
    assert not columns.found
    assert columns.as_dict()["pairs"] is None
    assert "other places" in columns.claim
    for _ in range(5):
        pixels = match_pixels(*chance.integers(0, 256, (2, 300, 20)).astype(np.uint8))
        assert pixels.saved.bits > 20 > pixels.rival - pixels.map_bits.bits
        assert not pixels.found
    assert not match_pixels(np.zeros((30, 20), np.uint8), np.zeros((30, 20), np.uint8)).found
    alone = match_columns({"a": np.arange(300) % 7}, {"b": np.arange(400) % 7})
    assert (alone.found, alone.rival) == (True, math.inf)


def test_another_assignment_has_none_of_the_pairs() -> None:
    for d in (2, 3, 50):
        places = np.random.default_rng(d).permutation(d + 5)[:d]
        other = another(places)
        assert sorted(other) == sorted(places)
        assert (other != places).all()
