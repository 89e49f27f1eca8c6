"""What a web page in a browser on this machine can reach: a public function URL, and nothing else.

Source: Fetch Standard (a no-cors GET bears no Origin) and W3C, "Fetch Metadata Request Headers"
(read 2026-11). A browser sets both itself; a page cannot leave them out.
"""

from __future__ import annotations

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from function_url import call, publish
from running_cloud import RunningCloud
from sent import keys_of, send

SOURCE = "def handler(event, context):\n    print('it ran')\n    return 'ran'\n"
PAGE = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"}
TYPED = {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}


def has_run(cloud: RunningCloud, name: str) -> bool:
    logs = cloud.client("logs")
    found = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    return bool(found)


def test_a_page_reaches_a_function_that_is_public(hostile_cloud: RunningCloud) -> None:
    url = publish(hostile_cloud, hostile_cloud.create(SOURCE))
    for headers in (PAGE, TYPED, {}):
        response, body = call(url, **headers)
        assert (response.status, body) == (200, b"ran")
    for origin in ("null", "http://127.0.0.1:8888", "https://example.com"):
        for method in ("GET", "POST", "OPTIONS"):
            assert call(url, method, Origin=origin)[0].status == 403


def test_a_page_reaches_no_function_without_a_public_policy(hostile_cloud: RunningCloud) -> None:
    name = hostile_cloud.create(SOURCE)
    made = hostile_cloud.client("lambda").create_function_url_config(
        FunctionName=name, AuthType="NONE"
    )
    assert call(made["FunctionUrl"], **PAGE)[0].status == 403
    assert not has_run(hostile_cloud, name)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "anything"])
def test_a_page_reaches_no_function_that_wants_a_signature(
    hostile_cloud: RunningCloud, site: str
) -> None:
    """Not even with an address that somebody presigned."""
    name = hostile_cloud.create(SOURCE)
    url = publish(hostile_cloud, name, "AWS_IAM")
    request = AWSRequest("GET", url)
    SigV4QueryAuth(keys_of(hostile_cloud), "lambda", "us-east-1").add_auth(request)
    path = "/?" + str(request.url).partition("?")[2]
    assert call(url, "GET", path, Sec_Fetch_Site=site)[0].status == 403
    assert call(url, "GET", "/", Sec_Fetch_Site=site)[0].status == 403
    assert not has_run(hostile_cloud, name)
    assert call(url, "GET", path, **TYPED)[1] == b"ran"


@pytest.mark.parametrize(
    "target",
    ["/", "/bucket/key", "/?Action=ListUsers&Version=2010-05-08", "/2015-03-31/functions/"],
)
def test_a_page_reaches_no_service(hostile_cloud: RunningCloud, target: str) -> None:
    host = ("Host", hostile_cloud.endpoint.removeprefix("http://"))
    headers = [host, *((name.replace("_", "-"), value) for name, value in PAGE.items())]
    refused = send(hostile_cloud, "GET", target, headers)
    assert (refused.status, refused.code) == (403, "MissingAuthenticationToken")
