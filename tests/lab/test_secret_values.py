"""Which values of calls are secrets, and how a text is without them."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.secrecy.masking import masked_text
from serverless_course.secrecy.secret_values import BEGINNING, SHORTEST, SecretValues

SESSION = botocore.session.Session()
# Every way in which a call or its answer brings a secret: service, operation, a function that puts
# the secret in its place, and whether it is what the call got.
PLACES: list[tuple[str, str, Any, bool]] = [
    ("secretsmanager", "PutSecretValue", lambda s: {"SecretId": "a", "SecretString": s}, True),
    ("secretsmanager", "CreateSecret", lambda s: {"Name": "a", "SecretBinary": s.encode()}, True),
    (
        "secretsmanager",
        "CreateSecret",
        lambda s: {"SecretString": json.dumps({"user": "u", "word": s})},
        True,
    ),
    ("secretsmanager", "GetSecretValue", lambda s: {"ARN": "a", "SecretString": s}, False),
    (
        "secretsmanager",
        "BatchGetSecretValue",
        lambda s: {"SecretValues": [{"Name": "a", "SecretString": s}]},
        False,
    ),
    ("secretsmanager", "GetRandomPassword", lambda s: {"RandomPassword": s}, False),
    (
        "ssm",
        "PutParameter",
        lambda s: {"Name": "/db/password", "Type": "SecureString", "Value": s},
        True,
    ),
    ("ssm", "GetParameter", lambda s: {"Parameter": {"Name": "/db/secret", "Value": s}}, False),
    (
        "lambda",
        "UpdateFunctionConfiguration",
        lambda s: {"Environment": {"Variables": {"TABLE": "t", "SIGNING_KEY": s}}},
        True,
    ),
    (
        "lambda",
        "GetFunction",
        lambda s: {"Configuration": {"Environment": {"Variables": {"DB_PASSWORD": s}}}},
        False,
    ),
    ("lambda", "Invoke", lambda s: {"Payload": json.dumps({"n": 1, "token": s})}, True),
    (
        "sts",
        "AssumeRole",
        lambda s: {"Credentials": {"AccessKeyId": "ASIA1", "SecretAccessKey": s}},
        False,
    ),
    ("iam", "CreateAccessKey", lambda s: {"AccessKey": {"SecretAccessKey": s}}, False),
    (
        "cloudformation",
        "CreateStack",
        lambda s: {"Parameters": [{"ParameterKey": "DbPassword", "ParameterValue": s}]},
        True,
    ),
    ("dynamodb", "PutItem", lambda s: {"Item": {"api_key": {"S": s}}}, True),
    ("sqs", "SendMessage", lambda s: {"MessageBody": json.dumps([{"password": s}])}, True),
]
SHOWN_AS = [
    lambda s: s,
    lambda s: str({"answer": s}),
    lambda s: json.dumps({"answer": s}),
    lambda s: json.dumps([s], ensure_ascii=False),
    lambda s: f"https://example.com/?q={quote(s, safe='')}",
    lambda s: f"it is {base64.b64encode(s.encode()).decode()}",
    lambda s: f"the key{s}is glued",
    lambda s: f"{s} and again {s}{s}",
]
SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=SHORTEST, max_size=60
)


def learned(place: tuple[str, str, Any, bool], secret: str) -> SecretValues:
    service, operation, holding, is_asked = place
    model = SESSION.get_service_model(service).operation_model(operation)
    values = SecretValues()
    values.learn(holding(secret), model.input_shape if is_asked else model.output_shape)
    return values


@settings(max_examples=600, deadline=None)
@given(place=st.sampled_from(PLACES), told=st.sampled_from(SHOWN_AS), secret=SECRETS)
def test_a_secret_of_any_call_is_in_no_text(place: Any, told: Any, secret: str) -> None:
    text = told(secret)
    found = learned(place, secret).masked(f"seen: {text}")
    assert "…" in found
    for form in {text, secret, json.dumps(secret)[1:-1]} - {"…" * len(secret)}:
        assert form not in found.replace("seen: ", "")


@settings(max_examples=200, deadline=None)
@given(secret=SECRETS.filter(lambda text: len(text) > BEGINNING), data=st.data())
def test_a_text_that_was_cut_tells_no_beginning(secret: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(BEGINNING, len(secret)))
    values = learned(PLACES[0], secret)
    if secret.lstrip()[:1] not in ("{", "["):
        assert secret[:BEGINNING] not in values.masked(f"got {secret[:cut]}")


def test_what_is_no_secret_stays_as_it_was() -> None:
    model = SESSION.get_service_model("lambda").operation_model("CreateFunction")
    values = SecretValues()
    table = "course-02-responsibility-sales"
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:course-05-vpc-design-partner"
    variables = {"TABLE": table, "SECRET": arn, "RUN": "1", "LEVEL": "DEBUG"}
    values.learn({"FunctionName": "orders", "Environment": {"Variables": variables}}, None)
    values.learn({"Environment": {"Variables": variables}}, model.input_shape)
    states = SESSION.get_service_model("stepfunctions").operation_model("StartExecution")
    values.learn({"input": '{"order": "o-1234567"}'}, states.input_shape)
    listed = SESSION.get_service_model("secretsmanager").operation_model("ListSecrets")
    values.learn({"SecretList": [{"Name": table}], "NextToken": "o-1234567"}, listed.output_shape)
    line = f"request 5b2f: order o-1234567 in {table}, DEBUG, 12.5 ms; {{'secret': 27}}"
    assert values.masked(line) == line


def test_an_account_is_left_out_of_arns_and_addresses() -> None:
    found = SecretValues().masked(
        "arn:aws:sns:eu-west-1:123456789012:sold, https://sqs.eu-west-1.amazonaws.com/123456789012/q"
        " of request 0b1c-123456789012"
    )
    assert found == (
        "arn:aws:sns:eu-west-1:…:sold, https://sqs.eu-west-1.amazonaws.com/…/q"
        " of request 0b1c-123456789012"
    )


@pytest.mark.parametrize("parameters", [{"Environment": "x"}, {"Environment": [3]}, {"Layers": 3}])
def test_parameters_of_the_wrong_type_are_left_to_botocore(parameters: Any) -> None:
    model = SESSION.get_service_model("lambda").operation_model("CreateFunction")
    values = SecretValues()
    values.learn(parameters, model.input_shape)
    assert values.masked("x, 3") == "x, 3"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("{'AWS_SECRET_ACCESS_KEY': 'abcd/+ef', 'n': 1}", "{'AWS_SECRET_ACCESS_KEY': '…', 'n': 1}"),
        ("{'password': 'abcdef and it was cu", "{'password': '…"),
        ('{"n": 1, "token": "cut', '{"n": 1, "token": "…'),
        ("run with DB_PASSWORD=hunter2 now", "run with DB_PASSWORD=… now"),
        ("api-key = 'x y'", "api-key = '…'"),
        ("{'SecretId': 'shop/db', 'secret': 27}", "{'SecretId': 'shop/db', 'secret': 27}"),
        ("the token: it ran out", "the token: it ran out"),
    ],
)
def test_a_secret_name_in_any_text_hides_its_value(text: str, without: str) -> None:
    assert masked_text(text) == without
