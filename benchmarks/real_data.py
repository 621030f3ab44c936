"""Where benchmarks find the real data: `CODELENGTH_DATA`, by default ../shared/data beside the repository."""

import os
from pathlib import Path

_DEFAULT = Path(__file__).resolve().parent.parent / ".." / "shared" / "data"
DATA = Path(os.environ.get("CODELENGTH_DATA", _DEFAULT)).resolve()
