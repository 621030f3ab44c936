"""Mixtures as codes: round trip, honest length, causality, chunks, blocks, conditioning, names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import Order, Table

from codelength.codes import Gated, Mixture, Switching, lockstep
from codelength.coding import binary
from codelength.core import Predictor, StreamError, Streaming
from codelength.predictors.kt import KT
from codelength.predictors.mixing import ContextMixing

TEXT = b"the mixture of two codes is a code; the mixture of three codes is a code too. " * 3
MIXTURES = {
    "bayes": lambda: Mixture([KT(), Order(1), Order(2)], [1, 2, 5]),
    "switching": lambda: Switching([KT(), Order(2)], 20),
    "nested": lambda: Mixture([Switching([KT(), Order(1)]), Order(2)]),
    "alone": lambda: Mixture([Order(1)]),
    "gated": lambda: Gated([KT(), Order(1), Order(2)]),
    "gated within": lambda: Mixture([Order(1), Gated([KT(), Order(2)])]),
}


@pytest.fixture(params=sorted(MIXTURES))
def code(request):
    return MIXTURES[request.param]()


def test_is_a_predictor_and_streams(code):
    assert isinstance(code, Predictor)
    assert isinstance(code, Streaming)


@pytest.mark.parametrize("data", [b"", b"x", bytes(60), TEXT[:90], bytes(range(0, 256, 5))])
def test_round_trip_and_honest_length(code, data):
    stream = code.encode(data)
    assert code.decode(stream, max_size=len(data)) == data
    assert code.bits(data).kind == "exact"
    assert abs(8 * len(stream) - code.bits(data).bits) <= 32 + 1e-4 * code.bits(data).bits


@settings(max_examples=15, deadline=None)
@given(data=st.binary(max_size=25), side=st.binary(max_size=25))
def test_round_trip_of_anything(data, side):
    for make in MIXTURES.values():
        code = make().given(side)
        assert code.decode(code.encode(data), max_size=25) == data


def test_walk_says_what_probabilities_says(code):
    primed = code.given(b"side information")
    walk = primed.walk()
    for row, byte in zip(primed.probabilities(TEXT[:40]), TEXT[:40], strict=True):
        for j in range(8):
            assert walk.p == row[j]
            walk.push(byte >> (7 - j) & 1)


def test_causality(code):
    before = code.probabilities(TEXT[:50])
    after = code.probabilities(TEXT[:30] + bytes(20))
    assert np.array_equal(before[:30], after[:30])
    assert before[30, 0] == after[30, 0]
    assert not np.array_equal(before[31:], after[31:])


def test_chunks_and_blocks_are_the_same_code(code, monkeypatch):
    whole, bits, trace = code.probabilities(TEXT), code.bits(TEXT), code.weights_after(TEXT)
    monkeypatch.setattr(lockstep, "_CHUNK_BYTES", 20 * len(code.experts))
    assert np.array_equal(code.probabilities(TEXT), whole)
    assert code.bits(TEXT).bits == pytest.approx(bits.bits, abs=1e-6)
    assert np.array_equal(code.weights_after(TEXT), trace)

    writer, reader = code.blocks(), code.blocks()
    for at, size in ((0, 31), (31, 0), (31, 40), (71, 9)):
        payload = writer.encode(TEXT[at : at + size])
        assert payload == binary.encode(TEXT[at : at + size], whole[at : at + size])
        assert reader.decode(payload, size) == TEXT[at : at + size]


def test_given_conditions_the_experts_and_keeps_the_prior():
    experts = [Order(1), Order(2)]
    mixture = Mixture(experts, [3, 1])
    by_hand = Mixture([expert.given(TEXT) for expert in experts], [3, 1])
    assert np.array_equal(mixture.given(TEXT).probabilities(b"two codes"), by_hand.probabilities(b"two codes"))
    assert mixture.given(TEXT).weights_after(b"")[0] == pytest.approx([0.75, 0.25])
    assert np.array_equal(
        mixture.given(TEXT[:9]).given(TEXT[9:]).probabilities(b"code"), mixture.given(TEXT).probabilities(b"code")
    )


def test_weights_after_is_the_posterior():
    """Against Bayes' rule on the experts' own codelengths."""
    experts = [Order(0), Order(1), Order(2)]
    trace = Mixture(experts, [1, 1, 2]).weights_after(TEXT)
    assert trace.shape == (len(TEXT) + 1, 3)
    for n in (0, 1, 10, 20):
        likelihoods = [2.0 ** -binary.cost(TEXT[:n], expert.probabilities(TEXT[:n])) for expert in experts]
        joint = np.array([0.25, 0.25, 0.5]) * likelihoods
        assert trace[n] == pytest.approx(joint / joint.sum(), rel=1e-6)


@pytest.mark.parametrize("seed", [0, 1])
def test_useless_side_information_costs_at_most_one_bit(data_dir, seed):
    text = (data_dir / "enwik" / "enwik6").read_bytes()[500_000:530_000]
    noise = np.random.default_rng(seed).bytes(100_000)
    for code in (KT(), Order(2)):
        hedged = Mixture([code, code.given(noise)])
        assert code.given(noise).bits(text).bits > code.bits(text).bits
        assert hedged.bits(text).bits <= code.bits(text).bits + 1 + 0.001


def test_useful_side_information_is_used(data_dir):
    text = (data_dir / "enwik" / "enwik6").read_bytes()[500_000:530_000]
    code = Order(2)
    side = text[:20_000]
    hedged = Mixture([code, code.given(side)])
    assert hedged.bits(text[20_000:]).bits <= code.given(side).bits(text[20_000:]).bits + 1.001


def test_switching_beats_every_expert_where_the_best_one_changes():
    n = 3000
    data = np.random.default_rng(0).integers(0, 256, n, dtype=np.uint8)
    sure = np.where(np.unpackbits(data).reshape(n, 8) == 1, 3 << 30, 1 << 30).astype(np.uint32)
    first, second = sure.copy(), sure.copy()
    first[n // 2 :] = second[: n // 2] = 1 << 31
    costs = [binary.cost(data.tobytes(), said) for said in (first, second)]
    switching = Switching([Table(first), Table(second)])
    assert switching.bits(data.tobytes()).bits < 0.75 * min(costs)


def test_damaged_streams_are_refused(code):
    stream = code.encode(TEXT[:40])
    with pytest.raises(StreamError, match="max_size"):
        code.decode(stream, max_size=39)
    with pytest.raises(StreamError):
        code.decode(stream + b"more than eight bytes left over", max_size=100)
    with pytest.raises(StreamError):
        code.decode(binary.length_prefix(1000) + stream[1:], max_size=1000)
    with pytest.raises(StreamError):
        code.decode(b"", max_size=100)


def test_names():
    assert Mixture([KT(), Order(1)]).spec == "kt+order1"
    assert Switching([KT(), Order(1)]).spec == "kt~order1"
    assert Mixture([KT(), Order(1)], [2, 6]).spec == "kt+3*order1"
    assert Switching([KT(), Order(1)], 9).spec == "kt~order1@9"
    assert Mixture([Switching([KT(), Order(1)]), Order(2)]).spec == "(kt~order1)+order2"


def test_what_cannot_be_mixed_is_refused():
    with pytest.raises(ValueError, match="at least one expert"):
        Mixture([])
    with pytest.raises(TypeError, match="gives no probabilities"):
        Mixture([KT(), object()])
    with pytest.raises(ValueError, match="3 weights for 2 experts"):
        Mixture([KT(), KT()], [1, 2, 3])
    with pytest.raises(ValueError, match="integers of at least 1"):
        Mixture([KT(), KT()], [1, 0])
    with pytest.raises(ValueError, match="period=1"):
        Switching([KT(), KT()], 1)
    with pytest.raises(ValueError, match="segments=0"):
        Switching([KT(), KT()]).regret_bound(10, 0)


def test_regret_bounds():
    assert Mixture([KT()] * 8).regret_bound(0).bits == pytest.approx(3)
    assert Mixture([KT()] * 2, [1, 15]).regret_bound(0).bits == pytest.approx(4)
    assert Mixture([KT()] * 8).regret_bound(10**6).bits < 3.016
    assert Mixture([KT()]).regret_bound(9).kind == "upper"
    bound = Switching([KT()] * 3, 4).regret_bound(10, 3)
    assert bound.bits == pytest.approx(np.log2(3) + 2 * np.log2(2 * 4) + 7 * np.log2(4 / 3), abs=1e-5)
    assert bound.kind == "upper"


@pytest.mark.parametrize("make", [Mixture, Gated])
def test_a_predictor_that_starts_targets_with_fresh_trust_goes_on_within_one(make, monkeypatch):
    """Context mixing doubts what looks like noise, and its doubt must go on from chunk to chunk and block to block."""
    noise = np.random.default_rng(0).bytes(1500)
    data = TEXT + noise + TEXT
    code = make([ContextMixing("fast"), KT()])
    whole = code.probabilities(data)
    assert not np.array_equal(code.given(data[:700]).probabilities(data[700:]), whole[700:])
    monkeypatch.setattr(lockstep, "_CHUNK_BYTES", 2 * 700)
    assert np.array_equal(code.probabilities(data), whole)
    writer, reader = code.blocks(), code.blocks()
    for at in range(0, len(data), 900):
        block = data[at : at + 900]
        assert reader.decode(writer.encode(block), len(block)) == block
