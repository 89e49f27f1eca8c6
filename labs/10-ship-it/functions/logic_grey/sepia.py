"""From a photo to a sepia picture: PNG in, PNG out, with the standard library alone."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_png(data):
    """Width, height, colour type and rows of an 8-bit PNG; each row begins with a 0."""
    if data[:8] != SIGNATURE:
        raise ValueError("this is not a PNG")
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", body[:10])
        packed += body if kind == b"IDAT" else b""
        at += size + 12
    return width, height, colour, zlib.decompress(packed)


def write_png(width, height, pixels):
    """A PNG of these pixels: red, green, blue, one after the other."""
    step = 3 * width
    rows = b"".join(b"\0" + pixels[i : i + step] for i in range(0, len(pixels), step))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = SIGNATURE
    for kind, body in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        png += struct.pack(">I", len(body)) + kind + body
        png += struct.pack(">I", zlib.crc32(kind + body))
    return png


def colours(width, colour, rows):
    """The pixels of all rows: red, green, blue."""
    if colour != 2:
        raise ValueError(f"colour type {colour} is not known, only 2 (RGB)")
    step = 3 * width + 1
    return b"".join(rows[i + 1 : i + step] for i in range(0, len(rows), step))


def sepia(pixels):
    """The same pixels in shades of brown."""
    out = bytearray(len(pixels))
    for i in range(0, len(pixels), 3):
        r, g, b = pixels[i : i + 3]
        out[i] = min(255, (393 * r + 769 * g + 189 * b) // 1000)
        out[i + 1] = min(255, (349 * r + 686 * g + 168 * b) // 1000)
        out[i + 2] = min(255, (272 * r + 534 * g + 131 * b) // 1000)
    return bytes(out)


def sepia_png(photo):
    """The sepia picture of a photo, both as PNG."""
    width, height, colour, rows = read_png(photo)
    pixels = sepia(colours(width, colour, rows))
    if len(pixels) != 3 * width * height:
        raise ValueError("pixels are missing, or there are too many")
    return write_png(width, height, pixels)
