"""Lab 02's checks: what they say to answers, and to what only looks like a fix.

What is deployed is tried on the embedded cloud: tests/authoring/test_wrong_answers.py.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from serverless_course.exercises.audited_shop import FAULTS, FUNCTIONS, PLANTED_KEY
from serverless_course.exercises.checks.lab_02_responsibility import find, policy, role, secret
from serverless_course.exercises.checks.lab_02_responsibility.shop import new_order, receipt_of
from serverless_course.exercises.feedback import NotAttempted
from serverless_course.exercises.role_probe import was_refused
from serverless_course.exercises.verdict import State

BEFORE = "course-02-responsibility-"


class Client:
    """The calls that these checks make, answered from a dictionary."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers

    def __getattr__(self, operation: str) -> Any:
        answer = self._answers[operation]
        return lambda **given: answer(**given) if callable(answer) else answer


class Shop:
    """A lab whose clients answer as told."""

    def __init__(self, **answers: Any) -> None:
        modes = {"UpdateRuntimeOn": answers.pop("mode", "Auto")}
        usual = {"get_function_configuration": {"FunctionArn": "arn:f", "Role": "arn:role/wide"}}
        self._client = Client(usual | {"get_runtime_management_config": modes} | answers)

    def client(self, service: str) -> Any:
        return self._client

    def name(self, short: str, kind: str = "lambda:function") -> str:
        return BEFORE + short


def shop(**answers: Any) -> Any:
    return Shop(**answers)


RIGHT: dict[str, Any] = {line: list(functions) for line, functions in FAULTS.items()}
RIGHT["patches"] = "AWS"


@pytest.mark.parametrize(
    "said",
    [
        RIGHT,
        RIGHT | {"role": "orders", "patches": " aws "},
        RIGHT | {"logs": {"invoices", "Orders", BEFORE + "carrier"}},
        RIGHT | {"url": ("refunds",)},
    ],
)
def test_the_right_functions_are_right_however_they_are_named(said: Any) -> None:
    assert find.find.run(shop(), said).right


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"role": "stamp"}, "role: not stamp"),
        ({"role": []}, "you name no function"),
        ({"role": "AWS"}, "that is a duty of yours"),
        ({"logs": ["orders"]}, "it is not all"),
        ({"logs": list(FUNCTIONS)}, "for 30 days"),
        ({"url": ["refunds", "carrier"]}, "wants a signature"),
        ({"policy": ["invoices", "stamp"]}, "names one topic"),
        ({"policy": ["invoices", "refunds"]}, "about its URL"),
        ({"secret": "order"}, "no function 'order'"),
        ({"patches": "orders"}, "AWS's duty"),
        ({"patches": list(FUNCTIONS)}, "AWS's duty"),
    ],
)
def test_a_wrong_line_is_told_what_is_wrong_with_it(changed: dict[str, Any], says: str) -> None:
    verdict = find.find.run(shop(), RIGHT | changed)
    assert verdict.state is State.NOT_YET_RIGHT
    assert says in verdict.message


def test_an_answer_that_is_no_list_of_lines_is_told_so() -> None:
    assert "a dictionary" in find.find.run(shop(), ["orders"]).message
    some = {line: RIGHT[line] for line in RIGHT if line != "url"}
    assert "'url' is missing" in find.find.run(shop(), some).message


def test_who_says_that_patches_are_awss_and_pins_them_has_not_left_them_alone() -> None:
    verdict = find.find.run(shop(mode="Manual"), RIGHT)
    assert verdict.state is State.NOT_YET_RIGHT
    assert "That duty is yours now" in verdict.message


