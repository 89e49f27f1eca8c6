"""StringMatches of a Choice state: a star, an escaped star, and time in proportion to the text.

Source: AWS Step Functions Developer Guide, "Choice workflow state" (read 2026-11): `*` matches zero
or more characters, `\\*` is a star and `\\\\` a backslash; nothing else is special.
"""

from __future__ import annotations

from typing import Any

from ..wildcards import starred, unescaped
from .repair import replace


def install() -> None:
    """Put this matcher into the interpreter. It must be loaded."""
    from localstack.services.stepfunctions.asl.component.state.state_choice.comparison.operator.implementations import (  # noqa: PLC0415, E501
        string_operators,
    )

    def compare(variable: Any, pattern: Any) -> bool:
        texts = isinstance(variable, str) and isinstance(pattern, str)
        return texts and starred(unescaped(pattern))(variable)

    replace(string_operators.StringMatches, "_compare", lambda _: staticmethod(compare))
