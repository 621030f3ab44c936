"""What unrelated side information costs: |C(y|x)| - |C(y)| over pairs of files of different kinds, under cm.

    python -m benchmarks.unrelated

The first 40 kB of 17 files (text, code, logs, languages, objects, pictures, tables), all 272 ordered pairs. In theory
no x costs more than a few bits; one adaptive predictor has to unlearn. Beside it the mixture of C and C given x, which
is proven never to cost more than one bit. Prints a summary and the worst pairs and
writes benchmarks/records/unrelated.json.
"""

import json
from pathlib import Path

from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.codes import Mixture
from codelength.core import Predictor

SIZE = 40_000
FILES = [
    *(f"calgary/{name}" for name in ["bib", "book1", "geo", "news", "obj1", "obj2", "paper1", "pic", "progc", "trans"]),
    *(f"languages/{name}.txt" for name in ("en", "ru", "zh")),
    *(f"logs/{name}_2k.log" for name in ("Apache", "Hadoop", "HealthApp")),
    "canterbury/kennedy.xls",
]
LIMIT = 64
RECORD = Path(__file__).parent / "records" / "unrelated.json"


def main() -> None:
    data = {name: (DATA / name).read_bytes()[:SIZE] for name in FILES}
    code = make("cm")
    assert isinstance(code, Predictor)
    alone = {name: code.bits(content).bits for name, content in data.items()}
    rows = []
    for x, side in data.items():
        primed = code.given(side)
        mixture = Mixture([code, primed])
        for y, target in data.items():
            if x != y:
                cost, mixed = primed.bits(target).bits - alone[y], mixture.bits(target).bits - alone[y]
                rows.append({"x": x, "y": y, "cm": cost, "mixture": mixed, "alone": alone[y]})
    over = [row for row in rows if row["cm"] > LIMIT]
    helped = sum(row["cm"] < 0 for row in rows)
    worst = max(row["mixture"] for row in rows)
    print(f"{len(rows)} pairs: cm alone costs more than {LIMIT} bits on {len(over)} and helps on {helped}")
    print(f"the mixture costs at most {worst:.3f} bits")
    for row in sorted(rows, key=lambda row: -row["cm"])[:8]:
        print(f"{row['y']} given {row['x']}: {row['cm']:+,.0f} of {row['alone']:,.0f}, mixture {row['mixture']:+,.1f}")
    RECORD.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