@pytest.mark.parametrize(
    "hide",
    [
        lambda key: key,
        lambda key: key[::-1],
        lambda key: base64.b64encode(key.encode()).decode(),
        lambda key: base64.urlsafe_b64encode(key.encode()).decode(),
        lambda key: key.encode().hex(),
    ],
)
@pytest.mark.parametrize("key", [PLANTED_KEY, "another-key-of-2026?>"])
@pytest.mark.parametrize("place", ["variable", "tag", "description"])
def test_a_key_that_a_reader_of_the_configuration_finds_is_a_leak(
    hide: Any, key: str, place: str
) -> None:
    order, value = new_order(), hide(key)
    settings = {
        "FunctionArn": "arn:f",
        "Environment": {"Variables": {"A": value} if place == "variable" else {"TABLE": "t"}},
        "Description": value if place == "description" else "",
    }
    tags = {"Tags": {"k": value} if place == "tag" else {}}
    lab = shop(get_function_configuration=settings, list_tags=tags)
    told = secret._leak(lab, order, receipt_of(order, key))
    assert told is not None
    assert place in told.message


def test_a_configuration_without_the_key_is_no_leak() -> None:
    order = new_order()
    settings = {"FunctionArn": "a", "Environment": {"Variables": {"SIGNING_SECRET": "name"}}}
    lab = shop(get_function_configuration=settings, list_tags={"Tags": {"lab": "02"}})
    assert secret._leak(lab, order, receipt_of(order, "the-key")) is None


def role_with(statement: Any) -> Any:
    return shop(
        list_role_policies={"PolicyNames": ["p"]},
        get_role_policy={"PolicyDocument": {"Statement": statement}},
    )


@pytest.mark.parametrize(
    ("statement", "wide"),
    [
        ({"Effect": "Allow", "Action": "*", "Resource": "*"}, True),
        ([{"Effect": "Allow", "Action": ["s3:GetObject", "sqs:*"], "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"}], False),
        ([{"Effect": "Deny", "Action": "*", "Resource": "*"}], False),
    ],
)
def test_a_star_among_the_allowed_actions_is_seen(statement: Any, wide: bool) -> None:
    assert bool(role._wide_statements(role_with(statement))) is wide


def test_ten_of_twenty_calls_are_drawn_and_none_names_what_could_be_changed() -> None:
    calls = role.calls_to_try(shop(create_topic={"TopicArn": "arn:t"}))
    assert len(calls) == 2 * role.TRIED
    for _, operation, given in calls.values():
        changes = operation in ("put_item", "delete_item")
        assert operation.startswith(("list", "get", "describe", "scan")) or changes
        if operation == "put_item":
            assert "other-" in given["TableName"]
        if operation == "delete_item":
            assert given["Key"] == {"order": {"N": "-1"}}


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("AccessDenied", True),
        ("AccessDeniedException", True),
        ("AuthorizationError", True),
        ("UnauthorizedOperation", True),
        ("ResourceNotFoundException", False),
        ("NoSuchBucket", False),
        ("allowed", False),
    ],
)
def test_an_error_for_another_reason_is_an_answer_to_who_may_ask(code: str, refused: bool) -> None:
    assert was_refused(code) is refused


def statement(sid: str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"Sid": sid} | ({"Condition": condition} if condition else {})


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (
            [statement("sales-may-invoke"), statement("b", {"ArnLike": {"AWS:SourceArn": "x"}})],
            "old one still stands",
        ),
        ([statement("b", {"StringEquals": {"AWS:SourceAccount": "1"}})], "Every topic of this"),
        ([statement("b", {"ArnLike": {"AWS:SourceArn": "arn:aws:sns:r:1:*"}})], "wildcard"),
        ([statement("new")], "another topic made up"),
    ],
)
def test_each_way_to_let_a_forged_sale_in_has_its_own_words(
    statements: list[dict[str, Any]], says: str
) -> None:
    assert says in policy._forged(statements, 7).message
    assert json.dumps(7) in str(policy._forged(statements, 7).evidence)


def test_the_policy_as_it_was_handed_over_is_not_an_attempt() -> None:
    with pytest.raises(NotAttempted, match="Any topic may invoke"):
        policy._forged([statement("sales-may-invoke")], 7)
