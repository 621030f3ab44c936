"""Contamination is found where it is, by the exact definition, and not where it is not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.tasks.overlap import WINDOW, cover


def reference(task: bytes, source: bytes, window: int) -> tuple[list[bool], float]:
    """The definition, in plain Python: first windows of `task` that `source` has, and their share of the distinct."""
    window = max(1, min(window, len(task)))
    first: dict[bytes, int] = {}
    for at in range(len(task) - window + 1):
        first.setdefault(task[at : at + window], at)
    covered = [False] * len(task)
    found = [at for stretch, at in first.items() if stretch in source] if task else []
    for at in found:
        covered[at : at + window] = [True] * window
    return covered, len(found) / len(first) if task else 0.0


few_letters = st.binary(max_size=60).map(lambda data: bytes(b % 3 for b in data))


@settings(max_examples=150, deadline=None)
@given(few_letters, few_letters, st.integers(1, 9))
def test_the_kernels_agree_with_the_definition(task: bytes, source: bytes, window: int) -> None:
    coverage = cover(task, source, window=window)
    covered, fraction = reference(task, source, window)
    assert coverage.covered.tolist() == covered
    assert coverage.fraction == fraction


def test_a_copied_part_is_covered_and_no_more() -> None:
    noise = np.random.default_rng(1).bytes(3000)
    coverage = cover(noise[:2000], noise[1000:], window=WINDOW)
    assert np.flatnonzero(coverage.covered).tolist() == list(range(1000, 2000))


def test_boilerplate_counts_once_but_a_copy_in_full() -> None:
    line = b"Jun 14 15:16:01 host sshd: authentication failure; logname= uid=0 euid=0 tty=ssh\n"
    noise = np.random.default_rng(2).bytes(20_000)
    log = b"".join(line + noise[i : i + 200] for i in range(0, 10_000, 200))
    other = b"".join(line + noise[i : i + 200] for i in range(10_000, 20_000, 200))
    assert cover(log, other).fraction < 0.01
    assert cover(log, log).fraction == 1.0


def test_a_task_shorter_than_a_window_must_be_there_as_a_whole() -> None:
    assert cover(b"short", b"a short one").fraction == 1.0
    assert cover(b"short", b"a shore").fraction == 0.0
    assert cover(b"", b"anything").size == 0
