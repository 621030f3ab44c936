"""train, sample, encode, decode: from files to a network and back, and what is wrong, in one line."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import ImageGPTConfig, ImageGPTForCausalImageModeling

from cli.conftest import Run
from codelength.cli import networks
from codelength.cli.easy_first import easiest_first
from codelength.core import DataError
from codelength.data.sequences import from_pictures

IMAGES = (np.indices((40, 6, 6)).sum(axis=0) % 7 * 30).astype(np.uint8)
TRAIN = ("--steps", "6", "--batch", "4", "--threads", "1", "--seed", "3")


@pytest.fixture(autouse=True)
def threads_as_before() -> object:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_images_from_training_to_decoding(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", IMAGES)
    record = run("train", "x.npy", "-o", "net", *TRAIN, "--json").json
    assert record["sequences"] == [40, 36] and record["alphabet"] == 256 and 0 < record["bits_per_dim"] < 9
    assert len((tmp_path / "net" / "metrics.jsonl").read_text().splitlines()) == 6
    assert "bits per dim" in run("train", "x.npy", "-o", "net", *TRAIN).out  # it is done: nothing more to do

    record = run("encode", "net", "x.npy", "-o", "x.cln", "--threads", "1", "--limit", "9", "--json").json
    assert record["bytes"] == (tmp_path / "x.cln").stat().st_size
    assert run("decode", "net", "x.cln", "-o", "back.npy", "--threads", "1").code == 0
    assert np.array_equal(np.load(tmp_path / "back.npy"), IMAGES[:9])
    assert "threads 1 there, 2 here" in run("decode", "net", "x.cln", "-o", "no.npy", "--threads", "2").complaint
    assert not (tmp_path / "no.npy").exists()

    assert run("sample", "net", "-n", "5", "-o", "new.png", "--threads", "1").code == 0
    assert Image.open(tmp_path / "new.png").size == (3 * 7 + 1, 2 * 7 + 1)
    assert run("sample", "net", "-n", "4", "--begin", "x.npy", "-o", "on.png", "--threads", "1").code == 0
    shown = np.asarray(Image.open(tmp_path / "on.png"))
    assert np.array_equal(shown[1:7, 1:7], IMAGES[0])  # the original, then its first half gone on with
    assert np.array_equal(shown[1:4, 7:13], IMAGES[0, :3])


def test_colours_are_a_palette_and_images_are_made_smaller(run: Run, tmp_path: Path) -> None:
    colours = np.stack([IMAGES, IMAGES[:, ::-1], IMAGES], axis=-1)
    np.save(tmp_path / "x.npy", colours)
    record = run("train", "x.npy", "-o", "net", *TRAIN, "--palette", "8", "--resize", "3", "--json").json
    assert record["sequences"] == [40, 9] and record["alphabet"] <= 8
    refused = run("encode", "net", "x.npy", "-o", "x.cln", "--threads", "1").complaint
    assert "coloured images of 6 x 6; this network codes 3 x 3" in refused and "--convert" in refused
    assert run("encode", "net", "x.npy", "-o", "x.cln", "--threads", "1", "--convert").code == 0
    assert run("decode", "net", "x.cln", "-o", "back.npy", "--threads", "1").code == 0
    assert np.load(tmp_path / "back.npy").shape == (40, 3, 3, 3)
    assert run("encode", "net", "back.npy", "-o", "again.cln", "--threads", "1").code == 0  # all as the network has it
    assert (tmp_path / "again.cln").read_bytes() == (tmp_path / "x.cln").read_bytes()


def test_a_network_of_pixels_from_training_to_decoding(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", IMAGES)
    record = run("train", "x.npy", "-o", "net", "--network", "pixels", *TRAIN, "--json").json
    assert record["network"] == "pixels" and record["sequences"] == [40, 36] and 0 < record["bits_per_dim"] < 9
    assert run("encode", "net", "x.npy", "-o", "x.cln", "--threads", "1", "--limit", "9").code == 0
    assert run("decode", "net", "x.cln", "-o", "back.npy", "--threads", "1").code == 0
    assert np.array_equal(np.load(tmp_path / "back.npy"), IMAGES[:9])
    assert run("sample", "net", "-n", "4", "--begin", "x.npy", "-o", "on.png", "--threads", "1").code == 0
    assert np.array_equal(np.asarray(Image.open(tmp_path / "on.png"))[1:4, 7:13], IMAGES[0, :3])
    assert run("train", "x.npy", "-o", "on", "--network", "pixels", *TRAIN, "--begin", "net", "--rate", "0").code == 0
    assert run("encode", "on", "x.npy", "-o", "on.cln", "--threads", "1", "--limit", "9").code == 0
    assert (tmp_path / "on.cln").read_bytes() == (tmp_path / "x.cln").read_bytes()  # the same weights
    (tmp_path / "text").write_bytes(b"text " * 100)
    for wrong in (("text",), ("x.npy", "--objective", "masked")):
        assert "name images" in run("train", *wrong, "-o", "n", "--network", "pixels", *TRAIN).complaint
    assert "another training" in run("train", "x.npy", "-o", "net", *TRAIN).complaint


def test_bytes_are_windows(run: Run, tmp_path: Path) -> None:
    text = b"to be or not to be, that is the question. " * 20
    (tmp_path / "text").write_bytes(text)
    assert run("train", "text", "-o", "net", *TRAIN, "--context", "50").code == 0
    assert run("encode", "net", "text", "-o", "text.cln", "--threads", "1").code == 0
    assert run("decode", "net", "text.cln", "-o", "back", "--threads", "1").code == 0
    assert (tmp_path / "back").read_bytes() == text
    assert run("sample", "net", "-n", "2", "-o", "new", "--threads", "1").code == 0
    assert len((tmp_path / "new").read_bytes()) == 100
    (tmp_path / "short").write_bytes(b"to")
    record = run("encode", "net", "short", "-o", "short.cln", "--threads", "1", "--json").json
    assert record["bits_per_byte"] == 8 * record["bytes"] / 2  # not of the window that it was filled up to


def test_a_file_says_how_many_lanes_it_has_and_which_network_made_it(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", IMAGES)
    for folder, seed in (("net", "0"), ("b", "1")):
        assert run("train", "x.npy", "-o", folder, *TRAIN, "--seed", seed).code == 0
    code = ("encode", "net", "x.npy", "-o", "x.cln", "--threads", "1", "--lanes", "5", "--limit", "9")
    assert run(*code).code == 0
    assert run("decode", "net", "x.cln", "-o", "back.npy", "--threads", "1").code == 0
    assert np.array_equal(np.load(tmp_path / "back.npy"), IMAGES[:9])
    assert "made with another network" in run("decode", "b", "x.cln", "-o", "n.npy", "--threads", "1").complaint


def test_where_nothing_can_be_written_is_said_first(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", IMAGES)
    assert run("train", "x.npy", "-o", "net", *TRAIN).code == 0
    for args in (("encode", "net", "x.npy"), ("decode", "net", "x.npy"), ("sample", "net")):
        assert "cannot be written" in run(*args, "-o", "no/such").complaint
    (tmp_path / "new.png").write_bytes(b"mine")
    assert "exists already" in run("sample", "net", "-o", "new.png").complaint


def test_published_igpt_weights_code_images(run: Run, tmp_path: Path) -> None:
    shape = {"vocab_size": 9, "n_positions": 16, "n_embd": 8, "n_layer": 2, "n_head": 2}
    ImageGPTForCausalImageModeling(ImageGPTConfig(**shape)).save_pretrained(tmp_path / "igpt")
    colours = np.random.default_rng(1).integers(0, 256, (8, 3))
    clusters = {"clusters": (colours / 127.5 - 1).tolist()}
    (tmp_path / "igpt" / "preprocessor_config.json").write_text(json.dumps(clusters))
    np.save(tmp_path / "x.npy", np.stack([IMAGES] * 3, axis=-1))
    assert run("encode", "igpt", "x.npy", "-o", "x.cln", "--limit", "4", "--convert").code == 0
    assert run("decode", "igpt", "x.cln", "-o", "back.npy").code == 0
    back = np.load(tmp_path / "back.npy")
    assert back.shape == (4, 4, 4, 3) and {tuple(c) for c in back.reshape(-1, 3)} <= {tuple(c) for c in colours}


def test_what_is_wrong_is_one_line(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", IMAGES)
    (tmp_path / "text").write_bytes(b"text " * 100)
    assert run("train", "x.npy", "-o", "net", *TRAIN, "--objective", "masked").code == 0
    assert "--objective next" in run("encode", "net", "x.npy", "-o", "a").complaint
    assert "--objective next" in run("sample", "net", "-o", "a").complaint
    assert run("train", "x.npy", "-o", "next", *TRAIN).code == 0
    assert "6 x 6" in run("encode", "next", "text", "-o", "a").complaint
    assert "codelength train" in run("encode", "nowhere", "x.npy", "-o", "a").complaint
    assert "no size 'vast'" in run("train", "x.npy", "-o", "n", "--size", "vast").complaint
    assert "another training" in run("train", "x.npy", "-o", "net", *TRAIN).complaint
    assert run("train", "x.npy", "-o", "n", "--resize", "big").code == 2
    assert "does not exist" in run("train", "missing", "-o", "n").complaint


def test_a_damaged_file_leaves_nothing(run: Run, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", IMAGES)
    assert run("train", "x.npy", "-o", "net", *TRAIN).code == 0
    assert run("encode", "net", "x.npy", "-o", "x.cln", "--limit", "3").code == 0
    content = bytearray((tmp_path / "x.cln").read_bytes())
    content[-20] ^= 4
    (tmp_path / "x.cln").write_bytes(bytes(content))
    assert run("decode", "net", "x.cln", "-o", "back.npy").complaint
    assert not (tmp_path / "back.npy").exists()
    record = json.loads(run("decode", "net", "x.cln", "-o", "back.npy", "--json").out)
    assert "error" in record


def test_easy_first_begins_with_what_is_cheap(run: Run, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (30, 6, 6)).astype(np.uint8)
    found = from_pictures(np.concatenate([noise[:15], IMAGES[:30], noise[15:]]))
    eased = easiest_first(found, "kt", 0)
    assert sorted(map(tuple, eased.tolist())) == sorted(map(tuple, found.symbols.tolist()))
    assert all(np.isin(row, np.unique(IMAGES)).all() for row in eased[:30])
    with pytest.raises(DataError, match="no side information"):
        easiest_first(found, "huffman", 0)
    np.save(tmp_path / "x.npy", IMAGES)
    by_default, sorted_by_kt = (
        run("train", "x.npy", "-o", name, *TRAIN, *more, "--json").json["bits_per_dim"]
        for name, more in (("a", ()), ("b", ("--order", "easy-first", "--easy-by", "kt")))
    )
    assert by_default != sorted_by_kt
    assert run("train", "x.npy", "-o", "b", *TRAIN, "--order", "easy-first", "--easy-by", "kt").code == 0  # goes on


@pytest.mark.parametrize("name", ["mps", "meta", "xpu:0", "abacus"])
def test_devices_that_are_not_supported_are_refused_by_name(run: Run, tmp_path: Path, name: str) -> None:
    np.save(tmp_path / "x.npy", IMAGES)
    ended = run("train", "x.npy", "-o", "net", *TRAIN, "--device", name)
    assert ended.code == 2 and name in ended.err and "cpu, cuda" in ended.err
    assert not (tmp_path / "net").exists()


def test_a_pytorch_that_cannot_be_loaded_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "find_spec", lambda _: object())
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(DataError, match="cannot be loaded"):
        networks.need_torch(None)
    assert networks.device_here("cuda") == "cuda"  # `need_torch` says it
