"""Claim: the codelengths of `benchmarks.prequential` are sizes of streams that decode, by whoever has the images.

    python -m benchmarks.prequential_stream [--only NAME] [--labels N]

Encodes the labels of MNIST's training images (file order, the first N, default all 60,000) into one stream of the range
coder. Another process, which is handed the stream and opens the images but not the labels, runs the same estimator from
nothing and writes down what it decodes; only then are the two compared. Rows are those of `benchmarks.prequential`, of
which the default is the quickest; the estimator computes in floating point, so that both run on one machine (the local
tier). Writes benchmarks/records/prequential_stream.json.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.prequential import Row, rows
from benchmarks.real_data import DATA
from codelength.coding.quantise import intervals
from codelength.coding.symbols import check_end, cost, decode_symbol, encode, open_registers
from codelength.data.idx import read_idx
from codelength.measures.prequential_blocks import block_ends
from codelength.measures.prequential_forecaster import Forecaster

RECORD = Path(__file__).parent / "records" / "prequential_stream.json"
CLASSES = 10


def forecaster(row: Row, count: int) -> tuple[Forecaster, tuple[int, ...], int]:
    """What both ends run, where its blocks end, and bits of its frequencies."""
    make, growth, learning = row
    estimator, examples = make()
    ends = block_ends(count, 8, growth)
    return Forecaster(estimator, examples[:count], CLASSES, ends, learning), ends, learning.total_bits


def send(row: Row, labels: NDArray[np.int64]) -> tuple[bytes, float]:
    """The stream of the labels, and the sum of their codelengths in bits."""
    sender, ends, total_bits = forecaster(row, labels.size)
    parts = []
    for end in ends:
        begin = sender.block[0]
        parts.append(intervals(sender.next_frequencies(), labels[begin:end]))
        sender.learn(labels[begin:end])
    starts, freqs = (np.concatenate(part) for part in zip(*parts, strict=True))
    return encode(starts, freqs, total_bits), cost(freqs, total_bits)


def receive(row: Row, stream: bytes, count: int) -> NDArray[np.int64]:
    """The labels back from the stream and the images."""
    receiver, ends, total_bits = forecaster(row, count)
    data = np.frombuffer(stream, dtype=np.uint8)
    registers = open_registers(data)
    got = np.empty(count, dtype=np.int64)
    for end in ends:
        begin = receiver.block[0]
        freqs = receiver.next_frequencies()
        for at in range(begin, end):
            got[at] = decode_symbol(registers, data, freqs[at - begin], total_bits)
        receiver.learn(got[begin:end])
    check_end(registers, data)
    return got


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="logistic regression, 14x14", help="the row, by its whole name")
    parser.add_argument("--labels", type=int, default=60_000)
    parser.add_argument("--receive", type=Path, help="a folder with a stream: decode it there (the other process)")
    args = parser.parse_args()
    torch.set_num_threads(1)
    row = rows(read_idx(DATA / "mnist" / "train-images-idx3-ubyte.gz"), 16_000)[args.only]
    if args.receive is not None:
        got = receive(row, (args.receive / "stream").read_bytes(), args.labels)
        (args.receive / "labels").write_bytes(got.astype(np.uint8).tobytes())
        return
    labels = read_idx(DATA / "mnist" / "train-labels-idx1-ubyte.gz")[: args.labels].astype(np.int64)
    busy = time.process_time()
    stream, bits = send(row, labels)
    busy = time.process_time() - busy
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "stream").write_bytes(stream)
        again = ["--only", args.only, "--labels", str(labels.size), "--receive", folder]
        subprocess.run([sys.executable, "-m", "benchmarks.prequential_stream", *again], check=True)
        same = (Path(folder) / "labels").read_bytes() == labels.astype(np.uint8).tobytes()
    found = {"labels": labels.size, "bits": bits, "bytes": len(stream), "same": same, "sender_seconds": busy}
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    record[args.only] = found
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    print(
        f"{args.only}: {labels.size:,} labels, {bits:,.1f} bits, a stream of {len(stream):,} bytes, decoded in another "
        f"process: {'the same labels' if same else 'OTHER LABELS'}"
    )


if __name__ == "__main__":
    main()
