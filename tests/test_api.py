"""`import codelength as cl`: the few functions, over codes by name and codes as objects."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import codelength as cl

X = b"the quick brown fox jumps over the lazy dog. " * 20
Y = b"a lazy dog and a quick brown fox jump over it. " * 5


def test_every_public_name_is_there_and_listed() -> None:
    assert set(cl.__all__) <= set(dir(cl))
    for name in cl.__all__:
        assert getattr(cl, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        cl.nonsense  # noqa: B018
    assert cl.__version__.count(".") == 2


def test_bits_by_name_and_by_object_agree() -> None:
    assert cl.bits(Y, code="ctw:depth=24") == cl.bits(Y, code=cl.CTW(depth=24)) == cl.CTW(depth=24).bits(Y)
    assert cl.bits(Y, given=X, code="zlib") == cl.Zlib().given(X).bits(Y)
    assert cl.bits(Y, given=[X[:100], X[100:]], code="kt") == cl.KT().given(X).bits(Y)
    assert cl.bits(Y, given=b"", code="kt") == cl.bits(Y, code="kt")


def test_a_code_without_side_information_is_differenced_and_says_so() -> None:
    conditional = cl.bits(Y, given=X, code="bz2")
    assert conditional.kind == "estimate"
    assert conditional.bits == cl.bits(X + Y, code="bz2").bits - cl.bits(X, code="bz2").bits


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["kt", "zlib", "lzma", "huffman", "kt+ctw:depth=8", "kt~ctw:depth=8"]))
def test_what_is_compressed_comes_back(data: bytes, code: str) -> None:
    assert cl.decompress(cl.compress(data, code=code)) == data


@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=100), st.binary(min_size=1, max_size=100), st.sampled_from(["kt", "zlib", "zstd"]))
def test_given_the_same_side_information_only(data: bytes, side: bytes, code: str) -> None:
    frame = cl.compress(data, code=code, given=side)
    assert cl.decompress(frame, given=side) == data
    for other in (None, side + b"!"):
        with pytest.raises(cl.SideInformationError):
            cl.decompress(frame, given=other)


def test_frames_may_be_joined() -> None:
    assert cl.decompress(cl.compress(b"one ", code="kt") + cl.compress(b"two", code="bz2")) == b"one two"


def test_max_size_guards_all_frames_together() -> None:
    frames = cl.compress(bytes(600), code="kt") * 2
    assert len(cl.decompress(frames, max_size=1200)) == 1200
    with pytest.raises(cl.StreamError):
        cl.decompress(frames, max_size=1199)


def test_what_cannot_take_side_information_refuses_it() -> None:
    with pytest.raises(cl.UnknownCodeError, match="takes no side information"):
        cl.compress(Y, code="bz2", given=X)


def test_a_writer_serves_many_files_from_one_priming() -> None:
    from codelength.api import frame_reader, frame_writer

    write, read = frame_writer("kt", X), frame_reader(X)
    for content in (Y, b"", Y[:7]):
        frame, back = io.BytesIO(), io.BytesIO()
        info = write(io.BytesIO(content), frame)
        assert (info.raw, info.stream) == (len(content), len(frame.getvalue()))
        read(io.BytesIO(frame.getvalue()), back)
        assert back.getvalue() == content
        assert frame.getvalue() == cl.compress(content, code="kt", given=X)


def test_regret_of_the_mixture_is_bounded(data_dir: Path) -> None:
    y = (data_dir / "calgary" / "progc").read_bytes()[:20_000]
    found = cl.regret(y, ["kt", "ctw:depth=16", "ctw:depth=32"])
    assert found.regret.bits <= 1.6
    assert found.experts[found.best].bits == min(expert.bits for expert in found.experts)
    named = cl.regret(y, ["zlib", "bz2", "lzma", "zstd"])
    assert named.regret.bits == pytest.approx(2.0)
    assert cl.regret(y, ["kt", "ctw:depth=16"], code="kt").regret.bits > 0
    primed = cl.regret(Y, ["kt", "zlib"], given=X)
    assert primed.experts[1] == cl.Zlib().given(X).bits(Y)


def test_select_sources_and_documents(data_dir: Path) -> None:
    found = cl.select(Y, {"alike": X, "noise": bytes(range(256)) * 4}, code="ctw:depth=16")
    assert found.chosen == ("alike",)
    lines = {
        name: (data_dir / "logs" / name).read_bytes().splitlines()[:150] for name in ("Apache_2k.log", "Linux_2k.log")
    }
    task, pool = lines["Linux_2k.log"][:50], lines["Apache_2k.log"] + lines["Linux_2k.log"][50:]
    picked = cl.select(task, pool, code="ctw:depth=16", budget=3000)
    assert 0 < picked.size <= 3000
    assert sum(index >= 150 for index in picked.chosen) > len(picked.chosen) / 2


def test_select_says_what_it_wants() -> None:
    with pytest.raises(cl.DataError, match="budget"):
        cl.select([Y], [X], code="kt")  # type: ignore[call-overload]
    with pytest.raises(cl.DataError, match="list of them"):
        cl.select(Y, {"x": X}, code="kt", budget=10)  # type: ignore[call-overload]
    with pytest.raises(cl.DataError, match="lists of bytes"):
        cl.select(Y, [X], code="kt", budget=10)  # type: ignore[call-overload]
    with pytest.raises(cl.DataError, match="join its documents"):
        cl.select([Y], {"x": X}, code="kt")  # type: ignore[call-overload]


def test_shared_bits_are_those_of_the_code() -> None:
    found = cl.shared(X, Y, code="ctw:depth=16")
    alone = cl.bits(X, code="ctw:depth=16") + cl.bits(Y, code="ctw:depth=16")
    assert found.xy == cl.Joint(cl.make("ctw:depth=16")).bits((X, Y))
    assert found.shared == alone - found.xy
    assert found.continued_gap == alone - cl.bits(X + Y, code="ctw:depth=16")
