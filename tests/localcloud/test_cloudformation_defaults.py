"""A property that is taken out of a template goes back to its default.

Each case has a resource with some properties beside one of its type without them. When they are
taken out, both must be the same. Source: CloudFormation User Guide, "Update behaviors of stack
resources": an update makes a resource what its template says (read 2026-11).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from running_cloud import RUNTIME, RunningCloud, own_launcher, running
from test_cloudformation import IAM, delete, events, outputs, settled, text
from test_cloudformation_types import CODE, LAMBDA_TRUST

Given = dict[str, Any]
Look = Callable[[RunningCloud, str], Any]
# Defaults that an answer may leave out.
NOT_SHOWN = {
    "FilterPolicyScope": "MessageAttributes",
    "SignatureVersion": "1",
    "TracingConfig": "PassThrough",
}
API = "AWS::ApiGatewayV2::"
REST = "AWS::ApiGateway::"


@dataclass(frozen=True)
class Case:
    """``also`` are the properties that come and go, ``own`` those that a second resource needs to
    have of its own, ``look`` shows what a resource is, by its Ref."""

    base: Given
    also: Given
    look: Look
    helpers: Given = field(default_factory=dict)
    own: Given = field(default_factory=dict)


def shown(service: str, operation: str, key: str, *path: Any, only: tuple[str, ...]) -> Look:
    """Some members of what an operation answers about a resource."""

    def look(cloud: RunningCloud, reference: str) -> Any:
        found = getattr(cloud.client(service), operation)(**{key: reference})
        for step in path:
            found = found[step]
        return {name: found.get(name) or None for name in only}

    return look


def part(operation: str, key: str, *only: str) -> Look:
    """Of a part of an HTTP API; its Ref comes after the API's."""

    def look(cloud: RunningCloud, reference: str) -> Any:
        api, _, own = reference.rpartition("|")
        found = getattr(cloud.client("apigatewayv2"), operation)(**{"ApiId": api, key: own})
        return {name: found.get(name) or None for name in only}

    return look


def attributes(service: str, operation: str, key: str, *only: str, **more: Any) -> Look:
    def look(cloud: RunningCloud, reference: str) -> Any:
        found = getattr(cloud.client(service), operation)(**{key: reference}, **more)["Attributes"]
        return {name: found.get(name) or NOT_SHOWN.get(name) for name in only}

    return look


def policy_of_bus(cloud: RunningCloud, name: str) -> Any:
    return cloud.client("events").describe_event_bus(Name=name).get("Policy")


def policy_of_key(cloud: RunningCloud, key: str) -> Any:
    found = cloud.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    return sorted(json.dumps(each["Action"]) for each in json.loads(found)["Statement"])


def tags_of_rule(cloud: RunningCloud, name: str) -> Any:
    client = cloud.client("events")
    arn = client.describe_rule(Name=name)["Arn"]
    return client.list_tags_for_resource(ResourceARN=arn)["Tags"]


def mapping(cloud: RunningCloud, identity: str) -> Any:
    found = cloud.client("lambda").get_event_source_mapping(UUID=identity)
    arn = found["EventSourceMappingArn"]
    names = (
        *("BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes", "State"),
        *("FilterCriteria", "ScalingConfig", "MaximumRetryAttempts", "BisectBatchOnFunctionError"),
        *("DestinationConfig", "ParallelizationFactor", "MaximumRecordAgeInSeconds"),
    )
    tags = cloud.client("lambda").list_tags(Resource=arn)["Tags"]
    return [{name: found.get(name) or None for name in names}, tags]


def logging(cloud: RunningCloud, name: str) -> Any:
    found = cloud.client("lambda").get_function_configuration(FunctionName=name)
    group = found["LoggingConfig"].pop("LogGroup")
    return [found["LoggingConfig"], group == f"/aws/lambda/{name}", found["Description"]]


def rest_stage(cloud: RunningCloud, reference: str) -> Any:
    api, _, name = reference.rpartition("|")
    found = cloud.client("apigateway").get_stage(restApiId=api, stageName=name)
    settings = [each for each in found.get("methodSettings", {}).values() if each]
    return [
        *(found.get("description") or "", found.get("tracingEnabled", False)),
        *(found.get("variables") or {}, [e.get("throttlingRateLimit") for e in settings] or [None]),
    ]


