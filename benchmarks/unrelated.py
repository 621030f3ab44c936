"""What unrelated side information costs: |C(y|x)| - |C(y)| over pairs of files of different kinds, under cm.

    python -m benchmarks.unrelated

The first 40 kB of 17 files (text, code, logs, languages, objects, pictures, tables), all 272 ordered pairs. In theory
no x costs more than a few bits; one adaptive predictor has to unlearn. Beside it the joint code of the pair, whose
first bit says whether x is used (`codes.Joint`), and the mixture of C and C given x: both are proven never to cost more
than one bit. Prints a summary and the worst pairs, writes benchmarks/records/unrelated.json, and fails when the joint
code costs more than 64 bits on any pair.
"""

import json
import sys
from pathlib import Path

from benchmarks.real_data import DATA
from codelength.catalogue import make
from codelength.codes import Mixture
from codelength.core import Bits, Predictor, either

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
                given = primed.bits(target)
                # What `Joint(code).bits((side, target))` adds to |C(side)|, from the lengths that are at hand.
                joint = either(Bits(alone[y]), given).bits - alone[y]
                cost, mixed = given.bits - alone[y], mixture.bits(target).bits - alone[y]
                rows.append({"x": x, "y": y, "cm": cost, "joint": joint, "mixture": mixed, "alone": alone[y]})
    over = [row for row in rows if row["cm"] > LIMIT]
    helped = sum(row["cm"] < 0 for row in rows)
    worst = {name: max(row[name] for row in rows) for name in ("joint", "mixture")}
    print(f"{len(rows)} pairs: cm alone costs more than {LIMIT} bits on {len(over)} and helps on {helped}")
    print(f"the joint code costs at most {worst['joint']:.3f} bits, the mixture at most {worst['mixture']:.3f}")
    for row in sorted(rows, key=lambda row: -row["cm"])[:8]:
        print(
            f"{row['y']} given {row['x']}: {row['cm']:+,.0f} of {row['alone']:,.0f}, "
            f"joint {row['joint']:+,.1f}, mixture {row['mixture']:+,.1f}"
        )
    RECORD.write_text(json.dumps(rows, indent=1) + "\n")
    if worst["joint"] > LIMIT:
        sys.exit(f"a pair costs {worst['joint']:.1f} bits more than its parts under the joint code, expected {LIMIT}")


if __name__ == "__main__":
    main()
