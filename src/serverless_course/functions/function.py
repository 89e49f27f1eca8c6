"""The record of a deployed function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NotDeployed(LookupError):
    """No such function is deployed; the message lists those that are."""


@dataclass(frozen=True)
class Function:
    """A Lambda function as AWS describes it.

    Attributes:
        name: FunctionName.
        arn: FunctionArn, without a qualifier.
        memory_mb: MemorySize in MB.
        timeout_s: Timeout in seconds.
        runtime: Runtime, for example ``"python3.12"``.
        architecture: ``"x86_64"`` or ``"arm64"``.
        handler: Handler, ``file.function``.
    """

    name: str
    arn: str
    memory_mb: int
    timeout_s: int
    runtime: str
    architecture: str
    handler: str = ""

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> Function:
        """From what GetFunctionConfiguration (or a create or update call) returns."""
        return cls(
            name=configuration["FunctionName"],
            arn=configuration["FunctionArn"],
            memory_mb=configuration.get("MemorySize", 128),
            timeout_s=configuration.get("Timeout", 3),
            runtime=configuration.get("Runtime", ""),
            architecture=configuration.get("Architectures", ["x86_64"])[0],
            handler=configuration.get("Handler", ""),
        )

    @property
    def log_group(self) -> str:
        """The log group that Lambda writes to when no other was chosen."""
        return f"/aws/lambda/{self.name}"


def name_of(function: Function | str) -> str:
    """What ``FunctionName`` takes: a name or an ARN."""
    return function.name if isinstance(function, Function) else function
