"""What the fuzzer feeds: every place where this software reads bytes that somebody else may have written.

The contract of each: the call gives back the original content where a digest vouches for it, or something no larger
than allowed where none does, or raises a child of `CodelengthError` whose message is one line. Anything else, be
it another exception, other content, a crash, a hang or too much memory, is a finding.
"""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from random import Random

import numpy as np

from benchmarks import fuzz_mutation as damage
from benchmarks.real_data import DATA
from codelength import api
from codelength.catalogue import CATALOGUE, make
from codelength.codes import Best, Mixture, Switching
from codelength.coding import binary, prefix, quantise, symbols
from codelength.coding.blocks import block_coder
from codelength.coding.frame import frames_info, side_digest, write_frame
from codelength.core import Code, CodelengthError, Learner
from codelength.data import parse_size, read_documents

SIDE = b"Side information that both ends have: the quick brown fox jumps over the lazy dog. " * 3
MIXED = ("kt+ctw:depth=8", "kt~cm", "kt:alphabet=2+kt:alphabet=16+mini")
ALSO = ("prose:wrap=1",)
"""Single codes whose parameters bring a reader of their own."""
MAX_SIZE = 1 << 14
"""What decoding may give: enough to be refused often, little enough that nothing takes long."""

FILES = ("calgary/paper5", "calgary/obj1", "calgary/geo", "canterbury/grammar.lsp", "canterbury/xargs.1")


class WrongContentError(Exception):
    """A digest vouched for content that nobody wrote, or a limit was passed over."""


@dataclass(frozen=True)
class Case:
    """One call: which entry, what it reads, under which options; `allowed` are the contents that a digest vouches for,
    None where nothing does.
    """

    entry: str
    stream: bytes
    options: dict[str, str] = field(default_factory=dict)
    allowed: tuple[bytes, ...] | None = None

    def to_json(self) -> str:
        allowed = None if self.allowed is None else [content.hex() for content in self.allowed]
        return json.dumps(asdict(self) | {"stream": self.stream.hex(), "allowed": allowed})

    @staticmethod
    def from_json(text: str) -> Case:
        value = json.loads(text)
        allowed = value["allowed"]
        return Case(
            value["entry"],
            bytes.fromhex(value["stream"]),
            value["options"],
            None if allowed is None else tuple(map(bytes.fromhex, allowed)),
        )


@dataclass(frozen=True)
class Entry:
    """Something that reads: how a case for it is made, and how it is called. More weight, more cases."""

    make: Callable[[Random], Case]
    call: Callable[[Case], bytes | None]
    weight: int = 8


@lru_cache(maxsize=1)
def samples() -> tuple[bytes, ...]:
    """Contents: nothing, one byte, runs, noise, near copies of the side information, and pieces of real files."""
    rng = Random(1)
    pieces = [b"", b"a", bytes(300), b"ab" * 200, rng.randbytes(60), bytes(range(256))]
    pieces += [SIDE, SIDE[:90] + b"slow" + SIDE[95:200]]
    for name in FILES:
        data = (DATA / name).read_bytes()
        pieces += [data[at : at + size] for size in (20, 300, 1500) for at in [rng.randrange(len(data) - size)]]
    return tuple(pieces)


@lru_cache(maxsize=4096)
def frame_of(spec: str, number: int, block_size: int, given: bool) -> bytes:
    """Sample `number` as a sound frame."""
    plain = make(spec)
    given = given and isinstance(plain, Learner)
    coder, _ = block_coder(plain.given(SIDE) if given and isinstance(plain, Learner) else plain)
    sink = io.BytesIO()
    side = side_digest(SIDE) if given else None
    write_frame(io.BytesIO(samples()[number]), sink, spec=spec, coder=coder, block_size=block_size, side=side)
    return sink.getvalue()


@lru_cache(maxsize=4096)
def stream_of(spec: str, number: int, given: bool) -> bytes:
    """Sample `number` as a raw stream of a code, with neither frame nor digest."""
    return code_of(spec, given).encode(samples()[number])


