"""Claim: a transformer that learns as it goes, and context mixing, mixed bit by bit, take fewer bits than either alone.

    python -m benchmarks.online_text [--file enwik/enwik6] [--size BYTES] [--portable cm cm:preset=max] [--keep FILE]
    python -m benchmarks.online_text --device cuda --width 384 --heads 6 --layers 6 --batch 32 --rate 2e-3

Online (prequential): the network starts from its seed and learns from what has been coded, so nothing but the data is
sent. Bytes are those of streams, all included, made from what the experts said in one pass over the file; the first
`--decode` bytes (0: all) are decoded by experts that start anew, which must give them back. `Mixture` is Bayes,
`Switching` fixed share, `Gated` Bayes over the experts and the gates' vote; "at most" is the certificate, bytes above
the better of the two. Peers without side information in the same run. The network's rate, block and batch were chosen
on the first 60 kB of calgary/book2, its size by the time there was; the gates' constants with `cm` and `ctw` on the
first 200 kB of the same. `--keep` stores what the network says, and takes it from there again.
Keeps benchmarks/records/online_text.json, one entry a file.
"""

import argparse
import itertools
import json
import os
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.devices import add_device
from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.codes import Gated, Mixture, Switching
from codelength.codes.lockstep import Lockstep
from codelength.coding import binary
from codelength.core import Bits, DataError, Walk
from codelength.models.online import Online, OnlineTransformer

RECORD = Path(__file__).parent / "records" / "online_text.json"
PEERS = ("lzma", "ppmd", "bz2")
PARTS = 5

Probs = NDArray[np.uint32]
Row = dict[str, Any]


class Said:
    """A predictor that has spoken of one text: its probabilities from byte `at` on, which are not computed twice."""

    def __init__(self, spec: str, probs: Probs, text: bytes, at: int = 0) -> None:
        self.spec, self.probs, self.text, self.at = spec, probs, text, at

    def probabilities(self, data: bytes) -> Probs:
        return self.probs[self.at : self._after(data)]

    def bits(self, data: bytes) -> Bits:
        return Bits(8 * len(binary.length_prefix(len(data))) + binary.cost(data, self.probabilities(data)))

    def encode(self, data: bytes) -> bytes:
        return binary.length_prefix(len(data)) + binary.encode(data, self.probabilities(data))

    def given(self, data: bytes) -> "Said":
        return Said(self.spec, self.probs, self.text, self._after(data))

    def decode(self, stream: bytes, *, max_size: int) -> bytes:  # noqa: ARG002
        raise DataError(f"{self.spec} has spoken of one text and is asked no more: decode with the expert itself")

    def walk(self) -> Walk:
        raise DataError(f"{self.spec} has spoken of one text and is asked no more: walk with the expert itself")

    def _after(self, data: bytes) -> int:
        end = self.at + len(data)
        if self.text[self.at : end] != data:
            raise DataError(f"{self.spec} has spoken of another text")
        return end


