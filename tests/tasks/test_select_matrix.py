"""The matrix of pairs and its tree."""

import json

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from codelength.core import DataError
from codelength.predictors.kt import KT
from codelength.tasks import select_matrix
from codelength.tasks.matrix import average_linkage

FILES = {"a": b"aaab" * 60, "b": b"xyzz" * 60, "c": b"aaba" * 60, "d": b"yxzz" * 50}


@pytest.mark.parametrize("n", [2, 3, 9])
def test_average_linkage_is_scipys(n: int) -> None:
    upper = np.random.default_rng(n).random(n * (n - 1) // 2)
    ours = average_linkage(squareform(upper))
    theirs = linkage(upper, "average")
    for mine, other in zip(ours, theirs.tolist(), strict=True):
        assert set(mine[:2]) == set(other[:2])
        assert mine[2:] == (pytest.approx(other[2]), other[3])


def test_pairs_tree_and_order() -> None:
    found = select_matrix(list(FILES), list(FILES.values()), KT())
    contents = list(FILES.values())
    for i, side in enumerate(contents):
        for j, target in enumerate(contents):
            saved = KT().bits(target).bits - KT().given(side).bits(target).bits
            assert found.shared[i][j].bits == pytest.approx(saved) and found.shared[i][j].kind == "exact"
            assert found.distance[i][j] == found.distance[j][i]
    assert {frozenset(merge[:2]) for merge in found.merges[:2]} == {frozenset({0, 2}), frozenset({1, 3})}
    assert sorted(found.order) == [0, 1, 2, 3] and {found.order[0], found.order[1]} in ({0, 2}, {1, 3})
    assert json.loads(json.dumps(found.as_dict()))["names"] == list(FILES)


def test_two_workers_change_nothing() -> None:
    one = select_matrix(list(FILES), list(FILES.values()), KT())
    assert select_matrix(list(FILES), list(FILES.values()), KT(), jobs=2) == one


def test_bad_input() -> None:
    with pytest.raises(DataError, match="at least two"):
        select_matrix(["a"], [b"x"], KT())
    with pytest.raises(DataError, match="'b' is empty"):
        select_matrix(["a", "b"], [b"x", b""], KT())
