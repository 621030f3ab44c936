"""Primed states on disk: with and without, the same to the last bit; a state is only used where it belongs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from codelength.predictors import cache
from codelength.predictors.mixing import ContextMixing, primed
from codelength.predictors.mixing.contexts import Model
from codelength.predictors.mixing.presets import PRESETS
from codelength.predictors.mixing.state import State

SMALL = Model(PRESETS["fast"].contexts[:2], PRESETS["fast"].selectors, slots_per_byte=1)
TEXT = b"The cat sat on the mat, and it was not the size of the mat that counts. " * 3


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    return tmp_path


def code(kilobytes: int = 64, memory: int = 0) -> ContextMixing:
    return ContextMixing(model=SMALL, primer=kilobytes, memory=memory)


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_anew(_self: ContextMixing, _state: State) -> State:
        raise AssertionError("the primer is read anew")

    monkeypatch.setattr(ContextMixing, "_read_primer", read_anew)


def test_a_kept_state_is_the_same_state(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, "off")
    without, stream = code()._copied(), code().encode(TEXT)
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    assert code().encode(TEXT) == stream
    forbid(monkeypatch)
    kept = code()._copied()
    for name, array in without._asdict().items():
        assert np.array_equal(array, getattr(kept, name)), name
        assert array.dtype == getattr(kept, name).dtype
    assert code().encode(TEXT) == stream
    assert code().decode(stream, max_size=999) == TEXT


def test_what_follows_a_kept_state_is_the_same_beyond_its_tables(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables double twice behind the primer, and the kept state stays what it is."""
    text = (TEXT * 1000)[: 130 << 10]
    monkeypatch.setenv(cache.VARIABLE, "off")
    stream = code().encode(text)
    monkeypatch.setenv(cache.VARIABLE, str(folder))
    code().encode(TEXT)
    forbid(monkeypatch)
    assert code().encode(text) == stream
    assert code().encode(text) == stream


def test_amounts_that_hardly_recur_are_not_kept(folder: Path) -> None:
    code(65).bits(TEXT)
    code(32).bits(TEXT)
    assert list(folder.iterdir()) == []
    assert [k for k in range(3073) if primed.is_kept(k)] == [64, 128, 256, 512, 1024, 1536, 2048, 3072]


def test_a_state_belongs_to_all_that_it_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [primed.name_of(PRESETS[preset], 22, 64) for preset in PRESETS]
    names += [primed.name_of(SMALL, 22, 64), primed.name_of(SMALL, 23, 64), primed.name_of(SMALL, 22, 128)]
    monkeypatch.setattr(primed.numba, "__version__", "of another day")
    names.append(primed.name_of(SMALL, 22, 64))
    monkeypatch.setattr(primed, "_sources", lambda: b"of another day")
    names.append(primed.name_of(SMALL, 22, 64))
    assert len(set(names)) == len(names)


def cut_short(state: State) -> list[bytes | memoryview]:
    return list(primed._parts(state))[:-20]


def of_other_types(state: State) -> list[bytes | memoryview]:
    return list(primed._parts(state._replace(weights=state.weights.astype(np.int64))))


def of_no_type(_state: State) -> list[bytes | memoryview]:
    return [b"\x03\0\0\0{}?"]


@pytest.mark.parametrize("parts", [cut_short, of_other_types, of_no_type])
def test_another_content_under_its_name_is_not_used(
    parts: Callable[[State], list[bytes | memoryview]], folder: Path
) -> None:
    """Sound files, as another version might have left them."""
    stream = code().encode(TEXT)
    (path,) = folder.iterdir()
    sound = path.stat().st_size
    cache.save(primed.name_of(SMALL, SMALL.memory, 64), parts(code()._copied()))
    assert path.stat().st_size != sound
    assert code().encode(TEXT) == stream
    assert path.stat().st_size == sound
