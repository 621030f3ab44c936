"""online: there and back, what it says, and what it refuses, in one line."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cli.conftest import Run
from codelength.coding.binary import length_prefix
from codelength.core import StreamError
from codelength.models.online import Online
from codelength.models.online_file import MAGIC, check, opened, pack

TEXT = b"how much wood would a woodchuck chuck if a woodchuck could chuck wood? " * 6
SMALL = ("--layers", "1", "--heads", "1", "--width", "8", "--context", "16", "--block", "8", "--threads", "1")


@pytest.fixture(autouse=True)
def threads_as_before() -> object:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_there_and_back(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    record = run("online", "text", "-o", "text.clo", *SMALL, "--json").json
    size = (tmp_path / "text.clo").stat().st_size
    assert record["bytes"] == size < len(TEXT) and record["bits_per_byte"] == pytest.approx(8 * size / len(TEXT))
    assert record["code"].startswith("cm:primer=")  # as compress takes it for English
    assert 1.5 < record["at_most_above_the_better"] < 1.6
    done = run("online", "-d", "text.clo", "-o", "back", "--threads", "1")
    assert done.code == 0 and f"{len(TEXT):,} bytes" in done.out
    assert (tmp_path / "back").read_bytes() == TEXT
    assert "threads 1 there, 2 here" in run("online", "-d", "text.clo", "-o", "no", "--threads", "2").complaint
    assert "max_size" in run("online", "-d", "text.clo", "-o", "no", "--threads", "1", "--max-size", "9").complaint
    assert "exists" in run("online", "-d", "text.clo", "-o", "back", "--threads", "1").complaint
    assert not (tmp_path / "no").exists()


def test_one_byte_and_another_code(run: Run, tmp_path: Path) -> None:
    (tmp_path / "byte").write_bytes(b"!")
    assert run("online", "byte", "-o", "x", "--code", "kt", *SMALL).code == 0
    assert run("online", "-d", "x", "-o", "back", "--threads", "1").code == 0
    assert (tmp_path / "back").read_bytes() == b"!"


def test_what_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    assert "gives no probabilities" in run("online", "text", "-o", "x", "--code", "zlib", *SMALL).complaint
    assert "a context of 16" in run("online", "text", "-o", "x", *SMALL, "--block", "17").complaint
    assert "not a file of" in run("online", "-d", "text", "-o", "x").complaint
    assert "no code is called" in run("online", "text", "-o", "x", "--code", "nothing", *SMALL).complaint
    assert run("online", "text").code == 2
    assert run("online", "text", "-o", "x", *SMALL, "--seed", "-1").code == 2
    for device in ("nothing", "cuda:99"):
        assert run("online", "text", "-o", "x", *SMALL, "--device", device).code == 2
    assert "take it smaller" in run("online", "text", "-o", "x", "--context", "10000000").complaint
    assert not (tmp_path / "x").exists()


def test_a_file_that_is_there_is_refused_before_any_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "there").write_bytes(b"")
    assert (
        "exists" in run("online", "text", "-o", "there", "--code", "zlib", *SMALL).complaint
    )  # not: "cannot be mixed"


def test_every_damage_is_seen() -> None:
    setting = Online(layers=1, heads=1, width=8)
    file = pack(b"a stream", b"content", code="cm", setting=setting, device="cpu")
    found = opened(file, device="cpu")
    assert (found.code, found.setting, found.stream) == ("cm", setting, b"a stream")
    check(found, b"content")
    for at in range(len(file)):
        damaged = bytearray(file)
        damaged[at] ^= 1 << int(np.random.default_rng(at).integers(8))
        with pytest.raises(StreamError):
            check(opened(bytes(damaged), device="cpu"), b"content")
        with pytest.raises(StreamError):
            check(opened(file[:at], device="cpu"), b"content")
    with pytest.raises(StreamError, match="digest"):
        check(found, b"contents")


def _forged(wrong: dict[str, Any]) -> Online:
    setting = Online()
    for name, value in wrong.items():
        object.__setattr__(setting, name, value)
    return setting


def test_a_claim_of_a_huge_network_or_of_unknown_settings_costs_nothing() -> None:
    for claim in (
        Online(layers=99, heads=1, width=1 << 14),
        Online(context=1 << 40),
        Online(batch=1 << 40),
        Online(layers=1 << 11, heads=1, width=2),
    ):
        huge = pack(b"", b"", code="cm", setting=claim, device="cpu")
        with pytest.raises(StreamError, match="take it smaller"):
            opened(huge, device="cpu")
    for wrong in ({"layers": 2.5}, {"decay": "x"}, {"rate": float("nan")}, {"seed": True}):
        named = pack(b"", b"", code="cm", setting=_forged(wrong), device="cpu")
        with pytest.raises(StreamError, match=f"{next(iter(wrong))} is"):
            opened(named, device="cpu")
    for text in (b"[" * 60_000, b"[]", b"{}"):
        head = MAGIC + length_prefix(len(text)) + text
        head += hashlib.blake2b(head, digest_size=8).digest()
        with pytest.raises(StreamError, match="does not know"):
            opened(head + bytes(8), device="cpu")
    with pytest.raises(StreamError, match="damaged"):
        opened(MAGIC + b"\x02{}" + bytes(20), device="cpu")
