"""DNA: whatever the bytes are they come back, both strands are learned, layout is nearly free, memory follows data."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codelength.catalogue import choice
from codelength.core import StreamError
from codelength.predictors.dna import Dna, DnaConfig, detect_dna
from codelength.predictors.dna.state import doubled, new_state

COMPLEMENT = bytes.maketrans(b"acgtACGT", b"tgcaTGCA")


def bases(size: int, *, seed: int = 0) -> bytes:
    """Bases that no code can shorten below two bits each."""
    return np.frombuffer(b"acgt", np.uint8)[np.random.default_rng(seed).integers(0, 4, size)].tobytes()


def reverse_complement(strand: bytes) -> bytes:
    return strand.translate(COMPLEMENT)[::-1]


def fasta(strand: bytes, width: int = 60) -> bytes:
    lines = b"".join(strand[at : at + width].upper() + b"\n" for at in range(0, len(strand), width))
    return b">NC_000913.3 Escherichia coli K-12\n" + lines


def soft_masked(strand: bytes) -> bytes:
    out = bytearray(strand)
    for at in range(0, len(out), 900):
        out[at : at + 200] = out[at : at + 200].upper()
    return bytes(out)


LAYOUTS = {
    "bare": bases(3000),
    "FASTA": fasta(bases(3000)),
    "FASTA of several": fasta(bases(700)) + fasta(bases(900, seed=1), 70),
    "soft-masked": soft_masked(bases(3000)),
    "unknown bases": bases(500) + b"N" * 300 + bases(500, seed=1) + b"RYSWKMBDHVn-" + bases(100, seed=2),
    "carriage returns": fasta(bases(1000)).replace(b"\n", b"\r\n"),
    "both strands": bases(800) + reverse_complement(bases(800)),
    "a constant": b"a" * 3000,
    "garbage": np.random.default_rng(0).bytes(2000),
    "garbage, then bases": np.random.default_rng(0).bytes(300) + bases(900),
    "one base": b"T",
    "nothing": b"",
}


@pytest.mark.parametrize("data", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_any_layout_comes_back_and_costs_what_is_said(data: bytes) -> None:
    for code in (Dna(), Dna().given(LAYOUTS["FASTA"])):
        stream = code.encode(data)
        assert code.decode(stream, max_size=len(data)) == data
        assert abs(8 * len(stream) - code.bits(data).bits) <= 32 + 1e-4 * code.bits(data).bits


@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from([b"a", b"C", b"g", b"gatt", b"ACA", b"\n", b"N", b">x\n", b"\0", b"\xff"])).map(b"".join)
)
def test_mixtures_of_all_that_a_file_can_hold_come_back(data: bytes) -> None:
    assert Dna().decode(Dna().encode(data), max_size=len(data)) == data


def test_random_bases_cost_two_bits_each() -> None:
    strand = bases(20_000)
    assert 2 * len(strand) <= Dna().bits(strand).bits <= 2.06 * len(strand)


def test_lines_headers_and_case_cost_next_to_nothing() -> None:
    strand = bases(20_000)
    bare = Dna().bits(strand).bits
    assert Dna().bits(fasta(strand)).bits < bare + 900
    assert Dna().bits(strand.upper()).bits < bare + 60
    assert Dna().bits(soft_masked(strand)).bits < bare + 20 * 46


def test_a_repeat_costs_little_on_either_strand_and_with_changes() -> None:
    """What differs between the three: forward match, inverted match, recovery after a changed base."""
    strand = bases(5000)
    code = Dna().given(strand)
    changed = bytearray(strand)
    changed[100::100] = changed[100::100].translate(COMPLEMENT)
    assert code.bits(strand).bits < 0.05 * 2 * len(strand)
    assert code.bits(reverse_complement(strand)).bits < 0.05 * 2 * len(strand)
    assert code.bits(bytes(changed)).bits < 0.15 * 2 * len(strand)
    assert code.bits(bases(5000, seed=1)).bits > 1.95 * len(strand)


def test_damaged_streams_are_refused_or_bounded() -> None:
    data = LAYOUTS["FASTA"]
    stream = Dna().encode(data)
    for short in (stream[: len(stream) // 2], stream[:-2], stream[:1], b""):
        with pytest.raises(StreamError, match=r"\S"):
            Dna().decode(short, max_size=len(data))
    with pytest.raises(StreamError, match="left over"):
        Dna().decode(stream + bytes(20), max_size=len(data))
    with pytest.raises(StreamError, match="max_size"):
        Dna().decode(stream, max_size=len(data) - 1)


def test_a_claimed_size_takes_no_memory() -> None:
    claims_an_exabyte = bytes([0x80] * 8 + [0x10]) + bases(50)
    with pytest.raises(StreamError, match="too early"):
        Dna().decode(claims_an_exabyte, max_size=1 << 62)


def test_memory_grows_with_the_data() -> None:
    def held(code: Dna) -> int:
        return sum(array.nbytes for array in code._state)

    sizes = [held(Dna().given(bases(size))) for size in (0, 300, 1000, 10_000, 100_000)]
    assert sizes[0] == sizes[1] == sizes[2] < 1 << 20
    assert sizes == sorted(sizes)
    assert sizes[-1] - sizes[0] < 160 * 100_000


def test_tables_stop_at_their_limit() -> None:
    state = new_state(DnaConfig(bits=12))
    for _ in range(4):
        state = doubled(state)
    assert state.heads.size == 1 << 12
    assert max(int(state.low_bits.max()), int(state.high_bits.max())) == 12
    assert state.bases.size == 1 << 14


@pytest.mark.parametrize("ring", [10, 12, 26])
def test_full_tables_and_a_full_ring_still_come_back(ring: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of a limit far below the data's size; pointers that outlive what they pointed at."""
    monkeypatch.setattr("codelength.predictors.dna.predictor.RING_BITS", ring)
    code = Dna(DnaConfig(bits=10))
    data = bases(3000) + bases(2000) + reverse_complement(bases(3000))
    stream = code.encode(data)
    assert code.decode(stream, max_size=len(data)) == data
    assert code.given(data)._state.bases.size == min(1 << ring, 1 << 13)


