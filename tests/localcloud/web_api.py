"""APIs of API Gateway as their owners make them and their clients use them."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from running_cloud import RunningCloud

ACCOUNT = "123456789012"
ECHO = """
import json
def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""
# Answers what the request's body says.
ANSWERING = """
import json
def handler(event, context):
    return json.loads(event["body"])
"""


@dataclass(frozen=True)
class Answer:
    """What a client gets. ``headers`` have names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(url: str, method: str = "GET", path: str = "", body: Any = None, **headers: str) -> Answer:
    """Call an API. A name is not looked up: not every system knows *.localhost."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    target = (parts.path + path) or "/"
    connection.request(method, target, body, {"Host": parts.netloc, **named})
    response = connection.getresponse()
    found = {name.lower(): value for name, value in response.getheaders()}
    answer = Answer(response.status, found, response.read())
    connection.close()
    return answer


def arn_of(cloud: RunningCloud, function: str) -> str:
    """A function's ARN."""
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{function}"


def permit(cloud: RunningCloud, function: str, api_id: str, rest: str = "*") -> None:
    """Let an API invoke a function."""
    cloud.client("lambda").add_permission(
        FunctionName=function,
        StatementId=f"api-{api_id}-{abs(hash(rest)) % 10**8}",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api_id}/{rest}",
    )


def http_api(
    cloud: RunningCloud, *keys: str, source: str = ECHO, payload: str = "2.0", **settings: Any
) -> dict[str, Any]:
    """An HTTP API whose routes lead to one function; ``$default`` is its stage."""
    gateway = cloud.client("apigatewayv2")
    function = cloud.create(source)
    api = gateway.create_api(Name="tests", ProtocolType="HTTP", **settings)
    api_id = api["ApiId"]
    integration = gateway.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=arn_of(cloud, function),
        PayloadFormatVersion=payload,
    )
    routes = {
        key: gateway.create_route(
            ApiId=api_id, RouteKey=key, Target=f"integrations/{integration['IntegrationId']}"
        )["RouteId"]
        for key in keys
    }
    gateway.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    permit(cloud, function, api_id)
    return {
        "id": api_id,
        "url": api["ApiEndpoint"],
        "function": function,
        "integration": integration["IntegrationId"],
        "routes": routes,
    }


def uri_of(cloud: RunningCloud, function: str) -> str:
    """A function as integrations and authorizers name it."""
    arn = arn_of(cloud, function)
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
