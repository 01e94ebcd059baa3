"""Make a clip's convolution of a picture's.

Source: Carreira & Zisserman 2017, section 2.4: repeat the kernel along time and divide by its
length. On a video of one repeated frame the inflated network then gives the features of the
flat one, at every time step that is farther from the ends than the network looks (zeros are
padded there).
"""

from __future__ import annotations

from torch import Tensor


def inflate(weight: Tensor, length: int) -> Tensor:
    """A kernel (out, in, h, w) as (out, in, length, h, w), with the same sum."""
    return weight[:, :, None].expand(-1, -1, length, -1, -1) / length
