"""Which route a request takes, held against the Developer Guide's rules and its example.

Source: API Gateway Developer Guide, "Create routes for HTTP APIs in API Gateway" (read 2026-11).
"""

from __future__ import annotations

import pytest

from serverless_course.localcloud.apigateway.http_apis.route_table import RouteTable
from serverless_course.localcloud.apigateway.http_apis.routes import check_key
from serverless_course.localcloud.apigateway.throttle import Bucket
from serverless_course.localcloud.wire.errors import ServiceError

GUIDE = ("GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default")


def taken(keys: tuple[str, ...], method: str, path: str) -> tuple[str, dict[str, str]] | None:
    return RouteTable(keys).find(method, path.removeprefix("/").split("/"))


@pytest.mark.parametrize("keys", [GUIDE, tuple(reversed(GUIDE))])
@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1", {}),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}", {"proxy": "cat/1"}),
        ("POST", "/test/5", "ANY /{proxy+}", {"proxy": "test/5"}),
        ("GET", "/", "$default", {}),
    ],
)
def test_the_guides_example(
    keys: tuple[str, ...], method: str, path: str, key: str, parameters: dict[str, str]
) -> None:
    assert taken(keys, method, path) == (key, parameters)


@pytest.mark.parametrize(
    ("keys", "method", "path", "key"),
    [
        (("ANY /a", "GET /a"), "GET", "/a", "GET /a"),
        (("ANY /a", "GET /a"), "POST", "/a", "ANY /a"),
        # A full match of ANY comes before a greedy variable of the method itself.
        (("ANY /a/b", "GET /{proxy+}"), "GET", "/a/b", "ANY /a/b"),
        (("GET /{x}/b", "GET /a/{y}"), "GET", "/a/b", "GET /a/{y}"),
        (("GET /{p+}", "GET /a/{p+}"), "GET", "/a/b/c", "GET /a/{p+}"),
        # The path fits another method's route: that is no match.
        (("GET /a", "ANY /{proxy+}"), "POST", "/a", "ANY /{proxy+}"),
    ],
)
def test_the_more_specific_route(keys: tuple[str, ...], method: str, path: str, key: str) -> None:
    found = taken(keys, method, path)
    assert found is not None
    assert found[0] == key


@pytest.mark.parametrize("path", ["/a/", "/b", "/a/b", "/"])
def test_no_route(path: str) -> None:
    assert taken(("GET /a",), "GET", path) is None


@pytest.mark.parametrize(
    "key",
    [
        "/a",
        "GET a",
        "FETCH /a",
        "GET /{a+}/b",
        "GET /x{a}",
        "GET /{a}/{a}",
        "",
        "GET /{}",
        "get /a",
    ],
)
def test_no_route_key(key: str) -> None:
    with pytest.raises(ServiceError, match="not formatted properly"):
        check_key(key)


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = 0.0
    bucket = Bucket(2.0, 3, lambda: now)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
