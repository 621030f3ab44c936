"""Context mixing: the promises of a value that scores without a trace. `test_mixing_twin` says what it computes."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from codelength.predictors.mixing import Context, ContextMixing, Model, Selector, kernel
from codelength.predictors.mixing import state as layout
from codelength.predictors.mixing.contexts import last
from codelength.predictors.mixing.predictor import SCORED
from codelength.predictors.mixing.presets import PRESETS


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


def snapshot(code: ContextMixing) -> dict[str, bytes]:
    """Every array of the state as bytes, but what says in which scoring a row was last kept, and what is only room."""
    state = code._state
    arrays = {name: getattr(state, name).copy() for name in state._fields if name != "stamps"}
    arrays["registers"][layout.EPOCH] = 0
    arrays["history"] = arrays["history"][: int(state.registers[layout.SEEN])]
    arrays["slots"] = arrays["slots"][: -layout.SLOT * state.hashes.size]
    return {name: array.tobytes() for name, array in arrays.items()}


@pytest.mark.parametrize("preset", PRESETS)
def test_scoring_leaves_no_trace(preset: str, text: bytes) -> None:
    code = ContextMixing(preset).given(text[:9000])
    before = snapshot(code)
    for target in (text[5000:7000], edited(text[:900], 40, 2), bytes(600), b"", text[: SCORED + 1]):
        code.bits(target)
        assert snapshot(code) == before


@pytest.mark.parametrize("known", [3000, 4000])
def test_an_interrupt_leaves_no_trace(known: int, monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """Python delivers Ctrl-C when the kernel returns: the target is learned then, and has to go again."""
    code = ContextMixing().given(text[:known])
    before = snapshot(code)
    drive = kernel.drive

    def interrupted(*args: object) -> None:
        drive(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(kernel, "drive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        code.bits(text[3000:3500])
    assert snapshot(code) == before


@pytest.mark.parametrize("size", [SCORED, SCORED + 1])
def test_journal_and_copy_agree(primed: ContextMixing, text: bytes, size: int) -> None:
    target = edited(text, 300, 4)[:size]
    scored = primed.probabilities(target)
    learned = np.empty_like(scored)
    primed._learn(primed._copied(), np.frombuffer(target, dtype=np.uint8), learned)
    assert np.array_equal(scored, learned)


@pytest.mark.parametrize(
    ("preset", "known"),
    [("default", 0), ("default", 200), ("default", 1024), ("fast", 1000), ("max", 500), ("default", 2000)],
)
def test_scoring_across_a_growth_is_learning(preset: str, known: int, text: bytes) -> None:
    """Targets that end before, at and behind the growths, in any order; the state is afterwards as it was."""
    code = ContextMixing(preset).given(text[:known])
    before = snapshot(code)
    target = edited(text, 300, 4)[3000:6000]
    learned = np.empty((2200, 8), dtype=np.uint32)
    code._learn(code._copied(), np.frombuffer(target, dtype=np.uint8)[:2200], learned)
    for growth in (256, 512, 1024, 2048, 4096):
        if known <= growth < known + 2000:
            for size in (growth - known + 90, growth - known, growth - known + 1, growth - known + 90):
                assert np.array_equal(code.probabilities(target[:size]), learned[:size])
            assert code.decode(code.encode(target[:700]), max_size=700) == target[:700]
    assert snapshot(code) == before


def test_noise_scored_across_a_growth_leaves_no_trace(data_dir: Path) -> None:
    """What is asleep writes behind the tables, where doubled ones may have their other half."""
    book = (data_dir / "calgary" / "book1").read_bytes()
    code = ContextMixing().given(book[: 2**13 - 150])
    noise = np.random.default_rng(9).bytes(140)
    before = snapshot(code)
    targets = (noise + book[9000:9100], book[9000:9200], noise + noise[:100], noise, book[9000:9200])
    for target in targets:
        learned = np.empty((len(target), 8), dtype=np.uint32)
        code._learn(code._copied(), np.frombuffer(target, dtype=np.uint8), learned)
        assert np.array_equal(code.probabilities(target), learned)
        assert snapshot(code) == before


@pytest.mark.parametrize("cut", [1, 255, 256, 257, 4096, 20_000])
def test_given_in_parts_is_given_at_once(text: bytes, cut: int) -> None:
    x, y = text[:30_000], text[30_000:31_000]
    parts = ContextMixing().given(x[:cut]).given(x[cut:])
    assert np.array_equal(parts.probabilities(y), ContextMixing().given(x).probabilities(y))


@pytest.mark.parametrize("preset", ["fast", "max"])
def test_given_in_parts_is_given_at_once_in_other_presets(preset: str, text: bytes) -> None:
    x, y = text[:5000], text[5000:6000]
    whole = ContextMixing(preset).given(x).probabilities(y)
    for cut in (128, 1024, 4095):
        parts = ContextMixing(preset).given(x[:cut]).given(x[cut:])
        assert np.array_equal(parts.probabilities(y), whole)


@pytest.mark.parametrize("primer", [4, 66])
def test_a_primer_is_side_information(primer: int, text: bytes) -> None:
    """4 kB are learned, 66 kB are absorbed first; nothing in addition changes nothing, and parts add up."""
    code = ContextMixing(primer=primer)
    x, y = text[:3000], text[3000:3500]
    alone = code.probabilities(y)
    assert np.array_equal(code.given(b"").probabilities(y), alone)
    assert np.array_equal(code.given(x[:1000]).given(x[1000:]).probabilities(y), code.given(x).probabilities(y))
    assert np.array_equal(code.probabilities(y), alone)
    assert code.decode(code.encode(y), max_size=len(y)) == y
    assert float(code.bits(y)) < float(ContextMixing().bits(y))


def test_a_primer_is_read_once_whoever_asks_first(text: bytes) -> None:
    expected = ContextMixing(primer=8).bits(text[:500])
    for _ in range(5):
        code = ContextMixing(primer=8)
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(code.bits, [text[:500]] * 8)) == {expected}


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


@pytest.mark.parametrize("preset", PRESETS)
def test_walk_agrees_across_growths(preset: str, text: bytes) -> None:
    data = text[:600]
    walk = ContextMixing(preset).walk()
    said = []
    for byte in data:
        for depth in range(8):
            said.append(walk.p)
            walk.push(byte >> (7 - depth) & 1)
    assert said == ContextMixing(preset).probabilities(data).reshape(-1).tolist()


@pytest.mark.parametrize("preset", PRESETS)
def test_streams_come_back(preset: str, text: bytes) -> None:
    for data in (text[:1500], np.random.default_rng(1).bytes(1500), "Grüße, κόσμε\n".encode() * 60):
        code = ContextMixing(preset)
        assert code.decode(code.encode(data), max_size=len(data)) == data


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
        assert abs(float(ContextMixing().given(noise).bits(text)) - alone) < 0.003 * alone


def test_travels_to_another_process(primed: ContextMixing, text: bytes) -> None:
    """Joblib sends codes to its workers."""
    other = pickle.loads(pickle.dumps(primed))
    assert other.bits(text[:500]) == primed.bits(text[:500])


@pytest.mark.parametrize("memory", [13, 27, -1])
def test_refuses_unusable_memory(memory: int) -> None:
    with pytest.raises(ValueError, match="memory"):
        ContextMixing(memory=memory)


def test_a_model_of_ones_own_has_no_spec() -> None:
    model = Model((Context("order 1", last(1)),), (Selector("one row", layout.NOTHING, 1),))
    with pytest.raises(ValueError, match="catalogue"):
        _ = ContextMixing(model=model).spec


def test_a_register_beyond_a_selectors_size_counts_as_the_last_row(text: bytes) -> None:
    """Whatever the register holds, the row of weights lies in the table."""
    contexts = (Context("order 2", last(2)),)
    narrow = ContextMixing(model=Model(contexts, (Selector("word", layout.WORD, 1),)))
    single = ContextMixing(model=Model(contexts, (Selector("nothing", layout.NOTHING, 1),)))
    assert np.array_equal(narrow.probabilities(text[:800]), single.probabilities(text[:800]))


def test_a_model_says_what_is_wrong_with_it() -> None:
    order1, row = Context("order 1", last(1)), Selector("one row", layout.NOTHING, 1)
    for contexts, selectors, message in [
        ((), (row,), "at least one context"),
        ((order1,), (), "at least one context"),
        ((order1,), (Selector("none", layout.LAST, 0),), "size must be at least 1"),
        (tuple(Context(f"context {k}", known=True) for k in range(9)), (row,), "at most 8"),
    ]:
        with pytest.raises(ValueError, match=message):
            Model(contexts, selectors)
    with pytest.raises(ValueError, match="power of two"):
        Model((order1,), (row,), slots_per_byte=48)
    with pytest.raises(ValueError, match="expected 0 to 255"):
        Model((order1,), (row,), rate=256)
    with pytest.raises(ValueError, match="at most 5 are possible"):
        Context("too much", last(8), last(8), last(8))
    with pytest.raises(ValueError, match="no contexts or selectors are called 'order 17'"):
        PRESETS["fast"].without("order 17")
    with pytest.raises(ValueError, match="2 contexts or selectors are called 'order 1'"):
        Model((order1, Context("order 2", last(2))), (Selector("order 1", layout.LAST, 256),)).without("order 1")


def test_without_a_context_the_others_hash_as_before(text: bytes) -> None:
    """A context is its name and what it sees, not its place: order does not matter to any history."""
    model = PRESETS["fast"]
    less = model.without("order 3")
    moved = Model(
        less.contexts[::-1], less.selectors, memory=less.memory, slots_per_byte=less.slots_per_byte, detail=False
    )
    a, b = (ContextMixing(model=each).given(text[:2000])._state for each in (less, moved))
    assert np.array_equal(np.sort(a.hashes), np.sort(b.hashes))


MEASURE = """
from codelength.predictors.mixing import ContextMixing
def kilobytes(field):
    return int(next(line for line in open("/proc/self/status") if line.startswith(field)).split()[1])
warm = ContextMixing("fast")
warm.decode(warm.encode(bytes(300)), max_size=300)
open("/proc/self/clear_refs", "w").write("5")
before = kilobytes("VmRSS")
ContextMixing("{preset}").bits(bytes(range(60)) * 5)
print(kilobytes("VmHWM") - before)
"""


@pytest.mark.parametrize(("preset", "limit"), [("fast", 2000), ("default", 3000), ("max", 12_500)])
def test_a_small_document_touches_little_memory(preset: str, limit: int) -> None:
    """Kilobytes at their highest, for 300 bytes: tables are a few pages until there is something to put into them."""
    command = [sys.executable, "-c", MEASURE.replace("{preset}", preset)]
    assert int(subprocess.run(command, capture_output=True, check=True, text=True).stdout) < limit


def test_a_part_of_enwik6_costs_what_it_did(data_dir: Path) -> None:
    """43,929 bytes when this was written; a change that loses 1 % is not a small one."""
    data = (data_dir / "enwik" / "enwik6").read_bytes()[:200_000]
    assert float(ContextMixing().bits(data)) / 8 < 44_370
