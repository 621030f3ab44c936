"""Where the real data lies, and what every room's tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data: `CODELENGTH_DATA`, by default ../shared/data. Its absence is a failure, not a skip."""
    folder = Path(os.environ.get("CODELENGTH_DATA", ROOT / ".." / "shared" / "data")).resolve()
    if not folder.is_dir():
        pytest.fail(f"no real data at {folder}: set CODELENGTH_DATA to the folder that its README describes")
    return folder
