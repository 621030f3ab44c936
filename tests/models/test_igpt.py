"""iGPT's published layout is read to the same logits and hidden states as `transformers` computes."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import ImageGPTConfig, ImageGPTForCausalImageModeling

from codelength.core import DataError
from codelength.models.igpt import read_igpt, read_palette

SHAPE = {"vocab_size": 17, "n_positions": 20, "n_embd": 24, "n_layer": 3, "n_head": 4}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    theirs = ImageGPTForCausalImageModeling(ImageGPTConfig(**SHAPE)).eval()
    with torch.no_grad():
        for weight in theirs.parameters():
            weight.add_(0.1 * torch.randn_like(weight))  # so that biases and norms count too
    path = tmp_path_factory.mktemp("igpt")
    theirs.save_pretrained(path)
    return path


@torch.no_grad()
def test_logits_and_hidden_states_are_those_of_transformers(folder: Path) -> None:
    theirs = ImageGPTForCausalImageModeling.from_pretrained(folder).eval()
    ours = read_igpt(folder)
    x = torch.randint(16, (5, 20), generator=torch.Generator().manual_seed(1))
    tokens = ours.shifted(x)
    found = theirs(input_ids=tokens, output_hidden_states=True)
    torch.testing.assert_close(ours(tokens), found.logits, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ours.logits(x), found.logits, rtol=1e-4, atol=1e-4)
    hidden = ours.hidden(tokens)
    assert len(hidden) == len(found.hidden_states) == 4
    for state, expected in zip(hidden[:-1], found.hidden_states[:-1], strict=True):
        torch.testing.assert_close(state, expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(ours.norm(hidden[-1]), found.hidden_states[-1], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model_type": "gpt2"}, "model_type is 'gpt2'"),
        ({"n_layer": 4}, "do not fit"),
        ({"n_embd": None}, "n_inner|do not fit|config"),
        ({"activation_function": "relu"}, "relu"),
    ],
)
def test_other_models_are_refused(folder: Path, tmp_path: Path, change: dict[str, object], says: str) -> None:
    about = json.loads((folder / "config.json").read_text()) | change
    if about["n_embd"] is None:
        del about["n_embd"]
    (tmp_path / "config.json").write_text(json.dumps(about))
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    with pytest.raises(DataError, match=says):
        read_igpt(tmp_path)


def test_missing_and_damaged_files_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"config\.json"):
        read_igpt(tmp_path)
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:-50])
    with pytest.raises(DataError, match="expected"):
        read_igpt(tmp_path)


@pytest.mark.parametrize(("text", "says"), [("[]", "holds a list"), ('{"n_embd": "wide"}', "no number|has no")])
def test_a_configuration_of_other_types_is_refused(folder: Path, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(DataError, match=says):
        read_igpt(tmp_path)


def test_pickled_weights_are_never_loaded(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle")
    with pytest.raises(DataError, match="save_pretrained"):
        read_igpt(tmp_path)


def test_the_palette_is_in_the_preprocessors_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="preprocessor_config"):
        read_palette(tmp_path)
    colours = np.random.default_rng(0).integers(0, 256, (16, 3))
    text = json.dumps({"clusters": (colours / 127.5 - 1).tolist()})
    (tmp_path / "preprocessor_config.json").write_text(text)
    assert np.array_equal(read_palette(tmp_path), colours)
    (tmp_path / "preprocessor_config.json").write_text('{"clusters": [[1, 2]]}')
    with pytest.raises(DataError, match="shape"):
        read_palette(tmp_path)
