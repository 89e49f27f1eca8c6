"""Give simplejson the standard library's compiled string code where it lacks its own.

simplejson's compiled module fits one version of Python only. Without it a text of 1 MB takes
seconds to read and to write, where on AWS it takes milliseconds.
"""

import json.decoder
import json.encoder
from importlib import import_module
from typing import Any


def quicken() -> None:
    """Replace simplejson's string functions, unless they are compiled."""
    simplejson: Any = import_module("simplejson")
    encoder: Any = import_module("simplejson.encoder")
    decoder: Any = import_module("simplejson.decoder")
    if encoder.c_make_encoder is not None:
        return
    encoder.encode_basestring_ascii = json.encoder.encode_basestring_ascii
    encoder.encode_basestring = encoded
    decoder.scanstring = scanned
    simplejson._default_decoder = decoder.JSONDecoder()


def encoded(text: str) -> str:
    """A string as JSON; as from simplejson, two separators of JavaScript's lines are escaped."""
    found = json.encoder.encode_basestring(text)
    return str(found).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def scanned(
    text: str, end: int, _encoding: object = None, strict: bool = True, *_: object
) -> tuple[str, int]:
    """The string that begins before ``end``, and where it ends."""
    return json.decoder.scanstring(text, end, strict)  # type: ignore[attr-defined,no-any-return]
