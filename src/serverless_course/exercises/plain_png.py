"""Pixels as PNG and back: 8 bits, grey or RGB, as PNG's specification (third edition) says."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB = 0, 2
CHANNELS = {GREY: 1, RGB: 3}


@dataclass(frozen=True)
class Pixels:
    """A picture: sizes in pixels, PNG's colour type, and a byte for each channel of each pixel."""

    width: int
    height: int
    colour: int
    data: bytes

    def rgb(self) -> bytes:
        """Red, green and blue of each pixel; of a grey one all three are alike."""
        if self.colour == RGB:
            return self.data
        return bytes(value for value in self.data for _ in range(3))


def png_of(pixels: Pixels) -> bytes:
    """The picture as a PNG whose rows have no filter."""
    step = CHANNELS[pixels.colour] * pixels.width
    rows = b"".join(b"\0" + pixels.data[at : at + step] for at in range(0, len(pixels.data), step))
    head = struct.pack(">IIBBBBB", pixels.width, pixels.height, 8, pixels.colour, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def pixels_of(png: bytes) -> Pixels:
    """Read a PNG of 8 bits, grey or RGB, with any of PNG's filters.

    Raises:
        ValueError: it is no PNG, is damaged, or is of another kind; the message says which.
    """
    if not png.startswith(SIGNATURE):
        raise ValueError("it is no PNG")
    head, packed = b"", b""
    for kind, body in _chunks(png):
        head = body if kind == b"IHDR" else head
        packed += body if kind == b"IDAT" else b""
    if len(head) != 13:
        raise ValueError("it has no header")
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", head)
    if depth != 8 or colour not in CHANNELS or any(rest):
        raise ValueError(f"it has {depth} bits and colour type {colour}")
    channels = CHANNELS[colour]
    step = channels * width + 1
    try:
        rows = zlib.decompress(packed)
    except zlib.error as error:
        raise ValueError("its rows cannot be unpacked") from error
    if len(rows) != step * height:
        raise ValueError(f"it has {len(rows)} bytes in its rows, and needs {step * height}")
    data, above = b"", bytes(step - 1)
    for at in range(0, len(rows), step):
        above = _unfiltered(rows[at], rows[at + 1 : at + step], above, channels)
        data += above
    return Pixels(width, height, colour, data)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 12 <= len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        body = png[at + 8 : at + 8 + size]
        checksum = png[at + 8 + size : at + 12 + size]
        if checksum != struct.pack(">I", zlib.crc32(kind + body)):
            raise ValueError(f"its part {kind.decode('latin-1')} is damaged")
        yield kind, body
        at += size + 12


def _unfiltered(kind: int, row: bytes, above: bytes, channels: int) -> bytes:
    """A row without its filter; ``above`` is the row before it, without its own."""
    if kind > 4:
        raise ValueError(f"it has a row with filter {kind}")
    found = bytearray(row)
    for at, value in enumerate(row):
        left = found[at - channels] if at >= channels else 0
        up = above[at]
        corner = above[at - channels] if at >= channels else 0
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        found[at] = (value + guess) % 256
    return bytes(found)


def _paeth(left: int, up: int, corner: int) -> int:
    """Which of the three is nearest to left + up - corner (PNG's filter type 4)."""
    middle = left + up - corner
    return min((left, up, corner), key=lambda value: abs(middle - value))
