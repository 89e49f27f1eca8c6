"""An endpoint's policy refuses; what is not evaluated is said."""

import json

import pytest

from serverless_course.network.endpoint_policy import opinion

ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
NOT_EVALUATED = "were not evaluated"


def said(*statements: object, action: str | None = "s3:GetObject"):
    return opinion(json.dumps({"Statement": list(statements)}), "s3", action)


def test_no_policy_and_full_access_allow_all() -> None:
    assert not opinion(None, "s3", "s3:GetObject").refused
    full = said(ALL)
    assert not full.refused
    assert NOT_EVALUATED not in full.words


@pytest.mark.parametrize(
    ("statements", "action", "refused"),
    [
        ([ALL, {**ALL, "Effect": "Deny", "Action": "s3:*"}], "s3:GetObject", True),
        ([ALL, {**ALL, "Effect": "Deny", "Action": "S3:getobject"}], "s3:GetObject", True),
        ([ALL, {**ALL, "Effect": "Deny", "Action": "s3:PutObject"}], "s3:GetObject", False),
        ([{**ALL, "Action": ["s3:Get*", "s3:List*"]}], "s3:GetObject", False),
        ([{**ALL, "Action": ["s3:Get*", "s3:List*"]}], "s3:PutObject", True),
        ([], "s3:GetObject", True),
        ([], None, True),
        ([{**ALL, "Action": "s3:PutObject"}], None, False),
        ([ALL, {**ALL, "Effect": "Deny"}], None, True),
        ([ALL, {**ALL, "Effect": "Deny", "Action": "s3:PutObject"}], None, False),
    ],
)
def test_actions_are_matched_as_iam_does(statements, action, refused: bool) -> None:
    assert said(*statements, action=action).refused is refused


def test_not_action_speaks_of_all_others() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "NotAction": "s3:GetObject", "Resource": "*"}
    assert not said(ALL, deny).refused
    assert said(ALL, deny, action="s3:PutObject").refused


@pytest.mark.parametrize(
    "limit",
    [
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        {"Resource": "arn:aws:s3:::one-bucket/*"},
        {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
    ],
)
def test_what_is_not_evaluated_is_said_and_does_not_refuse(limit: dict[str, object]) -> None:
    for verdict in (said({**ALL, **limit}), said(ALL, {**ALL, "Effect": "Deny", **limit})):
        assert not verdict.refused
        assert NOT_EVALUATED in verdict.words


def test_a_policy_that_cannot_be_read_is_said_to_be_so() -> None:
    assert "could not be read" in opinion("{", "s3", None).words
    assert "could not be read" in opinion("[]", "s3", None).words
