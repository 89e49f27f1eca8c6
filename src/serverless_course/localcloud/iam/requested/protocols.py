"""From a signed request to the service and the operation it names, in each of AWS's protocols."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from botocore.parsers import RpcV2CBORParser

from ...wire.errors import ServiceError
from ...wire.http import Request
from ...wire.signature import Scope
from . import experiments, functions, objects, pipes, schedules, traces, web_apis
from .balancers import balancers
from .databases import databases
from .identities import identities
from .messaging import queues, topics
from .metrics import metrics
from .need import Asked, Names, Need
from .operation import CBOR, JSON, Operation, form_of, operation_of
from .orchestration import event_buses, state_machines
from .others import SIMPLE, simple
from .own_resources import check_own
from .parameters import parameters, secrets
from .passed_roles import passed_roles
from .records import logs, streams
from .request_tags import request_tags
from .services import SERVICES
from .stacks import stacks

Table = Callable[[Asked], list[Need]]
TABLES: dict[str, Table] = {
    "cloudformation": stacks,
    "cloudwatch": metrics,
    "dynamodb": databases,
    "elasticloadbalancing": balancers,
    "events": event_buses,
    "iam": identities,
    "kinesis": streams,
    "logs": logs,
    "secretsmanager": secrets,
    "sns": topics,
    "sqs": queues,
    "ssm": parameters,
    "states": state_machines,
    "sts": identities,
}


# The services that the embedded cloud answers itself, by their names in signatures.
ANSWERED_HERE: dict[str, Callable[[Request, str, str], list[Need]]] = {
    "apigateway": web_apis.needs,
    "lambda": functions.needs,
    "xray": traces.needs,
    "fis": experiments.needs,
    "scheduler": schedules.needs,
    "pipes": pipes.needs,
}


def needs(
    request: Request,
    scope: Scope,
    account: str,
    names: Names,
    operation: Operation | None = None,
) -> list[Need]:
    """What a request (`plain_request`) asks leave for. Everything in the list has to be allowed.

    ``operation`` is what the request is, where that was read before. Raises `ServiceError` for
    what is no operation of a service.
    """
    if scope.service in ANSWERED_HERE:
        return ANSWERED_HERE[scope.service](request, scope.region, account)
    if scope.service == "s3":
        return objects.needs(request)
    operation = operation or operation_of(request, scope)
    prefix = SERVICES[scope.service].prefix
    asked = Asked(operation.name, _given(request, operation), scope.region, account, names)
    own = _own_needs(prefix, asked)
    for need in own:
        # A role or a function that is handed over is another service's.
        if need.action.startswith(f"{prefix}:"):
            check_own(need, scope.region, account)
    tags = request_tags(asked.parameters)
    if tags:
        own = [replace(need, context={**tags, **need.context}) for need in own]
    return own + passed_roles(prefix, asked.operation, asked.parameters)


def _own_needs(prefix: str, asked: Asked) -> list[Need]:
    table = TABLES.get(prefix)
    if table is not None:
        return table(asked)
    if prefix in SIMPLE:
        return simple(prefix, asked)
    return [Need(f"{prefix}:{asked.operation}")]


def _given(request: Request, operation: Operation) -> dict[str, Any]:
    if operation.protocol == JSON:
        return _json(request.body)
    if operation.protocol == CBOR:
        return cbor_map(request.body)
    return {name: value for name, value in form_of(request).items() if name != "Action"}


def _json(body: bytes) -> dict[str, Any]:
    """A JSON body. Raises `ServiceError` for one that is no object."""
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ServiceError("SerializationException", "The request body must be a JSON object.")
    return found


def cbor_map(body: bytes) -> dict[str, Any]:
    """A body of Smithy's RPC protocol. Raises `ServiceError` for one that is no map."""
    reader = RpcV2CBORParser()
    try:
        stream = reader.get_peekable_stream_from_bytes(body)
        found = reader.parse_data_item(stream) if body else {}
    except Exception as error:  # whatever botocore meets in bytes that are no CBOR
        raise ServiceError("SerializationException", "The request body is no CBOR.") from error
    if not isinstance(found, dict):
        raise ServiceError("SerializationException", "The request body must be a CBOR map.")
    return found