def test_the_cut_into_blocks_changes_nothing() -> None:
    data = LAYOUTS["FASTA of several"] * 3
    whole = Dna().probabilities(data)
    parts, code = [], Dna()
    for at in range(0, len(data), 700):
        parts.append(code.probabilities(data[at : at + 700]))
        code = code.given(data[at : at + 700])
    assert np.array_equal(np.concatenate(parts), whole)
    writer, reader = Dna().blocks(), Dna().blocks()
    for at in range(0, len(data), 700):
        block = data[at : at + 700]
        assert reader.decode(writer.encode(block), len(block)) == block


TWIN = """
import hashlib, sys, warnings
import numpy as np
warnings.simplefilter("ignore", RuntimeWarning)  # products modulo 2**64
from codelength.predictors.dna import Dna, DnaConfig
data = bytes.fromhex(sys.stdin.read())
code = Dna(DnaConfig(low=(1, 2, 8), high=(11, 16), bits=11, seed_length=12)).given(data[:100])
probs = np.empty((len(data), 8), np.uint32)
state = code._learn(code._copied(), np.frombuffer(data, np.uint8), probs)
digest = hashlib.blake2b(probs.tobytes())
for array in state:
    digest.update(array.tobytes())
print(digest.hexdigest())
"""


def test_compiled_equals_plain_python() -> None:
    """The same probabilities and the same state, every array of it, with the compiler off; tables double on the way."""
    strand = bases(300)
    data = fasta(strand) + b"NN\xff" + strand + b"\n" + reverse_complement(strand) + bases(200, seed=1)
    said = []
    for off in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", TWIN],
            input=data.hex(),
            env={**os.environ, "NUMBA_DISABLE_JIT": off},
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(done.stdout)
    assert said[0] == said[1]
    assert len(said[0].strip()) == 2 * hashlib.blake2b().digest_size


def test_dna_is_told_from_the_rest(data_dir: Path) -> None:
    for name in ("bare", "FASTA", "FASTA of several", "soft-masked", "carriage returns", "both strands"):
        assert detect_dna(LAYOUTS[name], None) == "dna", name
    for name in ("a constant", "garbage", "one base", "nothing"):
        assert detect_dna(LAYOUTS[name], None) is None, name
    for path in sorted((data_dir / "calgary").iterdir()):
        assert detect_dna(path.read_bytes()[: 1 << 20], path.stat().st_size) is None, path.name
    assert detect_dna(b"attacca, a cat tagged; " * 99, None) is None


def test_dna_is_coded_as_dna_unless_somebody_chose(data_dir: Path) -> None:
    strand = LAYOUTS["FASTA"]
    for spec in ("cm", "cm:preset=max"):
        fit = choice(spec)
        assert fit is not None
        assert fit(strand, None, False) == fit(strand, 1 << 30, True) == "dna"
        assert fit(fasta(bases(100_000)), None, False) == "dna"  # and no image of 61 bytes a row
        assert fit((data_dir / "calgary" / "progc").read_bytes(), None, True) == spec
    for spec in ("cm:preset=fast", "cm:memory=20"):
        fit = choice(spec)
        assert fit is not None
        assert fit(strand, None, True) == spec
