"""Context mixing: compiled kernels against plain Python, and the promises of a value that scores without a trace."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from codelength.predictors.contexts import Context
from codelength.predictors.mixing import SCORED, ContextMixing
from predictors.reference_mixing import Reference


def edited(data: bytes, edits: int, seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    out = bytearray(data)
    for at in rng.integers(0, len(data), edits):
        out[at] = rng.integers(0, 256)
    return bytes(out)


@pytest.fixture(scope="module")
def text(data_dir: Path) -> bytes:
    return (data_dir / "calgary" / "paper1").read_bytes()


@pytest.fixture(scope="module")
def primed(text: bytes) -> ContextMixing:
    return ContextMixing().given(text)


@pytest.mark.parametrize("kind", ["text", "copy with edits", "zeros", "random", "code", "noise then text"])
def test_compiled_equals_plain_python(kind: str, text: bytes, data_dir: Path) -> None:
    data = {
        "text": text[:1500],
        "copy with edits": text[:600] + edited(text[:600], 9, 1),
        "zeros": bytes(700),
        "random": np.random.default_rng(3).bytes(700),
        "noise then text": np.random.default_rng(6).bytes(300) + text[:700],
        "code": (data_dir / "calgary" / "obj1").read_bytes()[:900],
    }[kind]
    assert ContextMixing().probabilities(data).tolist() == Reference().probabilities(data)


def test_own_contexts_and_small_memory_equal_plain_python(text: bytes) -> None:
    contexts = (Context("order 2", 0xFFFF), Context("word", 0xFF, words=1), Context("all words", words=3))
    data = text[:900]
    code = ContextMixing(memory=14, contexts=contexts)
    assert code.probabilities(data).tolist() == Reference(14, contexts).probabilities(data)


def test_scoring_leaves_no_trace(primed: ContextMixing, text: bytes) -> None:
    before = [array.copy() for array in primed._state]
    for target in (text[:SCORED], edited(text[:900], 40, 2), bytes(SCORED), b"", text[: SCORED + 1]):
        primed.bits(target)
    for array, was in zip(primed._state, before, strict=True):
        used = slice(0, int(primed._state.registers[0])) if array is primed._state.history else slice(None)
        assert np.array_equal(array[used], was[used])


@pytest.mark.parametrize("size", [SCORED, SCORED + 1])
def test_journal_and_copy_agree(primed: ContextMixing, text: bytes, size: int) -> None:
    target = edited(text, 300, 4)[:size]
    scored = primed.probabilities(target)
    learned = np.empty_like(scored)
    primed._learn(primed._copied(), np.frombuffer(target, dtype=np.uint8), learned)
    assert np.array_equal(scored, learned)


@pytest.mark.parametrize("cut", [1, 255, 256, 257, 4096, 20_000])
def test_given_in_parts_is_given_at_once(text: bytes, cut: int) -> None:
    x, y = text[:30_000], text[30_000:31_000]
    parts = ContextMixing().given(x[:cut]).given(x[cut:])
    assert np.array_equal(parts.probabilities(y), ContextMixing().given(x).probabilities(y))


def test_full_table_still_round_trips(data_dir: Path) -> None:
    """2**14 slots are overwritten many times over by 100 kB."""
    data = (data_dir / "calgary" / "obj2").read_bytes()[:100_000]
    code = ContextMixing(memory=14)
    stream = code.encode(data)
    assert code.decode(stream, max_size=len(data)) == data
    assert len(stream) < len(data)


def test_second_copy_is_nearly_free(primed: ContextMixing, text: bytes) -> None:
    assert float(primed.bits(text)) < 0.02 * float(ContextMixing().bits(text))


def test_an_edit_in_a_copy_costs_little_more_than_the_edit(primed: ContextMixing, text: bytes) -> None:
    """Match recovery: 20 edits of a byte cost at most 60 bits each above the copy without edits."""
    extra = float(primed.bits(edited(text, 20, 5))) - float(primed.bits(text))
    assert 20 * 8 < extra < 20 * 60


def test_one_value_serves_many_threads(primed: ContextMixing, text: bytes) -> None:
    targets = [text[k * 500 : k * 500 + 400] for k in range(40)]
    alone = [float(primed.bits(target)) for target in targets]
    with ThreadPoolExecutor(4) as pool:
        assert [float(b) for b in pool.map(primed.bits, targets)] == alone


def test_walk_agrees_across_growths(text: bytes) -> None:
    data = text[:1200]
    walk = ContextMixing().walk()
    said = []
    for byte in data:
        for depth in range(8):
            said.append(walk.p)
            walk.push(byte >> (7 - depth) & 1)
    assert said == ContextMixing().probabilities(data).reshape(-1).tolist()


def test_noise_costs_its_size_and_spoils_nothing(text: bytes) -> None:
    """Noise costs at most 64 bits beyond 8 a byte, and what is known before it is known after it."""
    noise = np.random.default_rng(7).bytes(60_000)
    code = ContextMixing()
    assert float(code.bits(noise)) < 8 * len(noise) + 64
    known = code.given(text[:30_000])
    after = float(known.given(noise).bits(text[30_000:]))
    assert after < float(code.bits(text[30_000:]))
    assert after < 1.03 * float(known.bits(text[30_000:]))


def test_given_noise_in_parts_is_given_at_once(text: bytes) -> None:
    noise = np.random.default_rng(8).bytes(3000)
    x, y = noise + text[:5000], text[5000:6000]
    for cut in (1000, 2999, 3001, 3040):
        parts = ContextMixing().given(x[:cut]).given(x[cut:])
        assert np.array_equal(parts.probabilities(y), ContextMixing().given(x).probabilities(y))


def test_noise_as_side_information_changes_almost_nothing(text: bytes) -> None:
    alone = float(ContextMixing().bits(text))
    for seed in (0, 1, 2):
        noise = np.random.default_rng(seed).bytes(50_000)
        assert abs(float(ContextMixing().given(noise).bits(text)) - alone) < 0.0025 * alone


def test_travels_to_another_process(primed: ContextMixing, text: bytes) -> None:
    """Joblib sends codes to its workers."""
    other = pickle.loads(pickle.dumps(primed))
    assert other.bits(text[:500]) == primed.bits(text[:500])


@pytest.mark.parametrize("memory", [13, 27, -1])
def test_refuses_unusable_memory(memory: int) -> None:
    with pytest.raises(ValueError, match="memory"):
        ContextMixing(memory=memory)


def test_own_contexts_have_no_spec() -> None:
    with pytest.raises(ValueError, match="catalogue"):
        _ = ContextMixing(contexts=(Context("order 1", 0xFF),)).spec


def test_reaches_the_first_goal(data_dir: Path) -> None:
    """The issue's 236,400 bytes for the whole of enwik6; its first half here, in proportion."""
    data = (data_dir / "enwik" / "enwik6").read_bytes()[:500_000]
    assert float(ContextMixing().bits(data)) / 8 < 120_500
