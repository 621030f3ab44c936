"""Claims cost nothing: whatever a frame says of its size, its blocks and its code, memory waits for what really comes.

Each hostile frame is read in a process of its own whose address space ends 1 GiB above what it has when it is warm.
"""

import json
import subprocess
import sys

import pytest

BOUND = 512 << 20
"""docs/format.md, "Memory": bytes resident that a frame of a few bytes may cost."""

BLOCK = 1 << 26

PROGRAM = """
import json, resource, sys
from pathlib import Path
import codelength as cl
from codelength.core import CodelengthError

def number(name):
    return int(Path("/proc/self/status").read_text().split(name + ":")[1].split()[0]) << 10

def leb(value):
    digits = []
    while value >= 0x80:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])

def frame(spec, raw, size, payload):
    return b"\\x93CL\\x01\\x00" + bytes([len(spec)]) + spec.encode() + leb(raw) + leb(size) + payload

for warm in ("cm+ctw+mini~kt".split("~")):
    cl.decompress(cl.compress(b"warm", code=warm))
held = number("VmSize") + (1 << 30)
resource.setrlimit(resource.RLIMIT_AS, (held, held))
told = []
for spec, raw, size, payload in json.loads(sys.argv[1]):
    Path("/proc/self/clear_refs").write_text("5")
    before = number("VmHWM")
    try:
        cl.decompress(frame(spec, raw, size, bytes.fromhex(payload)))
        end = "decoded"
    except CodelengthError as error:
        end = str(error)
    told.append([end, number("VmHWM") - before])
print(json.dumps(told))
"""

ZSTD_WINDOW = "00a8030000"
"""A zstd stream without magic that claims a window of 2 GiB."""

PPMD_CLAIM = "80808040" + "00" * 40
"""A ppmd stream that claims 64 MiB of data."""

FRAMES = [
    *[("kt", 1 << exponent, 1 << exponent, "") for exponent in (26, 27, 40, 60, 63)],
    *[("zlib", BLOCK, size, "") for size in (0, 1 << 20, 32 * BLOCK + 1024)],
    ("huffman", BLOCK, 3, "808080"),
    ("lzma:window=30", BLOCK, 9, "01ffffffffff000000"),
    ("zstd:window=31", BLOCK, 5, ZSTD_WINDOW),
    ("zstd:window=31", 1, 5, ZSTD_WINDOW),
    ("ppmd:memory=31", BLOCK, 44, PPMD_CLAIM),
    ("ppmd:memory=31,order=64", BLOCK, 44, PPMD_CLAIM),
    ("brotli:window=24", BLOCK, 2, "0b02"),
    ("bz2", BLOCK, 9, "314159265359000000"),
    *[(spec, BLOCK, 5, "5555555555") for spec in ("kt", "ctw:depth=64", "cm", "+".join(["ctw"] * 16))],
    ("+".join(["cm"] * 16), BLOCK, 1, "55"),
    ("+".join(["kt"] * 17), BLOCK, 1, "55"),
]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured with Linux's /proc")
def test_a_claim_costs_no_memory() -> None:
    frames = [(spec, raw, size, payload) for spec, raw, size, payload in FRAMES]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(frames)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for (spec, raw, size, _), (end, grown) in zip(frames, json.loads(done.stdout), strict=True):
        assert end != "decoded", (spec, raw, size)
        assert grown <= BOUND, f"{spec[:60]}, {raw:,} bytes claimed: {grown >> 20} MiB"


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited as on Linux")
def test_memory_that_is_not_there_is_an_error_of_the_frame() -> None:
    """A model of 2 x 2 GiB, asked for by a frame that claims enough to fill it, where there is 1 GiB."""
    frames = json.dumps([("ppmd:memory=31", BLOCK, 44, PPMD_CLAIM)])
    done = subprocess.run([sys.executable, "-c", PROGRAM, frames], capture_output=True, text=True, check=True)
    ((end, _),) = json.loads(done.stdout)
    assert "bytes of memory, which are not there" in end
