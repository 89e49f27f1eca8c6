"""Input templates and JSON paths of EventBridge Pipes.

Source: EventBridge User Guide, "Amazon EventBridge Pipes input transformation" (read 2026-11): its
examples, and the reserved variables.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from serverless_course.localcloud.pipes import records
from serverless_course.localcloud.pipes.json_paths import NOTHING, find, is_path, resolved
from serverless_course.localcloud.pipes.templates import NoJson, filled, problem

EVENT = {
    "id": "7bf73129",
    "detail": {"instance-id": "i-0123456789", "state": "RUNNING", "n": 1.5, "no": None},
    "a/b": {"c_d": [{"e": 1}, {"e": 2}, {"f": 3}]},
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", EVENT),
        ("$.detail.instance-id", "i-0123456789"),
        ("$.a/b.c_d[1]", {"e": 2}),
        ("$.a/b.c_d[1].e", 2),
        ("$.a/b.c_d[*].e", [1, 2]),
        ("$.detail.no", None),
        ("$.detail.missing", NOTHING),
        ("$.a/b.c_d[9]", NOTHING),
        ("$.id.deeper", NOTHING),
    ],
)
def test_paths(path: str, expected: Any) -> None:
    assert is_path(path)
    assert find(path, EVENT) == expected


@pytest.mark.parametrize("text", ["$.", "$..a", "$.a[-1]", "$.a[?(@.b)]", "$['a']", "a", "x $.a"])
def test_what_is_no_path(text: str) -> None:
    assert not is_path(text)
    assert resolved(text, {"a": 1}) == text


def test_a_parameter_is_a_path_as_a_whole_or_not_at_all() -> None:
    assert resolved("$.detail.state", EVENT) == "RUNNING"
    assert resolved("$.detail.n", EVENT) == "1.5"
    assert resolved("$.detail.missing", EVENT) == ""
    assert resolved("the $.detail.state", EVENT) == "the $.detail.state"


VARIABLES = {
    "aws.pipes.pipe-arn": "arn:aws:pipes:us-east-1:123456789012:pipe/example",
    "aws.pipes.pipe-name": "example",
    "aws.pipes.event.json": EVENT,
}


def test_the_guides_example() -> None:
    template = """{
      "instance" : <$.detail.instance-id>,
      "state": <$.detail.state>,
      "pipeArn" : <aws.pipes.pipe-arn>,
      "pipeName" : <aws.pipes.pipe-name>,
      "originalEvent" : <aws.pipes.event.json>
    }"""
    assert json.loads(filled(template, VARIABLES, EVENT)) == {
        "instance": "i-0123456789",
        "state": "RUNNING",
        "pipeArn": "arn:aws:pipes:us-east-1:123456789012:pipe/example",
        "pipeName": "example",
        "originalEvent": EVENT,
    }


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Hello, sender", "Hello, sender"),
        ("<$.attributes.SenderId>", "AIDA"),
        ('"Hello, <$.attributes.SenderId>"', "Hello, AIDA"),
        ("Hello, <$.attributes.SenderId>", "Hello, AIDA"),
        ('{"key1": "value1"}', {"key1": "value1"}),
        ('{"a": "<$.body.key>"}', {"a": "value"}),
        ('{"a": <$.body>}', {"a": {"key": "value"}}),
        ('{"a": "is <$.body>"}', {"a": "is {key: value}"}),
        ("<$.body>", "{key: value}"),
        ('{"a": <$.number>, "b": "<$.number>"}', {"a": 3, "b": "3"}),
        ('{"a": <$.missing>, "b": "<$.missing>"}', {"a": "", "b": ""}),
        ('{"a": <$.none>}', {"a": None}),
        ('{"a": "\\"<$.quoted>\\""}', {"a": '"say "x""'}),
        ('{"a": <$.quoted>}', {"a": 'say "x"'}),
        ('["<$.attributes.SenderId>", <$.number>]', ["AIDA", 3]),
        ("1 < 2 <b> <$.number>", "1 < 2 <b> 3"),
    ],
)
def test_what_templates_make(template: str, expected: Any) -> None:
    event = {
        "attributes": {"SenderId": "AIDA"},
        "body": {"key": "value"},
        "number": 3,
        "none": None,
        "quoted": 'say "x"',
    }
    assert json.loads(filled(template, {}, event)) == expected


@pytest.mark.parametrize("template", ['{"a": }', '{"a": <$.x> <$.x>}', '"', "[1", '{"a": 1} x'])
def test_a_template_that_makes_no_json(template: str) -> None:
    with pytest.raises(NoJson):
        filled(template, {}, {"x": 1})


def test_what_is_wrong_with_a_template_whatever_the_event() -> None:
    assert problem('{"a": <$.b>, "c": <aws.pipes.event.ingestion-time>, "d": "<e>"}') == ""
    assert "aws.pipes.region" in problem('{"a": <aws.pipes.region>}')
    assert "$.a[-1]" in problem("<$.a[-1]>")


def test_the_view_of_a_record() -> None:
    assert records.view("sqs", {"body": '{"a": 1}'}) == ({"body": {"a": 1}}, True)
    assert records.view("sqs", {"body": "plain"}) == ({"body": "plain"}, False)
    data = base64.b64encode(b'{"a": 1}').decode()
    assert records.view("kinesis", {"data": data}) == ({"data": {"a": 1}}, True)
    plain = {"data": base64.b64encode(b"plain").decode()}
    assert records.view("kinesis", plain) == (plain, False)
    assert records.view("dynamodb", {"dynamodb": {}}) == ({"dynamodb": {}}, True)
    # What an enrichment answers need not look like a record.
    assert records.view("sqs", ["a"]) == (["a"], True)


def test_a_kinesis_record_is_flat() -> None:
    nested = {"kinesis": {"partitionKey": "1", "data": "eA=="}, "eventID": "shard:1"}
    assert records.flat(nested) == {"partitionKey": "1", "data": "eA==", "eventID": "shard:1"}
    assert list(nested) == ["kinesis", "eventID"]
