"""An answer's bytes, counted while they come: a cap before and after decompression."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable

PLAIN = ("", "identity")
ZIPPED = ("gzip", "x-gzip", "deflate")


class TooLarge(Exception):
    """More bytes than allowed."""


class BadEncoding(Exception):
    """A Content-Encoding that we do not know, or bytes that do not keep to it."""


async def read_capped(
    chunks: AsyncIterator[bytes],
    encoding: str,
    most: int,
    touch: Callable[[], None] = lambda: None,
) -> bytes:
    """Join `chunks`, decompressed; stop at once when there are more than `most` bytes.

    Args:
        chunks: bytes as they come.
        encoding: the value of Content-Encoding.
        most: bytes allowed, on the wire as well as after decompression.
        touch: called at each chunk.

    Raises:
        TooLarge, BadEncoding.
    """
    encoding = encoding.strip().lower()
    if encoding not in PLAIN + ZIPPED:
        raise BadEncoding(f"unknown Content-Encoding {encoding[:40]!r}")
    unzip = _Unzip(encoding, most) if encoding in ZIPPED else None
    parts: list[bytes] = []
    came = 0
    async for chunk in chunks:
        touch()
        came += len(chunk)
        if came > most:
            raise TooLarge(f"more than {most} bytes")
        parts.append(unzip.feed(chunk) if unzip else chunk)
    if unzip:
        unzip.close()
    return parts[0] if len(parts) == 1 else b"".join(parts)


class _Unzip:
    def __init__(self, encoding: str, most: int) -> None:
        self._left, self._most, self._raw = most, most, False
        self._machine = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._deflate = encoding == "deflate"

    def feed(self, chunk: bytes) -> bytes:
        try:
            out = self._machine.decompress(chunk, self._left + 1)
        except zlib.error as error:
            if not self._deflate or self._raw or self._left != self._most:
                raise BadEncoding(f"broken compression: {error}") from None
            self._machine, self._raw = zlib.decompressobj(-zlib.MAX_WBITS), True
            return self.feed(chunk)  # some servers send deflate without its wrapping
        self._left -= len(out)
        if self._left < 0:
            raise TooLarge(f"more than {self._most} bytes after decompression")
        return out

    def close(self) -> None:
        if not self._machine.eof:
            raise BadEncoding("compression ends too early")
