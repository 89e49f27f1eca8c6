"""From a signed request to the service and the operation it names, in each of AWS's protocols."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.parsers import RpcV2CBORParser

from ...wire.errors import ServiceError
from ...wire.http import Request
from ...wire.plain_request import form_in_address, speaks_form
from ...wire.signature import Scope
from . import experiments, functions, objects, traces
from .databases import databases
from .identities import identities
from .messaging import queues, topics
from .metrics import metrics
from .need import UNKNOWN, Asked, Names, Need
from .orchestration import event_buses, state_machines
from .others import SIMPLE, simple
from .parameters import parameters, secrets
from .records import logs, streams

# The name in a request's signature, where IAM's prefix is another one.
PREFIXES = {
    "monitoring": "cloudwatch",
    "email": "ses",
    "tagging": "tag",
}
Table = Callable[[Asked], list[Need]]
TABLES: dict[str, Table] = {
    "cloudwatch": metrics,
    "dynamodb": databases,
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
    "lambda": functions.needs,
    "xray": traces.needs,
    "fis": experiments.needs,
}


def needs(request: Request, scope: Scope, account: str, names: Names) -> list[Need]:
    """What a request (`plain_request`) asks leave for. Everything in the list has to be allowed.

    An operation that cannot be made out is asked for as ``SERVICE:Unknown``: nobody is granted it.
    """
    if scope.service in ANSWERED_HERE:
        return ANSWERED_HERE[scope.service](request, scope.region, account)
    if scope.service == "s3":
        return objects.needs(request)
    prefix = PREFIXES.get(scope.service, scope.service)
    operation, given = _read(request, scope.service)
    asked = Asked(operation or UNKNOWN, given, scope.region, account, names)
    table = TABLES.get(prefix)
    if table is not None:
        return table(asked)
    if prefix in SIMPLE:
        return simple(prefix, asked)
    return [Need(f"{prefix}:{asked.operation}")]


def _read(request: Request, service: str) -> tuple[str, dict[str, Any]]:
    target = request.header("x-amz-target")
    if target:
        return target.rpartition(".")[2], _json(request.body)
    parts = request.path.split("/")
    if len(parts) >= 5 and parts[-2] == "operation" and parts[-4] == "service":
        return parts[-1], _cbor(request)
    if speaks_form(request):
        return _form(request.body.decode("utf-8", "replace"), request.path)
    if form_in_address(request, service):
        return _form(request.query, request.path)
    return _rest_operation(service, request.method, request.path), {}


def _json(body: bytes) -> dict[str, Any]:
    """A JSON body. Raises `ServiceError` for one that is no object."""
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ServiceError("SerializationException", "The request body must be a JSON object.")
    return found


def _cbor(request: Request) -> dict[str, Any]:
    """A body of Smithy's RPC protocol. Raises `ServiceError` for one that is no map."""
    if "cbor" not in request.header("content-type"):
        return _json(request.body)
    reader = RpcV2CBORParser()
    try:
        stream = reader.get_peekable_stream_from_bytes(request.body)
        found = reader.parse_data_item(stream) if request.body else {}
    except Exception as error:  # whatever botocore meets in bytes that are no CBOR
        raise ServiceError("SerializationException", "The request body is no CBOR.") from error
    if not isinstance(found, dict):
        raise ServiceError("SerializationException", "The request body must be a CBOR map.")
    return found


def _form(text: str, path: str) -> tuple[str, dict[str, Any]]:
    """A form. Of two values with one name the first counts, as in moto."""
    given: dict[str, Any] = {k: v[0] for k, v in parse_qs(text, keep_blank_values=True).items()}
    if len(path) > 1:
        given.setdefault("QueueUrl", path)
    return str(given.pop("Action", "")), given


def _rest_operation(service: str, method: str, path: str) -> str:
    """The operation behind a method and a path, read from botocore's model of the service."""
    best, best_fixed = "", -1
    parts = [unquote(part) for part in path.strip("/").split("/")]
    for name, wanted_method, pattern in _routes(service):
        if wanted_method != method:
            continue
        greedy = bool(pattern) and pattern[-1].endswith("+}")
        if len(pattern) != len(parts) and not (greedy and len(parts) > len(pattern)):
            continue
        pairs = list(zip(pattern, parts, strict=False))
        if all(wanted.startswith("{") or wanted == part for wanted, part in pairs):
            fixed = sum(not wanted.startswith("{") for wanted in pattern)
            if fixed > best_fixed:
                best, best_fixed = name, fixed
    return best


@lru_cache(maxsize=16)
def _routes(service: str) -> list[tuple[str, str, list[str]]]:
    import botocore.session  # noqa: PLC0415 - rarely needed
    from botocore.exceptions import UnknownServiceError  # noqa: PLC0415

    try:
        model = botocore.session.Session().get_service_model(service)
    except UnknownServiceError:
        return []
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0]
        found.append((name, http["method"], path.strip("/").split("/")))
    return found
