"""Which function answers which operation of Lambda's API."""

from __future__ import annotations

from . import (
    account,
    aliases,
    code_signing,
    durable_executions,
    event_invoke_config,
    event_source_mappings,
    function_deletion,
    function_urls,
    functions,
    layers,
    permissions,
    provisioned_concurrency,
    recursion,
    reserved_concurrency,
    runtime_management,
    tags,
    versions,
)
from .plane import Operation

OPERATIONS: dict[str, Operation] = {
    **account.OPERATIONS,
    **aliases.OPERATIONS,
    **code_signing.OPERATIONS,
    **durable_executions.OPERATIONS,
    **event_invoke_config.OPERATIONS,
    **event_source_mappings.OPERATIONS,
    **function_urls.OPERATIONS,
    **functions.OPERATIONS,
    **function_deletion.OPERATIONS,
    **layers.OPERATIONS,
    **permissions.OPERATIONS,
    **provisioned_concurrency.OPERATIONS,
    **recursion.OPERATIONS,
    **reserved_concurrency.OPERATIONS,
    **runtime_management.OPERATIONS,
    **tags.OPERATIONS,
    **versions.OPERATIONS,
}
