"""Layers probed: the one that tells is found, accuracy is on labels not learnt from, intervals are Wilson's."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression

from codelength.core import DataError
from codelength.measures import wilson
from codelength.tasks.probe_layers import probe_layers

DRAW = np.random.default_rng(0)
LABELS = DRAW.integers(0, 3, 300)
LAYERS = DRAW.normal(size=(3, 300, 4))
LAYERS[1, :, 0] += 8 * LABELS
LAYERS[2, :, 0] += 2 * LABELS


def test_the_layer_that_tells_is_found() -> None:
    noise, clear, blurred = probe_layers(LogisticRegression(), LAYERS, LABELS)
    assert clear.accuracy > 0.95 > blurred.accuracy > 0.55 > noise.accuracy
    assert clear.found.saved.bits > blurred.found.saved.bits > 50 > noise.found.saved.bits
    assert noise.found.saved.bits >= -1 and clear.found.control is None
    assert [one.layer for one in (noise, clear, blurred)] == [0, 1, 2]


def test_accuracy_is_what_a_probe_learnt_from_the_others_has() -> None:
    (one,) = probe_layers(LogisticRegression(), LAYERS, LABELS, layers=[2], held_out=0.3, seed=4)
    order = np.random.default_rng([4, 1]).permutation(300)
    learnt = LogisticRegression().fit(LAYERS[2][order[:210]], LABELS[order[:210]])
    assert one.tests == 90
    assert one.accuracy == pytest.approx(learnt.score(LAYERS[2][order[210:]], LABELS[order[210:]]))
    assert one.interval[0] < one.accuracy < one.interval[1]
    (first,) = probe_layers(LogisticRegression(), LAYERS, LABELS, layers=[2], held_out=0.3, seed=None)
    learnt = LogisticRegression().fit(LAYERS[2][:210], LABELS[:210])
    assert first.accuracy == pytest.approx(learnt.score(LAYERS[2][210:], LABELS[210:]))


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (7, 20), (1, 1), (950, 1000)])
def test_wilsons_interval_is_scipys(hits: int, n: int) -> None:
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits / n, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(DataError, match="no layer 3"):
        probe_layers(LogisticRegression(), LAYERS, LABELS, layers=[0, 3])
    with pytest.raises(DataError, match="leaves 300 to learn from and 0 to test"):
        probe_layers(LogisticRegression(), LAYERS, LABELS, held_out=0.0)
    with pytest.raises(DataError, match="must be a label for each"):
        probe_layers(LogisticRegression(), LAYERS, LABELS[:-1])
