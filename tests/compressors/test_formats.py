"""Parameters, specs, bounded decoding and reference sizes of the off-the-shelf compressors.

What every code must do is checked for them in `test_every_code.py`.
"""

import bz2
import lzma
import pickle
import tracemalloc
import zlib
from pathlib import Path

import brotli
import pytest
import zstandard

from codelength.catalogue import make
from codelength.compressors.leb128 import leb128
from codelength.core import StreamError, UnknownCodeError

NAMES = ["zlib", "bz2", "lzma", "zstd", "brotli", "ppmd"]
BOMB = 32 << 20
SPECS = [
    "zlib:level=1",
    "zlib:level=6,window=9,memory=1",
    "bz2:level=1",
    "lzma:level=0",
    "lzma:window=12,lc=0,lp=4,pb=0",
    "zstd:level=1",
    "zstd:level=22,window=10",
    "brotli:level=0,window=10",
    "brotli:mode=text",
    "ppmd:order=2,memory=11",
    "ppmd:order=64,memory=16",
]
REFUSED = [
    "zlib:level=10",
    "zlib:window=8",
    "zlib:memory=0",
    "bz2:level=0",
    "lzma:level=10",
    "lzma:window=31",
    "lzma:lc=3,lp=2",
    "zstd:level=0",
    "zstd:level=23",
    "zstd:window=32",
    "zstd:level=fast",
    "brotli:level=12",
    "brotli:window=25",
    "brotli:mode=image",
    "ppmd:order=1",
    "ppmd:order=65",
    "ppmd:memory=32",
]


@pytest.fixture(scope="module")
def text(data_dir: Path) -> bytes:
    return (data_dir / "calgary" / "paper1").read_bytes()


@pytest.mark.parametrize("spec", SPECS)
def test_parameters_are_in_the_spec_and_decode(spec: str, text: bytes) -> None:
    code = make(spec)
    assert code.spec == spec
    stream = code.encode(text)
    assert make(code.spec).decode(stream, max_size=len(text)) == text


def test_defaults_are_left_out_of_the_spec() -> None:
    assert make("zstd:level=19,window=27").spec == "zstd"
    assert make("zstd:window=20,level=3").spec == "zstd:level=3,window=20"


@pytest.mark.parametrize("spec", REFUSED)
def test_a_value_out_of_range_is_refused_in_one_line(spec: str) -> None:
    with pytest.raises(UnknownCodeError, match=r"expected|at most") as error:
        make(spec)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("name", "size"), [("bz2", 281_323), ("lzma", 290_692), ("zstd", 300_080), ("ppmd", 249_959)])
def test_enwik6_takes_no_more_than_the_tools_of_that_name(name: str, size: int, data_dir: Path) -> None:
    assert len(make(name).encode((data_dir / "enwik" / "enwik6").read_bytes())) <= size


@pytest.mark.parametrize("name", NAMES)
def test_the_stream_is_no_longer_than_the_library_s_own(name: str, text: bytes) -> None:
    theirs = {
        "zlib": lambda data: zlib.compress(data, 9),
        "bz2": bz2.compress,
        "lzma": lambda data: lzma.compress(data, preset=9 | lzma.PRESET_EXTREME),
        "zstd": lambda data: zstandard.ZstdCompressor(level=19).compress(data),
        "brotli": brotli.compress,
        "ppmd": _ppmd,
    }[name]
    for data in (b"", b"a", text[:300], text):
        assert len(make(name).encode(data)) <= len(theirs(data))


def _ppmd(data: bytes) -> bytes:
    import pyppmd

    stream: bytes = pyppmd.compress(data, max_order=6, mem_size=1 << 24, variant="H")
    return stream


@pytest.mark.parametrize("name", NAMES)
def test_a_bomb_stops_at_the_limit(name: str) -> None:
    code = make(name)
    bomb = leb128(2 * BOMB) + bytes(50) if name == "ppmd" else code.encode(bytes(BOMB))
    assert len(bomb) < BOMB // 500
    tracemalloc.start()
    try:
        with pytest.raises(StreamError, match="1,000"):
            code.decode(bomb, max_size=1000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < BOMB // 8


@pytest.mark.parametrize("name", NAMES)
def test_bytes_after_the_end_are_refused(name: str, text: bytes) -> None:
    code = make(name)
    for data in (text[:200], text):
        stream = code.encode(data)
        for more in (b"\0", b"\x80", b"rest", stream):
            with pytest.raises(StreamError):
                code.decode(stream + more, max_size=10 * len(text))


@pytest.mark.parametrize("name", NAMES)
def test_a_truncated_stream_is_refused(name: str, text: bytes) -> None:
    code = make(name)
    for data in (b"", b"x", text[:200]):
        stream = code.encode(data)
        for n in range(len(stream)):
            with pytest.raises(StreamError):
                code.decode(stream[:n], max_size=1000)


@pytest.mark.parametrize("name", NAMES)
def test_a_code_is_a_value(name: str, text: bytes) -> None:
    code = make(name)
    assert make(name) == code
    assert hash(make(name)) == hash(code)
    code.encode(text[:100])
    again = pickle.loads(pickle.dumps(code))
    assert again == code
    assert again.encode(text[:1000]) == code.encode(text[:1000])
