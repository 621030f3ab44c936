"""Machine code: what was encoded comes back whatever it is, instructions end where they end, and code is found."""

import random
import sys
import sysconfig
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.catalogue import choice, make
from codelength.core import Predictor, StreamError
from codelength.predictors.mixing import ContextMixing
from codelength.predictors.mixing.state import KIND, REGISTERS
from codelength.predictors.x86 import X86
from codelength.predictors.x86 import state as layout
from codelength.predictors.x86.code import MOST_AT
from codelength.predictors.x86.decoder import see
from codelength.predictors.x86.detect import detect_x86

OOFFICE = "x86:begin=4096,end=5300224,relocations=5914624,relocations_size=233506"
HEAD = 1 << 20


@pytest.fixture(scope="module")
def ooffice(data_dir: Path) -> bytes:
    with zipfile.ZipFile(data_dir / "silesia" / "ooffice.zip") as archive:
        return archive.read("ooffice")


@pytest.fixture(scope="module")
def machine() -> bytes:
    """The first MiB of an executable file of this machine."""
    library = Path(sysconfig.get_config_var("LIBDIR") or "") / (sysconfig.get_config_var("INSTSONAME") or "")
    path = library if ".so" in library.name and library.is_file() else Path(sys.executable).resolve()
    with path.open("rb") as file:
        return file.read(HEAD)


def registers_before(
    data: bytes, bits: int = 32, end: int = MOST_AT, relocations: tuple[int, int] = (0, 0)
) -> list[dict[str, int]]:
    """The registers of the instruction reader before each byte, and what is coded."""
    registers = np.zeros(REGISTERS, dtype=np.int64)
    arrays = layout.prepared((int(bits == 64), 0, end, *relocations))
    history, rows = np.zeros(len(data) + 8, dtype=np.uint8), []
    for i, byte in enumerate(data):
        row = {name: int(registers[KIND + k]) for k, name in enumerate(layout.NAMES)}
        row["coded"] = history[i] = (byte + row["SHIFT"]) & 255
        rows.append(row)
        see(registers, arrays.work, history, np.int64(row["coded"]), np.int64(i + 1))
    return rows


@pytest.mark.parametrize("preset", ["default", "max"])
def test_code_text_and_noise_come_back(ooffice: bytes, machine: bytes, data_dir: Path, preset: str) -> None:
    text = (data_dir / "calgary" / "paper1").read_bytes()
    pieces = [ooffice[0x300000:0x302000], machine[0x80000:0x81000], text[:3000], random.Random(1).randbytes(2000)]
    for data in [b"", b"\xe8", b"\xe8\1\2\3", *pieces]:
        for bits in (32, 64):
            code = X86(preset, bits)
            stream = code.encode(data)
            assert code.decode(stream, max_size=len(data)) == data
            assert abs(8 * len(stream) - code.bits(data).bits) <= 32 + 1e-4 * len(stream) * 8


def test_what_was_found_pays(ooffice: bytes) -> None:
    data = ooffice[0x300000:0x304000]
    assert 8 * X86().bits(data).bits < 8 * float(make("cm").bits(data)) < 8 * float(make("lzma").bits(data))


def test_it_can_be_sent_and_conditioned_but_not_mixed() -> None:
    assert not isinstance(X86(), Predictor)


def test_damaged_streams_are_refused(ooffice: bytes) -> None:
    data = ooffice[0x300000:0x300800]
    stream = X86().encode(data)
    for bad in (stream[:-9], stream + bytes(9), b"", b"\xff" * 12):
        with pytest.raises(StreamError):
            X86().decode(bad, max_size=1 << 20)
    with pytest.raises(StreamError):
        X86().decode(stream, max_size=len(data) - 1)


def test_side_information_adds_up(ooffice: bytes) -> None:
    """Places count from the beginning of the target, and so do the calls: a file given itself costs nothing."""
    data = ooffice[:0x1400]
    code = make(OOFFICE)
    assert isinstance(code, X86)
    for cut in (0, 1, 4097):
        twice, once = code.given(data[:cut]).given(data[cut:]), code.given(data)
        for target in (data, b"", ooffice[0x300000:0x300400]):
            assert twice.encode(target) == once.encode(target)
    assert once.decode(once.encode(data), max_size=len(data)) == data
    assert len(once.encode(data)) < 60
    assert code.given(b"").bits(data) == code.bits(data)


