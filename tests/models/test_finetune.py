"""Fine-tuning: labels are learnt, symbols stay predicted, weights learnt without labels help, nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from codelength.core import DataError, TrainingError
from codelength.measures.prequential import prequential_codelength
from codelength.models.finetune import JointClassifier, JointNetwork
from codelength.models.lanes import TransformerCode
from codelength.models.schedule import Schedule
from codelength.models.training import train
from codelength.models.transformer import Config, Transformer

CONFIG = Config(symbols=4, context=10, layers=2, heads=2, width=16)
SCHEDULE = Schedule(steps=40, batch=8, rate=1e-2, warm_up=4)


def sequences(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Walks that step by 0 or 1 (class 0), or by 0 or 2 (class 1), on a ring of four."""
    draw = np.random.default_rng(seed)
    y = draw.integers(0, 2, n)
    x = np.cumsum(draw.integers(0, 2, (n, 10)) * (1 + y[:, None]), axis=1) + draw.integers(0, 4, (n, 1))
    return (x % 4).astype(np.uint16), y


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Transformer:
    x, _ = sequences(600, 0)
    schedule = Schedule(steps=200, batch=16, rate=1e-2, warm_up=10)
    return train(CONFIG, x, schedule, tmp_path_factory.mktemp("net")).requires_grad_(False)


def test_what_was_learnt_without_labels_helps_with_few_of_them(trained: Transformer) -> None:
    x, y = sequences(24, 1)
    new, truth = sequences(300, 2)
    scores = [
        float(np.mean(JointClassifier(start, SCHEDULE).fit(x, y).predict(new) == truth))
        for start in (trained, Transformer(CONFIG, seed=5))
    ]
    assert scores[0] > 0.9 and scores[0] > scores[1]


def test_the_joint_objective_keeps_the_code_and_labels_alone_do_not(trained: Transformer) -> None:
    x, y = sequences(24, 1)
    new, _ = sequences(100, 3)
    bits = {}
    for weight in (0.0, 1.0):
        learner = JointClassifier(trained, SCHEDULE, generative=weight).fit(x, y)
        bits[weight] = TransformerCode(learner.network_.trunk, lanes=50).bits(new).bits
    assert bits[1.0] < bits[0.0]


def test_the_start_is_not_changed_and_the_seed_decides(trained: Transformer) -> None:
    x, y = sequences(20, 1)
    before = [weight.clone() for weight in trained.parameters()]
    once, again = (JointClassifier(trained, SCHEDULE).fit(x, y).predict_proba(x) for _ in range(2))
    assert np.array_equal(once, again)
    assert all(torch.equal(a, b) for a, b in zip(before, trained.parameters(), strict=True))
    assert not np.array_equal(once, JointClassifier(trained, replace(SCHEDULE, seed=1)).fit(x, y).predict_proba(x))


def test_a_network_of_hidden_symbols_sees_both_sides() -> None:
    x, y = sequences(40, 1)
    schedule = replace(SCHEDULE, objective="masked", accumulate=2)
    learner = JointClassifier(Transformer(CONFIG), schedule).fit(x, y)
    forecast = learner.predict_proba(x)
    np.testing.assert_allclose(forecast.sum(axis=1), 1)
    assert np.mean(learner.predict(x) == y) > 0.7


def test_it_begins_as_the_linear_probe(trained: Transformer) -> None:
    x, y = sequences(80, 1)
    y = y + (x[:, 0] == 0)  # three classes: of two, scikit-learn has one vector, and another penalty
    network = JointNetwork(trained, 3)
    tokens = trained.shifted(torch.from_numpy(x.astype(np.int64)))
    network.read_off(tokens, torch.from_numpy(y), True)
    states = trained.norm(trained.hidden(tokens)[-1]).mean(dim=1).numpy()
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, tol=1e-6)).fit(states, y)
    expected = probe.predict_proba(states)
    with torch.no_grad():
        np.testing.assert_allclose(network(tokens, True)[1].softmax(dim=1).numpy(), expected, atol=0.02)


def test_it_codes_labels(trained: Transformer) -> None:
    x, y = sequences(64, 4)
    found = prequential_codelength(JointClassifier(trained, SCHEDULE), x, y, [16, 32, 64])
    assert found.bits.kind == "exact" and found.bits.bits < found.uniform.bits


def test_what_cannot_be_learnt_is_said(trained: Transformer) -> None:
    x, y = sequences(8, 1)
    with pytest.raises(DataError, match="one for each"):
        JointClassifier(trained, SCHEDULE).fit(x, y[:-1])
    with pytest.raises(DataError, match="alphabet is 0 to 3"):
        JointClassifier(trained, SCHEDULE).fit(x + 4, y)
    with pytest.raises(TrainingError, match="lower the rate"):
        JointClassifier(trained, replace(SCHEDULE, rate=1e30, clip=1e30)).fit(x, y)