def row(name: str, code: Said | Lockstep, text: bytes) -> Row:
    """Bytes of the stream, and bits a byte of each part of the text."""
    probs, edges = code.probabilities(text), np.linspace(0, len(text), PARTS + 1).astype(int).tolist()
    size = len(code.encode(text))
    parts = [binary.cost(text[a:b], probs[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]
    return {"code": name, "bytes": size, "bits_per_byte": 8 * size / len(text), "parts": parts}


def mixed(portable: Said, network: Said, text: bytes) -> list[Row]:
    """The expert and the three mixtures of it with the network."""
    rows = [row(portable.spec, portable, text)]
    better = min(portable.bits(text).bits, network.bits(text).bits)
    for kind in (Mixture, Switching, Gated):
        code = kind([portable, network])
        at_most = code.regret_bound(len(text)).bits
        found = row(f"{kind.__name__}({portable.spec}, network)", code, text)
        above = code.bits(text).bits - better
        assert above <= at_most
        rows.append(found | {"above_better": above / 8, "at_most": at_most / 8})
    return rows


def spoken(text: bytes, setting: Online, device: str, keep: Path | None) -> tuple[Probs, float]:
    """What the network says of the text, and the processor seconds that it took."""
    if keep is not None and keep.exists():
        found = np.load(keep, allow_pickle=False)
        if str(found["spec"]) != OnlineTransformer(setting).spec or len(found["probs"]) != len(text):
            raise SystemExit(f"{keep} holds what another network said, or of another text: name another file")
        return found["probs"], float(found["seconds"])
    began, told = time.process_time(), time.perf_counter()

    def tell(behind: int) -> None:
        nonlocal told
        if time.perf_counter() > told + 60:
            told = time.perf_counter()
            print(f"{behind:,} bytes, {time.process_time() - began:.0f} CPU s", flush=True)

    probs = OnlineTransformer(setting, device=device, on_progress=tell).probabilities(text)
    seconds = time.process_time() - began
    if keep is not None:
        with keep.open("wb") as file:
            np.savez(file, probs=probs, seconds=seconds, spec=OnlineTransformer(setting).spec)
    return probs, seconds


def decoded(text: bytes, said: Lockstep, anew: Lockstep) -> Row:
    """The text encoded by what was said, and decoded by experts that start anew."""
    stream = said.encode(text)
    began = time.process_time()
    same = anew.decode(stream, max_size=len(text)) == text
    seconds = time.process_time() - began
    return {"size": len(text), "bytes": len(stream), "equal": same, "bytes_per_second": len(text) / seconds}


def show(record: Row) -> None:
    table = Table(title=f"{record['file']}, {record['size']:,} bytes, online", caption=record["setting"])
    table.add_column("code")
    for column in (
        "bytes",
        "bits per byte",
        "above the better",
        "at most",
        *(f"{k + 1}/{PARTS}" for k in range(PARTS)),
    ):
        table.add_column(column, justify="right")
    for one in record["rows"]:
        beyond = [f"{one[key]:,.1f}" if key in one else "" for key in ("above_better", "at_most")]
        parts = [f"{part:.3f}" for part in one.get("parts", [])]
        table.add_row(one["code"], f"{one['bytes']:,}", f"{one['bits_per_byte']:.4f}", *beyond, *parts)
    Console(width=150).print(table)
    check = record["decoded"]
    print(
        f"network: {record['parameters']:,} parameters, {record['network_cpu_seconds']:.0f} CPU s, {record['threads']} "
        f"threads; decoded {check['size']:,} bytes from {check['bytes']:,}, equal: {check['equal']}, "
        f"{check['bytes_per_second']:,.0f} bytes per CPU second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", default="enwik/enwik6")
    parser.add_argument("--size", type=int)
    parser.add_argument("--decode", type=int, default=1 << 14, metavar="BYTES", help="0: all")
    add_device(parser)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--portable", nargs="+", default=["cm"], help="whom the network is mixed with")
    for field in fields(Online):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    setting = Online(**{field.name: getattr(options, field.name) for field in fields(Online)})
    text = (DATA / options.file).read_bytes()[: options.size]
    probs, seconds = spoken(text, setting, options.device, options.keep)
    network = Said("network", probs, text)
    rows = [row("network", network, text)]
    said = {spec: Said(spec, make(spec).probabilities(text), text) for spec in options.portable}
    for portable in said.values():
        rows += mixed(portable, network, text)
    for spec in PEERS:
        size = len(make(spec).encode(text))
        rows.append({"code": spec, "bytes": size, "bits_per_byte": 8 * size / len(text)})
    anew = Gated([make(options.portable[0]), OnlineTransformer(setting, device=options.device)])
    record = {
        "file": options.file,
        "size": len(text),
        "setting": OnlineTransformer(setting).spec,
        "parameters": setting.config.parameters,
        "device": options.device,
        "threads": options.threads,
        "load": os.getloadavg(),
        "network_cpu_seconds": seconds,
        "rows": rows,
        "decoded": decoded(text[: options.decode or None], Gated([said[options.portable[0]], network]), anew),
        "network": asdict(setting),
    }
    records = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    RECORD.write_text(json.dumps(records | {options.file: record}, indent=1) + "\n")
    show(record)


if __name__ == "__main__":
    main()
