"""Programs print exactly their data under every Python here, and the smallest is the one that is handed out."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.core import Bits, CodelengthError
from codelength.predictors.mini import Mini
from codelength.tasks import program
from codelength.tasks.program import FORMS, shortest_program
from codelength.tasks.program_source import compressed, literal, repetition, self_extracting, smallest_period

# Whatever a future Python may refuse fails here; the file on descriptor 1 is left for the end of the program to close.
WARNINGS = ("-W", "error", "-W", "ignore::ResourceWarning")

AWKWARD = {
    "empty": b"",
    "one byte": b"x",
    "NUL": b"\0",
    "NUL before digits": b"\x007\x00a\x000",
    "all bytes": bytes(range(256)) * 2,
    "line ends": b"\r\n\n\r\0" * 9 + b"\x0c\x1a\x85",
    "quotes": b"\"\"\"'''\\\"\\'" * 7 + b'"',
    "backslash at the end": b"a" * 90 + b"\\",
    "quote at the end": b"\\n is no line end; it's \"\"\" and '''" + b'"',
    "percent": b"%d%%%b" * 5,
    "latin": "naïve façade – œuvre".encode() * 3,
    "random": random.Random(5).randbytes(400),
    "period with a rest": b"abc" * 50 + b"ab",
}


def pythons() -> list[str]:
    """The Python of these tests, those in PATH, and those that `CODELENGTH_PYTHONS` names (paths, as in PATH)."""
    names = os.environ.get("CODELENGTH_PYTHONS", "").split(os.pathsep)
    found = [shutil.which(name) for name in [*(f"python3.{minor}" for minor in range(8, 16)), *names] if name]
    runs = [path for path in found if path and not subprocess.run([path, "-c", ""], check=False).returncode]
    return sorted({os.path.realpath(path): path for path in [*runs, sys.executable]}.values())


def printed(source: bytes, folder: Path, python: str = sys.executable) -> bytes:
    path = folder / "program.py"
    path.write_bytes(source)
    done = subprocess.run([python, "-I", *WARNINGS, str(path)], capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout


def executed(source: bytes) -> bytes:
    """The value that the program writes; found here, since a process for each example would take minutes."""
    written: list[bytes] = []

    class Sink:
        def write(self, data: bytes) -> None:
            written.append(data)

    exec(compile(source, "program.py", "exec"), {"open": lambda *_: Sink()})
    return b"".join(written)


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
def test_every_form_prints_the_data(data: bytes, tmp_path: Path) -> None:
    sources = [literal(data), repetition(data), *(compressed(name, data) for name in ("zlib", "bz2", "lzma"))]
    sources.append(self_extracting(*Mini().unpacker(data)))
    for source in sources:
        assert source is None or executed(source) == data
    assert printed(min(filter(None, sources), key=len), tmp_path) == data


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text("\r\n\0\"'\\09ab", max_size=40).map(str.encode)))
def test_awkward_literals_print_the_data(data: bytes) -> None:
    for source in (literal(data), compressed("zlib", data), repetition(data * 3)):
        assert source is None or executed(source) in (data, data * 3)


@pytest.mark.parametrize("python", pythons())
def test_programs_run_under_every_python_here(python: str, tmp_path: Path) -> None:
    data = b"Whan that Aprille, with his shoures soote,\r\n\0\\ " * 12 + bytes(range(256))
    mini = Mini()
    for source in (literal(data), *(compressed(name, data) for name in ("zlib", "bz2", "lzma"))):
        assert printed(source, tmp_path, python) == data
    assert printed(self_extracting(*mini.unpacker(data)), tmp_path, python) == data


def test_text_of_20_kilobytes_is_printed_by_the_embedded_decoder(data_dir: Path) -> None:
    data = (data_dir / "calgary" / "paper1").read_bytes()[:20_000]
    found = shortest_program(data, mini=Mini(), max_seconds=300)
    assert found.form == "mini"
    assert found.bits == Bits(8.0 * len(found.source), "upper")
    assert set(found.sizes) | set(found.left_out) == set(FORMS)
    assert len(found.source) == min(found.sizes.values()) < 0.95 * min(found.sizes[name] for name in ("bz2", "lzma"))
    assert len(found.source) < Mini().bits(data).bits / 8 * 1.01 + 700


@settings(max_examples=100, deadline=None)
@given(st.text("ab", max_size=30).map(str.encode))
def test_smallest_period(data: bytes) -> None:
    fits = [p for p in range(1, len(data) // 2 + 1) if all(a == b for a, b in zip(data, data[p:], strict=False))]
    assert smallest_period(data) == min(fits, default=0)


def test_repetition_wins_on_repetition() -> None:
    found = shortest_program(b"ab" * 1000 + b"a", mini=Mini(), max_seconds=300)
    assert found.form == "repetition"
    assert found.source == b'open(1,"wb").write(b"ab"*1000+b"a")'


def test_limits_and_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"to be or not to be " * 40
    assert "max_seconds" in shortest_program(data, mini=Mini(), max_seconds=0.1).left_out["mini"]
    assert "no code" in shortest_program(data).left_out["mini"]
    with pytest.raises(CodelengthError, match="form of program"):
        shortest_program(data, forms=("gzip",))
    with pytest.raises(CodelengthError, match="no program was made"):
        shortest_program(data, forms=("mini",))
    monkeypatch.setattr(program, "compressed", lambda *_: b'open(1,"wb").write(b"else")')
    with pytest.raises(RuntimeError, match="printed 4 others"):
        shortest_program(data, forms=("zlib",))
    monkeypatch.setattr(program, "compressed", lambda *_: b"import time;time.sleep(99)")
    monkeypatch.setattr(program, "_GRACE", 0.5)
    with pytest.raises(CodelengthError, match="did not end"):
        shortest_program(data, forms=("zlib",), max_seconds=0.0)
