"""What clients of a load balancer get: by rule, by action, by what the function does.

Sources: User Guide for Application Load Balancers: "Use Lambda functions as targets", "Condition
types for listener rules", "Action types for listener rules", "Troubleshoot your Application Load
Balancers", "CloudWatch metrics" (read 2026-11); each test names what else it goes by.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from load_balancers import ANSWERING, Balancer, Group, ask, fixed
from running_cloud import RunningCloud, wait_for

SLOW = """
import time
def handler(event, context):
    time.sleep(float(event["queryStringParameters"].get("s", 0)))
    return {"statusCode": 200, "body": "slow"}
"""
SIZED = """
def handler(event, context):
    return {"statusCode": 200, "body": "x" * int(event["queryStringParameters"]["n"])}
"""
CHECKED = """
import os
def handler(event, context):
    if event["headers"].get("user-agent") == "ELB-HealthChecker/2.0":
        print("checked", sorted(event), event["path"])
        return {"statusCode": int(os.environ["STATUS"])}
    return {"statusCode": 200, "body": "served"}
"""


@pytest.fixture(scope="module")
def echo(one_cloud: RunningCloud) -> Balancer:
    """Whose function answers with its event."""
    return Balancer(one_cloud, Group(one_cloud).action)


@pytest.fixture(scope="module")
def answers(one_cloud: RunningCloud) -> Balancer:
    """Whose function answers what the body says."""
    return Balancer(one_cloud, Group(one_cloud, ANSWERING).action)


def page(title: str) -> bytes:
    """As captured from live load balancers in public, 2017 to 2026."""
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    ).encode()


def test_the_event(one_cloud: RunningCloud, echo: Balancer) -> None:
    answer = echo.ask(
        "POST",
        "/a%20b?x=1&x=2&y=%2F&z",
        "héllo".encode(),
        Content_Type="text/plain; charset=utf-8",
        Cookie="one=1",
        X_Forwarded_For="203.0.113.7",
        X_Custom="V",
    )
    event = answer.json
    (rule,) = echo.api.describe_rules(ListenerArn=echo.listener)["Rules"]
    group = rule["Actions"][0]["TargetGroupArn"]
    assert event["requestContext"] == {"elb": {"targetGroupArn": group}}
    assert (event["httpMethod"], event["path"]) == ("POST", "/a%20b")
    # The query is not decoded; of several values the last one counts.
    assert event["queryStringParameters"] == {"x": "2", "y": "%2F", "z": ""}
    headers = event["headers"]
    assert headers["host"] == urlsplit(echo.url).netloc
    assert headers["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"
    assert (headers["x-forwarded-port"], headers["x-forwarded-proto"]) == ("80", "http")
    assert (headers["x-custom"], headers["cookie"]) == ("V", "one=1")
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["x-amzn-trace-id"])
    assert (event["body"], event["isBase64Encoded"]) == ("héllo", False)
    assert set(event) == {
        *("requestContext", "httpMethod", "path", "queryStringParameters", "headers", "body"),
        "isBase64Encoded",
    }
    assert answer.headers["server"] == "awselb/2.0"
    empty = echo.ask().json
    assert (empty["queryStringParameters"], empty["body"]) == ({}, "")
    assert empty["isBase64Encoded"] is False


@pytest.mark.parametrize(
    ("headers", "encoded"),
    [
        ({"Content_Type": "application/json"}, False),
        ({"Content_Type": "application/javascript"}, False),
        ({"Content_Type": "application/xml"}, False),
        ({"Content_Type": "image/png"}, True),
        ({"Content_Type": "text/plain", "Content_Encoding": "gzip"}, True),
        ({}, True),
    ],
)
def test_bodies_in_base64(echo: Balancer, headers: dict[str, str], encoded: bool) -> None:
    event = echo.ask("POST", body=b"{}", **headers).json
    assert event["isBase64Encoded"] is encoded
    assert (base64.b64decode(event["body"]) if encoded else event["body"].encode()) == b"{}"


def test_a_text_that_is_not_utf_8_does_not_reach_the_function(echo: Balancer) -> None:
    assert echo.ask("POST", body=b"\xff", Content_Type="text/plain").status == 502


def test_multi_value_headers_both_ways(one_cloud: RunningCloud) -> None:
    group = Group(one_cloud, ANSWERING, multi=True)
    balancer = Balancer(one_cloud, group.action)
    echo = Balancer(one_cloud, Group(one_cloud, multi=True).action)
    event = echo.ask(path="/?x=1&x=2", X_Custom="V").json
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    assert event["multiValueHeaders"]["x-custom"] == ["V"]
    assert not {"headers", "queryStringParameters"} & set(event)
    parts = urlsplit(balancer.url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=30)
    cookies = {"multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}, "headers": {"X-Not": "1"}}
    body = json.dumps({"statusCode": 200, **cookies}).encode()
    connection.request("POST", "/", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    response.read()
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert response.headers["x-not"] is None
    connection.close()
    group.set_multi("false")
    answer = balancer.answering({"statusCode": 200, **cookies})
    assert answer.headers["x-not"] == "1"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ({"statusCode": 201}, 201, b""),
        ({"statusCode": 200, "body": "made"}, 200, b"made"),
        ({"statusCode": 200, "isBase64Encoded": True, "body": "AP8="}, 200, b"\x00\xff"),
        ({"statusCode": 200, "statusDescription": "200 Fine", "body": ""}, 200, b""),
        # What spoils an answer: public reports, as `answer` names them.
        ({"statusCode": "200"}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "body": None}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "body": {}}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "statusDescription": None}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "headers": None}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "headers": {"a": True}}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "headers": {"a": "b\nc: d"}}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "headers": {"a b": "c"}}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "multiValueHeaders": None}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "isBase64Encoded": "true"}, 502, page("502 Bad Gateway")),
        ({"statusCode": 200, "isBase64Encoded": True, "body": "?"}, 502, page("502 Bad Gateway")),
        ({"statusCode": 99}, 502, page("502 Bad Gateway")),
        ({"body": "no status"}, 502, page("502 Bad Gateway")),
        ("text", 502, page("502 Bad Gateway")),
        ([], 502, page("502 Bad Gateway")),
    ],
)
def test_what_a_function_may_answer(
    answers: Balancer, answer: Any, status: int, body: bytes
) -> None:
    found = answers.answering(answer)
    assert (found.status, found.body) == (status, body)


def test_a_method_and_an_upgrade_that_load_balancers_refuse(answers: Balancer) -> None:
    found = answers.ask("TRACE")
    assert (found.status, found.body) == (405, page("405 Not Allowed"))
    assert answers.ask(Connection="Upgrade", Upgrade="websocket").status == 400


def test_headers_of_an_answer(answers: Balancer) -> None:
    given = {"X-A": "1", "Connection": "close", "Content-Length": "3", "Transfer-Encoding": "x"}
    found = answers.answering({"statusCode": 200, "headers": given, "body": "four"})
    assert (found.headers["x-a"], found.headers["content-length"]) == ("1", "4")
    assert "transfer-encoding" not in found.headers
    # Without a Content-Type of its own.
    assert found.headers["content-type"] == "application/octet-stream"
    typed = {"content-type": "text/html"}
    found = answers.answering({"statusCode": 200, "headers": typed, "body": ""})
    assert found.headers["content-type"] == "text/html"


def test_the_reason_phrase(answers: Balancer) -> None:
    parts = urlsplit(answers.url)
    for described, reason in (("200 Fine", "Fine"), ("404 Not Found", "OK"), ("OK", "OK")):
        connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=30)
        body = json.dumps({"statusCode": 200, "statusDescription": described}).encode()
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        assert connection.getresponse().reason == reason
        connection.close()


def test_errors_of_the_load_balancer(one_cloud: RunningCloud) -> None:
    slow = Group(one_cloud, SLOW, function_settings={"Timeout": 2})
    balancer = Balancer(one_cloud, slow.action)
    function = one_cloud.client("lambda")
    # The function's own time-out is its failure; the load balancer's is another.
    assert balancer.ask(path="/?s=9").status == 502
    balancer.set("idle_timeout.timeout_seconds", "1")
    gone = balancer.ask(path="/?s=1.7")
    assert (gone.status, gone.body) == (504, page("504 Gateway Time-out"))
    balancer.set("idle_timeout.timeout_seconds", "60")
    function.put_function_concurrency(FunctionName=slow.function, ReservedConcurrentExecutions=0)
    assert balancer.ask().status == 502
    function.delete_function_concurrency(FunctionName=slow.function)
    assert balancer.ask().status == 200
    function.remove_permission(FunctionName=slow.function, StatementId="elb")
    assert balancer.ask().status == 502
    slow.permit()
    slow.api.deregister_targets(TargetGroupArn=slow.arn, Targets=[{"Id": slow.target}])
    nobody = balancer.ask()
    assert (nobody.status, nobody.body) == (503, page("503 Service Temporarily Unavailable"))
    slow.api.register_targets(TargetGroupArn=slow.arn, Targets=[{"Id": slow.target}])
    one_cloud.delete(slow.function)
    assert balancer.ask().status == 502


def test_sizes(one_cloud: RunningCloud, echo: Balancer) -> None:
    mib = 1024 * 1024
    kind = {"Content_Type": "text/plain"}
    assert echo.ask("POST", body=b"x" * (mib // 2), **kind).status == 200
    large = echo.ask("POST", body=b"x" * (mib + 1), **kind)
    assert (large.status, large.body) == (413, page("413 Request Entity Too Large"))
    sized = Balancer(one_cloud, Group(one_cloud, SIZED).action)
    assert sized.ask(path=f"/?n={mib - 100}").status == 200
    assert sized.ask(path=f"/?n={mib}").status == 502
    long = echo.ask(path="/" + "a" * 16_384)
    assert (long.status, long.body) == (414, page("414 Request-URI Too Large"))
    assert echo.ask(X_Long="a" * 16_384).status == 400
    assert echo.ask(X_Forwarded_For=", ".join(["10.0.0.1"] * 31)).status == 463
    assert echo.ask(Connection="Upgrade", Upgrade="websocket").status == 400


def test_fixed_responses_and_redirects(one_cloud: RunningCloud) -> None:
    balancer = Balancer(one_cloud, fixed("sorry", "503"))
    sorry = balancer.ask("HEAD")
    assert (sorry.status, sorry.body) == (503, b"")
    sorry = balancer.ask("POST", body=b"x" * (2 * 1024 * 1024))
    assert (sorry.status, sorry.body) == (503, b"sorry")
    assert sorry.headers["content-type"] == "text/plain; charset=utf-8"

    def redirected(priority: int, **config: str) -> str:
        action = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **config}}
        path = {"Field": "path-pattern", "Values": [f"/{priority}/*"]}
        balancer.rule(priority, action, path)
        answer = balancer.ask(path=f"/{priority}/a?b=c")
        assert (answer.status, answer.body) == (301, page("301 Moved Permanently"))
        return answer.headers["location"]

    own = urlsplit(balancer.url).netloc
    assert redirected(1, Protocol="HTTPS", Port="443") == "https://127.0.0.1:443/1/a?b=c"
    assert redirected(2, Host="new.example.com") == "http://new.example.com:80/2/a?b=c"
    # Its own port is reached where it is on this machine: ours.
    assert redirected(3, Path="/x/#{path}", Query="q") == f"http://{own}/x/3/a?q"
    endpoint = _endpoint(balancer.listen(8080, fixed("other")))
    assert redirected(4, Port="8080", Query="") == f"{endpoint}/4/a"
    found = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", "Path": "/y"}}
    balancer.rule(5, found, {"Field": "path-pattern", "Values": ["/5"]})
    assert balancer.ask(path="/5").body == page("302 Found")


def _endpoint(made: Any) -> str:
    headers = made["ResponseMetadata"]["HTTPHeaders"]
    return str(headers["x-serverless-course-endpoint"])


def test_each_listener_has_an_address_of_its_own(one_cloud: RunningCloud) -> None:
    balancer = Balancer(one_cloud, fixed("80"))
    second = balancer.listen(81, fixed("81"))
    url = _endpoint(second)
    assert url != balancer.url
    assert ask(url).body == b"81"
    shown = balancer.api.describe_listeners(ListenerArns=[balancer.listener])
    assert _endpoint(shown) == balancer.url
    balancer.api.delete_listener(ListenerArn=second["Listeners"][0]["ListenerArn"])
    with pytest.raises(ConnectionRefusedError):
        ask(url)
    # On AWS nobody listens on port 80 then; here the connection ends without an answer.
    balancer.api.delete_listener(ListenerArn=balancer.listener)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        balancer.ask()
    balancer.api.delete_load_balancer(LoadBalancerArn=balancer.arn)
    with pytest.raises(ConnectionRefusedError):
        balancer.ask()


def _when(field: str, config: str, **members: Any) -> dict[str, Any]:
    return {"Field": field, config: members}


@pytest.mark.parametrize(
    ("condition", "met", "unmet"),
    [
        (
            {"Field": "path-pattern", "Values": ["/img/*/a?"]},
            [{"path": "/img/x/ab"}, {"path": "/img/x/y/a1?q=1"}],
            [{"path": "/img/x/a"}, {"path": "/IMG/x/ab"}, {"path": "/?/img/x/ab"}],
        ),
        (
            {"Field": "host-header", "Values": ["*.example.com"]},
            [{"Host": "shop.example.com"}, {"Host": "A.B.EXAMPLE.com:80"}],
            [{"Host": "example.com"}, {"Host": "shop.example.net"}],
        ),
        (
            _when("http-header", "HttpHeaderConfig", HttpHeaderName="X-Kind", Values=["a*", "b"]),
            [{"X_Kind": "Abc"}, {"x_kind": "B"}],
            [{"X_Kind": "bc"}, {}],
        ),
        (
            _when("http-request-method", "HttpRequestMethodConfig", Values=["PUT", "PATCH"]),
            [{"method": "PUT"}, {"method": "PATCH"}],
            [{"method": "GET"}, {"method": "POST"}],
        ),
        (
            _when(
                "query-string",
                "QueryStringConfig",
                Values=[{"Key": "v", "Value": "1?"}, {"Value": r"\*"}],
            ),
            [{"path": "/?v=12"}, {"path": "/?a=b&V=1x"}, {"path": "/?any=*"}],
            [{"path": "/?v=1"}, {"path": "/?w=12"}, {"path": "/"}],
        ),
        (_when("source-ip", "SourceIpConfig", Values=["10.0.0.0/8", "127.0.0.0/8"]), [{}], []),
        (
            _when("source-ip", "SourceIpConfig", Values=["203.0.113.0/24"]),
            [],
            [{}, {"X_Forwarded_For": "203.0.113.7"}],
        ),
    ],
)
def test_conditions(
    one_cloud: RunningCloud,
    condition: dict[str, Any],
    met: list[dict[str, str]],
    unmet: list[dict[str, str]],
) -> None:
    balancer = Balancer(one_cloud, fixed("default"))
    balancer.rule(1, fixed("rule"), condition)
    for given in met:
        assert balancer.ask(**given).body == b"rule", given
    for given in unmet:
        assert balancer.ask(**given).body == b"default", given


def test_all_conditions_of_a_rule_are_met_and_the_first_rule_counts(
    one_cloud: RunningCloud,
) -> None:
    balancer = Balancer(one_cloud, fixed("default"))
    path = {"Field": "path-pattern", "Values": ["/a/*"]}
    balancer.rule(20, fixed("path"), path)
    method = _when("http-request-method", "HttpRequestMethodConfig", Values=["PUT"])
    balancer.rule(10, fixed("both"), path, method)
    assert balancer.ask("PUT", "/a/b").body == b"both"
    assert balancer.ask("GET", "/a/b").body == b"path"
    assert balancer.ask("PUT", "/b").body == b"default"


def test_weights(one_cloud: RunningCloud) -> None:
    groups = [Group(one_cloud), Group(one_cloud)]

    def forward(*weights: int) -> dict[str, Any]:
        weighted = zip(groups, weights, strict=True)
        listed = [{"TargetGroupArn": group.arn, "Weight": weight} for group, weight in weighted]
        return {"Type": "forward", "ForwardConfig": {"TargetGroups": listed}}

    balancer = Balancer(one_cloud, forward(0, 1))

    def chosen() -> str:
        return str(balancer.ask().json["requestContext"]["elb"]["targetGroupArn"])

    assert {chosen() for _ in range(5)} == {groups[1].arn}
    given = {"ListenerArn": balancer.listener}
    balancer.api.modify_listener(**given, DefaultActions=[forward(1, 1)])
    # 40 draws of one group alone: once in 5 * 10 ** 11 times.
    assert {chosen() for _ in range(40)} == {group.arn for group in groups}
    balancer.api.modify_listener(**given, DefaultActions=[forward(0, 0)])
    assert balancer.ask().status == 503


def test_attributes_change_the_headers_of_a_request(one_cloud: RunningCloud) -> None:
    balancer = Balancer(one_cloud, Group(one_cloud).action)
    given = {"X_Forwarded_For": "203.0.113.7", "X_Amzn_Trace_Id": "Root=1-2-3;Parent=4"}

    def headers() -> dict[str, str]:
        return dict(balancer.ask(**given).json["headers"])

    assert re.fullmatch(
        r"Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-2-3;Parent=4", headers()["x-amzn-trace-id"]
    )
    balancer.set("routing.http.xff_client_port.enabled", "true")
    assert re.fullmatch(r"203\.0\.113\.7, 127\.0\.0\.1:\d+", headers()["x-forwarded-for"])
    balancer.set("routing.http.xff_header_processing.mode", "preserve")
    assert headers()["x-forwarded-for"] == "203.0.113.7"
    balancer.set("routing.http.xff_header_processing.mode", "remove")
    assert "x-forwarded-for" not in headers()


def test_a_security_group_that_lets_nobody_in(one_cloud: RunningCloud) -> None:
    closed = Balancer(one_cloud, fixed("open"), source="203.0.113.0/24")
    parts = urlsplit(closed.url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=0.5)
    connection.request("GET", "/")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    (shown,) = closed.api.describe_load_balancers(LoadBalancerArns=[closed.arn])["LoadBalancers"]
    opened = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    one_cloud.client("ec2").authorize_security_group_ingress(
        GroupId=shown["SecurityGroups"][0],
        IpPermissions=[{**opened, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )
    assert closed.ask().body == b"open"


def test_whose_name_a_host_is_and_whose_page(one_cloud: RunningCloud) -> None:
    """A name of the web must not lead here, and no page of another site."""
    balancer = Balancer(one_cloud, fixed("default"))
    port = urlsplit(balancer.url).port
    assert balancer.ask(Host="evil.com").status == 403
    for host in (f"localhost:{port}", f"x.localhost:{port}", "shop.example", "a.test:80"):
        assert balancer.ask(Host=host).status == 200, host
    balancer.rule(1, fixed("rule"), {"Field": "host-header", "Values": ["*.shop.com"]})
    assert balancer.ask(Host="www.shop.com").body == b"rule"
    assert balancer.ask(Host="shop.com").status == 403
    page_of = {"Origin": "https://evil.com", "Sec_Fetch_Mode": "cors"}
    assert balancer.ask(**page_of, Sec_Fetch_Site="cross-site").status == 403
    assert balancer.ask(**page_of).status == 200


def test_health_checks(one_cloud: RunningCloud) -> None:
    environment = {"Variables": {"STATUS": "200"}}
    group = Group(
        one_cloud,
        CHECKED,
        settings={
            "HealthCheckEnabled": True,
            "HealthCheckPath": "/up",
            "HealthCheckIntervalSeconds": 30,
            "HealthCheckTimeoutSeconds": 20,
            "HealthyThresholdCount": 2,
        },
        function_settings={"Environment": environment},
    )
    balancer = Balancer(one_cloud, group.action)
    wait_for(lambda: group.health()["State"] == "healthy")
    environment["Variables"]["STATUS"] = "500"
    one_cloud.configure(group.function, Environment=environment)
    wait_for(lambda: group.health()["State"] == "unhealthy")
    assert group.health() == {
        "State": "unhealthy",
        "Reason": "Target.ResponseCodeMismatch",
        "Description": "Health checks failed with these codes: [500]",
    }
    # There is no other target: requests reach it all the same.
    assert balancer.ask().body == b"served"
    environment["Variables"]["STATUS"] = "204"
    group.api.modify_target_group(TargetGroupArn=group.arn, Matcher={"HttpCode": "200-299"})
    one_cloud.configure(group.function, Environment=environment)
    wait_for(lambda: group.health()["State"] == "healthy")
    group.api.modify_target_group(TargetGroupArn=group.arn, HealthCheckEnabled=False)
    assert group.health()["Reason"] == "Target.HealthCheckDisabled"


def test_metrics(one_cloud: RunningCloud) -> None:
    group = Group(one_cloud, SLOW, function_settings={"Timeout": 5})
    balancer = Balancer(one_cloud, group.action)
    full_name = balancer.arn.partition(":loadbalancer/")[2]
    path = {"Field": "path-pattern", "Values": ["/fixed"]}
    balancer.rule(1, fixed("a"), path)
    balancer.ask()
    balancer.ask(path="/?s=x")
    balancer.ask(path="/fixed")
    # A client that does not wait for the answer.
    parts = urlsplit(balancer.url)
    with socket.create_connection(("127.0.0.1", parts.port or 80)) as impatient:
        impatient.sendall(b"GET /?s=1 HTTP/1.1\r\nHost: a.test\r\n\r\n")
        time.sleep(0.3)

    def total(metric: str, *more: dict[str, str]) -> float:
        now = datetime.now(UTC)
        found = one_cloud.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApplicationELB",
            MetricName=metric,
            Dimensions=[{"Name": "LoadBalancer", "Value": full_name}, *more],
            StartTime=now - timedelta(minutes=10),
            EndTime=now + timedelta(minutes=1),
            Period=3600,
            Statistics=["Sum"],
        )
        return float(sum(each["Sum"] for each in found["Datapoints"]))

    wait_for(lambda: total("HTTPCode_ELB_4XX_Count") == 1)
    of_group = {"Name": "TargetGroup", "Value": group.arn.rpartition(":")[2]}
    assert total("RequestCount") == total("RequestCount", of_group) == 3
    assert total("HTTPCode_Target_2XX_Count", of_group) == 1
    assert total("HTTPCode_ELB_5XX_Count") == total("HTTPCode_ELB_502_Count") == 1
    assert total("LambdaUserError", of_group) == 1
    assert total("HTTP_Fixed_Response_Count") == 1