@lru_cache(maxsize=8)
def code_of(spec: str, given: bool) -> Code[bytes]:
    """A catalogue's code, or `best`, given `SIDE` if it can be."""
    if spec == "best":
        return Best([make("kt"), make("zlib"), make("ppmd")])
    if spec.startswith("weighted "):
        kind = Mixture if spec.endswith("mixture") else partial(Switching, period=7)
        return kind([make("kt"), make("ctw:depth=8")])
    code = make(spec)
    return code.given(SIDE) if given and isinstance(code, Learner) else code


def frame_case(entry: str, rng: Random) -> Case:
    """One to three frames joined, most of them damaged, some sealed again."""
    numbers = [rng.randrange(len(samples())) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    given = rng.random() < 0.2
    parts, vouched = [], True
    for number in numbers:
        frame = _sound(rng, number, given)
        other = _sound(rng, rng.randrange(len(samples())), given)
        if rng.random() < 0.45:
            frame, sealed = damage.mutated_frame(rng, frame, other, samples()[number])
            vouched &= not sealed
        parts.append(frame)
    stream = b"".join(parts)
    if rng.random() < 0.5:
        stream = damage.mutated(rng, stream, _sound(rng, numbers[0], given))
    contents = [samples()[number] for number in numbers]
    # Damage can repeat frames and remove them; what it cannot do is make another content that its digest vouches for.
    joined = {b"".join(some) for n in range(7) for some in itertools.product(contents, repeat=n)} if vouched else None
    options = {"given": "side" if given else "", "max_size": str(rng.choice((MAX_SIZE, MAX_SIZE, 100, 0)))}
    return Case(entry, stream, options, None if joined is None or len(joined) > 2000 else tuple(joined))


def sound_cases(entry: str) -> Iterator[Case]:
    """A frame of every code, without side information and with it, undamaged."""
    number = len(samples()) - 1
    for spec in (*CATALOGUE, *MIXED, *ALSO):
        for given in ("", "side"):
            options = {"given": given, "max_size": str(MAX_SIZE)}
            yield Case(entry, frame_of(spec, number, 1000, bool(given)), options, (samples()[number],))


def _sound(rng: Random, number: int, given: bool) -> bytes:
    spec = rng.choice((*CATALOGUE, *MIXED, *ALSO))
    return frame_of(spec, number, rng.choice((1 << 20, 1000, 64)), given)


def call_decompress(case: Case) -> bytes:
    side = SIDE if case.options["given"] else None
    return api.decompress(case.stream, given=side, max_size=int(case.options["max_size"]))


def call_frames_info(case: Case) -> None:
    list(frames_info(io.BytesIO(case.stream)))


def call_command(command: str, case: Case) -> bytes | None:
    """A command in this process: exit 0, or one line on stderr and exit 1. Its complaint is raised again here."""
    from typer.testing import CliRunner

    from codelength.cli.main import app

    given, writes = case.options["given"], command == "decompress"
    Path("side").write_bytes(SIDE)
    args = [command, "-", *(["-c"] if writes else [])]
    if command != "list":
        args += ["--max-size", case.options["max_size"], *(["--given", "side"] if given else [])]
    done = CliRunner().invoke(app, args, input=case.stream)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    if done.exit_code == 0:
        return done.stdout_bytes if writes else None
    if done.exit_code != 1 or done.stderr.count("\n") != 1 or not done.stderr.startswith("codelength: "):
        raise WrongContentError(f"exit {done.exit_code}: {done.stderr!r}")
    raise CodelengthError(done.stderr.strip())


def raw_case(entry: str, specs: tuple[str, ...], rng: Random) -> Case:
    """A raw stream of some code: mostly damaged, sometimes that of other parameters."""
    spec, other = rng.choice(specs), rng.choice(specs)
    given = rng.random() < 0.2
    number = rng.randrange(len(samples()))
    stream = stream_of(other if rng.random() < 0.1 else spec, number, given)
    if rng.random() < 0.95:
        stream = damage.mutated(rng, stream, stream_of(other, rng.randrange(len(samples())), given))
    if rng.random() < 0.05:
        stream = rng.randbytes(rng.randrange(100))
    size = rng.choice((MAX_SIZE, MAX_SIZE, len(samples()[number]), 0))
    return Case(entry, stream, {"spec": spec, "given": "side" if given else "", "max_size": str(size)})


def call_raw(case: Case) -> bytes:
    return code_of(case.options["spec"], bool(case.options["given"])).decode(
        case.stream, max_size=int(case.options["max_size"])
    )


def spec_case(rng: Random) -> Case:
    return Case("spec", damage.hostile_spec(rng).encode("latin-1"))


def call_spec(case: Case) -> None:
    """A spec makes a code that can be used, or is refused."""
    code = make(case.stream.decode("latin-1"))
    if len(code.decode(code.encode(b"text"), max_size=4)) != 4:
        raise WrongContentError(f"{code.spec} does not decode what it encodes")


def number_case(entry: str, rng: Random) -> Case:
    """Bytes for the coders below all codes, and numbers that they are told."""
    counts = [rng.choice((0, 0, 1, 2, 50)) for _ in range(rng.choice((1, 2, 5, 256)))]
    n = rng.choice((0, 1, 5, 300))
    chosen = [i for i, count in enumerate(counts) if count]
    data = [rng.choice(chosen) for _ in range(n)] if chosen else []
    options = {"counts": json.dumps(counts), "n": str(n)}
    if entry == "prefix":
        stream = prefix.pack(data, prefix.huffman_lengths(counts))[0]
    elif entry == "symbols":
        row = quantise.quantise_integers([count + 1 for count in counts], 14)
        stream = symbols.encode(*quantise.intervals(row, data), 14)
    else:
        stream = binary.length_prefix(rng.choice(damage.LENGTHS))
    return Case(entry, damage.mutated(rng, stream, rng.randbytes(20)), options)


def call_prefix(case: Case) -> None:
    lengths = prefix.huffman_lengths(json.loads(case.options["counts"]))
    prefix.unpack(case.stream, lengths, int(case.options["n"]))


def call_symbols(case: Case) -> None:
    row = quantise.quantise_integers([count + 1 for count in json.loads(case.options["counts"])], 14)
    decoded = symbols.decode(case.stream, row, int(case.options["n"]), 14)
    if decoded.size and not 0 <= int(decoded.min()) <= int(decoded.max()) < row.size:
        raise WrongContentError("a symbol outside the alphabet")


def call_binary(case: Case) -> None:
    """Lengths, then bits under extreme probabilities."""
    stream = np.frombuffer(case.stream, dtype=np.uint8)
    registers = binary.open_registers(stream)
    for p in (1, 1 << 16, 1 << 31, (1 << 32) - 1) * 40:
        binary.decode_bit(registers, stream, np.uint32(p))
    size, at = binary.read_length(case.stream, max_size=1 << 62)
    if not 0 <= size <= 1 << 62 or at > len(case.stream):
        raise WrongContentError(f"a length of {size} at {at}")


LINES = (
    b'{"text": "a document"}\n{"text": "another", "n": 1.5e300}\n\n{"text": "\\ud800 \\u00e9"}\n',
    b'{"other": 1, "text": "x"}\r\n{"text": ""}\r\n',
    b'{"text": ' + b"[" * 60 + b"]" * 60 + b"}\n",
    b"plain lines\nof text\n\nand more\n",
    b"\xef\xbb\xbfwith a mark\n",
)


def document_case(rng: Random) -> Case:
    stream = damage.mutated(rng, rng.choice(LINES) * rng.choice((1, 1, 3)), rng.choice(LINES))
    if rng.random() < 0.05:
        stream = b'{"text": ' + rng.choice((b"[", b'{"a":', b"9")) * rng.choice((1000, 5000, 100_000)) + b"}\n"
    return Case("documents", stream, {"name": rng.choice(("a.jsonl", "a.txt", "a.json")), "field": rng.choice("tx")})


def call_documents(case: Case) -> None:
    path = Path(case.options["name"])
    path.write_bytes(case.stream)
    asked = {"t": None, "x": "other"}[case.options["field"]]
    for document in read_documents(path, field=asked, max_size=1 << 20):
        if not document.content.strip():
            raise WrongContentError("a document without text")


def size_case(rng: Random) -> Case:
    text = rng.choice(("120kB", "1.5MiB", "4096", "0", "1e9", "9" * 29 + "TiB", ".5k"))
    return Case("size", damage.mutated(rng, text.encode(), b"kMGTi. -"))


def call_size(case: Case) -> None:
    if parse_size(case.stream.decode("latin-1")) < 0:
        raise WrongContentError("a negative size")


def program_case(rng: Random) -> Case:
    content = damage.mutated(rng, rng.choice(samples()), rng.choice(samples()))[:600]
    return Case("program", content, {}, (content,))


def call_program(case: Case) -> bytes:
    """Not a decoder of ours but one that we write: any bytes come out of their program as they went in."""
    if not case.stream:
        return b""
    made = api.program(case.stream, max_seconds=5.0)
    return subprocess.run([sys.executable, "-I", "-c", _RUN, made.source.hex()], capture_output=True, check=True).stdout


_RUN = "import sys; exec(compile(bytes.fromhex(sys.argv[1]), 'program', 'exec'))"


def check(case: Case, result: bytes | None) -> None:
    """Raise unless the result is what it may be."""
    if result is None:
        return
    if len(result) > int(case.options.get("max_size", 1 << 20)):
        raise WrongContentError(f"{len(result):,} bytes where {case.options['max_size']} are allowed")
    if case.allowed is not None and result not in case.allowed:
        raise WrongContentError(f"{len(result):,} bytes that no digest vouches for")


@lru_cache(maxsize=1)
def entries() -> dict[str, Entry]:
    """All of them by name. A new code of the catalogue is among them by itself."""
    found = {
        "decompress": Entry(partial(frame_case, "decompress"), call_decompress, 60),
        "frames_info": Entry(partial(frame_case, "frames_info"), call_frames_info),
        "spec": Entry(spec_case, call_spec, 20),
        "documents": Entry(document_case, call_documents),
        "size": Entry(size_case, call_size, 2),
        "program": Entry(program_case, call_program, 1),
    }
    for command in ("decompress", "test", "list"):
        name = f"codelength {command}"
        found[name] = Entry(partial(frame_case, name), partial(call_command, command), 4)
    for name, call in (("prefix", call_prefix), ("symbols", call_symbols), ("binary", call_binary)):
        found[name] = Entry(partial(number_case, name), call, 4)
    for name in CATALOGUE:
        found[f"{name}.decode"] = Entry(partial(raw_case, f"{name}.decode", _variants(name)), call_raw)
    for name, specs in (
        ("Best.decode", ("best",)),
        ("Mixture.decode", (*(spec for spec in MIXED if "+" in spec), "weighted mixture")),
        ("Switching.decode", (*(spec for spec in MIXED if "~" in spec), "weighted switching")),
    ):
        found[name] = Entry(partial(raw_case, name, specs), call_raw)
    return found


@lru_cache(maxsize=64)
def _variants(name: str) -> tuple[str, ...]:
    """A code's name with parameters of its own that it takes."""
    rng, found = Random(name), [name, *(spec for spec in ALSO if spec.partition(":")[0] == name)]
    for _ in range(400):
        spec = damage.hostile_spec(rng)
        if len(found) < 6 and spec.partition(":")[0] == name and not {"+", "~"} & set(spec):
            try:
                found.append(make(spec).spec)
            except CodelengthError:
                continue
    return tuple(dict.fromkeys(found))
