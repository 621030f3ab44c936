"""Point clouds: the codes are normalised, the maps are paid for, and what is found is what was there, or nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import check_grad

from codelength.core import DataError
from codelength.tasks.match.points import match_points
from codelength.tasks.match.points_ascent import _BACK, _PACK, _UNPACK, orthogonal
from codelength.tasks.match.points_density import Gaussians, fit, learnt, switched
from codelength.tasks.match.points_maps import FAMILIES, Affine, Frame, integer_bits, rounded
from codelength.tasks.match.points_starts import procrustes, signs

Floats = NDArray[np.float64]


def cloud(n: int, shape: int, seed: int, d: int = 2) -> Floats:
    """Five Gaussian parts that `shape` places."""
    of_shape, chance = np.random.default_rng(shape), np.random.default_rng(seed)
    middles = 2 * of_shape.standard_normal((5, d))
    roots = 0.5 * of_shape.standard_normal((5, d, d)) / np.sqrt(d)
    parts = chance.choice(5, size=n, p=of_shape.dirichlet(np.full(5, 3.0)))
    return np.asarray([middles[k] + roots[k] @ chance.standard_normal(d) for k in parts])


def turn(d: int, seed: int) -> Floats:
    return np.asarray(np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0])


def test_a_mixture_on_the_grid_sums_to_one_also_seen_through_a_map() -> None:
    delta = 0.25
    axis = delta * np.arange(-160, 161)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mixture = fit(cloud(200, 1, 2), 4, delta, np.random.default_rng(0))
    for matrix in (np.eye(2), np.array([[1.0, 0.9], [-2.0, 0.4]]), 100 * np.eye(2)):
        seen = mixture.seen_through(matrix, np.array([0.3, -1.0]), delta)
        assert abs((np.exp2(seen.log2_density(grid)) * delta**2).sum() - 1) < 1e-6


def test_a_mixture_learns_from_the_past_alone() -> None:
    points = cloud(64, 1, 2)
    other = points.copy()
    other[48:] = other[48:][::-1]
    one, two = (learnt(p, 0.01, np.random.default_rng(0)) for p in (points, other))
    assert np.allclose(one[:, :48], two[:, :48])


def test_switching_is_a_probability_and_near_the_best_expert() -> None:
    chance = np.random.default_rng(0)
    tables = chance.dirichlet(np.ones(4), size=(3, 5))  # 3 experts, 5 symbols of 4 kinds
    total = 0.0
    for word in np.ndindex(4, 4, 4, 4, 4):
        log2 = np.log2(np.stack([tables[:, k, symbol] for k, symbol in enumerate(word)], axis=1))
        total += 2 ** -switched(log2[:2], log2[2:], share=0.3)
    assert total == pytest.approx(1.0)
    good = np.full((1, 200), -1.0)
    assert switched(np.concatenate([good, good - 4])) < 200 + 1 + 200 * 0.02


def test_integers_are_coded_by_a_prefix_code() -> None:
    values = np.arange(-700.0, 701.0)
    assert sum(2.0 ** -integer_bits(np.array([value])) for value in values) <= 1.0


@pytest.mark.parametrize("family", FAMILIES[1:-1])
def test_finer_steps_come_nearer_and_cost_more(family: str) -> None:
    x, y = cloud(300, 1, 2, d=3), 3 * cloud(300, 1, 3, d=3)
    matrix = {"translation": np.eye(3), "scaling": np.diag([1.3, -0.7, 2.0])}.get(family, turn(3, 5))
    map_ = Affine(matrix * (3.0 if family == "similarity" else 1.0), np.array([1.0, -2.0, 5.0]))
    steps = list(rounded(family, map_, Frame.of(x, y, 2**-8)))
    far = [float(np.abs(one(x) - map_(x)).max()) for one in steps]
    bits = [one.bits for one in steps]
    assert far[-1] < 1e-3 < far[0]
    assert bits[-1] > bits[4] > 0
    if family == "rotation":
        assert all(np.allclose(one.matrix @ one.matrix.T, np.eye(3)) for one in steps)


@pytest.mark.parametrize("family", FAMILIES[1:-1])
def test_slopes_through_each_parametrisation_are_right(family: str) -> None:
    chance = np.random.default_rng(4)
    goal = chance.standard_normal((3, 3))
    theta = _PACK[family](turn(3, 2) * 1.7) + 0.05

    def value(at: Floats) -> float:
        return float((goal * _UNPACK[family](at, 3)).sum())

    def slope(at: Floats) -> Floats:
        return _BACK[family](at, goal)

    assert check_grad(value, slope, theta) < 1e-4 if len(theta) else slope(theta).size == 0


def test_signs_come_back_from_third_moments() -> None:
    x = cloud(3000, 3, 1, d=8)
    truth = np.where(np.arange(8) % 3 == 0, -1.0, 1.0)
    y = cloud(3000, 3, 2, d=8) * truth
    first = next(iter(signs(x - x.mean(axis=0), y - y.mean(axis=0), np.random.default_rng(0))))
    assert (first == truth).all()


def test_procrustes_on_transport_comes_nearer() -> None:
    x = cloud(150, 1, 2) - cloud(150, 1, 2).mean(axis=0)
    true = turn(2, 1)
    start = orthogonal(true + 0.3 * np.random.default_rng(0).standard_normal((2, 2)))
    assert np.abs(procrustes(x, x @ true.T, start) - true).max() < np.abs(start - true).max()


@pytest.mark.parametrize(
    ("family", "matrix", "offset"),
    [
        ("identity", np.eye(2), [0.0, 0.0]),
        ("translation", np.eye(2), [30.0, -7.0]),
        ("scaling", np.diag([3.0, -0.2]), [1.0, 1.0]),
        ("rotation", np.array([[0.8, 0.6], [0.6, -0.8]]), [0.0, 9.0]),
        ("similarity", 5 * turn(2, 7), [0.0, 0.0]),
        ("affine", np.array([[1.0, 0.9], [-2.0, 0.4]]), [3.0, 4.0]),
    ],
)
def test_the_family_and_the_map_are_found(family: str, matrix: Floats, offset: list[float]) -> None:
    x, y = cloud(400, 12, 1), cloud(400, 12, 2) @ matrix.T + offset
    found = match_points(x, y)
    assert found.found
    assert found.family == family
    off = found.map(x) - (x @ matrix.T + offset)
    assert np.sqrt((off**2).mean() / y.var(axis=0).mean()) < 0.1
    assert found.as_dict()["family"] == family


def test_it_is_found_in_many_dimensions() -> None:
    true = turn(12, 3)
    found = match_points(cloud(500, 4, 1, d=12), cloud(500, 4, 2, d=12) @ true.T, families=["identity", "rotation"])
    assert found.found
    assert np.trace(found.map.matrix.T @ true) / 12 > 0.9


def test_lines_of_the_talk() -> None:
    chance = np.random.default_rng(1)
    on_x, on_y = chance.gamma(2.0, size=300), chance.gamma(2.0, size=300)
    found = match_points(np.stack([on_x, on_x], axis=1), np.stack([on_y, 2 * on_y], axis=1))
    assert found.found
    image = found.map(np.array([[1.0, 1.0], [3.0, 3.0]]))
    assert image[:, 1] / image[:, 0] == pytest.approx([2.0, 2.0], rel=0.05)


@pytest.mark.parametrize("seed", range(3))
def test_unrelated_clouds_are_not_matched(seed: int) -> None:
    found = match_points(cloud(250, 20 + seed, 1), cloud(250, 40 + seed, 2))
    assert not found.found
    assert found.as_dict()["matrix"] is None
    assert "no match found" in found.claim


def test_parts_that_go_their_own_ways_are_a_free_coupling() -> None:
    ways = 3 * np.random.default_rng(5).standard_normal((4, 2))

    def parts(seed: int, moved: float) -> Floats:
        chance = np.random.default_rng(seed)
        which = chance.choice(4, size=400, p=[0.4, 0.3, 0.2, 0.1])
        middles = np.array([[0, 0], [7, 0], [0, 4], [9, 9]]) + moved * ways
        spreads = np.array([[1.0, 0.2], [0.2, 0.8], [0.3, 0.3], [0.1, 0.5]])
        return np.asarray(middles[which] + spreads[which] * chance.standard_normal((400, 2)))

    x, y = parts(1, 1.0), parts(2, 0.0)
    found = match_points(x, y)
    assert (found.found, found.family) == (True, "free")
    assert found.saved.bits > found.families["affine"].saved.bits + 50
    assert np.abs(found.map(x) - parts(1, 0.0)).mean() < 0.3
    assert found.as_dict()["shifts"] is not None
    same = match_points(parts(1, 0.0), y)
    assert same.family != "free"


def test_the_same_seed_gives_the_same_bits() -> None:
    x, y = cloud(100, 12, 1), cloud(100, 12, 2)
    assert match_points(x, y, seed=3).saved == match_points(x, y, seed=3).saved


@pytest.mark.parametrize(
    ("x", "y", "says"),
    [
        (np.zeros((20, 2)), np.ones((20, 2)), "the same"),
        (np.zeros((3, 2)), np.ones((20, 2)), "at least 8"),
        (np.full((20, 2), np.nan), np.ones((20, 2)), "not finite"),
        (np.eye(20), np.ones((20, 2)), "dimensions"),
    ],
)
def test_what_cannot_be_matched_is_said(x: Floats, y: Floats, says: str) -> None:
    with pytest.raises(DataError, match=says):
        match_points(x, y)


def test_a_map_that_flattens_a_direction_is_no_map() -> None:
    frame = Frame.of(cloud(300, 1, 2), 3 * cloud(300, 1, 3), 2**-8)
    flat = Affine(np.array([[1.0, 2.0], [2.0, 4.0]]), np.zeros(2))
    near = Affine(np.array([[1.0, 2.0], [2.0, 4.001]]), np.zeros(2))
    for map_ in (flat, near):
        assert all(np.linalg.matrix_rank(one.matrix) == 2 for one in rounded("affine", map_, frame))
    assert list(rounded("affine", near, frame))


def test_an_almost_singular_map_leaves_a_density() -> None:
    mixture = fit(cloud(50, 1, 2), 2, 0.01, np.random.default_rng(0))
    for nearly in (1e-6, 1e-9, 1e-12):
        seen = mixture.seen_through(np.array([[1.0, 1.0], [1.0, 1.0 + nearly]]), np.zeros(2), 0.01)
        assert np.isfinite(seen.log2_density(cloud(50, 1, 3))).all()


def test_components_widen_by_a_share() -> None:
    one = Gaussians(np.ones(1), np.zeros((1, 2)), np.eye(2)[None])
    assert np.allclose(one.blurred(0.5).covariances, 1.5 * np.eye(2))


def test_an_axis_that_does_not_vary_is_mapped_without_a_warning() -> None:
    """Its likeliest factor is 0, whose logarithm was taken."""
    frame = Frame.of(*(np.column_stack([cloud(50, 1, seed), np.zeros(50)]) for seed in (1, 2)), 2.0**-8)
    with np.errstate(all="raise"):
        maps = list(rounded("scaling", Affine(np.diag([2.0, -1.0, 0.0]), np.zeros(3), 0.0), frame))
    assert maps
    assert all(np.isfinite(one.bits) and np.linalg.matrix_rank(one.matrix) == 3 for one in maps)


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_points_whose_squares_no_float_holds_are_refused(unit: float) -> None:
    with pytest.raises(DataError, match="another unit"):
        match_points(unit * cloud(50, 1, 1), cloud(50, 1, 2))
