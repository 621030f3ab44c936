"""Given side information, `compress` takes `delta` for what is nearly a copy of it, else whatever `cm` chooses."""

import io
from pathlib import Path
from random import Random
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import codelength as cl
from codelength.api import frame_writer
from codelength.api.copied import fitted
from codelength.catalogue import choice, make
from codelength.cli.main import app
from codelength.coding.frame import frames_info
from codelength.predictors.delta import Delta

OLD = b"".join(b"%d squared is %d, and its cube %d.\n" % (k, k * k, k**3) for k in range(300))
NEW = OLD[:4000] + b"A line came in.\n" + OLD[4000:9000] + OLD[9100:]
OTHER = bytes(range(256)) * 3


class Pipe(io.BytesIO):
    """A source that cannot be sought in, and gives pieces of 1,000 bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size if size is None or size < 0 else min(size, 1000))

    def seekable(self) -> bool:
        return False


def spec_of(frame: bytes) -> str:
    (info,) = frames_info(io.BytesIO(frame))
    return info.spec


def chosen_without_copies(data: bytes) -> str:
    fit = choice("cm:preset=fast")
    assert fit is not None
    return fit(data, len(data), True)


@pytest.mark.parametrize("code", ["cm", "cm:preset=fast", "cm:preset=max"])
def test_a_near_copy_is_coded_by_delta(code: str) -> None:
    frame = cl.compress(NEW, given=OLD, code=code)
    assert spec_of(frame) == "delta" == fitted(code, NEW, OLD)
    assert cl.decompress(frame, given=OLD) == NEW
    assert frame == cl.compress(NEW, given=OLD, code="delta")


@pytest.mark.parametrize("new", [b"", b"x", OTHER, OLD[:100] + OTHER, OTHER + OLD], ids=len)
def test_what_is_no_copy_is_coded_as_ever(new: bytes) -> None:
    frame = cl.compress(new, given=OLD, code="cm:preset=fast")
    assert spec_of(frame) == chosen_without_copies(new) == fitted("cm:preset=fast", new, OLD)
    assert frame == cl.compress(new, given=OLD, code=make(spec_of(frame)))


def test_what_is_said_explicitly_wins() -> None:
    for code in ("cm:primer=0", "cm:memory=18", "kt", cl.ContextMixing(preset="fast")):
        assert spec_of(cl.compress(NEW[:600], given=OLD[:600], code=code)).partition(":")[0] in ("cm", "kt")
    assert spec_of(cl.compress(NEW)) != "delta"
    assert spec_of(cl.compress(NEW, given=b"")) != "delta"


def test_a_trial_that_fails_late_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that were a copy are decoded again, and all of it goes to the other code."""
    monkeypatch.setattr(Delta, "block_size", 1024)
    new = OLD + OTHER
    spec = chosen_without_copies(new)
    alone = cl.compress(new, given=OLD, code=make(spec))
    for source, size in ((io.BytesIO(new), len(new)), (Pipe(new), None)):
        sink = io.BytesIO()
        info = frame_writer("cm:preset=fast", OLD)(cast(io.BytesIO, source), sink, size)
        assert (info.spec, sink.getvalue()) == (spec, alone)


def test_a_pipe_and_a_file_get_the_same_frame() -> None:
    write = frame_writer("cm", OLD)
    for _ in range(2):
        sink = io.BytesIO()
        assert write(Pipe(NEW), sink).spec == "delta"
        assert sink.getvalue() == cl.compress(NEW, given=OLD)


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(OLD)), st.integers(0, len(OLD)))
def test_anything_comes_back(middle: bytes, end: int, start: int) -> None:
    new = OLD[:end] + middle + OLD[start:]
    assert cl.decompress(cl.compress(new, given=OLD, code="cm:preset=fast"), given=OLD) == new


def test_the_command_line_takes_and_measures_the_same_code(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(OLD)
    (tmp_path / "new").write_bytes(NEW)
    runner = CliRunner()
    said = runner.invoke(app, ["compress", str(tmp_path / "new"), "--given", str(tmp_path / "old"), "--json"])
    assert (said.exit_code, '"code": "delta"' in said.stdout) == (0, True)
    assert spec_of((tmp_path / "new.clen").read_bytes()) == "delta"
    said = runner.invoke(app, ["bits", str(tmp_path / "new"), "--given", str(tmp_path / "old"), "--json"])
    assert (said.exit_code, '"delta"' in said.stdout) == (0, True)


def test_large_data_that_are_no_copy_are_told_by_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    encode = Delta.encode
    monkeypatch.setattr(Delta, "encode", lambda code, data: (read.append(len(data)), encode(code, data))[1])
    noise = Random(0).randbytes(300_000)
    assert fitted("cm:preset=fast", noise, OLD) == "cm:preset=fast"
    assert 0 < sum(read) <= 1 << 16
    new = noise[:100] + noise[1000:250_000] + b"inserted" + noise[250_000:]
    assert fitted("cm:preset=fast", new, noise) == "delta"
    assert cl.decompress(cl.compress(new, given=noise), given=noise) == new
