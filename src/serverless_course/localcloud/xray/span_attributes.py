"""What a span's attributes tell: X-Ray's ``http``, ``aws`` and ``sql``, annotations and metadata.

The mapping is that of OpenTelemetry's awsxray exporter, as in `spans`; attributes have their names
of the old and the new conventions. Attributes that ``aws.xray.annotations`` names become
annotations, and can be searched for; all that no other part shows become metadata. A segment's
metadata holds its resource's attributes as well.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any

Attributes = dict[str, Any]
METHODS = ("http.request.method", "http.method")
STATUSES = ("http.response.status_code", "http.status_code")
URLS = ("url.full", "http.url")
AGENTS = ("user_agent.original", "http.user_agent")
CLIENTS = ("client.address", "http.client_ip", "net.peer.ip", "network.peer.address")
SIZES = ("http.response.body.size", "http.response_content_length")
_HTTP_ALONE = (*METHODS, *STATUSES, *URLS)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
HTTP_USED = frozenset(
    {
        *(*METHODS, *STATUSES, *URLS, *AGENTS, *CLIENTS, *SIZES),
        *("url.scheme", "http.scheme", "url.path", "url.query", "http.target"),
        *("http.host", "server.address", "server.port", "net.host.name", "net.host.port"),
        *("net.peer.name", "net.peer.port"),
    }
)
# Members of ``aws`` in a subsegment, and the attributes that give them.
_CALL: dict[str, tuple[str, ...]] = {
    "operation": ("aws.operation", "rpc.method"),
    "region": ("aws.region", "cloud.region"),
    "request_id": ("aws.request_id", "aws.requestId"),
    "account_id": ("aws.account_id",),
    "queue_url": ("aws.sqs.queue.url", "messaging.url", "aws.queue_url", "aws.queue.url"),
    "table_name": ("aws.dynamodb.table_names", "aws.table_name", "aws.table.name"),
    "topic_arn": ("aws.sns.topic.arn",),
    "bucket_name": ("aws.s3.bucket",),
    "stream_name": ("aws.kinesis.stream_name",),
    "function_name": ("faas.invoked_name", "aws.lambda.function.name"),
    "state_machine_arn": ("aws.stepfunctions.state_machine.arn",),
}
AWS_USED = frozenset(name for names in _CALL.values() for name in names)
_ORIGINS = {
    "aws_lambda": "AWS::Lambda::Function",
    "aws_ec2": "AWS::EC2::Instance",
    "aws_ecs": "AWS::ECS::Container",
    "aws_eks": "AWS::EKS::Container",
    "aws_elastic_beanstalk": "AWS::ElasticBeanstalk::Environment",
    "aws_app_runner": "AWS::AppRunner::Service",
}
_SQL = frozenset(
    {
        *("postgresql", "mysql", "mariadb", "mssql", "microsoft.sql_server", "oracle", "oracle.db"),
        *("sqlite", "db2", "ibm.db2", "redshift", "aws.redshift", "cockroachdb", "other_sql"),
        *("h2", "hsqldb", "derby", "trino", "snowflake"),
    }
)
ANNOTATIONS = "aws.xray.annotations"
METADATA = "aws.xray.metadata."
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9_.]")
_OWN = frozenset({ANNOTATIONS, "enduser.id"})


def attributes_of(pairs: Iterable[Any]) -> Attributes:
    """KeyValues as a dictionary; arrays are lists, maps dictionaries, bytes base64."""
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "array_value":
        return [_value(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    if kind == "bytes_value":
        return base64.b64encode(value.bytes_value).decode()
    return getattr(value, kind)


def first(given: Attributes, names: tuple[str, ...]) -> Any:
    """The first of some attributes that is there."""
    return next((given[name] for name in names if given.get(name) is not None), None)


def http_of_span(given: Attributes, *, server: bool) -> dict[str, Any]:
    """X-Ray's ``http``; empty for a span that is about no HTTP request."""
    if not any(given.get(name) for name in _HTTP_ALONE):
        return {}
    request = {
        "method": first(given, METHODS),
        "url": _url(given, server=server),
        "user_agent": first(given, AGENTS),
        "client_ip": first(given, CLIENTS) if server else None,
    }
    response = {"status": first(given, STATUSES), "content_length": first(given, SIZES)}
    return {
        name: part
        for name, part in (
            ("request", {key: value for key, value in request.items() if value}),
            ("response", {key: value for key, value in response.items() if value is not None}),
        )
        if part
    }


