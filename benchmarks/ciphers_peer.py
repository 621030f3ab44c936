"""The peer: subbreaker (quadgrams, hill climbing from random keys) on the very ciphers of `benchmarks.ciphers`.

    python -m benchmarks.ciphers_peer --python ENVIRONMENT/bin/python --ciphers 6

in whose environment `pip install subbreaker` (1.2.0, MIT licence) has been run: it is no part of this project. It gets
the same text y and the same ciphertexts, with its own settings (it stops when the best key has been found three times),
and always answers. Seconds are processor seconds. Writes benchmarks/records/ciphers_peer.json.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.ciphers import HELD_OUT, SOLVED, TRAINED, documents, enciphered, share

RECORD = Path(__file__).parent / "records" / "ciphers_peer.json"
LENGTHS = [48, 64, 96, 128, 256]

PROGRAM = """
import io, json, random, sys, time
from subbreaker.breaker import Breaker
corpus, texts = open(sys.argv[1]), json.load(open(sys.argv[2]))
table = io.StringIO()
Breaker.generate_quadgrams(corpus, table)
table.seek(0)
breaker = Breaker(table)
random.seed(0)
for text in texts:
    began = time.process_time()
    found = breaker.break_cipher(text)
    print(json.dumps([found.plaintext, time.process_time() - began]), flush=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True, help="of the environment that has subbreaker")
    parser.add_argument("--ciphers", type=int, default=6, help="for each length")
    args = parser.parse_args()
    texts = documents()
    held_out = "".join(texts[HELD_OUT:]).replace(" ", "")
    cases = [(length, *enciphered(held_out, length, number)) for number in range(args.ciphers) for length in LENGTHS]
    with tempfile.TemporaryDirectory() as folder:
        corpus, ciphers = Path(folder, "y.txt"), Path(folder, "x.json")
        corpus.write_text("".join(texts[:TRAINED]).replace(" ", ""))
        ciphers.write_text(json.dumps([x.decode() for _, _, x in cases]))
        command = [args.python, "-c", PROGRAM, str(corpus), str(ciphers)]
        answers = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    rows = []
    for (length, plain, _), answer in zip(cases, answers, strict=True):
        said, seconds = json.loads(answer)
        error = float(np.mean([a != b for a, b in zip(said, plain, strict=True)]))
        rows.append({"letters": length, "error": error, "seconds": round(seconds, 2), "plain": plain, "said": said})
    for length in LENGTHS:
        some = [row for row in rows if row["letters"] == length]
        solved = share(sum(row["error"] <= SOLVED for row in some), len(some))
        error, seconds = (float(np.mean([row[name] for row in some])) for name in ("error", "seconds"))
        print(f"subbreaker, {length} letters: solved {solved}, error {error:.3f}, {seconds:.1f} s")
    RECORD.write_text(json.dumps({"command": "python -m benchmarks.ciphers_peer", "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
