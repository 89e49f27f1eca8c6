"""OpenAPI documents as API Gateway imports them, read: what both kinds of APIs have in common.

Source: API Gateway Developer Guide, "OpenAPI extensions for API Gateway" (read 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .refusals import bad_request

Document = dict[str, Any]
ANY_METHOD = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"
METHODS = frozenset({"delete", "get", "head", "options", "patch", "post", "put"})


def read_document(body: str | bytes) -> Document:
    """A document in JSON or YAML. Raises BadRequestException for what is none."""
    import yaml  # noqa: PLC0415 - few documents come, and the port answers before it is loaded

    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise bad_request("Unable to parse API definition because of a malformed input") from error
    if not isinstance(found, dict) or not ({"openapi", "swagger"} & found.keys()):
        raise bad_request("Invalid OpenAPI input: no member openapi or swagger")
    paths = found.get("paths")
    if paths is not None and not isinstance(paths, dict):
        raise bad_request("Invalid OpenAPI input: paths is no object")
    return found


@contextmanager
def reading() -> Iterator[None]:
    """What is not of the form that OpenAPI gives it is refused. Raises BadRequestException."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise bad_request(f"Invalid OpenAPI input: {type(error).__name__}: {error}") from error


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Each operation: its path, its method in capitals (or ``ANY``), and what it says."""
    for path, item in (document.get("paths") or {}).items():
        if not isinstance(item, dict):
            raise bad_request(f"Invalid OpenAPI input: the path {path} is no object")
        for name, operation in item.items():
            known = name in METHODS or name == ANY_METHOD
            if not known:
                continue
            if not isinstance(operation, dict):
                raise bad_request(f"Invalid OpenAPI input: {name} of {path} is no object")
            yield str(path), "ANY" if name == ANY_METHOD else name.upper(), operation


def read_number(members: Document, name: str) -> None:
    """What stands there is a number. Raises BadRequestException."""
    if name in members:
        try:
            members[name] = int(members[name])
        except (TypeError, ValueError) as error:
            raise bad_request(f"Invalid OpenAPI input: {name} is no number") from error


def schemes(document: Document) -> dict[str, Document]:
    """Security schemes by name, of OpenAPI 3 and of Swagger 2."""
    components = document.get("components") or {}
    found = components.get("securitySchemes") or document.get("securityDefinitions") or {}
    return {str(name): each for name, each in found.items() if isinstance(each, dict)}


def resolved(document: Document, value: Any) -> Any:
    """A value, or what its ``$ref`` within the document leads to. Raises BadRequestException."""
    if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
        return value
    found: Any = document
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found.get(part.replace("~1", "/").replace("~0", "~")) if found else None
    if found is None:
        raise bad_request(f"Invalid OpenAPI input: {value['$ref']} leads nowhere")
    return found


def security(document: Document, operation: Document) -> list[tuple[str, list[str]]]:
    """The schemes that an operation names, each with its scopes; SAM's NONE is none."""
    given = operation.get("security", document.get("security")) or []
    return [
        (str(name), list(scopes or []))
        for each in given
        for name, scopes in each.items()
        if name != "NONE"
    ]
