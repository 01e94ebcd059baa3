"""Domain-generalisation methods: one file each, one line here each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anigifs.core.registry import Registry

if TYPE_CHECKING:
    from anigifs.algorithms.base import AlgorithmFactory

ALGORITHMS: Registry[AlgorithmFactory] = Registry(
    "algorithm",
    {
        "ada": "anigifs.algorithms.ada:ADA",
        "erm": "anigifs.algorithms.erm:ERM",
        "gifify-augment": "anigifs.algorithms.gifify_augment:GififyAugment",
        "mixstyle": "anigifs.algorithms.mixstyle:MixStyle",
        "rada": "anigifs.algorithms.rada:RADA",
        "randconv": "anigifs.algorithms.randconv:RandConv",
        "random-augment": "anigifs.algorithms.random_augment:RandomAugment",
        "saliency": "anigifs.algorithms.saliency:Saliency",
        "worst-case": "anigifs.algorithms.worst_case:WorstCase",
    },
    group="anigifs.algorithms",
)

INFORMED = frozenset({"gifify-augment"})
"""Methods that encode what is known of the target domain; every table says so of them."""
