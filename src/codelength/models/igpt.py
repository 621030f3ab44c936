"""Published iGPT weights (Chen et al. 2020), read from a folder in Hugging Face's ImageGPT layout.

`config.json` beside `model.safetensors`. The layout's matrices are (inputs, outputs), the other way round from ours,
and its alphabet is one larger than its head's, the last symbol being the start. Its 512 colours stand in
`preprocessor_config.json`, scaled from 0..255 to -1..1.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from codelength.core import DataError
from codelength.models.transformer import EPSILON, Config, Transformer

_BLOCK = {
    "norm_1.weight": ("ln_1.weight", False),
    "attention.qkv.weight": ("attn.c_attn.weight", True),
    "attention.qkv.bias": ("attn.c_attn.bias", False),
    "attention.out.weight": ("attn.c_proj.weight", True),
    "attention.out.bias": ("attn.c_proj.bias", False),
    "norm_2.weight": ("ln_2.weight", False),
    "up.weight": ("mlp.c_fc.weight", True),
    "up.bias": ("mlp.c_fc.bias", False),
    "down.weight": ("mlp.c_proj.weight", True),
    "down.bias": ("mlp.c_proj.bias", False),
}
"""Ours -> theirs, and whether it is to be transposed."""

_EXPECTED = {
    "model_type": "imagegpt",
    "activation_function": "quick_gelu",
    "tie_word_embeddings": False,
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "layer_norm_epsilon": EPSILON,
}


def is_igpt(folder: Path) -> bool:
    """Whether a path is a folder in this layout."""
    return (folder / "config.json").is_file()


def read_palette(folder: Path) -> NDArray[np.uint8]:
    """The colours (512, 3) that the model's symbols mean.

    Raises
    ------
    DataError
        No `preprocessor_config.json`, or one without colours.
    """
    try:
        about = json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))
        colours = np.array(about["clusters"], dtype=np.float64)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{folder}: expected the colours in preprocessor_config.json: {error}") from error
    if colours.ndim != 2 or colours.shape[1] != 3 or not np.abs(colours).max() <= 1:
        raise DataError(
            f"{folder}: the colours in preprocessor_config.json are of shape {colours.shape}; expected (k, 3)"
        )
    return np.rint((colours + 1) * 127.5).astype(np.uint8)


def read_igpt(folder: Path) -> Transformer:
    """The transformer that such a folder holds.

    Raises
    ------
    DataError
        A file that is missing or damaged, another kind of model, or a shape that iGPT does not have.
    """
    if not (folder / "model.safetensors").exists() and (folder / "pytorch_model.bin").exists():
        raise DataError(
            f"{folder}: holds pytorch_model.bin, a pickle, which is never loaded; with transformers, "
            "from_pretrained(FOLDER).save_pretrained(FOLDER) writes model.safetensors beside it"
        )
    try:
        about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "model.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise DataError(f"{folder}: expected config.json and model.safetensors of an ImageGPT: {error}") from error
    config = _config(folder, about)
    model = Transformer(config)
    try:
        model.load_state_dict(_renamed(tensors, config))
    except (KeyError, RuntimeError) as error:
        raise DataError(f"{folder}: weights that do not fit config.json: {str(error).splitlines()[0]}") from error
    return model.eval()


def _config(folder: Path, about: Any) -> Config:
    if not isinstance(about, dict):
        raise DataError(f"{folder}: config.json holds a {type(about).__name__}; expected an object")
    for name, expected in _EXPECTED.items():
        if about.get(name, expected) != expected:
            raise DataError(f"{folder}: {name} is {about[name]!r}; iGPT's is {expected!r}")
    try:
        if about.get("n_inner") not in (None, 4 * about["n_embd"]):
            raise DataError(f"{folder}: n_inner is {about['n_inner']}; iGPT's is 4 * n_embd")
        return Config(
            symbols=about["vocab_size"] - 1,
            context=about["n_positions"],
            layers=about["n_layer"],
            heads=about["n_head"],
            width=about["n_embd"],
            activation="quick_gelu",
        )
    except KeyError as error:
        raise DataError(f"{folder}: config.json has no {error}") from error
    except TypeError as error:
        raise DataError(f"{folder}: config.json has something that is no number: {error}") from error


def _renamed(tensors: dict[str, Tensor], config: Config) -> dict[str, Tensor]:
    symbols = tensors["transformer.wte.weight"]  # (V + 1, D)
    ours = {
        "symbols.weight": torch.cat([symbols, symbols.new_zeros(1, config.width)]),  # nothing is ever hidden from it
        "places.weight": tensors["transformer.wpe.weight"],
        "norm.weight": tensors["transformer.ln_f.weight"],
        "head.weight": tensors["lm_head.weight"],
    }
    for layer in range(config.layers):
        for name, (theirs, turned) in _BLOCK.items():
            tensor = tensors[f"transformer.h.{layer}.{theirs}"]
            ours[f"blocks.{layer}.{name}"] = tensor.T if turned else tensor
    return ours
