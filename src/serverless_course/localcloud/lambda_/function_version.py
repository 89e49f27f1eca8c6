"""A function version: the immutable description an execution environment is made from."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The mode of TracingConfig in which Lambda itself tells X-Ray of invocations.
ACTIVE = "Active"

ARN = re.compile(
    r"^(?:arn:[a-z-]+:lambda:(?P<region>[a-z0-9-]+):)?"
    r"(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[A-Za-z0-9-_]+)(?::(?P<qualifier>\$LATEST|[A-Za-z0-9-_]+))?$"
)


@dataclass(frozen=True)
class FunctionVersion:
    """What AWS's FunctionConfiguration says, as far as running it needs.

    ``timeout_s`` in seconds, ``memory_mb`` in MB, ``tmp_mb`` (the size of ``/tmp``) in MB,
    ``code_key`` names the unpacked package in the `CodeStore`, ``environment`` holds the
    function's own variables. ``durable`` is there for a durable function: its ExecutionTimeout in
    seconds and its RetentionPeriodInDays.
    """

    name: str
    arn: str
    version: str
    region: str
    account_id: str
    runtime: str
    handler: str
    role: str
    memory_mb: int
    timeout_s: int
    environment: tuple[tuple[str, str], ...]
    code_key: str
    layer_keys: tuple[str, ...] = ()
    log_group: str = ""
    log_format: str = "Text"
    application_log_level: str = ""
    system_log_level: str = ""
    tracing_mode: str = "PassThrough"
    dead_letter_arn: str = ""
    subnet_ids: tuple[str, ...] = ()
    group_ids: tuple[str, ...] = ()
    dual_stack: bool = False
    tmp_mb: int = 512
    durable: tuple[int, int] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What a fleet is kept by: region, name, version."""
        return (self.region, self.name, self.version)

    @property
    def has_own_log_group(self) -> bool:
        """Whether it logs to the group that Lambda makes for it alone."""
        return self.log_group in ("", f"/aws/lambda/{self.name}")

    @property
    def qualified_arn(self) -> str:
        return f"{self.arn}:{self.version}"


@dataclass(frozen=True)
class FunctionReference:
    """A function as a caller names it: plain name, partial or whole ARN, with a qualifier."""

    name: str
    qualifier: str | None
    region: str | None
    account: str | None


def parse_reference(text: str) -> FunctionReference | None:
    """Read a FunctionName parameter in any form Lambda takes; None when it is none of them."""
    match = ARN.fullmatch(text)
    if match is None:
        return None
    return FunctionReference(match["name"], match["qualifier"], match["region"], match["account"])
