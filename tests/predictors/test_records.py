"""`Records`: rows pay, the phase is found again, contexts see the rows above, widths and keys are found in tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codelength.catalogue import choice, make
from codelength.core import UnknownCodeError
from codelength.predictors.mixing.state import KIND, KIND_REGISTERS, SEEN
from codelength.predictors.records import Records
from codelength.predictors.records import state as layout
from codelength.predictors.records.detect import detect_records, records_of
from codelength.predictors.records.features import see_records
from codelength.predictors.records.state import records_state
from conformance import random_bytes
from predictors.typed_codes import check_damage, round_trip


def table(rows: int, width: int, *, seed: int = 0) -> bytes:
    """Rows with a constant, a counter, fields of few values, and a low byte that is noise."""
    random = np.random.default_rng(seed)
    out = np.zeros((rows, width), np.uint8)
    out[:, 0] = 0x7E
    out[:, 1] = np.arange(rows) // 5
    for k in range(2, width):
        out[:, k] = random.choice(random.integers(0, 256, 6 if k < width - 1 else 256), rows)
    return out.tobytes()


def keyed(rows: int, *, seed: int = 0) -> bytes:
    """Rows in any order of twenty columns: a constant, the column, noise, and nine values that the column has."""
    random = np.random.default_rng(seed)
    column, noise = random.integers(0, 20, rows), random.integers(0, 256, rows)
    own = random.integers(0, 256, (20, 9))[column]
    return np.column_stack([np.full(rows, 3), column, noise, own]).astype(np.uint8).tobytes()


@pytest.fixture(scope="module")
def sheet(data_dir: Path) -> bytes:
    return (data_dir / "canterbury" / "kennedy.xls").read_bytes()


def registers_before(data: bytes, width: int, key: int) -> list[dict[str, int]]:
    """What contexts see before each byte."""
    registers = np.zeros(KIND + KIND_REGISTERS, np.int64)
    x = records_state(width, key, ())
    history, rows = np.zeros(len(data), np.uint8), []
    for i, byte in enumerate(data):
        rows.append({name: int(registers[KIND + k]) for k, name in enumerate(layout.NAMES)})
        history[i] = byte
        registers[SEEN] = i + 1
        see_records(registers, x, history, np.int64(byte))
    return rows


def test_rows_pay() -> None:
    data = table(900, 11)
    assert round_trip(Records(width=11), data) < 0.97 * len(make("cm").encode(data))
    wrong = Records(width=10).bits(data).bits
    assert Records(width=11).bits(data).bits < 0.97 * wrong


def test_a_sheet_pays(sheet: bytes) -> None:
    part = sheet[300_000:330_000]
    assert round_trip(Records(width=13, key=0), part) < 0.96 * len(make("cm").encode(part))


def test_a_key_pays() -> None:
    data = keyed(400)
    assert Records(width=12, key=1).bits(data).bits < 0.99 * Records(width=12).bits(data).bits


def test_registers_are_the_rows_above() -> None:
    data = table(60, 7)
    rows = registers_before(data, 7, 3)
    for i in range(21, len(data)):
        row = rows[i]
        assert row["POSITION"] == i % 7
        assert row["UP"] == data[i - 7]
        assert row["UPS3"] == data[i - 7] << 16 | data[i - 14] << 8 | data[i - 21]
        assert row["UP_NEXT"] == data[i - 6]
        assert row["LINE"] == (2 * data[i - 7] - data[i - 14]) % 256
        assert row["PLANE"] == (data[i - 7] + data[i - 1] - data[i - 8]) % 256
        newest = i - 1 - (i - 1 - 3) % 7
        assert row["KEY_BYTE"] == data[newest]
    assert rows[-1]["PREFIX"] != 0
    assert {row["PREFIX"] for row in rows[::7]} == {0}


def test_what_followed_a_key_is_remembered() -> None:
    data = keyed(300)
    rows = registers_before(data, 12, 1)
    seen: dict[tuple[int, int], int] = {}
    for i, byte in enumerate(data):
        if i % 12 > 1:
            place = (i % 12, data[i - i % 12 + 1])
            assert rows[i]["FOLLOWED1"] == seen.get(place, 0)
            seen[place] = byte


def test_the_phase_is_found_again() -> None:
    """A row of another length in the middle: a little later positions are what they were."""
    rows = np.frombuffer(table(200, 9), np.uint8).reshape(200, 9).copy()
    rows[:, 3:7] = [0, 0, 12, 255]
    data = rows.tobytes() + b"a row of another length" + rows.tobytes()
    assert registers_before(data, 9, -1)[-1]["POSITION"] == 8


def test_a_target_begins_a_row() -> None:
    rows = table(300, 9)
    whole = Records(width=9).given(rows).bits(rows[:450]).bits
    cut = Records(width=9).given(rows[:-4]).bits(rows[:450]).bits
    assert abs(whole - cut) < 0.1 * whole


@pytest.mark.parametrize("width", [3, 5, 13, 24, 64])
def test_widths_are_found(width: int) -> None:
    code = records_of(random_bytes(500) + table(30_000 // width, width) + random_bytes(100))
    assert code is not None
    assert code.spec.startswith(f"records:width={width}")


def test_keys_are_found(sheet: bytes) -> None:
    assert detect_records(sheet[: 1 << 20]) == "records:width=13,key=0"
    for data, spec in ((keyed(3000), "records:width=12,key=1"), (table(3000, 12), "records:width=12")):
        code = records_of(data)
        assert code is not None
        assert code.spec == spec


def test_texts_noise_and_little_are_no_table(data_dir: Path) -> None:
    for data in (b"", b"a", bytes(5000), b"\xff" * 70_000, random_bytes(70_000), b"abcdef" * 9999, table(2, 9)):
        assert records_of(data) is None
    for folder in ("calgary", "canterbury", "logs", "artificial", "languages"):
        for path in sorted((data_dir / folder).iterdir()):
            found = records_of(path.read_bytes()[: 1 << 20])
            assert found is None or path.name in ("kennedy.xls", "geo", "sum"), path.name


def test_a_table_that_a_match_foretells_is_not_coded_as_records() -> None:
    """The same thirty rows of noise again and again: there are columns, but no use for them."""
    rows = random_bytes(30 * 40)
    zeros = b"".join(rows[at : at + 40] + bytes(20) for at in range(0, len(rows), 40))
    assert detect_records(zeros * 9) is None


def test_a_table_is_coded_as_records_unless_somebody_chose(sheet: bytes) -> None:
    for spec, other in (("cm", "records:width=13,key=0"), ("cm:preset=max", "records:preset=max,width=13,key=0")):
        fit = choice(spec)
        assert fit is not None
        assert fit(sheet[: 1 << 20], len(sheet), False) == other
        assert make(other).spec == other
    fast = choice("cm:preset=fast")
    assert fast is not None
    assert fast(sheet[: 1 << 20], len(sheet), False) == "cm:preset=fast"


def test_a_damaged_frame_is_refused() -> None:
    check_damage(table(4, 5), "records:width=5")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("records:width=0", "width=0: expected 1 to 1024"),
        ("records:width=1025", "width=1025: expected 1 to 1024"),
        ("records:width=5,key=5", "key=5: expected a position"),
        ("records:key=-2", "key=-2: expected a position"),
        ("records:preset=fast", "preset=fast: expected default, max"),
    ],
)
def test_impossible_rows_are_refused_in_one_line(spec: str, message: str) -> None:
    with pytest.raises(UnknownCodeError, match=message) as error:
        make(spec)
    assert "\n" not in str(error.value)
