"""Function URLs, held against the Lambda Developer Guide's pages on them."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from function_url import call, publish
from running_cloud import RunningCloud, own_launcher, running

ECHO = "def handler(event, context):\n    return {'statusCode': 200, 'body': __import__('json').dumps(event)}\n"
ANSWERING = "import json\ndef handler(event, context):\n    return json.loads(event['body'])\n"


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--account-concurrency", "120") as found:
        yield found


def event_of(url: str, *args: Any, **headers: str) -> Any:
    response, body = call(url, *args, **headers)
    assert response.status == 200, body
    return json.loads(body)


def signed(url: str, keys: Credentials) -> dict[str, str]:
    """The headers of a signed GET, with underscores for hyphens."""
    request = AWSRequest("GET", url, headers={"Host": urlsplit(url).netloc})
    SigV4Auth(keys, "lambda", "us-east-1").add_auth(request)
    return {name.replace("-", "_"): value for name, value in request.headers.items()}


def test_the_five_operations(one_cloud: RunningCloud) -> None:
    client = one_cloud.client("lambda")
    name = one_cloud.create(ECHO)
    made = client.create_function_url_config(
        FunctionName=name, AuthType="NONE", Cors={"AllowOrigins": ["https://example.com"]}
    )
    port = urlsplit(one_cloud.endpoint).port
    assert re.fullmatch(
        rf"http://[a-z0-9]{{32}}\.lambda-url\.us-east-1\.localhost:{port}/", made["FunctionUrl"]
    )
    # Only what is read back has the default (recorded from AWS, test_url_config_lifecycle, 2022).
    assert "InvokeMode" not in made
    assert made["Cors"] == {"AllowOrigins": ["https://example.com"]}
    with pytest.raises(client.exceptions.ResourceConflictException, match="exists"):
        client.create_function_url_config(FunctionName=name, AuthType="NONE")
    changed = client.update_function_url_config(FunctionName=name, AuthType="AWS_IAM")
    assert "InvokeMode" not in changed
    chosen = client.update_function_url_config(FunctionName=name, InvokeMode="BUFFERED")
    assert chosen["InvokeMode"] == "BUFFERED"
    found = client.get_function_url_config(FunctionName=name)
    assert found["InvokeMode"] == "BUFFERED"
    assert (found["AuthType"], found["FunctionUrl"]) == ("AWS_IAM", made["FunctionUrl"])
    listed = client.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"]
    assert [each["FunctionUrl"] for each in listed] == [made["FunctionUrl"]]
    client.delete_function_url_config(FunctionName=name)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function_url_config(FunctionName=name)
    assert call(made["FunctionUrl"])[0].status == 403


def test_an_alias_has_a_url_of_its_own(one_cloud: RunningCloud) -> None:
    client = one_cloud.client("lambda")
    name = one_cloud.create(
        "def handler(event, context):\n    return context.invoked_function_arn\n"
    )
    version = client.publish_version(FunctionName=name)["Version"]
    client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    url = publish(one_cloud, f"{name}:live")
    response, body = call(url)
    assert response.status == 200
    assert body.decode().endswith(f":function:{name}:live")
    client.delete_alias(FunctionName=name, Name="live")
    response, body = call(url)  # R
    assert response.status == 403
    assert response.headers["x-amzn-ErrorType"] == "AccessDeniedException"
    assert json.loads(body)["Message"].startswith("Forbidden. For troubleshooting")


def test_the_event_is_payload_format_2(one_cloud: RunningCloud) -> None:
    url = publish(one_cloud, one_cloud.create(ECHO))
    event = event_of(
        url,
        "POST",
        "/a%20b/c?x=1&y=2&x=3&empty=",
        "héllo".encode(),
        Content_Type="text/plain; charset=utf-8",
        Cookie="one=1; two=2",
        X_Custom="V",
        User_Agent="tests",
    )
    url_id = urlsplit(url).netloc.partition(".")[0]
    assert event["version"] == "2.0"
    assert event["routeKey"] == "$default"
    assert event["rawPath"] == "/a%20b/c"
    assert event["rawQueryString"] == "x=1&y=2&x=3&empty="
    assert event["queryStringParameters"] == {"x": "1,3", "y": "2", "empty": ""}
    assert event["cookies"] == ["one=1", "two=2"]
    assert event["headers"]["x-custom"] == "V"
    assert all(name == name.lower() for name in event["headers"])
    assert (event["body"], event["isBase64Encoded"]) == ("héllo", False)
    context = event["requestContext"]
    assert context["accountId"] == "anonymous"
    assert context["apiId"] == context["domainPrefix"] == url_id
    assert context["http"] == {
        "method": "POST",
        "path": "/a b/c",  # R
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "tests",
    }
    assert context["stage"] == "$default"
    assert re.fullmatch(r"\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000", context["time"])
    assert "queryStringParameters" not in event_of(url)


def test_a_binary_body_comes_in_base64(one_cloud: RunningCloud) -> None:
    url = publish(one_cloud, one_cloud.create(ECHO))
    for kind in ("application/octet-stream", "application/x-www-form-urlencoded"):
        event = event_of(url, "PUT", "/", b"\x00\xff", Content_Type=kind)
        assert event["isBase64Encoded"] is True
        assert base64.b64decode(event["body"]) == b"\x00\xff"


@pytest.mark.parametrize(
    ("answer", "status", "kind", "body"),
    [
        # A text loses its quotation marks, other JSON its white space (recorded from AWS,
        # localstack's test_lambda_url_invocation, 2024).
        ("plain", 200, "application/json", b"plain"),
        ('a "b"  c', 200, "application/json", b'a "b"  c'),
        ({"message": "hi"}, 200, "application/json", b'{"message":"hi"}'),
        (
            {"a  b": ['c: "d", ', 1.0, None]},
            200,
            "application/json",
            b'{"a  b":["c: \\"d\\", ",1.0,null]}',
        ),
        ([1, 2], 200, "application/json", b"[1,2]"),
        (None, 200, "application/json", b"null"),
        (7, 200, "application/json", b"7"),
        ({"statusCode": 201, "body": "made"}, 201, "application/json", b"made"),
        (
            {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "<p>"},
            200,
            "text/html",
            b"<p>",
        ),
        ({"statusCode": "404"}, 404, "application/json", b""),
        (
            {"statusCode": 200, "isBase64Encoded": True, "body": "AP8="},
            200,
            "application/json",
            b"\x00\xff",
        ),
    ],
)
def test_the_response_is_inferred(
    one_cloud: RunningCloud, answer: Any, status: int, kind: str, body: bytes
) -> None:
    url = publish(one_cloud, one_cloud.create(ANSWERING))
    response, got = call(url, "POST", "/", json.dumps(answer), Content_Type="application/json")
    assert (response.status, response.getheader("content-type"), got) == (status, kind, body)
    assert response.getheader("x-amzn-requestid")


def test_cookies_and_headers_of_the_answer(one_cloud: RunningCloud) -> None:
    url = publish(one_cloud, one_cloud.create(ANSWERING))
    answer = {"statusCode": 200, "cookies": ["a=1", "b=2; Secure"], "headers": {"X-One": 1}}
    response, _ = call(url, "POST", "/", json.dumps(answer), Content_Type="application/json")
    cookies = [value for name, value in response.getheaders() if name.lower() == "set-cookie"]
    assert cookies == ["a=1", "b=2; Secure"]
    assert response.getheader("x-one") == "1"


@pytest.mark.parametrize(
    "source",
    [
        "def handler(event, context):\n    raise ValueError('secret')\n",
        "def handler(event, context):\n    return {'statusCode': 'no'}\n",
        "def handler(event, context):\n    return {'statusCode': 99}\n",
        "def handler(event, context):\n    return {'statusCode': 200, 'headers': [1]}\n",
        "def handler(event, context):\n    return {'statusCode': 200, 'headers': {'a': 'b\\r\\nc: d'}}\n",
        "def handler(event, context):\n    return {'statusCode': 200, 'body': '%', 'isBase64Encoded': True}\n",
        "import time\ndef handler(event, context):\n    time.sleep(9)\n",
    ],
)
def test_a_failed_function_is_a_bad_gateway(one_cloud: RunningCloud, source: str) -> None:
    url = publish(one_cloud, one_cloud.create(source, Timeout=1))
    response, body = call(url)
    assert (response.status, body) == (502, b"Internal Server Error")


def test_a_throttle(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(ECHO)
    url = publish(one_cloud, name)
    one_cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=0
    )
    response, body = call(url)
    assert response.status == 429
    assert json.loads(body)["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"


def test_a_public_url_needs_both_permissions(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(ECHO)
    url = publish(one_cloud, name)
    assert call(url)[0].status == 200
    for statement in ("InvokeFunction", "InvokeFunctionUrl"):
        one_cloud.client("lambda").remove_permission(FunctionName=name, StatementId=statement)
        response, body = call(url)
        assert response.status == 403
        assert response.getheader("x-amzn-errortype") == "AccessDeniedException"
        assert json.loads(body)["Message"].startswith("Forbidden. For troubleshooting")


def test_permission_for_another_auth_type_does_not_count(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(ECHO)
    url = publish(one_cloud, name, "AWS_IAM")
    one_cloud.client("lambda").update_function_url_config(FunctionName=name, AuthType="NONE")
    assert call(url)[0].status == 403


def test_iam_needs_a_signature(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(ECHO)
    client = one_cloud.client("lambda")
    url = client.create_function_url_config(FunctionName=name, AuthType="AWS_IAM")["FunctionUrl"]
    response, body = call(url)
    assert response.status == 403
    assert response.getheader("x-amzn-errortype") == "AccessDeniedException"
    assert json.loads(body)["Message"].startswith("Forbidden")
    keys = Credentials(one_cloud.ready["access_key_id"], one_cloud.ready["secret_access_key"])
    headers = signed(url, keys)
    event = event_of(url, "GET", "/", None, **headers)
    iam = event["requestContext"]["authorizer"]["iam"]
    assert iam["accessKey"] == one_cloud.ready["access_key_id"]
    assert iam["userArn"] == "arn:aws:iam::123456789012:user/administrator"
    assert event["requestContext"]["accountId"] == "123456789012"
    headers["Authorization"] = headers["Authorization"][:-4] + "0000"
    assert call(url, "GET", "/", None, **headers)[0].status == 403


def test_the_event_names_who_signed(one_cloud: RunningCloud) -> None:
    """Lambda Developer Guide, "Request payload format" of function URLs (read 2026-11)."""
    name = one_cloud.create(ECHO)
    url = publish(one_cloud, name, "AWS_IAM")
    iam, sts = one_cloud.client("iam"), one_cloud.client("sts")
    user = iam.create_user(UserName=f"caller-{name}")["User"]
    key = iam.create_access_key(UserName=user["UserName"])["AccessKey"]
    keys = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    event = event_of(url, "GET", "/", None, **signed(url, keys))
    assert event["requestContext"]["authorizer"]["iam"] == {
        "accessKey": key["AccessKeyId"],
        "accountId": "123456789012",
        "callerId": user["UserId"],
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": user["Arn"],
        "userId": user["UserId"],
    }
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = iam.create_role(RoleName=f"r-{name}", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    given = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="session-1")
    temporary = given["Credentials"]
    keys = Credentials(
        temporary["AccessKeyId"], temporary["SecretAccessKey"], temporary["SessionToken"]
    )
    event = event_of(url, "GET", "/", None, **signed(url, keys))
    caller = event["requestContext"]["authorizer"]["iam"]
    assert caller["accessKey"] == temporary["AccessKeyId"]
    assert caller["userArn"] == given["AssumedRoleUser"]["Arn"]
    assert caller["userArn"] == f"arn:aws:sts::123456789012:assumed-role/r-{name}/session-1"
    assert caller["callerId"] == caller["userId"] == given["AssumedRoleUser"]["AssumedRoleId"]


def test_no_web_page_reaches_a_function(one_cloud: RunningCloud) -> None:
    url = publish(one_cloud, one_cloud.create(ECHO))
    assert call(url, "GET", "/", None, Origin="https://example.com")[0].status == 403
    unknown = url.replace(urlsplit(url).netloc[:32], "a" * 32)
    response, body = call(unknown)
    # Recorded from AWS (test_lambda_url_non_existing_url, 2024).
    assert (response.status, body) == (403, b'{"Message":null}')  # R
    assert response.getheader("x-amzn-errortype") == "AccessDeniedException"


def test_head_and_a_large_body(one_cloud: RunningCloud) -> None:
    url = publish(one_cloud, one_cloud.create("def handler(event, context):\n    return 'x' * 9\n"))
    response, body = call(url, "HEAD")
    assert (response.status, body) == (200, b"")
    response, _ = call(url, "POST", "/", b"y" * 6_500_000, Content_Type="text/plain")
    assert response.status == 413
