"""States.Base64Encode and States.Base64Decode of any text: the interpreter takes ASCII alone.

Source: AWS Step Functions Developer Guide, "Intrinsic functions" (read 2026-11): Base64 of MIME,
10,000 characters at most. Texts as UTF-8: as the service's JSON.
"""

from __future__ import annotations

import base64
import importlib
from collections.abc import Callable
from typing import Any

from .repair import replace

FUNCTIONS = (
    "localstack.services.stepfunctions.asl.component.intrinsic.function.statesfunction."
    "encoding_decoding"
)
MAX_CHARACTERS = 10_000


def install() -> None:
    """Put these into the interpreter. It must be loaded."""
    for module, name, turn in (
        ("base_64_encode", "Base64Encode", encoded),
        ("base_64_decode", "Base64Decode", decoded),
    ):
        owner = getattr(importlib.import_module(f"{FUNCTIONS}.{module}"), name)
        replace(owner, "_eval_body", _of_text(name, turn))


def encoded(text: str) -> str:
    """A text's Base64."""
    return base64.b64encode(text.encode()).decode()


def decoded(text: str) -> str:
    """The text of a Base64. Raises ValueError for one that is none."""
    return base64.b64decode(text.encode()).decode()


def _of_text(name: str, turn: Callable[[str], str]) -> Callable[[Any], Any]:
    def make(known: Any) -> Any:
        def eval_body(self: Any, env: Any) -> None:
            self.argument_list.eval(env=env)
            (text,) = env.stack.pop()
            if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
                raise ValueError(f"States.{name} needs a text of {MAX_CHARACTERS} characters.")
            env.stack.append(turn(text))

        return eval_body

    return make
