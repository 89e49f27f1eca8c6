"""Lengths that AWS allows in requests and moto does not check, where a long text costs long work.

Source: DynamoDB Developer Guide, "Quotas in Amazon DynamoDB": 4 KB for an expression; EventBridge
API Reference, PutRule: 4,096 characters of a pattern (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .seam import replace, when_imported

MAX_EXPRESSION_BYTES = 4096
MAX_PATTERN = 4096


def install() -> None:
    """Check them where the services are imported."""
    when_imported("moto.dynamodb.responses", _expressions)
    when_imported("moto.events.models", _patterns)


def _expressions() -> None:
    from moto.core.utils import camelcase_to_underscores  # noqa: PLC0415 - moto loads late
    from moto.dynamodb.exceptions import MockValidationException  # noqa: PLC0415
    from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415

    def make(known: Any) -> Any:
        def call_action(self: Any) -> Any:
            for name, text in expressions(getattr(self, "params", {})):
                if len(text.encode()) > MAX_EXPRESSION_BYTES:
                    # moto answers what an operation's own method raises.
                    method = camelcase_to_underscores(self._get_action())
                    setattr(self, method, partial(_refuse, MockValidationException, name, text))
            return known(self)

        return call_action

    replace(DynamoHandler, "call_action", make)


def _refuse(problem: Callable[[str], Exception], name: str, text: str) -> None:
    raise problem(
        f"Invalid {name}: Expression size has exceeded the maximum allowed size; "
        f"expression size: {len(text.encode())}"
    )


def expressions(value: Any) -> Iterator[tuple[str, str]]:
    """Each expression in parameters, with the name of its member."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            for name, member in each.items():
                if isinstance(member, str) and str(name).endswith("Expression"):
                    yield str(name), member
                elif isinstance(member, (dict, list)):
                    waiting.append(member)


def _patterns() -> None:
    from moto.events.exceptions import ValidationException  # noqa: PLC0415 - moto loads late
    from moto.events.models import EventPattern  # noqa: PLC0415

    def make(known: Any) -> Any:
        def load(raw_pattern: str | None) -> Any:
            if len(raw_pattern or "") > MAX_PATTERN:
                raise ValidationException(
                    f"1 validation error detected: Value '{raw_pattern}' at 'eventPattern' failed "
                    "to satisfy constraint: Member must have length less than or equal to "
                    f"{MAX_PATTERN}"
                )
            return known(raw_pattern)

        return load

    replace(EventPattern, "load", make)
