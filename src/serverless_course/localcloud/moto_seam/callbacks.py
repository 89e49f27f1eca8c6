"""moto's calls into Lambda, led to this server's own engine.

moto's services reach Lambda in this process through `moto.awslambda.utils.get_backend`, and run
the function within their caller's request. Here they hand an event over and go on.
"""

from __future__ import annotations

from typing import Any

from . import (
    event_rules,
    log_subscriptions,
    message_traces,
    object_events,
    rotation,
    topic_delivery,
)
from .current import current
from .functions import Functions
from .seam import replace
from .target_roles import TargetRoles


class LambdaBackend:
    """Stands where moto's services look for moto's Lambda. Everything else is refused."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    def get_function(self, function_name: str, *_: Any) -> LambdaFunction:
        """A function by its ARN. Raises LookupError, which moto's callers take for "not there"."""
        if not self._functions.exists(function_name):
            raise LookupError(function_name)
        return LambdaFunction(self._functions, function_name)

    def send_log_event(
        self, arn: str, filter_name: str, group: str, stream: str, events: list[dict[str, Any]]
    ) -> None:
        """CloudWatch Logs delivers to a subscription filter's function."""
        log_subscriptions.send(self._functions, arn, filter_name, group, stream, events)

    def invoke(self, function_name: str, qualifier: Any, body: str, *_: Any, **__: Any) -> None:
        """Secrets Manager runs one step of a rotation."""
        rotation.step(self._functions, function_name, body)


class LambdaFunction:
    """A function as moto's CloudFormation finds it, for custom resources."""

    def __init__(self, functions: Functions, arn: str) -> None:
        self._functions = functions
        self.arn = self.function_arn = arn

    def invoke(self, body: str, *_: Any) -> tuple[str, bool, str]:
        """Hand over an event."""
        self._functions.send(self.arn, body, "", "", current().trace)
        return "", False, ""


def install(functions: Functions, roles: TargetRoles, start: event_rules.Start) -> None:
    """Lead moto's calls into Lambda to ``functions``. moto must not have been used before."""
    from moto.awslambda import utils  # noqa: PLC0415 - moto loads late

    backend = LambdaBackend(functions)
    replace(utils, "get_backend", lambda _: lambda account_id, region: backend)
    for source in (object_events, log_subscriptions, rotation):
        source.install(functions)
    event_rules.install(functions, roles, start)
    topic_delivery.install(functions)
    message_traces.install()
