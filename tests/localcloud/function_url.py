"""Function URLs as a client on the internet uses them."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

from running_cloud import RunningCloud


def publish(cloud: RunningCloud, name: str, auth_type: str = "NONE", **settings: Any) -> str:
    """Give a function a URL that everybody may use; returns it."""
    client = cloud.client("lambda")
    made = client.create_function_url_config(FunctionName=name, AuthType=auth_type, **settings)
    for action, more in (
        ("lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": auth_type}),
        ("lambda:InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        client.add_permission(
            FunctionName=name,
            StatementId=action.partition(":")[2],
            Action=action,
            Principal="*",
            **more,
        )
    return str(made["FunctionUrl"])


def call(
    url: str, method: str = "GET", path: str = "/", body: Any = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    """Ask a function URL; the name is not looked up, as not every system knows *.localhost."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, {"Host": parts.netloc, **named})
    response = connection.getresponse()
    return response, response.read()
