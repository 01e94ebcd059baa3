"""Read a file of weights, whatever wrote it, without running anything that is in it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from anigifs.core.errors import InputError
from anigifs.models.checkpoints.tensorflow import bundle_prefix, read_bundle

CONTAINERS = ("average", "weights", "state_dict", "model_state_dict", "model")
"""Where training programs put the weights inside the file, the best first: our own runs keep
their average, where they have one, beside the last weights."""

SLOTS = ("/Momentum", "/RMSProp", "/RMSProp_1", "/Adam", "/Adam_1", "/ExponentialMovingAverage")
"""What an optimiser of TensorFlow keeps beside each weight; never read from the disk."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What a file holds: tensors by the names that its writer gave them.

    classes: names of the head's outputs, in order, when the file says them.
    """

    tensors: dict[str, Tensor]
    classes: tuple[str, ...] | None = None


def read_weights(path: Path) -> Weights:
    """The weights in a torch file, a safetensors file, a TensorFlow bundle, or a folder that
    transformers wrote.

    Raises:
        InputError: the file is absent, is none of these, or holds more than plain data.
        IntegrityError: a TensorFlow bundle is broken.
    """
    if path.is_dir():
        return _read_folder(path)
    if prefix := bundle_prefix(path):
        arrays = read_bundle(prefix, keep=lambda name: not name.endswith(SLOTS))
        return Weights({name: torch.from_numpy(array) for name, array in arrays.items()})
    if not path.is_file():
        raise InputError(f"no checkpoint at {path}: give a .pt, .safetensors or TensorFlow .index")
    if path.suffix == ".safetensors":
        return Weights(_read_safetensors(path))
    return _unwrap(path, _read_torch(path))


def _read_folder(path: Path) -> Weights:
    """What transformers' `save_pretrained` leaves, read by that library: it renames old keys."""
    try:
        from transformers import (
            MODEL_FOR_VIDEO_CLASSIFICATION_MAPPING,
            AutoConfig,
            AutoModelForImageClassification,
            AutoModelForVideoClassification,
        )
    except ImportError:
        raise InputError("a folder of weights needs: pip install 'anigifs[hf]'") from None
    try:
        own = {"local_files_only": True, "trust_remote_code": False}
        config = AutoConfig.from_pretrained(path, **own)
        video = type(config) in MODEL_FOR_VIDEO_CLASSIFICATION_MAPPING
        auto = AutoModelForVideoClassification if video else AutoModelForImageClassification
        net, facts = auto.from_pretrained(path, output_loading_info=True, **own)
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is no folder of a video or image classifier: {error}") from None
    absent = set(facts["missing_keys"])  # the library fills these with new numbers
    state = {name: value for name, value in net.state_dict().items() if name not in absent}
    names = net.config.id2label
    classes = tuple(names[key] for key in sorted(names))
    return Weights(state, None if classes[0] == "LABEL_0" else classes)


def _read_torch(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise InputError(
            f"{path} is no torch file of plain tensors, and nothing else is loaded: {first}"
        ) from None


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError:
        raise InputError("a .safetensors file needs: pip install 'anigifs[hf]'") from None
    try:
        return load_file(path)
    except SafetensorError as error:
        raise InputError(f"{path} is no safetensors file: {error}") from None


def _unwrap(path: Path, content: Any) -> Weights:
    classes = content.get("classes") if isinstance(content, Mapping) else None
    if isinstance(content, Mapping):
        inner = (content.get(name) for name in CONTAINERS)
        content = next((found for found in inner if isinstance(found, Mapping)), content)
    if not isinstance(content, Mapping) or not content:
        raise InputError(f"{path} holds no weights: no dictionary of tensors in it")
    odd = [str(name) for name, value in content.items() if not isinstance(value, Tensor)]
    if odd:
        raise InputError(f"{path} holds no weights by name: {odd[:5]} are no tensors")
    return Weights(dict(content), tuple(map(str, classes)) if classes else None)
