"""HTTP APIs of API Gateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, absence_allowed


def _all(cloud: Cloud) -> Iterator[dict[str, Any]]:
    for page in cloud.client("apigatewayv2").get_paginator("get_apis").paginate():
        yield from page["Items"]


def _names(cloud: Cloud, _: str) -> Iterable[str]:
    return (api["Name"] for api in _all(cloud))


def _apis(cloud: Cloud, name: str) -> list[Instance]:
    """Names of APIs need not be unique."""
    return [
        Instance(api["ApiId"], api.get("Tags", {})) for api in _all(cloud) if api["Name"] == name
    ]


def _delete(cloud: Cloud, api_id: str) -> None:
    with absence_allowed():
        cloud.client("apigatewayv2").delete_api(ApiId=api_id)


HTTP_API = Kind("HTTP API", _names, _apis, _delete)