def _url(given: Attributes, *, server: bool) -> str:
    """The full address, or one put together from its parts; empty without a host."""
    full = first(given, URLS)
    if full:
        return str(full)
    scheme = str(first(given, ("url.scheme", "http.scheme")) or "http")
    own = ("net.host.name", "net.host.port") if server else ("net.peer.name", "net.peer.port")
    host = first(given, ("http.host", "server.address", own[0]))
    if not host:
        return ""
    port = "" if given.get("http.host") else str(first(given, ("server.port", own[1])) or "")
    if port and port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{port}"
    query = f"?{given['url.query']}" if given.get("url.query") else ""
    path = given.get("http.target") or f"{given.get('url.path') or '/'}{query}"
    return f"{scheme}://{host}{path}"


def aws_of_call(given: Attributes) -> dict[str, Any]:
    """A subsegment's ``aws``; empty for a call that is none of AWS."""
    if given.get("rpc.system") != "aws-api" and not given.get("aws.service"):
        return {}
    found: dict[str, Any] = {}
    for member, names in _CALL.items():
        value = first(given, names)
        if member == "table_name" and isinstance(value, list):
            if len(value) > 1:
                found["table_names"] = value
                continue
            value = value[0] if value else None
        if value:
            found[member] = value
    return found


def aws_of_resource(about: Attributes) -> dict[str, Any]:
    """A segment's ``aws``: account, instance, SDK; empty outside of AWS."""
    if about.get("cloud.provider") not in (None, "aws"):
        return {}
    name, language = about.get("telemetry.sdk.name"), about.get("telemetry.sdk.language")
    sdk = {
        "sdk": f"{name} for {language}" if name and language else name,
        "sdk_version": about.get("telemetry.sdk.version"),
        "auto_instrumentation": bool(about.get("telemetry.auto.version")),
    }
    instance = {
        "instance_id": about.get("host.id"),
        "availability_zone": about.get("cloud.availability_zone"),
    }
    parts = {
        "account_id": about.get("cloud.account.id"),
        "xray": {key: value for key, value in sdk.items() if value is not None},
        "ec2": {key: value for key, value in instance.items() if value}
        if about.get("host.id") or about.get("cloud.platform") == "aws_ec2"
        else None,
    }
    return {key: value for key, value in parts.items() if value}


def origin_of(about: Attributes) -> str | None:
    """A segment's origin, by the platform its service runs on; None outside of AWS."""
    if about.get("cloud.provider") not in (None, "aws"):
        return None
    return _ORIGINS.get(str(about.get("cloud.platform")))


def sql_of(given: Attributes) -> dict[str, Any] | None:
    """X-Ray's ``sql``; None for what is no call of an SQL database."""
    kind = first(given, ("db.system.name", "db.system"))
    if kind not in _SQL:
        return None
    found = {
        "database_type": kind,
        "sanitized_query": first(given, ("db.query.text", "db.statement")),
        "connection_string": given.get("db.connection_string"),
        "user": given.get("db.user"),
    }
    return {key: value for key, value in found.items() if value}


def annotations_and_metadata(
    given: Attributes, about: Attributes, used: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both parts of a document; empty ones for a span that has nothing for them.

    ``used`` are attributes that other parts of the document show already.
    """
    wanted = given.get(ANNOTATIONS)
    indexed = set(wanted) if isinstance(wanted, list) else set()
    every = {**{f"otel.resource.{key}": value for key, value in about.items()}, **given}
    annotations = {
        _NOT_IN_KEYS.sub("_", key): every[key]
        for key in every
        if key in indexed and isinstance(every[key], str | int | float | bool)
    }
    metadata: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for key, value in every.items():
        if key in _OWN or key in used or key in indexed or value is None:
            continue
        named = _named(key, value)
        if named is None:
            plain[key] = value
        elif key.removeprefix(METADATA).lower() == "default":
            plain.update(named)
        else:
            metadata[key.removeprefix(METADATA)] = named
    return annotations, {**metadata, **({"default": plain} if plain else {})}


def _named(key: str, value: Any) -> dict[str, Any] | None:
    """The JSON object in an attribute ``aws.xray.metadata.NAMESPACE``."""
    if not key.startswith(METADATA) or not isinstance(value, str):
        return None
    try:
        found = json.loads(value)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
