"""`select_sources`: its numbers are the code's own, useless sources cost next to nothing, workers change nothing."""

import json
import math

import numpy as np
import pytest
from joblib import parallel_config

from codelength.codes import Differenced, Mixture
from codelength.compressors.bz2 import Bz2
from codelength.compressors.zlib import Zlib
from codelength.core import Code, DataError
from codelength.measures import block_sums, byte_costs
from codelength.predictors.ctw import CTW
from codelength.tasks import CHOSEN, NOTHING, Selection, select, select_sources
from codelength.tasks.scoring import pieces

CODE = CTW()


def sentences(words: list[bytes], n: int, seed: int) -> bytes:
    drawn = np.random.default_rng(seed).integers(0, len(words), n).tolist()
    return b" ".join(words[i] for i in drawn)


def vocabulary(n: int, seed: int) -> list[bytes]:
    letters = np.random.default_rng(seed).integers(97, 123, (n, 7), dtype=np.uint8)
    return [word.tobytes() for word in letters]


FRUIT, METAL, OTHER = vocabulary(120, 10), vocabulary(60, 11), vocabulary(120, 12)
TASK = sentences(FRUIT + METAL, 250, 0)
POOL = {
    "random": np.random.default_rng(5).bytes(1500),
    "metal": sentences(METAL, 300, 1),
    "fruit": sentences(FRUIT, 600, 2),
}


@pytest.fixture(scope="module")
def found() -> Selection:
    return select_sources(TASK, POOL, CODE)


def test_every_number_is_the_codes_own(found: Selection) -> None:
    assert found.alone == CODE.bits(TASK)
    for row in found.sources:
        assert row.given.bits == pytest.approx(CODE.given(POOL[row.name]).bits(TASK).bits, abs=1e-6)
        assert row.saved.bits == pytest.approx(found.alone.bits - row.given.bits, abs=1e-6)
        assert row.saved.kind == "exact"
        assert row.interval is not None and row.interval.lower <= row.saved.bits <= row.interval.upper
        assert row.per_byte == row.saved.bits / len(POOL[row.name])


def test_useful_sources_first_and_useless_ones_not_taken(found: Selection) -> None:
    assert [row.name for row in found.sources] == ["fruit", "metal", "random"]
    assert found.chosen == ("fruit", "metal")
    random = found.sources[-1]
    assert random.interval is not None and random.interval.lower <= 0 and random.log2_p == 0.0
    assert not found.steps or found.steps[-1].name != "random" or not found.steps[-1].taken


def test_the_chain_has_the_first_taken_next_to_the_task(found: Selection) -> None:
    chain = b"".join(POOL[name] for name in reversed(found.chosen))
    assert found.given.bits == pytest.approx(CODE.given(chain).bits(TASK).bits, abs=1e-6)
    added = sum(step.added.bits for step in found.steps if step.taken)
    assert added == pytest.approx(found.saved.bits, abs=1e-6)


def test_the_mixture_is_the_mixture_and_keeps_its_bound(found: Selection) -> None:
    experts = [CODE, *(CODE.given(POOL[row.name]) for row in found.sources)]
    experts.append(CODE.given(b"".join(POOL[name] for name in reversed(found.chosen))))
    mixture = found.mixture
    assert mixture.experts == (NOTHING, "fruit", "metal", "random", CHOSEN)
    assert mixture.bits.bits == pytest.approx(Mixture(experts).bits(TASK).bits, abs=1e-6)
    assert mixture.bound == math.log2(5) + len(TASK) * 2.0**-26
    assert mixture.regret <= mixture.bound
    assert mixture.positions[0] == 0 and mixture.positions[-1] == len(TASK)
    assert np.allclose(np.sum(mixture.weights, axis=1), 1.0)
    assert max(mixture.weights[-1]) == mixture.weights[-1][mixture.experts.index(mixture.best)]


def test_with_and_without_mixed_is_the_mixture_and_never_a_bit_worse_than_either(found: Selection) -> None:
    for row in found.sources:
        mixed = Mixture([CODE, CODE.given(POOL[row.name])]).bits(TASK)
        assert row.mixed.saved.bits == pytest.approx(found.alone.bits - mixed.bits, abs=1e-6)
        assert row.mixed.saved.kind == "exact"
        assert row.mixed.saved.bits >= max(0.0, row.saved.bits) - 1 - len(TASK) * 2.0**-26
    random = found.sources[-1].mixed
    assert random.interval is not None and random.interval.lower <= 0 <= random.interval.upper


