"""``\\u00e9`` in a definition is the letter é: the interpreter's grammar reads escapes as text."""

from __future__ import annotations

import json
import re
from typing import Any

from .repair import replace

# Pairs of backslashes stay; of the escapes, those of letters that JSON may hold as they are.
_ESCAPES = re.compile(r"\\\\|(?:\\u[0-9a-fA-F]{4})+")


def install() -> None:
    """Put this into the interpreter. It must be loaded."""
    from localstack.services.stepfunctions.asl.parse import asl_parser  # noqa: PLC0415 - loads late
    from localstack.services.stepfunctions.asl.parse.test_state import (  # noqa: PLC0415
        asl_parser as of_one_state,
    )

    def make(known: Any) -> Any:
        return lambda definition: known(unescaped(definition))

    for module in (asl_parser, of_one_state):
        replace(module, "InputStream", make)


def unescaped(text: str) -> str:
    """A JSON text with its letters outside ASCII written as they are."""
    return _ESCAPES.sub(_letters, text)


def _letters(found: re.Match[str]) -> str:
    written = found.group()
    if written == "\\\\":
        return written
    letters = json.loads(f'"{written}"')
    outside = all(ord(each) > 127 and not 0xD800 <= ord(each) < 0xE000 for each in letters)
    return letters if outside else written
