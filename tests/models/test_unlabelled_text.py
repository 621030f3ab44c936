"""Documents without labels: all are read, their text gets shorter, and what is asked in them says what they are."""

from itertools import islice

import numpy as np
import pytest
import torch

from codelength.models import unlabelled_text
from codelength.models.transformer import Config, Transformer
from codelength.models.unlabelled_text import Reading, _batches, _nats, read
from codelength.models.words import BYTES, frequent_words

CHANCE = np.random.default_rng(0)
TOPICS = [[b" red", b" rose", b" thorn", b" leaf"], [b" ship", b" sail", b" wave", b" mast"]]
TEXTS = [b"x" + b"".join(CHANCE.choice(TOPICS[i % 2], 8)) for i in range(80)]
ALPHABET = frequent_words(TEXTS, 20)
DOCUMENTS = [ALPHABET.symbols(text) for text in TEXTS]
CONFIG = Config(ALPHABET.size, 16, 1, 1, 16, "rotary")
HOW = Reading(passes=6, batch=8, rate=1e-2)

pytestmark = pytest.mark.usefixtures("one_thread")


def cost(model: Transformer, places: float = 1.0) -> float:
    with torch.inference_mode():
        return float(_nats(model, DOCUMENTS, places, np.random.default_rng(1)))


def test_the_loss_falls_and_the_same_seed_gives_the_same_weights() -> None:
    first, second, other = (Transformer(CONFIG) for _ in range(3))
    before = cost(first)
    assert before == pytest.approx(2 * np.log(ALPHABET.size), rel=0.05)  # nothing is known, neither next nor behind
    read(first, DOCUMENTS, HOW)
    read(second, DOCUMENTS, HOW)
    read(other, DOCUMENTS, Reading(passes=6, batch=8, rate=1e-2, seed=1))
    assert cost(first) < 0.6 * before
    assert torch.equal(first.head.weight, second.head.weight) and not torch.equal(first.head.weight, other.head.weight)


def test_a_question_is_answered_by_words_of_its_topic() -> None:
    model = Transformer(CONFIG)
    read(model, DOCUMENTS, Reading(passes=12, batch=8, rate=1e-2))
    for topic, words in enumerate(TOPICS):
        begun = ALPHABET.symbols(b"x" + b"".join(words[:2]))
        tokens = torch.tensor([[ord("\n"), *begun.tolist(), model.hidden_symbol]])
        with torch.inference_mode():
            said = torch.softmax(model(tokens)[0, -1], dim=0)
        own, others = (said[[int(ALPHABET.symbols(word)[0]) for word in TOPICS[t]]].sum() for t in (topic, 1 - topic))
        assert own > 0.7
        assert others < 0.15


def test_a_share_of_the_places_estimates_them_all() -> None:
    model = Transformer(CONFIG)
    with torch.no_grad():
        model.head.weight.normal_(std=1.0)
    assert cost(model, 0.5) == pytest.approx(cost(model), rel=0.1)


def test_every_document_once_each_time_through_and_alike_ones_together() -> None:
    pieces = [np.zeros(n, dtype=np.int64) for n in CHANCE.integers(1, 60, 41)]
    found = [rows.tolist() for rows in islice(_batches(pieces, 8, np.random.default_rng(0)), 12)]
    for through in (found[:6], found[6:]):
        assert sorted(row for rows in through for row in rows) == list(range(41))
    assert found[:6] != found[6:]
    spread = np.mean([np.ptp([len(pieces[row]) for row in rows]) for rows in found])
    assert spread < 0.5 * np.ptp([len(piece) for piece in pieces])


def test_long_documents_are_read_in_pieces_and_none_is_too_short(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def noted(model: Transformer, pieces: list[np.ndarray], places: float, chance: np.random.Generator) -> torch.Tensor:
        seen.extend(len(piece) for piece in pieces)
        return _nats(model, pieces, places, chance)

    monkeypatch.setattr(unlabelled_text, "_nats", noted)
    long = np.concatenate(DOCUMENTS)[:40]
    read(Transformer(CONFIG), [long, long[:1]], Reading(passes=2, batch=4, rate=1e-3))
    assert sorted(seen) == sorted([14, 14, 12, 1] * 2)


def test_bytes_alone_ask_nothing() -> None:
    model = Transformer(Config(BYTES, 40, 1, 1, 8, "rotary"))
    texts = [np.frombuffer(text, dtype=np.uint8).astype(np.int64)[:38] for text in TEXTS]
    with torch.inference_mode():
        whole = float(_nats(model, texts, 1.0, np.random.default_rng(0)))
    assert whole == pytest.approx(np.log(BYTES), rel=0.05)
