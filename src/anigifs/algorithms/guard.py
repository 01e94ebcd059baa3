"""The guard: a method whose needs the protocol does not meet is refused before anything runs.

Several published methods silently become plain training, or train nothing, when a need of
theirs is not met (with one source domain GroupDRO, CORAL and VREx equal ERM); a table that shows
them then compares ERM with itself.
"""

from __future__ import annotations

from anigifs.algorithms.base import Need
from anigifs.core.errors import ConfigError, ProtocolError

_WHY = {
    Need.BOXES: (
        "it compares where the model looks with where the person is, so without boxes no clip "
        "would ever be corrected. Use a source with boxes: AVA-Kinetics, a simulated release, "
        "or a release with a boxes.csv"
    ),
    Need.SEVERAL_SOURCES: (
        "it compares source domains with one another, so with a single one it is plain "
        "training under another name. Give it two source domains or more"
    ),
    Need.TARGET_CLIPS: (
        "it adapts to unlabelled clips of the target, which domain generalisation does not "
        "show it. Declare an adaptation protocol, which is reported in a table of its own"
    ),
}


def check_needs(name: str, needs: frozenset[Need], has: frozenset[Need]) -> None:
    """Compare what the method `name` needs with what the protocol offers.

    Raises:
        ProtocolError: something is missing; the message says what, why it matters and what
            to do.
    """
    missing = sorted(needs & _WHY.keys() - has)
    if missing:
        reasons = "".join(f"\n  {need.value}: {_WHY[need]}." for need in missing)
        raise ProtocolError(f"{name!r} needs what this protocol does not have:{reasons}")


def check_at_once(name: str, needs: frozenset[Need], clips: int) -> None:
    """Whether the method `name` can train where a device takes `clips` clips at once.

    Raises:
        ConfigError: it compares clips with one another, and there is only one.
    """
    if Need.SEVERAL_CLIPS in needs and clips < 2:
        raise ConfigError(
            f"{name!r} takes from one clip what it gives to another, but a device has {clips} clip "
            "at once, so it would be plain training under another name; lower "
            "train.grad_accumulation or raise train.batch_size until there are 2 or more"
        )


def check_compiled(name: str, needs: frozenset[Need]) -> None:
    """Whether the method `name` can train a model that `torch.compile` has made one piece.

    Raises:
        ConfigError: it needs to get between the layers.
    """
    if Need.LAYERS in needs:
        raise ConfigError(
            f"{name!r} changes what passes between the model's layers, which a compiled model "
            "does not let it; set train.compile = false"
        )
