"""Which operation a signed request is: read once, for what it asks leave for and what is done.

The protocol is what the request's own form says, and the service has to speak it; the operation
has to be one of the service's, letter for letter. moto takes an operation from wherever it finds
one, in any spelling; `moto_seam.decided` holds it to what was read here.

Source: Smithy's documents on the AWS JSON, Query and RPC v2 CBOR protocols (read 2026-11), and
botocore's models of the services.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ...wire.errors import ServiceError
from ...wire.http import Request
from ...wire.plain_request import form_in_address, speaks_form
from ...wire.signature import Scope
from . import object_request
from .deleted_keys import rewritten
from .object_operation import object_operation
from .services import SERVICES, check_scope

JSON, CBOR, QUERY, PATH = "json", "cbor", "query", "path"
CONTENT_TYPES = {
    JSON: "application/x-amz-json-1.1",
    CBOR: "application/cbor",
    QUERY: "application/x-www-form-urlencoded",
}
# The types that moto knows as JSON, to the letter.
PLAIN_JSON = frozenset({"application/x-amz-json-1.0", "application/x-amz-json-1.1"})
# Headers that only the JSON protocols have.
OF_OTHERS = frozenset({"x-amz-target"})
# How botocore's models name these protocols.
SPOKEN = {"json": JSON, "smithy-rpc-v2-cbor": CBOR, "query": QUERY, "ec2": QUERY}
# Services that have no protocol of one address: their operation is in the method and the path.
BY_PATH = frozenset({"apigateway", "fis", "lambda", "pipes", "s3", "scheduler", "xray"})
# SQS answers the query protocol as well, which botocore's model leaves out.
ALSO = {"sqs": frozenset({QUERY})}
# What SQS does not do at a queue's address.
OF_NO_QUEUE = frozenset({"CreateQueue", "ListQueues"})


@dataclass(frozen=True)
class Operation:
    """``service`` is its name in signatures, ``model`` botocore's and moto's, ``name`` the
    operation's; empty where method and path say it and nobody looked."""

    service: str
    model: str
    name: str
    protocol: str

    @property
    def said(self) -> str:
        """The operation that the request itself names; empty where method and path say it."""
        return "" if self.protocol == PATH else self.name


@dataclass(frozen=True)
class Model:
    """What is needed of a service's model: how its targets and its paths of CBOR begin, what it
    can do, what it speaks."""

    target_prefix: str
    operations: frozenset[str]
    protocols: frozenset[str]


def operation_of(request: Request, scope: Scope) -> Operation:
    """The operation that a request (`plain_request`) is, for its verified signature's scope.

    Raises `ServiceError` when there is no such service, region or operation.
    """
    check_scope(scope)
    usual = SERVICES[scope.service].models[0]
    if scope.service in BY_PATH:
        name = object_operation(request) if scope.service == "s3" else ""
        return Operation(scope.service, usual, name, PATH)
    protocol, model, name = _named(request, scope.service)
    known = _model(model)
    if protocol not in known.protocols or name not in known.operations:
        raise unknown(name, protocol, scope.service)
    if scope.service == "sqs" and request.path != "/" and name in OF_NO_QUEUE:
        raise unknown(name, protocol, scope.service)
    return Operation(scope.service, model, name, protocol)


def one_form(request: Request, operation: Operation) -> Request:
    """The request in the one form that its protocol has, so that moto finds nothing else in it."""
    if operation.service == "s3":
        read = object_request.read_objects(request)
        plain = object_request.one_reading(request, read)
        return replace(plain, body=rewritten(plain.body)) if read.subresource == "delete" else plain
    if operation.protocol == PATH:
        return request
    if (
        operation.protocol == JSON
        and request.target == "/"
        and request.header("content-type") in PLAIN_JSON
    ):
        return request
    content_type, target, body = CONTENT_TYPES[operation.protocol], "/", request.body
    if operation.protocol == JSON and request.header("content-type") in PLAIN_JSON:
        content_type = request.header("content-type")
    elif operation.protocol == CBOR:
        target = request.path
    elif operation.protocol == QUERY:
        body = _body_of_form(request)
    headers = [
        (name, value)
        for name, value in request.headers
        if name != "content-type" and (operation.protocol == JSON or name not in OF_OTHERS)
    ]
    headers.append(("content-type", content_type))
    return replace(request, method="POST", target=target, headers=headers, body=body)


def form_of(request: Request) -> dict[str, str]:
    """The parameters of a form, of two with one name the first; SQS's path names a queue."""
    in_body = speaks_form(request)
    text = request.body.decode("utf-8", "replace") if in_body else request.query
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    if len(request.path) > 1:
        found.setdefault("QueueUrl", request.path)
    return found


def unknown(name: str, protocol: str, service: str = "") -> ServiceError:
    """AWS's answer to an operation that a service, or a queue's address, does not have.

    SQS's words as recorded from AWS (localstack, TestSqsQueryApi, 2024).
    """
    if protocol == QUERY:
        place = "endpoint" if service == "sqs" else "web service"
        text = f"The action {name} is not valid for this {place}."
        return ServiceError("InvalidAction", text)
    return ServiceError("UnknownOperationException", f"There is no operation {name!r}.", 404)


def _named(request: Request, service: str) -> tuple[str, str, str]:
    models = SERVICES[service].models
    if request.has_header("smithy-protocol"):
        return _cbor_named(request, models[0])
    target = request.header("x-amz-target")
    if target:
        prefix, _, name = target.rpartition(".")
        content_type = request.header("content-type").lower()
        if request.method != "POST" or not content_type.startswith("application/x-amz-json-1."):
            raise unknown(name, JSON)
        for model in models:
            if _model(model).target_prefix == prefix:
                return JSON, model, name
        raise unknown(target, JSON)
    elsewhere = request.path != "/" and service != "sqs"
    if elsewhere or request.method not in ("GET", "POST"):
        raise unknown(f"{request.method} {request.path}", PATH)
    if speaks_form(request) or form_in_address(request, service):
        return QUERY, models[0], form_of(request).get("Action", "")
    raise unknown(f"{request.method} {request.path}", PATH)


def _cbor_named(request: Request, model: str) -> tuple[str, str, str]:
    start, _, name = request.path.rpartition("/")
    if (
        request.method != "POST"
        or request.has_header("x-amz-target")
        or request.header("smithy-protocol") != "rpc-v2-cbor"
        or request.header("content-type") != CONTENT_TYPES[CBOR]
        or start != f"/service/{_model(model).target_prefix}/operation"
    ):
        raise unknown(name, CBOR)
    return CBOR, model, name


def _body_of_form(request: Request) -> bytes:
    return urlencode(form_of(request)).encode()


@lru_cache(maxsize=64)
def _model(name: str) -> Model:
    """Only these parts are kept: EC2's whole model is large."""
    from botocore.loaders import create_loader  # noqa: PLC0415 - the port answers before it

    read: dict[str, Any] = create_loader().load_service_model(name, "service-2")
    metadata = read["metadata"]
    spoken = {SPOKEN.get(each, PATH) for each in metadata["protocols"]}
    return Model(
        metadata.get("targetPrefix", ""),
        frozenset(read["operations"]),
        frozenset(spoken) | ALSO.get(name, frozenset()),
    )
