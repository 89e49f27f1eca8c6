"""What is offered is answered, and what is not is refused by its name: every operation of AWS's
models, called with boto3 and the smallest parameters that botocore lets through.

botocore's models are of version 1.44.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from running_cloud import RunningCloud
from services_page import OFFERS
from smallest_call import smallest

from serverless_course.localcloud.iam.requested.services import SERVICES
from serverless_course.localcloud.offered import check_offered
from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.http import is_local
from serverless_course.localcloud.wire.rest_json import model

# How the services whose code is our own refuse, and the others.
API_GATEWAY = "NotImplementedException"
CODES = {"fis": "UnsupportedOperationException", "lambda": "UnsupportedOperationException"}
CODES |= {"xray": CODES["fis"], **dict.fromkeys(("apigateway", "apigatewayv2"), API_GATEWAY)}
# Nobody signs these: they are refused before it is read what they are.
UNSIGNED = {"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}
# The smallest call asks for what is not offered of the operation: a WebSocket API, and STS as a
# target of a rule.
BY_MEMBER = {"CreateApi", "PutTargets"}
# Their requests are signed as those of EventBridge, IAM or Lambda are, which do not know them.
SAME_SIGNATURE = {"eventbridgev2", "iam-toolbox", "lambda-core", "lambda-microvms", "lambda-web"}
# Signed otherwise: with Version 2, or for a service in capitals.
OTHER_SIGNATURE = {"importexport", "iotsecuretunneling", "sdb"}
# A service of each protocol, and those that serverless applications use beside Lambda.
ELSEWHERE_SERVICES = (
    *("application-autoscaling", "athena", "autoscaling", "batch"),
    *("bedrock-runtime", "cloudcontrol", "cloudfront", "codedeploy", "ecs"),
    *("cognito-idp", "iot-data", "rds", "route53", "s3control", "schemas"),
    *("serverlessrepo", "servicediscovery", "ses", "sesv2", "appconfigdata", "timestream-query"),
)
# Their signatures are other services'.
ELSEWHERE = {"ListDirectoryBuckets", "WriteGetObjectResponse"}


def called(cloud: RunningCloud, service: str, operation: str) -> tuple[int, str, str]:
    """The status, the code and the message that a call with the smallest parameters gets."""
    config = Config(inject_host_prefix=False, read_timeout=30)
    client = cloud.client(service) if service != "logs" else cloud.client(service, config=config)
    shape = client.meta.service_model.operation_model(operation).input_shape
    client.meta.config.inject_host_prefix = False
    try:
        answer = getattr(client, xform_name(operation))(**smallest(shape))
    except ClientError as error:
        told: dict[str, Any] = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return status, told["Code"], str(told.get("Message"))
    return answer["ResponseMetadata"]["HTTPStatusCode"], "", ""


def test_the_lists_name_operations_of_aws_and_each_once() -> None:
    assert set(OFFERS) == {name for each in SERVICES.values() for name in each.models}
    for offer in OFFERS.values():
        known = set(model(offer.model).operation_names)
        assert offer.answered | set(offer.partly) | set(offer.why) <= known, offer.model
        assert not offer.ours & offer.moto
        assert set(offer.partly) <= offer.answered
        assert not set(offer.why) & offer.answered


@pytest.mark.parametrize("service", ELSEWHERE_SERVICES)
def test_a_service_that_is_not_offered_is_refused_by_its_name(
    one_cloud: RunningCloud, service: str
) -> None:
    assert refused_by_name(one_cloud, service)


@pytest.mark.soak
def test_every_service_that_is_not_offered_is_refused_by_its_name(one_cloud: RunningCloud) -> None:
    """But the few whose requests a client of this machine cannot sign, or signs with a token."""
    left_out = {*OFFERS, *SAME_SIGNATURE, *OTHER_SIGNATURE}
    others = sorted(set(Session().get_available_services()) - left_out)
    unsent = [each for each in others if not refused_by_name(one_cloud, each)]
    assert len(others) > 400
    assert len(unsent) < 8, unsent


def refused_by_name(cloud: RunningCloud, service: str) -> bool:
    """See that a service is refused in its own protocol, by the operation with fewest members of
    those that a client sends; False when it sends none."""
    client = cloud.client(service, config=Config(inject_host_prefix=False))
    operations = [client.meta.service_model.operation_model(name) for name in signed(client)]
    told = None
    for each in sorted(operations, key=lambda each: len(str(smallest(each.input_shape)))):
        try:
            getattr(client, xform_name(each.name))(**smallest(each.input_shape))
        except ClientError as refused:
            told = refused.response
            break
        except BotoCoreError:
            continue  # the client's own rules for endpoints ask for more than its model does
    if told is None:
        return False
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 501, (service, told)
    assert told["Error"]["Code"] == "NotImplemented", (service, told)
    assert client.meta.service_model.signing_name in told["Error"]["Message"], (service, told)
    return True


def signed(client: Any) -> list[str]:
    """The operations of a service that a client signs with Signature Version 4."""
    found = client.meta.service_model
    return [
        name
        for name in found.operation_names
        if found.operation_model(name).auth_type not in ("none", "bearer")
    ]


def test_a_host_with_a_prefix_of_an_sdk_is_this_server(one_cloud: RunningCloud) -> None:
    """botocore puts ``stream-`` before the host of StartLiveTail."""
    host = one_cloud.endpoint.removeprefix("http://")
    for prefix, local in (("stream-", True), ("api.", True), ("evil.example/", False)):
        assert is_local(f"{prefix}{host}", host) is local
    assert not is_local(f"sync-{host}", "127.0.0.1:1")
    assert not is_local("sync-example.com", host)


def test_a_refusal_says_the_operation_the_service_and_why() -> None:
    with pytest.raises(ServiceError) as refused:
        check_offered("sns", "CreatePlatformApplication")
    assert (refused.value.code, refused.value.status) == ("NotImplemented", 501)
    assert refused.value.message == (
        "The embedded cloud does not offer CreatePlatformApplication of Amazon SNS. It sends no "
        "notifications to mobile devices. Use an AWS account for it."
    )


@pytest.mark.parametrize("service", sorted(OFFERS))
def test_each_refused_operation_is_refused_by_its_name(
    one_cloud: RunningCloud, service: str
) -> None:
    offer = OFFERS[service]
    refused = set(model(service).operation_names) - offer.answered - UNSIGNED - ELSEWHERE
    wrong = {}
    for operation in sorted(refused):
        status, code, message = called(one_cloud, service, operation)
        expected = (501, CODES.get(service, "NotImplemented"))
        if (status, code) != expected or operation not in message:
            wrong[operation] = (status, code, message)
    assert not wrong


@pytest.mark.parametrize("service", sorted(OFFERS))
def test_no_offered_operation_fails_with_the_smallest_parameters(
    one_cloud: RunningCloud, service: str
) -> None:
    failed = {}
    for operation in sorted(OFFERS[service].answered):
        status, code, message = called(one_cloud, service, operation)
        if status >= 500 and operation not in BY_MEMBER:
            failed[operation] = (status, code, message)
    assert not failed