def test_blocks_go_on_where_the_last_one_ended(ooffice: bytes) -> None:
    data = ooffice[0x300000:0x301800]
    there, back = X86().blocks(), X86().blocks()
    total = 0
    for at in range(0, len(data), 2500):
        block = data[at : at + 2500]
        payload = there.encode(block)
        total += len(payload)
        assert back.decode(payload, len(block)) == block
    assert total < len(X86().encode(data)) + 4 * 3


def test_instructions_are_read_the_same_by_every_mode_of_the_kernel(ooffice: bytes) -> None:
    """The kernel in one go, and the instruction reader byte by byte from Python, code the same bytes."""
    data = ooffice[0x300000:0x301000]
    state = X86()._copied()
    state, coded, probs = X86()._learned(state, np.frombuffer(data, dtype=np.uint8))
    assert list(coded) == [row["coded"] for row in registers_before(data)]
    assert probs.shape == (len(data), 8)


@given(st.binary(max_size=200), st.integers(0, 40), st.sampled_from([32, 64]))
@settings(max_examples=30, deadline=None)
def test_any_bytes_come_back(data: bytes, relocations: int, bits: int) -> None:
    data = data.replace(b"c", b"\xe8").replace(b"d", b"\x0f\x84")
    code = X86(bits=bits, relocations=relocations, relocations_size=150)
    assert code.decode(code.encode(data), max_size=len(data)) == data


@pytest.mark.parametrize(
    ("code", "bits"),
    [
        ("90", 32),
        ("8b 44 24 10", 32),
        ("8d 84 24 00 01 00 00", 32),
        ("c7 45 fc 01 00 00 00", 32),
        ("66 c7 00 34 12", 32),
        ("e8 01 02 03 04", 32),
        ("0f 84 01 02 03 04", 32),
        ("75 10", 32),
        ("f6 45 08 01", 32),
        ("f7 d8", 32),
        ("f7 c1 01 00 00 00", 32),
        ("8b 04 95 00 10 00 1e", 32),
        ("a1 00 10 00 1e", 32),
        ("c8 10 00 00", 32),
        ("9a 01 02 03 04 05 06", 32),
        ("66 0f 38 00 c1", 32),
        ("66 0f 3a 0f c1 08", 32),
        ("c2 08 00", 32),
        ("48 8b 05 01 02 03 04", 64),
        ("48 b8 01 02 03 04 05 06 07 08", 64),
        ("41 57", 64),
        ("c5 f8 28 c1", 64),
        ("c4 e2 71 b8 c2", 64),
        ("62 f1 7c 48 28 c1", 64),
        ("f3 0f 1e fa", 64),
        ("66 0f 1f 44 00 00", 64),
    ],
)
def test_instructions_end_where_they_end(code: str, bits: int) -> None:
    """Lengths as on the opcode pages of Intel's manual."""
    one = bytes.fromhex(code)
    starts = [i for i, row in enumerate(registers_before(one * 3, bits)) if row["STATE"] == 0]
    assert starts == [0, len(one), 2 * len(one)]


def test_calls_of_one_place_become_equal() -> None:
    data = b"".join(b"\xe8" + (0x12345 - (k + 5)).to_bytes(4, "little", signed=True) for k in range(0, 100, 5))
    coded = bytes(row["coded"] for row in registers_before(data))
    assert coded == (b"\xe8" + (0x12345).to_bytes(4, "little")) * 20
    assert bytes(row["coded"] for row in registers_before(data, end=0)) == data


def image(places: list[int]) -> bytes:
    """A PE of one section of code, at 0x1000 in memory and in the file, that loads addresses at some places."""
    header = bytearray(0x1000)
    header[60] = 64
    header[64:68] = b"PE\0\0"
    header[64 + 6] = 1
    header[64 + 52 : 64 + 56] = (0x400000).to_bytes(4, "little")
    header[64 + 80 : 64 + 84] = (0x3000).to_bytes(4, "little")
    for at, value in ((12, 0x1000), (16, 0x1000), (20, 0x1000), (36, 0x20000000)):
        header[64 + 24 + at : 64 + 28 + at] = value.to_bytes(4, "little")
    code = bytearray(b"\x90" * 0x1000)
    for k, place in enumerate(places):
        code[place - 1 : place + 4] = b"\xa1" + (0x401234 + 16 * k).to_bytes(4, "little")
    entries = b"".join((0x3000 | place).to_bytes(2, "little") for place in places)
    block = (0x1000).to_bytes(4, "little") + (8 + len(entries)).to_bytes(4, "little") + entries
    return bytes(header + code + block)


