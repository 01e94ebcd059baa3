"""GIFs written byte by byte, so that a test says exactly what the decoder reads."""

from __future__ import annotations

import struct

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
PALETTE = (RED, GREEN, BLUE, WHITE)
TRAILER = b";"


def table(colours):
    return b"".join(bytes(colour) for colour in colours)


def size_bits(colours):
    return (len(colours) - 1).bit_length() - 1


def screen(width, height, colours=PALETTE, version=b"GIF89a"):
    flags = 0x80 | size_bits(colours) if colours else 0
    return version + struct.pack("<HHBBB", width, height, flags, 0, 0) + table(colours)


def control(delay_cs=0, disposal=0, transparent=None):
    flags = disposal << 2 | (transparent is not None)
    return b"\x21\xf9\x04" + struct.pack("<BHB", flags, delay_cs, transparent or 0) + b"\0"


def blocks(data):
    cut = [data[i : i + 255] for i in range(0, len(data), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in cut) + b"\0"


def looping(count, name=b"NETSCAPE2.0"):
    return b"\x21\xff\x0b" + name + b"\x03\x01" + struct.pack("<H", count) + b"\0"


def pack_codes(codes):
    """(value, bits) pairs, least significant bit first, as bytes."""
    number = shift = 0
    for value, bits in codes:
        number |= value << shift
        shift += bits
    return number.to_bytes((shift + 7) // 8, "little")


def literals(indices, min_bits=2):
    """LZW without compression: a clear before every pixel keeps the code size constant."""
    bits = min_bits + 1
    clear = 1 << min_bits
    codes = [pair for index in indices for pair in ((clear, bits), (index, bits))]
    return pack_codes([*codes, (clear + 1, bits)])


def image(indices, box, *, colours=None, min_bits=2, interlaced=False, data=None):
    """An image descriptor and its data; `box` is (left, top, width, height)."""
    flags = (0x80 | size_bits(colours) if colours else 0) | 0x40 * interlaced
    head = b"," + struct.pack("<HHHHB", *box, flags) + table(colours or ())
    return head + bytes([min_bits]) + blocks(literals(indices, min_bits) if data is None else data)
