"""The query protocol on the server's side, driven by botocore's models: a form in, XML out.

Source: Smithy, "AWS Query protocol" (read 2026-11). Lists are ``Name.member.1``, maps
``Name.entry.1.key`` and ``.value``; a flattened one leaves the middle part out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationModel

from .errors import ServiceError
from .http import Response

# What XML 1.0 cannot hold.
_NO_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_form(form: Mapping[str, str], shape: Any) -> dict[str, Any]:
    """The parameters of a form, by the names that boto3 uses. What the model lacks is left out.

    Raises `ServiceError` (ValidationError) for a value of another type.
    """
    tree: dict[str, Any] = {}
    for name, value in form.items():
        place = tree
        *parents, last = name.split(".")
        for part in parents:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place[last] = value
    found: dict[str, Any] = _read(shape, tree) if shape is not None else {}
    return found


def write_xml(operation: OperationModel, result: Mapping[str, Any], request_id: str) -> Response:
    """A result, in the members of the operation's output, as a response. None is left out."""
    namespace = operation.service_model.metadata.get("xmlNamespace", "")
    name, shape = operation.name, operation.output_shape
    inner = ""
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper", f"{name}Result")
        inner = f"<{wrapper}>{_members(shape, result)}</{wrapper}>"
    text = (
        f'<{name}Response xmlns="{namespace}">{inner}<ResponseMetadata><RequestId>{request_id}'
        f"</RequestId></ResponseMetadata></{name}Response>"
    )
    headers = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
    return Response(200, headers, text.encode())


def _read(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind in ("structure", "list", "map"):
        inner = value if isinstance(value, dict) else {}
        if kind == "structure":
            return {
                name: _read(member, inner[member.serialization.get("name", name)])
                for name, member in shape.members.items()
                if member.serialization.get("name", name) in inner
            }
        entries = _numbered(shape, inner)
        if kind == "list":
            return [_read(shape.member, each) for each in entries]
        return {str(each.get("key", "")): _read(shape.value, each.get("value")) for each in entries}
    return _scalar(kind, value)


def _numbered(shape: Any, inner: dict[str, Any]) -> list[Any]:
    if not shape.serialization.get("flattened"):
        middle = "entry"
        if shape.type_name == "list":
            middle = shape.member.serialization.get("name", "member")
        found = inner.get(middle, {})
        inner = found if isinstance(found, dict) else {}
    return [inner[key] for key in sorted((k for k in inner if k.isdigit()), key=int)]


def _scalar(kind: str, value: Any) -> Any:
    if not isinstance(value, str):
        raise ServiceError("ValidationError", "A parameter of the request is malformed.")
    try:
        if kind in ("integer", "long"):
            return int(value)
        if kind in ("double", "float"):
            return float(value)
    except ValueError as error:
        raise ServiceError("ValidationError", f"'{value}' is no number.") from error
    if kind == "boolean":
        if value not in ("true", "false"):
            raise ServiceError("ValidationError", f"'{value}' is neither true nor false.")
        return value == "true"
    return value


def _members(shape: Any, value: Mapping[str, Any]) -> str:
    return "".join(
        _written(member, member.serialization.get("name", name), value[name])
        for name, member in shape.members.items()
        if value.get(name) is not None
    )


def _written(shape: Any, name: str, value: Any) -> str:
    kind = shape.type_name
    if kind == "structure":
        return f"<{name}>{_members(shape, value)}</{name}>"
    if kind == "list":
        if shape.serialization.get("flattened"):
            return "".join(_written(shape.member, name, each) for each in value)
        item = shape.member.serialization.get("name", "member")
        return f"<{name}>{''.join(_written(shape.member, item, each) for each in value)}</{name}>"
    if kind == "map":
        entries = "".join(
            f"<entry><key>{_escaped(key)}</key>{_written(shape.value, 'value', each)}</entry>"
            for key, each in value.items()
        )
        return f"<{name}>{entries}</{name}>"
    return f"<{name}>{_escaped(_text(kind, value))}</{name}>"


def _text(kind: str, value: Any) -> str:
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "timestamp" and isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if kind == "blob":
        return base64.b64encode(value).decode()
    return str(value)


def _escaped(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text), {"\r": "&#13;"})