def test_relocations_are_foretold_from_the_code() -> None:
    places = sorted(random.Random(5).sample(range(8, 0xFF0, 8), 40))
    data = image(places)
    rows = registers_before(data, relocations=(0x2000, len(data) - 0x2000))[0x2000:]
    assert all(row["GUESS"] == 256 | byte for row, byte in zip(rows, data[0x2000:], strict=True))
    code = X86(relocations=0x2000, relocations_size=len(data) - 0x2000)
    assert code.decode(code.encode(data), max_size=len(data)) == data
    assert code.bits(data).bits < X86().bits(data).bits - 100


def test_what_is_no_parameter_is_refused() -> None:
    for wrong in ({"preset": "best"}, {"bits": 16}, {"begin": -1}, {"end": MOST_AT + 1}, {"relocations": -5}):
        with pytest.raises(ValueError, match="expected"):
            X86(**wrong)


@pytest.mark.parametrize("preset", ["fast", "max"])
def test_presets_round_trip_and_are_ordered(ooffice: bytes, preset: str) -> None:
    code, part = X86(preset=preset), ooffice[0x100000 : 0x100000 + 60_000]
    stream = code.encode(part)
    assert code.decode(stream, max_size=len(part)) == part
    assert (len(stream) > len(X86().encode(part))) == (preset == "fast")
    assert 8 * len(stream) < ContextMixing("fast").bits(part).bits


def test_executables_are_found(ooffice: bytes, machine: bytes) -> None:
    assert detect_x86(ooffice[:HEAD], len(ooffice)) == OOFFICE
    assert detect_x86(ooffice[0x80000:0x100000], None) == "x86"
    if machine[:4] == b"\x7fELF" and machine[18] == 62:
        spec = detect_x86(machine, 1 << 30)
        assert spec is not None
        assert spec.startswith("x86:bits=64")
        assert make(spec).spec == spec


def test_plain_cm_hands_code_over(ooffice: bytes) -> None:
    """Under every preset."""
    for preset, spec in [
        ("default", OOFFICE),
        ("max", OOFFICE.replace(":", ":preset=max,")),
        ("fast", OOFFICE.replace(":", ":preset=fast,")),
    ]:
        fit = choice(f"cm:preset={preset}")
        assert fit is not None
        assert fit(ooffice[:HEAD], len(ooffice), False) == spec


@pytest.mark.parametrize(
    "name",
    [
        *("calgary/geo", "calgary/obj1", "calgary/obj2", "calgary/pic", "canterbury/sum", "canterbury/kennedy.xls"),
        *("calgary/book1", "calgary/trans", "enwik/enwik6"),
    ],
)
def test_other_files_are_no_x86_code(name: str, data_dir: Path) -> None:
    data = (data_dir / name).read_bytes()
    assert detect_x86(data[:HEAD], len(data)) is None


def test_noise_is_no_code() -> None:
    assert detect_x86(random.Random(3).randbytes(1 << 18), None) is None


@given(st.binary(max_size=300), st.sampled_from([b"", b"MZ", b"\x7fELF\x02\x01\x01", b"\x7fELF\x01\x01"]))
def test_whatever_is_found_can_be_made(data: bytes, start: bytes) -> None:
    spec = detect_x86(start + data, None)
    assert spec is None or make(spec).spec == spec


@pytest.mark.parametrize("cut", [0, 1, 2, 59, 61, 64, 200, 244, 260, 300, 500, 4096, 5000])
def test_cut_headers_never_fail(ooffice: bytes, machine: bytes, cut: int) -> None:
    for data in (ooffice[:cut], machine[:cut], b"\x7fELF\x02\x01\x01" + b"\xff" * cut, b"MZ" + b"\xff" * cut):
        for size in (None, len(data), 1 << 40):
            spec = detect_x86(data, size)
            assert spec is None or make(spec).spec == spec