def plan(cloud: RunningCloud, identity: str) -> Any:
    found = cloud.client("apigateway").get_usage_plan(usagePlanId=identity)
    return [found.get("throttle"), found.get("quota"), found.get("description") or ""]


ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": LAMBDA_TRUST,
        "Policies": [
            {
                "PolicyName": "p",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
                },
            }
        ],
    },
}


FUNCTION = {
    "Code": {"ZipFile": CODE},
    "Handler": "index.handler",
    "Runtime": RUNTIME,
    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
}
FUNCTIONS: Given = {
    "Role": ROLE,
    "One": {"Type": "AWS::Lambda::Function", "Properties": FUNCTION},
    "Two": {"Type": "AWS::Lambda::Function", "Properties": FUNCTION},
}
STREAM = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}}
HTTP = {"Type": f"{API}Api", "Properties": {"Name": "a", "ProtocolType": "HTTP"}}
URI = {"Fn::GetAtt": ["One", "Arn"]}
INTEGRATION = {
    "ApiId": {"Ref": "Api"},
    "IntegrationType": "AWS_PROXY",
    "IntegrationUri": URI,
    "PayloadFormatVersion": "2.0",
}
OPEN_KEY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"},
    ],
}
BUS_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "a",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "events:PutEvents",
            "Resource": "*",
        }
    ],
}
REST_API: Given = {
    "Api": {"Type": f"{REST}RestApi", "Properties": {"Name": "a"}},
    "Get": {
        "Type": f"{REST}Method",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
            "HttpMethod": "GET",
            "AuthorizationType": "NONE",
            "Integration": {
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "Uri": {
                    "Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/"
                    "functions/${One.Arn}/invocations"
                },
            },
        },
    },
    "Deployment": {
        "Type": f"{REST}Deployment",
        "DependsOn": "Get",
        "Properties": {"RestApiId": {"Ref": "Api"}},
    },
}
CASES: dict[str, Case] = {
    "AWS::Lambda::Url": Case(
        {"AuthType": "NONE"},
        {"InvokeMode": "RESPONSE_STREAM", "Cors": {"AllowOrigins": ["*"]}},
        shown(*("lambda", "get_function_url_config", "FunctionName"), only=("InvokeMode", "Cors")),
        FUNCTIONS,
        {"TargetFunctionArn": ({"Ref": "One"}, {"Ref": "Two"})},
    ),
    "AWS::Lambda::Function": Case(
        FUNCTION,
        {
            "Description": "d",
            "LoggingConfig": {
                "LogFormat": "JSON",
                "ApplicationLogLevel": "DEBUG",
                "LogGroup": "/mine",
            },
        },
        logging,
        {"Role": ROLE},
    ),
    "AWS::Lambda::EventSourceMapping": Case(
        {"EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]}, "StartingPosition": "LATEST"},
        {
            "BatchSize": 7,
            "BisectBatchOnFunctionError": True,
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Letters", "Arn"]}}},
            "Enabled": False,
            "FilterCriteria": {"Filters": [{"Pattern": '{"data": {"a": [1]}}'}]},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "MaximumBatchingWindowInSeconds": 3,
            "MaximumRecordAgeInSeconds": 90,
            "MaximumRetryAttempts": 2,
            "ParallelizationFactor": 2,
            "Tags": [{"Key": "a", "Value": "b"}],
        },
        mapping,
        FUNCTIONS | {"Stream": STREAM, "Letters": {"Type": "AWS::SQS::Queue"}},
        {"FunctionName": ({"Ref": "One"}, {"Ref": "Two"})},
    ),
    "a queue's AWS::Lambda::EventSourceMapping": Case(
        {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
        {
            "BatchSize": 20,
            "MaximumBatchingWindowInSeconds": 1,
            "ScalingConfig": {"MaximumConcurrency": 2},
        },
        mapping,
        FUNCTIONS | {"Queue": {"Type": "AWS::SQS::Queue"}},
        {"FunctionName": ({"Ref": "One"}, {"Ref": "Two"})},
    ),
    "AWS::SQS::Queue": Case(
        {"FifoQueue": True},
        {
            "ContentBasedDeduplication": True,
            "DeduplicationScope": "messageGroup",
            "FifoThroughputLimit": "perMessageGroupId",
            "VisibilityTimeout": 3,
            "DelaySeconds": 2,
        },
        attributes(
            *("sqs", "get_queue_attributes", "QueueUrl"),
            *("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"),
            *("VisibilityTimeout", "DelaySeconds"),
            AttributeNames=["All"],
        ),
    ),
    "AWS::SNS::Topic": Case(
        {},
        {"DisplayName": "shown", "SignatureVersion": "2", "TracingConfig": "Active"},
        attributes(
            *("sns", "get_topic_attributes", "TopicArn"),
            *("DisplayName", "SignatureVersion", "TracingConfig"),
        ),
    ),
    "AWS::SNS::Subscription": Case(
        {"Protocol": "sqs", "TopicArn": {"Ref": "Topic"}},
        {
            "FilterPolicy": {"a": ["b"]},
            "FilterPolicyScope": "MessageBody",
            "RawMessageDelivery": True,
        },
        attributes(
            *("sns", "get_subscription_attributes", "SubscriptionArn"),
            *("FilterPolicyScope", "RawMessageDelivery"),
        ),
        {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "A": {"Type": "AWS::SQS::Queue"},
            "B": {"Type": "AWS::SQS::Queue"},
        },
        {"Endpoint": ({"Fn::GetAtt": ["A", "Arn"]}, {"Fn::GetAtt": ["B", "Arn"]})},
    ),
    "AWS::IAM::Role": Case(
        {"AssumeRolePolicyDocument": LAMBDA_TRUST},
        {"Description": "d", "MaxSessionDuration": 7200},
        shown(*("iam", "get_role", "RoleName", "Role"), only=("Description", "MaxSessionDuration")),
    ),
    "AWS::Events::Rule": Case(
        {"ScheduleExpression": "rate(1 day)"},
        {"Description": "d", "State": "DISABLED"},
        shown("events", "describe_rule", "Name", only=("Description", "State")),
    ),
    "AWS::Events::EventBus": Case(
        {}, {"Policy": BUS_POLICY}, policy_of_bus, own={"Name": ("bus-a", "bus-b")}
    ),
    "AWS::SSM::Parameter": Case(
        {"Type": "String", "Value": "a"},
        {"Description": "d", "AllowedPattern": "a.*"},
        lambda cloud, name: [
            {key: each.get(key) or None for key in ("Description", "AllowedPattern")}
            for each in cloud.client("ssm").describe_parameters(
                ParameterFilters=[{"Key": "Name", "Values": [name]}]
            )["Parameters"]
        ],
    ),
    "AWS::SecretsManager::Secret": Case(
        {"SecretString": "a"},
        {"KmsKeyId": {"Ref": "Key"}},
        shown("secretsmanager", "describe_secret", "SecretId", only=("KmsKeyId",)),
        {"Key": {"Type": "AWS::KMS::Key"}},
    ),
    "AWS::KMS::Key": Case({}, {"KeyPolicy": OPEN_KEY}, policy_of_key),
    f"{API}Api": Case(
        {"Name": "a", "ProtocolType": "HTTP"},
        {
            "Description": "d",
            "Version": "1",
            "DisableExecuteApiEndpoint": True,
            "CorsConfiguration": {"AllowOrigins": ["*"]},
        },
        shown(
            *("apigatewayv2", "get_api", "ApiId"),
            only=("Description", "Version", "DisableExecuteApiEndpoint", "CorsConfiguration"),
        ),
    ),
    f"{API}Stage": Case(
        {"ApiId": {"Ref": "Api"}},
        {
            "AutoDeploy": True,
            "Description": "d",
            "StageVariables": {"a": "b"},
            "DefaultRouteSettings": {"ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 5},
        },
        part(
            *("get_stage", "StageName"),
            *("AutoDeploy", "Description", "StageVariables", "DefaultRouteSettings"),
        ),
        {"Api": HTTP},
        {"StageName": ("one", "two")},
    ),
    f"{API}Integration": Case(
        INTEGRATION,
        {"Description": "d", "TimeoutInMillis": 1000},
        part("get_integration", "IntegrationId", "Description", "TimeoutInMillis"),
        FUNCTIONS | {"Api": HTTP},
    ),
    f"{API}Route": Case(
        {"ApiId": {"Ref": "Api"}},
        {
            "OperationName": "o",
            "AuthorizationType": "AWS_IAM",
        },
        part("get_route", "RouteId", "OperationName", "AuthorizationType"),
        {"Api": HTTP},
        {"RouteKey": ("GET /one", "GET /two")},
    ),
    f"{REST}RestApi": Case(
        {"Name": "a"},
        {"Description": "d", "DisableExecuteApiEndpoint": True},
        shown(
            *("apigateway", "get_rest_api", "restApiId"),
            only=("description", "disableExecuteApiEndpoint"),
        ),
    ),
    f"{REST}Stage": Case(
        {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "Deployment"}},
        {
            "Description": "d",
            "Variables": {"a": "b"},
            "MethodSettings": [{"HttpMethod": "*", "ResourcePath": "/*", "ThrottlingRateLimit": 5}],
        },
        rest_stage,
        FUNCTIONS | REST_API,
        {"StageName": ("one", "two")},
    ),
    f"{REST}UsagePlan": Case(
        {"UsagePlanName": "a"},
        {
            "Description": "d",
            "Throttle": {"RateLimit": 5, "BurstLimit": 5},
            "Quota": {"Limit": 5, "Period": "DAY"},
        },
        plan,
    ),
}


def failed(cloud: RunningCloud, stack: str) -> list[tuple[str, str, str]]:
    return [each for each in events(cloud, stack) if each[0].endswith("_FAILED")]


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher()) as cloud:
        yield cloud


@pytest.mark.parametrize("what", CASES)
def test_a_property_that_is_taken_out_goes_back_to_its_default(
    one_cloud: RunningCloud, what: str
) -> None:
    case, kind = CASES[what], what.rpartition(" ")[2]
    client, stack = one_cloud.client("cloudformation"), f"d{secrets.token_hex(4)}"
    of_api = kind == f"{REST}Stage" or (kind.startswith(API) and kind != f"{API}Api")

    def template(also: Given) -> str:
        its, plain = ({name: two[at] for name, two in case.own.items()} for at in (0, 1))
        resources = {
            **case.helpers,
            "It": {"Type": kind, "Properties": {**case.base, **its, **also}},
            "Plain": {"Type": kind, "Properties": {**case.base, **plain}},
        }
        found = {
            name: {"Value": {"Fn::Sub": f"${{Api}}|${{{name}}}"} if of_api else {"Ref": name}}
            for name in ("It", "Plain")
        }
        return text({"Resources": resources, "Outputs": found})

    client.create_stack(StackName=stack, TemplateBody=template(case.also), Capabilities=IAM)
    made = settled(one_cloud, stack)
    assert made["StackStatus"] == "CREATE_COMPLETE", failed(one_cloud, stack)
    named = outputs(made)
    assert case.look(one_cloud, named["It"]) != case.look(one_cloud, named["Plain"])
    client.update_stack(StackName=stack, TemplateBody=template({}), Capabilities=IAM)
    changed = settled(one_cloud, stack)
    assert changed["StackStatus"] == "UPDATE_COMPLETE", failed(one_cloud, stack)
    assert outputs(changed) == named, "it was replaced"
    assert case.look(one_cloud, named["It"]) == case.look(one_cloud, named["Plain"])
    delete(one_cloud, made["StackId"])


def test_tags_of_a_rule_come_and_go(one_cloud: RunningCloud) -> None:
    client, stack = one_cloud.client("cloudformation"), f"d{secrets.token_hex(4)}"

    def template(tags: list[dict[str, str]]) -> str:
        given = {"ScheduleExpression": "rate(1 day)", "Tags": tags}
        rule = {"Type": "AWS::Events::Rule", "Properties": given}
        return text({"Resources": {"It": rule}, "Outputs": {"It": {"Value": {"Ref": "It"}}}})

    gone, kept = ({"Key": key, "Value": "1"} for key in ("gone", "kept"))
    client.create_stack(StackName=stack, TemplateBody=template([gone, kept]))
    name = outputs(settled(one_cloud, stack))["It"]
    assert len(tags_of_rule(one_cloud, name)) == 2
    client.update_stack(StackName=stack, TemplateBody=template([kept]))
    changed = settled(one_cloud, stack)
    assert changed["StackStatus"] == "UPDATE_COMPLETE", failed(one_cloud, stack)
    assert tags_of_rule(one_cloud, name) == [kept]
    delete(one_cloud, changed["StackId"])
