"""`select_documents`: within budget, never a copy of the task, better than chance on text of the task's kind."""

import json

import numpy as np
import pytest

from codelength.compressors.bz2 import Bz2
from codelength.core import Bits, Code, DataError
from codelength.predictors.ctw import CTW
from codelength.tasks import DocumentSelection, select_documents

CODE = CTW()


def vocabulary(n: int, seed: int) -> list[bytes]:
    letters = np.random.default_rng(seed).integers(97, 123, (n, 6), dtype=np.uint8)
    return [word.tobytes() for word in letters]


def documents(words: list[bytes], n: int, seed: int) -> list[bytes]:
    drawn = np.random.default_rng(seed).integers(0, len(words), (n, 12)).tolist()
    return [b" ".join(words[i] for i in row) for row in drawn]


COMMON, KIND, OTHERS = vocabulary(40, 0), vocabulary(80, 1), [vocabulary(80, seed) for seed in (2, 3, 4)]
TASK = documents(COMMON + KIND, 60, 5)
POOL = documents(COMMON + KIND, 50, 6) + [d for k, words in enumerate(OTHERS) for d in documents(COMMON + words, 50, k)]
BUDGET = 2000


@pytest.fixture(scope="module")
def found() -> DocumentSelection:
    return select_documents(TASK, POOL, CODE, budget=BUDGET)


def test_within_budget_without_repeats_and_mostly_of_the_tasks_kind(found: DocumentSelection) -> None:
    assert found.size == sum(len(POOL[i]) for i in found.chosen) <= BUDGET
    assert len(set(found.chosen)) == len(found.chosen)
    assert np.mean(np.array(found.chosen) < 50) > 0.8
    assert all(pick.size == len(POOL[pick.index]) and 0 <= pick.belongs <= 1 for pick in found.picks)
    assert all(pick.added.kind == "estimate" and pick.added.bits > 0 for pick in found.picks)


def test_the_check_is_the_codes_own_and_beats_a_random_draw(found: DocumentSelection) -> None:
    assert found.saved.kind == "exact" and found.saved.bits > found.random_saved.bits
    assert found.interval is not None and found.interval.lower > 0
    assert found.held_out_size == pytest.approx(sum(map(len, TASK)) / 5, rel=0.1)


def test_the_same_seed_gives_the_same_choice(found: DocumentSelection) -> None:
    assert select_documents(TASK, POOL, CODE, budget=BUDGET).as_dict() == found.as_dict()


class Spy:
    """Notes what a code is given."""

    spec = "spy"

    def __init__(self) -> None:
        self.sides: list[bytes] = []

    def bits(self, data: bytes, /) -> Bits:
        return Bits(8.0 * len(data))

    def given(self, data: bytes, /) -> "Spy":
        self.sides.append(data)
        return self

    def encode(self, data: bytes, /) -> bytes:
        return data

    def decode(self, stream: bytes, /, *, max_size: int) -> bytes:
        return stream[:max_size]


def test_what_is_held_out_has_no_part_in_the_check() -> None:
    spy, other = Spy(), Spy()
    select_documents(TASK, POOL, spy, budget=BUDGET)
    known = set(spy.sides[0].split(b"\n"))
    changed = [document if document in known else b"something else altogether" for document in TASK]
    assert 0 < sum(a != b for a, b in zip(changed, TASK, strict=True)) <= len(TASK) / 4
    select_documents(changed, POOL, other, budget=BUDGET)
    assert other.sides == spy.sides


def test_a_code_without_side_information_is_used_by_difference() -> None:
    code: Code[bytes] = Bz2()
    found = select_documents(TASK, POOL, code, budget=BUDGET)
    assert found.saved.kind == "estimate" and found.evidence.log2_p is None
    assert found.chosen == select_documents(TASK, POOL, CODE, budget=BUDGET).chosen


def test_copies_of_the_task_are_left_out_and_named() -> None:
    pool = [*TASK[:30], *POOL]
    found = select_documents(TASK, pool, CODE, budget=BUDGET)
    assert min(found.chosen) >= 30
    assert len(found.warnings) == 1
    assert "contamination" in found.warnings[0] and "30 documents" in found.warnings[0]


def test_a_task_within_longer_documents_is_named_too() -> None:
    pool = [*POOL, b"begin " + TASK[0] + b" middle " + b" ".join(TASK[1:20]) + b" end"]
    assert "word for word" in select_documents(TASK, pool, CODE, budget=BUDGET).warnings[0]


def test_a_clean_pool_gives_no_warning(found: DocumentSelection) -> None:
    assert found.warnings == ()


def test_the_dict_is_json(found: DocumentSelection) -> None:
    assert [row["index"] for row in json.loads(json.dumps(found.as_dict()))["documents"]] == list(found.chosen)


@pytest.mark.parametrize(
    ("task", "pool", "budget", "says"),
    [
        ([b"one"], [b"a"], 9, "at least two"),
        ([b"one", b"two"], [], 9, "no document"),
        ([b"one", b"two"], [b"longer"], 3, "below the smallest"),
    ],
)
def test_bad_input_is_one_clear_line(task: list[bytes], pool: list[bytes], budget: int, says: str) -> None:
    with pytest.raises(DataError, match=says):
        select_documents(task, pool, CODE, budget=budget)


def test_any_bytes_will_do() -> None:
    noise = np.random.default_rng(8)
    found = select_documents([noise.bytes(50) for _ in range(4)], [noise.bytes(40), b"", b"\n \n"], CODE, budget=100)
    assert found.size <= 100
