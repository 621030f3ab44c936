"""Claim: a compressor is a predictor, so it can speak; what it says given English is nearer English than noise.

Each code draws text given 40 kB of a novel (calgary/book1). The judge is another model than the one that speaks: PPMd
(order 4) by difference, in bits per byte of what was said given the same 40 kB; beside it the next text of the book and
uniform random bytes. The longest stretch copied word for word from the given text shows who repeats and who recombines.
Run as `python -m benchmarks.samples`; about five minutes.
"""

import json
import platform
import time
from pathlib import Path

from numpy.random import PCG64, Generator

from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.codes.sample import sample

RECORD = Path(__file__).resolve().parent / "records" / "samples.json"
SIZES = {"cm": 500, "ctw": 500, "kt": 500, "zlib": 500, "zstd": 500, "bz2": 500, "huffman": 500, "lzma": 200}
SIZES |= {"ppmd": 200, "brotli": 60}
SEEDS = (1, 2, 3)
JUDGE = make("ppmd:order=4")


def judged(said: bytes, given: bytes) -> float:
    """Bits per byte under the judge, given the text."""
    return (JUDGE.bits(given + said).bits - JUDGE.bits(given).bits) / len(said)


def longest_copy(said: bytes, given: bytes) -> int:
    """Bytes of the longest stretch of `said` that occurs in `given`."""
    longest = 0
    for at in range(len(said)):
        while at + longest < len(said) and said[at : at + longest + 1] in given:
            longest += 1
    return longest


def main() -> None:
    """Print the table and the samples, and write the record."""
    book = (DATA / "calgary" / "book1").read_bytes()
    given = book[20_000:60_000]
    rows: list[dict[str, object]] = []
    print(f"{'code':10}{'bytes':>7}{'seconds':>9}{'bits/byte':>11}{'copied':>8}   (mean of {len(SEEDS)} seeds)")
    for name, said in [("(book)", book[60_000:60_500]), ("(noise)", Generator(PCG64(1)).bytes(500))]:
        rows.append({"code": name, "bytes": 500, "bits_per_byte": round(judged(said, given), 2)})
        print(f"{name:10}{500:7}{'':9}{rows[-1]['bits_per_byte']:11}{longest_copy(said, given):8}")
    for name, size in SIZES.items():
        start = time.process_time()
        texts = [sample(make(name), size, seed=seed, given=given) for seed in SEEDS]
        seconds = (time.process_time() - start) / len(SEEDS)
        row = {"code": name, "bytes": size, "seconds": round(seconds, 1)}
        row["bits_per_byte"] = round(sum(judged(said, given) for said in texts) / len(SEEDS), 2)
        row["copied"] = max(longest_copy(said, given) for said in texts)
        rows.append({**row, "text": texts[0].decode("latin-1")})
        print(f"{name:10}{size:7}{row['seconds']:9}{row['bits_per_byte']:11}{row['copied']:8}", flush=True)
    record = {
        "command": "python -m benchmarks.samples",
        "machine": platform.platform(),
        "python": platform.python_version(),
        "seeds": SEEDS,
        "rows": rows,
    }
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
