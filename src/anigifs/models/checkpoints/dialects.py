"""The names that others gave to the weights of I3D, and how to come from theirs to ours.

Ours are those of piergiovanni/pytorch-i3d. Each dialect is one function from our name to
theirs; nothing (None) means that the dialect does not hold that tensor.
Sources: hassony2/kinetics_i3d_pytorch; deepmind/kinetics-i3d, whose files all spell
`Mixed_5b/Branch_2/Conv3d_0a_3x3` where the pattern wants `0b`. In 2-D, to be inflated:
torchvision's GoogLeNet, and TF-slim's InceptionV1 (saved as a bundle).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

HEAD = "logits.conv3d"
I3D_MARK = "Mixed_5c.b0.conv3d.weight"
COUNTER = "num_batches_tracked"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to name the weights.

    theirs: our name to theirs, or nothing when the dialect does not hold it.
    noise: names that match are no weights of the network (optimiser slots, other heads).
    prefix: what may stand in front of every name.
    channels_last: convolutions are stored as (..., in, out), as TensorFlow does.
    optional: names of ours that a file may lack; they keep their new values.
    head: the classifier is read too; not for networks that were trained on something else.
    """

    name: str
    theirs: Callable[[str], str | None]
    noise: str = r"(?!)"
    prefix: str = ""
    channels_last: bool = False
    optional: str = r"(?!)"
    head: bool = True


def clean(dialect: Dialect, raw: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`raw` without prefixes, counters and noise, names still theirs."""
    drop = re.compile(rf"(?:{dialect.noise})|(?:.*\.)?{COUNTER}|global_step")
    names = {name: re.sub(rf"^(?:module\.|{dialect.prefix})", "", name) for name in raw}
    return {short: raw[name] for name, short in names.items() if not drop.fullmatch(short)}


def detect(raw: Mapping[str, Tensor], ours: list[str]) -> Dialect | None:
    """The dialect that names most of `raw`; nothing when none names half of what it should."""
    known = dialects_for(ours)
    scores = {dialect.name: _share(dialect, raw, ours) for dialect in known}
    best = max(known, key=lambda dialect: scores[dialect.name])
    return best if scores[best.name] >= 0.5 else None


def dialects_for(ours: list[str]) -> tuple[Dialect, ...]:
    """The dialects that a model with these names can be written in."""
    return I3D_DIALECTS if I3D_MARK in ours else OTHER_DIALECTS


def _share(dialect: Dialect, raw: Mapping[str, Tensor], ours: list[str]) -> float:
    wanted = {name for name in map(dialect.theirs, ours) if name}
    return len(wanted & clean(dialect, raw).keys()) / max(len(wanted), 1)


def _split(ours: str) -> tuple[str, str, str]:
    """`Mixed_3b.b1a.bn.bias` to (`Mixed_3b`, `b1a`, `bn.bias`); the branch may be empty."""
    block, _, rest = ours.partition(".")
    branch, dot, leaf = rest.partition(".")
    return (block, branch, leaf) if re.fullmatch(r"b\d[ab]?", branch) and dot else (block, "", rest)


def _own(ours: str) -> str | None:
    return None if ours.endswith(COUNTER) else ours


def _hassony2(ours: str) -> str | None:
    block, branch, leaf = _split(ours)
    if leaf.endswith(COUNTER):
        return None
    if block == "logits":
        return f"conv3d_0c_1x1.{leaf}"
    places = {"b0": "branch_0", "b3b": "branch_3.1"} | {
        f"b{n}{x}": f"branch_{n}.{i}" for n in (1, 2) for i, x in enumerate("ab")
    }
    parts = [block.lower(), places.get(branch, ""), leaf.replace("bn.", "batch3d.")]
    return ".".join(filter(None, parts))


TF_PLACES = {
    "b0": "Branch_0/Conv{}_0a_1x1",
    "b1a": "Branch_1/Conv{}_0a_1x1",
    "b1b": "Branch_1/Conv{}_0b_3x3",
    "b2a": "Branch_2/Conv{}_0a_1x1",
    "b2b": "Branch_2/Conv{}_0b_3x3",
    "b3b": "Branch_3/Conv{}_0b_1x1",
}
TF_STATISTICS = {
    "bn.bias": "beta",
    "bn.running_mean": "moving_mean",
    "bn.running_var": "moving_variance",
}


def _tensorflow(ours: str, kind: str) -> tuple[str, str] | None:
    """(place, leaf in our words), or nothing for gamma and counters, which their files lack."""
    block, branch, leaf = _split(ours)
    if leaf.endswith(COUNTER) or leaf == "bn.weight":
        return None
    place = TF_PLACES.get(branch, "").format(kind)
    if (block, branch) == ("Mixed_5b", "b2b"):
        place = place.replace("0b", "0a")
    return "/".join(filter(None, [block.replace("Conv3d", f"Conv{kind}"), place])), leaf


def _deepmind(ours: str) -> str | None:
    if ours.startswith(HEAD):
        return f"Logits/Conv3d_0c_1x1/conv_3d/{ours.removeprefix(HEAD + '.')[0]}"
    if (found := _tensorflow(ours, "3d")) is None:
        return None
    place, leaf = found
    last = f"batch_norm/{TF_STATISTICS[leaf]}" if leaf in TF_STATISTICS else "conv_3d/w"
    return f"{place}/{last}"


def _slim(ours: str) -> str | None:
    if ours.startswith(HEAD) or (found := _tensorflow(ours, "2d")) is None:
        return None
    place, leaf = found
    return f"{place}/{f'BatchNorm/{TF_STATISTICS[leaf]}' if leaf in TF_STATISTICS else 'weights'}"


def _googlenet(ours: str) -> str | None:
    block, branch, leaf = _split(ours)
    if ours.startswith(HEAD) or leaf.endswith(COUNTER):
        return None
    stem = {"Conv3d_1a_7x7": "conv1", "Conv3d_2b_1x1": "conv2", "Conv3d_2c_3x3": "conv3"}
    places = {"b0": "branch1", "b1a": "branch2.0", "b1b": "branch2.1"} | {
        "b2a": "branch3.0",
        "b2b": "branch3.1",
        "b3b": "branch4.1",
    }
    number, letter = block[-2], chr(ord(block[-1]) - 1)  # Mixed_3b is inception3a
    place = stem.get(block) or f"inception{number}{letter}.{places[branch]}"
    return f"{place}.{leaf.replace('conv3d', 'conv')}"


OTHER_DIALECTS = (
    Dialect("anigifs", _own),
    Dialect("transformers", lambda ours: ours.removeprefix("net."), optional=r"net\.fc_norm\..*"),
)
"""For a model that is not I3D: the names it has here, or those that `save_pretrained` writes."""

I3D_DIALECTS = (
    Dialect("piergiovanni", _own),
    Dialect("hassony2", _hassony2),
    Dialect(
        "deepmind",
        _deepmind,
        noise=r".*/Momentum",
        prefix=r"(?:RGB|Flow)/inception_i3d/",
        channels_last=True,
    ),
    Dialect("torchvision-googlenet", _googlenet, noise=r"(?:fc|aux\d)\..*", head=False),
    Dialect(
        "tf-slim",
        _slim,
        noise=r".*/(?:Momentum|RMSProp(?:_1)?|ExponentialMovingAverage)|(?:.*/)?Logits/.*",
        prefix=r"(?:InceptionV1/)+",
        channels_last=True,
        head=False,
    ),
)