def test_a_useless_pool_costs_at_most_a_few_bits() -> None:
    noise = np.random.default_rng(7)
    found = select_sources(TASK, {name: noise.bytes(900) for name in "abc"}, CODE)
    assert found.chosen == () and found.given == found.alone
    assert found.mixture.bits.bits <= found.alone.bits + math.log2(4) + 1e-3


@pytest.mark.parametrize("code", [Zlib(), Bz2()])
def test_codes_without_probabilities_name_the_best(code: Code[bytes]) -> None:
    found = select_sources(TASK, POOL, code)
    expected = {name: Differenced(code).given(source).bits(TASK) for name, source in POOL.items()}
    for row in found.sources:
        if code.spec == "bz2":
            assert row.given == expected[row.name] and row.saved.kind == "estimate" and row.log2_p is None
        else:
            assert row.saved.kind == "exact"
        assert row.mixed.saved.bits == max(0.0, row.saved.bits) - 1
    best = min(found.alone.bits, found.given.bits, *(row.given.bits for row in found.sources))
    assert found.mixture.name == "best" and found.mixture.weights == ()
    assert found.mixture.bits.bits == best + math.log2(len(found.mixture.experts))


def test_workers_change_nothing(found: Selection) -> None:
    with parallel_config(backend="threading", n_jobs=2):
        assert select_sources(TASK, POOL, CODE).as_dict() == found.as_dict()
    assert select_sources(TASK, POOL, CODE, jobs=2).as_dict() == found.as_dict()


def test_contamination_is_named_with_its_bits() -> None:
    noise = np.random.default_rng(3).bytes(400)
    task = TASK[:600] + noise
    pool = {"clean": sentences(METAL, 200, 4), "leak": sentences(OTHER, 100, 6) + noise}
    found = select_sources(task, pool, CODE)
    leak = next(row for row in found.sources if row.name == "leak")
    assert leak.overlap is not None and leak.overlap.shared_bytes >= 400
    assert leak.overlap.saved_bits > 400 and leak.overlap.bits_per_byte < leak.overlap.bits_per_byte_alone
    assert [warning.split(":")[0] for warning in found.warnings] == ["leak"]


def test_pieces_cost_about_the_same() -> None:
    ends = pieces(TASK, CODE)
    sums = block_sums(byte_costs(CODE, TASK), ends)
    assert ends[-1] == len(TASK) and len(sums) > 100
    assert sums.max() <= sums.mean() + byte_costs(CODE, TASK).max()


def test_a_saving_at_the_beginning_only_is_a_saving() -> None:
    """What a log's templates save they save at once: the log soon says them itself."""
    rng = np.random.default_rng(4)
    templates = [b" ".join(words) for words in np.array(OTHER).reshape(12, 10).tolist()]
    lines = [templates[i] + b" %d\n" % n for i, n in rng.integers(0, [12, 9999], (400, 2)).tolist()]
    found = select_sources(b"".join(lines[:300]), {"log": b"".join(lines[300:])}, CODE)
    assert found.chosen == ("log",)


def test_a_mixture_that_does_not_fit_into_memory_is_over_the_best(
    found: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(select, "_SAID_BYTES", 4 * 32 * len(TASK))
    small = select_sources(TASK, POOL, CODE)
    assert small.mixture.experts == (NOTHING, "fruit", "metal", CHOSEN)
    assert small.sources == found.sources and small.chosen == found.chosen


def test_max_picks_and_progress() -> None:
    seen: list[tuple[str, int, int]] = []
    found = select_sources(TASK, POOL, CODE, max_picks=1, on_progress=lambda *step: seen.append(step))
    assert found.chosen == ("fruit",) and len(found.steps) == 1
    assert [step for step in seen if step[0] == "sources"] == [("sources", i, 3) for i in (1, 2, 3)]


def test_a_task_of_a_few_bytes_has_no_interval_and_still_an_answer() -> None:
    found = select_sources(FRUIT[0][:5], {"fruit": POOL["fruit"]}, CODE)
    assert found.sources[0].interval is None and found.chosen == ("fruit",)


def test_the_dict_is_json(found: Selection) -> None:
    assert json.loads(json.dumps(found.as_dict()))["chosen"] == ["fruit", "metal"]


@pytest.mark.parametrize(
    ("task", "sources", "says"),
    [(b"", {"a": b"x"}, "task is empty"), (b"x", {}, "pool is empty"), (b"x", {"a": b""}, "'a' is empty")],
)
def test_bad_input_is_one_clear_line(task: bytes, sources: dict[str, bytes], says: str) -> None:
    with pytest.raises(DataError, match=says):
        select_sources(task, sources, CODE)
