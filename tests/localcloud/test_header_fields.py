"""What a function answers is written onto the wire only where HTTP allows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httptools
import pytest

from serverless_course.localcloud.apigateway.serving.answer_1 import answer_1
from serverless_course.localcloud.elasticloadbalancing.serving import answer as of_balancers
from serverless_course.localcloud.lambda_.invocation import http_event
from serverless_course.localcloud.wire.methods import READ


def balancer_answer(payload: bytes) -> Any:
    return of_balancers.response_of(payload, has_multi_values=False)


FRONTS = (answer_1, http_event.response_of, balancer_answer)
BAD = (http_event.BadAnswer, of_balancers.BadAnswer)


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "a"),
        ("a b", "c"),
        ("a:b", "c"),
        ("a\n", "b"),
        ("\u00e9", "a"),
        ("a", "b\r\nc: d"),
        ("a", "b\x00"),
        ("a", "\x01"),
        ("a", "\x7f"),
        ("a", "\u20ac"),
    ],
)
def test_a_header_that_http_does_not_allow(
    front: Callable[[bytes], Any], name: str, value: str
) -> None:
    with pytest.raises(BAD):
        front(json.dumps({"statusCode": 200, "headers": {name: value}}).encode())


@pytest.mark.parametrize("front", FRONTS)
@pytest.mark.parametrize("value", ["", "a b\tc", "caf\u00e9", "{}"])
def test_a_header_that_it_allows_stays_as_it_is(front: Callable[[bytes], Any], value: str) -> None:
    response = front(json.dumps({"statusCode": 200, "headers": {"X-A!": value}}).encode())
    assert f"\r\nX-A!: {value}\r\n".encode("latin-1") in response.encode(keep_alive=True)


@pytest.mark.parametrize("front", FRONTS)
def test_half_a_character_does_not_break_the_server(front: Callable[[bytes], Any]) -> None:
    assert front(json.dumps({"statusCode": 200, "body": "a\ud800"}).encode()).body == b"a?"


@pytest.mark.parametrize("method", sorted(READ))
def test_methods_that_the_server_reads(method: str) -> None:
    parser = httptools.HttpRequestParser(object())
    parser.feed_data(f"{method} / HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert parser.get_method().decode() == method


@pytest.mark.parametrize("method", ["CONNECT", "BREW"])
def test_a_method_that_the_server_does_not_read(method: str) -> None:
    parser = httptools.HttpRequestParser(object())
    with pytest.raises((httptools.HttpParserError, httptools.HttpParserUpgrade)):
        parser.feed_data(f"{method} / HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert method not in READ
