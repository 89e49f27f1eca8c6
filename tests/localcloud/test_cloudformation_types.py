"""Each resource type, made, changed and deleted: what the template says is what boto3 then finds."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RUNTIME, RunningCloud, own_launcher, running
from test_cloudformation import IAM, delete, events, outputs, settled, text
from web_api import ask

from serverless_course.localcloud.cloudformation.resources import TYPES
from serverless_course.localcloud.cloudformation.schema import schema_of

LAMBDA_TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"},
    },
}
NOTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}],
}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": LAMBDA_TRUST,
        "ManagedPolicyArns": [
            "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
        ],
    },
}
CODE = "def handler(event, context):\n    return event\n"
FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Code": {"ZipFile": CODE},
        "Handler": "index.handler",
        "Runtime": RUNTIME,
        "Role": {"Fn::GetAtt": "Role.Arn"},
    },
}
QUEUE = {"Type": "AWS::SQS::Queue"}
Given = dict[str, Any]
Look = Callable[[Any, str], Any]


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher()) as cloud:
        yield cloud


def of(service: str, operation: str, key: str, *path: Any, **more: Any) -> Look:
    """What an operation says of a resource, by its Ref; ``path`` leads to the value."""

    def look(cloud: RunningCloud, reference: str) -> Any:
        found = getattr(cloud.client(service), operation)(**{key: reference}, **more)
        for step in path:
            found = found[step]
        return found

    return look


def in_list(service: str, operation: str, key: str, path: str, member: str) -> Look:
    def look(cloud: RunningCloud, reference: str) -> Any:
        return getattr(cloud.client(service), operation)(**{key: [reference]})[path][0][member]

    return look


VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.6.0.0/16"}}
BALANCED: Given = {
    "Vpc": VPC,
    **{
        f"Subnet{number}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": f"10.6.{number}.0/24",
                "AvailabilityZone": {"Fn::Select": [number, {"Fn::GetAZs": ""}]},
            },
        }
        for number in range(2)
    },
}
BALANCER: Given = {
    "Scheme": "internal",
    "Subnets": [{"Ref": "Subnet0"}, {"Ref": "Subnet1"}],
}
ELB = "AWS::ElasticLoadBalancingV2::"
LISTENED: Given = {
    **BALANCED,
    "Balancer": {"Type": f"{ELB}LoadBalancer", "Properties": BALANCER},
}
FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": 404}}
LISTENER: Given = {
    "LoadBalancerArn": {"Ref": "Balancer"},
    "Protocol": "HTTP",
    "DefaultActions": [FIXED],
}


CASES: dict[str, tuple[Given, Given, Given, Look, Any, Any]] = {
    # type: helpers, properties, changed properties, what to look at, what it is before and after
    "AWS::Lambda::Function": (
        {"Role": ROLE},
        {**FUNCTION["Properties"], "MemorySize": 256},
        {**FUNCTION["Properties"], "MemorySize": 512},
        of("lambda", "get_function_configuration", "FunctionName", "MemorySize"),
        256,
        512,
    ),
    "AWS::IAM::Role": (
        {},
        {"AssumeRolePolicyDocument": LAMBDA_TRUST, "Description": "a"},
        {"AssumeRolePolicyDocument": LAMBDA_TRUST, "Description": "b"},
        of("iam", "get_role", "RoleName", "Role", "Description"),
        "a",
        "b",
    ),
    "AWS::IAM::ManagedPolicy": (
        {"Role": ROLE},
        {"PolicyDocument": {**NOTHING, "Id": "x"}, "Roles": [{"Ref": "Role"}]},
        {"PolicyDocument": {**NOTHING, "Id": "y"}, "Roles": []},
        of("iam", "get_policy", "PolicyArn", "Policy", "AttachmentCount"),
        1,
        0,
    ),
    "AWS::SQS::Queue": (
        {},
        {"DelaySeconds": 1},
        {},
        of(
            *("sqs", "get_queue_attributes", "QueueUrl", "Attributes", "DelaySeconds"),
            AttributeNames=["All"],
        ),
        "1",
        "0",
    ),
    "AWS::SNS::Topic": (
        {},
        {"DisplayName": "a"},
        {"DisplayName": "b"},
        of("sns", "get_topic_attributes", "TopicArn", "Attributes", "DisplayName"),
        "a",
        "b",
    ),
    "AWS::SNS::Subscription": (
        {"Topic": {"Type": "AWS::SNS::Topic"}, "Queue": QUEUE},
        {
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": "Queue.Arn"},
            "RawMessageDelivery": True,
        },
        {
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": "Queue.Arn"},
        },
        of(
            *("sns", "get_subscription_attributes", "SubscriptionArn", "Attributes"),
            "RawMessageDelivery",
        ),
        "true",
        "false",
    ),
    "AWS::Kinesis::Stream": (
        {},
        {"ShardCount": 1, "RetentionPeriodHours": 48},
        {"ShardCount": 1},
        of(
            *("kinesis", "describe_stream_summary", "StreamName", "StreamDescriptionSummary"),
            "RetentionPeriodHours",
        ),
        48,
        24,
    ),
    "AWS::DynamoDB::Table": (
        {},
        {
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        },
        {
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
        },
        of(
            *("dynamodb", "describe_table", "TableName", "Table", "StreamSpecification"),
            "StreamViewType",
        ),
        "NEW_IMAGE",
        "KEYS_ONLY",
    ),
    "AWS::S3::Bucket": (
        {},
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {},
        of("s3", "get_bucket_versioning", "Bucket", "Status"),
        "Enabled",
        "Suspended",
    ),
    "AWS::ECR::Repository": (
        {},
        {"ImageTagMutability": "IMMUTABLE"},
        {},
        in_list(
            *("ecr", "describe_repositories", "repositoryNames", "repositories"),
            "imageTagMutability",
        ),
        "IMMUTABLE",
        "MUTABLE",
    ),
    "AWS::Logs::LogGroup": (
        {},
        {"RetentionInDays": 3},
        {"RetentionInDays": 5},
        of(
            *("logs", "describe_log_groups", "logGroupNamePrefix", "logGroups", 0),
            "retentionInDays",
        ),
        3,
        5,
    ),
    "AWS::CloudWatch::Alarm": (
        {},
        {
            "Namespace": "N",
            "MetricName": "M",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
        },
        {
            "Namespace": "N",
            "MetricName": "M",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 2,
            "ComparisonOperator": "GreaterThanThreshold",
        },
        in_list("cloudwatch", "describe_alarms", "AlarmNames", "MetricAlarms", "Threshold"),
        1.0,
        2.0,
    ),
    "AWS::CloudWatch::Dashboard": (
        {},
        {"DashboardBody": '{"widgets":[]}'},
        {"DashboardBody": '{"widgets":[],"start":"-PT1H"}'},
        of("cloudwatch", "get_dashboard", "DashboardName", "DashboardBody"),
        '{"widgets":[]}',
        '{"widgets":[],"start":"-PT1H"}',
    ),
    "AWS::Events::Rule": (
        {},
        {"ScheduleExpression": "rate(1 hour)"},
        {"ScheduleExpression": "rate(2 hours)", "State": "DISABLED"},
        of("events", "describe_rule", "Name", "State"),
        "ENABLED",
        "DISABLED",
    ),
    "AWS::Scheduler::ScheduleGroup": (
        {},
        {"Tags": [{"Key": "a", "Value": "1"}]},
        {"Tags": [{"Key": "b", "Value": "1"}]},
        of("scheduler", "get_schedule_group", "Name", "State"),
        "ACTIVE",
        "ACTIVE",
    ),
    "AWS::Scheduler::Schedule": (
        {
            "Queue": QUEUE,
            "Group": {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": "own"}},
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": json.loads(
                        json.dumps(LAMBDA_TRUST).replace("lambda.", "scheduler.")
                    )
                },
            },
        },
        {
            "GroupName": {"Ref": "Group"},
            "ScheduleExpression": "cron(0 9 * * ? *)",
            "ScheduleExpressionTimezone": "Europe/Berlin",
            "EndDate": "2199-01-01T00:00:00Z",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {
                "Arn": {"Fn::GetAtt": "Queue.Arn"},
                "RoleArn": {"Fn::GetAtt": "Role.Arn"},
            },
        },
        {
            "GroupName": {"Ref": "Group"},
            "ScheduleExpression": "rate(1 hour)",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
            "Target": {
                "Arn": {"Fn::GetAtt": "Queue.Arn"},
                "RoleArn": {"Fn::GetAtt": "Role.Arn"},
            },
        },
        of("scheduler", "get_schedule", "Name", "ScheduleExpression", GroupName="own"),
        "cron(0 9 * * ? *)",
        "rate(1 hour)",
    ),
    "AWS::StepFunctions::StateMachine": (
        {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": json.loads(
                        json.dumps(LAMBDA_TRUST).replace("lambda", "states")
                    )
                },
            }
        },
        {
            "RoleArn": {"Fn::GetAtt": "Role.Arn"},
            "DefinitionString": '{"StartAt":"A","States":{"A":{"Type":"${kind}"}}}',
            "DefinitionSubstitutions": {"kind": "Succeed"},
        },
        {
            "RoleArn": {"Fn::GetAtt": "Role.Arn"},
            "Definition": {"StartAt": "A", "States": {"A": {"Type": "Fail"}}},
        },
        lambda cloud, arn: json.loads(
            cloud.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["definition"]
        )["States"]["A"]["Type"],
        "Succeed",
        "Fail",
    ),
    f"{ELB}LoadBalancer": (
        BALANCED,
        BALANCER,
        {
            **BALANCER,
            "LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "30"}],
        },
        lambda cloud, arn: by_key(
            cloud.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn)[
                "Attributes"
            ]
        )["idle_timeout.timeout_seconds"],
        "60",
        "30",
    ),
    f"{ELB}TargetGroup": (
        {},
        {"TargetType": "lambda"},
        {"TargetType": "lambda", "HealthCheckEnabled": True},
        in_list(
            "elbv2",
            *("describe_target_groups", "TargetGroupArns", "TargetGroups", "HealthCheckEnabled"),
        ),
        False,
        True,
    ),
    f"{ELB}Listener": (
        LISTENED,
        {**LISTENER, "Port": 80},
        {**LISTENER, "Port": 81},
        in_list("elbv2", "describe_listeners", "ListenerArns", "Listeners", "Port"),
        80,
        81,
    ),
    f"{ELB}ListenerRule": (
        {
            **LISTENED,
            "Listener": {"Type": f"{ELB}Listener", "Properties": {**LISTENER, "Port": 80}},
        },
        {
            "ListenerArn": {"Ref": "Listener"},
            "Priority": 1,
            "Conditions": [{"Field": "path-pattern", "Values": ["/a"]}],
            "Actions": [FIXED],
        },
        {
            "ListenerArn": {"Ref": "Listener"},
            "Priority": 2,
            "Conditions": [{"Field": "path-pattern", "Values": ["/b"]}],
            "Actions": [FIXED],
        },
        in_list("elbv2", "describe_rules", "RuleArns", "Rules", "Priority"),
        "1",
        "2",
    ),
    "AWS::SSM::Parameter": (
        {},
        {"Type": "String", "Value": "a"},
        {"Type": "String", "Value": "b"},
        of("ssm", "get_parameter", "Name", "Parameter", "Value"),
        "a",
        "b",
    ),
    "AWS::SecretsManager::Secret": (
        {},
        {"SecretString": "a"},
        {"SecretString": "b"},
        of("secretsmanager", "get_secret_value", "SecretId", "SecretString"),
        "a",
        "b",
    ),
    "AWS::KMS::Key": (
        {},
        {"Description": "a"},
        {"Description": "b"},
        of("kms", "describe_key", "KeyId", "KeyMetadata", "Description"),
        "a",
        "b",
    ),
    "AWS::EC2::VPC": (
        {},
        {"CidrBlock": "10.9.0.0/16", "EnableDnsHostnames": True},
        {"CidrBlock": "10.9.0.0/16"},
        of(
            *("ec2", "describe_vpc_attribute", "VpcId", "EnableDnsHostnames", "Value"),
            Attribute="enableDnsHostnames",
        ),
        True,
        False,
    ),
    "AWS::EC2::SecurityGroup": (
        {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.8.0.0/16"}}},
        {
            "GroupDescription": "g",
            "VpcId": {"Ref": "Vpc"},
            "SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "10.0.0.0/8"}
            ],
        },
        {
            "GroupDescription": "g",
            "VpcId": {"Ref": "Vpc"},
            "SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": 2, "ToPort": 2, "CidrIp": "10.0.0.0/8"}
            ],
        },
        lambda cloud, group: [
            each["FromPort"]
            for each in cloud.client("ec2").describe_security_groups(GroupIds=[group])[
                "SecurityGroups"
            ][0]["IpPermissions"]
        ],
        [1],
        [2],
    ),
    "AWS::ApiGatewayV2::Api": (
        {},
        {"Name": "a", "ProtocolType": "HTTP"},
        {"Name": "b", "ProtocolType": "HTTP"},
        of("apigatewayv2", "get_api", "ApiId", "Name"),
        "a",
        "b",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_type_is_made_changed_and_deleted(one_cloud: RunningCloud, kind: str) -> None:
    helpers, first, second, look, before, after = CASES[kind]
    name = f"t{secrets.token_hex(4)}"
    client = one_cloud.client("cloudformation")

    def template(properties: Given) -> str:
        return text(
            {
                "Resources": {**helpers, "It": {"Type": kind, "Properties": properties}},
                "Outputs": {"It": {"Value": {"Ref": "It"}}},
            }
        )

    client.create_stack(StackName=name, TemplateBody=template(first), Capabilities=IAM)
    made = settled(one_cloud, name)
    assert made["StackStatus"] == "CREATE_COMPLETE", events(one_cloud, name)
    reference = outputs(made)["It"]
    assert look(one_cloud, reference) == before
    client.update_stack(StackName=name, TemplateBody=template(second), Capabilities=IAM)
    changed = settled(one_cloud, name)
    assert changed["StackStatus"] == "UPDATE_COMPLETE", events(one_cloud, name)
    assert outputs(changed)["It"] == reference, "changed in place"
    assert look(one_cloud, reference) == after
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    if kind == "AWS::KMS::Key":
        (key,) = [
            each
            for each in [one_cloud.client("kms").describe_key(KeyId=reference)["KeyMetadata"]]
            if each["KeyState"] == "PendingDeletion"
        ]
        assert key["KeyId"] == reference
        return
    with pytest.raises((ClientError, IndexError)):
        look(one_cloud, reference)


APPLICATION = """
Resources:
  Role: {role}
  Fn: {function}
  Version: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref Fn}}}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties: {{FunctionName: !Ref Fn, FunctionVersion: !GetAtt Version.Version, Name: live}}
  Url: {{Type: AWS::Lambda::Url, Properties: {{TargetFunctionArn: !GetAtt Fn.Arn, AuthType: NONE}}}}
  MayUrl:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Fn
      Action: lambda:InvokeFunctionUrl
      Principal: "*"
      FunctionUrlAuthType: NONE
  Tries:
    Type: AWS::Lambda::EventInvokeConfig
    Properties: {{FunctionName: !Ref Fn, Qualifier: live, MaximumRetryAttempts: 1}}
    DependsOn: Alias
  Queue: {{Type: AWS::SQS::Queue}}
  QueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Principal: {{Service: sns.amazonaws.com}}, Action: "sqs:SendMessage",
             Resource: !GetAtt Queue.Arn}}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{FunctionName: !Ref Fn, EventSourceArn: !GetAtt Queue.Arn, BatchSize: 3}}
  Topic: {{Type: AWS::SNS::Topic}}
  TopicPolicy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Topic]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Principal: {{Service: events.amazonaws.com}}, Action: "sns:Publish",
             Resource: !Ref Topic}}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {{TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}}
  Inline:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: more
      Roles: [!Ref Role]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{{Effect: Allow, Action: "s3:GetObject", Resource: "*"}}]
  Group: {{Type: AWS::Logs::LogGroup}}
  Count:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Group
      FilterPattern: ERROR
      MetricTransformations: [{{MetricName: Errors, MetricNamespace: Shop, MetricValue: "1"}}]
  MayLogs:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !Ref Fn, Action: lambda:InvokeFunction,
                 Principal: logs.amazonaws.com}}
  Forward:
    Type: AWS::Logs::SubscriptionFilter
    Properties: {{LogGroupName: !Ref Group, FilterPattern: "", DestinationArn: !GetAtt Fn.Arn}}
    DependsOn: MayLogs
  Bus: {{Type: AWS::Events::EventBus, Properties: {{Name: !Sub "${{AWS::StackName}}-bus"}}}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {{source: [shop]}}
      Targets: [{{Arn: !GetAtt Queue.Arn, Id: q}}]
  MayS3:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !Ref Fn, Action: lambda:InvokeFunction,
                 Principal: s3.amazonaws.com}}
  Bucket:
    Type: AWS::S3::Bucket
    DependsOn: MayS3
    Properties:
      PublicAccessBlockConfiguration: {{BlockPublicAcls: true, BlockPublicPolicy: true}}
      CorsConfiguration: {{CorsRules: [{{AllowedMethods: [GET], AllowedOrigins: ["*"]}}]}}
      NotificationConfiguration:
        LambdaConfigurations: [{{Event: "s3:ObjectCreated:*", Function: !GetAtt Fn.Arn}}]
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Deny, Principal: "*", Action: "s3:*", Resource: !Sub "${{Bucket.Arn}}/no/*"}}
  Key: {{Type: AWS::KMS::Key}}
  KeyAlias:
    Type: AWS::KMS::Alias
    Properties: {{AliasName: !Sub "alias/${{AWS::StackName}}", TargetKeyId: !Ref Key}}
  Metadata: {{Type: AWS::CDK::Metadata, Properties: {{Analytics: none}}}}
Outputs:
  Url: {{Value: !GetAtt Url.FunctionUrl}}
  Bucket: {{Value: !Ref Bucket}}
  Function: {{Value: !Ref Fn}}
"""

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.7.0.0/16}}
  A:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.7.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out:
    Type: AWS::EC2::Route
    DependsOn: Attached
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  InTable:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref Table, SubnetId: !Ref A}
  Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}, DependsOn: Attached}
  Nat:
    Type: AWS::EC2::NatGateway
    Properties: {SubnetId: !Ref A, AllocationId: !GetAtt Address.AllocationId}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: g}}
  In:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 5, ToPort: 5, CidrIp: 10.0.0.0/8}
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
      RouteTableIds: [!Ref Table]
Outputs:
  Vpc: {Value: !Ref Vpc}
"""

BALANCED_FUNCTION = """
Resources:
  Role: {role}
  Fn: {function}
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.5.0.0/16}}}}
  A:
    Type: AWS::EC2::Subnet
    Properties:
      {{VpcId: !Ref Vpc, CidrBlock: 10.5.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}}
  B:
    Type: AWS::EC2::Subnet
    Properties:
      {{VpcId: !Ref Vpc, CidrBlock: 10.5.2.0/24, AvailabilityZone: !Select [1, !GetAZs ""]}}
  Gateway: {{Type: AWS::EC2::InternetGateway}}
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {{VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: g
      SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}}]
  May:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !Ref Fn, Action: lambda:InvokeFunction,
                 Principal: elasticloadbalancing.amazonaws.com}}
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: May
    Properties:
      TargetType: lambda
      Targets: [{{Id: !GetAtt Fn.Arn}}]
      TargetGroupAttributes: [{{Key: lambda.multi_value_headers.enabled, Value: true}}]
      Tags: [{{Key: a, Value: b}}]
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    DependsOn: Attached
    Properties: {{Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      Protocol: HTTP
      DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: "404"}}}}]
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 1
      Conditions: [{{Field: path-pattern, PathPatternConfig: {{Values: ["/fn/*"]}}}}]
      Actions: [{{Type: forward, TargetGroupArn: !Ref Targets}}]
Outputs:
  Vpc: {{Value: !Ref Vpc}}
  Name: {{Value: !GetAtt Balancer.DNSName}}
  FullName: {{Value: !GetAtt Balancer.LoadBalancerFullName}}
  TargetsFullName: {{Value: !GetAtt Targets.TargetGroupFullName}}
"""


def as_yaml(resource: Given) -> str:
    return json.dumps(resource)


@pytest.mark.parametrize(
    "template",
    [APPLICATION.format(role=as_yaml(ROLE), function=as_yaml(FUNCTION)), NETWORK],
    ids=["application", "network"],
)
def test_types_together(one_cloud: RunningCloud, template: str) -> None:
    name = f"t{secrets.token_hex(4)}"
    client = one_cloud.client("cloudformation")
    client.create_stack(StackName=name, TemplateBody=template, Capabilities=IAM)
    made = settled(one_cloud, name)
    assert made["StackStatus"] == "CREATE_COMPLETE", [
        e for e in events(one_cloud, name) if e[0] == "CREATE_FAILED"
    ]
    gone = delete(one_cloud, made["StackId"])
    assert gone["StackStatus"] == "DELETE_COMPLETE", [
        e for e in events(one_cloud, made["StackId"]) if e[0] == "DELETE_FAILED"
    ]
    if "Vpc" in outputs(made):
        vpcs = one_cloud.client("ec2").describe_vpcs()["Vpcs"]
        assert outputs(made)["Vpc"] not in {each["VpcId"] for each in vpcs}


def test_a_function_behind_a_load_balancer(one_cloud: RunningCloud) -> None:
    """Made, reached, deleted: with nothing left."""
    name, client = f"t{secrets.token_hex(4)}", one_cloud.client("cloudformation")
    code = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'reached'}\n"
    own = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Code": {"ZipFile": code}}}
    template = BALANCED_FUNCTION.format(role=as_yaml(ROLE), function=as_yaml(own))
    client.create_stack(StackName=name, TemplateBody=template, Capabilities=IAM)
    made = settled(one_cloud, name)
    assert made["StackStatus"] == "CREATE_COMPLETE", events(one_cloud, name)
    given = outputs(made)
    assert given["FullName"].startswith("app/")
    assert given["TargetsFullName"].startswith("targetgroup/")
    url = f"http://{given['Name']}"
    assert ask(url, path="/fn/x").body == b"reached"
    assert ask(url, path="/else").status == 404
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    elb = one_cloud.client("elbv2")
    assert given["Name"] not in {
        each["DNSName"] for each in elb.describe_load_balancers()["LoadBalancers"]
    }


def test_an_attribute_that_is_not_given_is_refused_before_anything_is_made(
    one_cloud: RunningCloud,
) -> None:
    name, client = f"t{secrets.token_hex(4)}", one_cloud.client("cloudformation")
    group = {"Type": f"{ELB}TargetGroup", "Properties": {"TargetType": "lambda"}}
    zone = {"Value": {"Fn::Join": ["", {"Fn::GetAtt": ["Group", "LoadBalancerArns"]}]}}
    template = {"Resources": {"Group": group}, "Outputs": {"Zone": zone}}
    with pytest.raises(ClientError, match="does not offer the attribute LoadBalancerArns"):
        client.create_stack(StackName=name, TemplateBody=json.dumps(template))


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_type_is_one_of_awss_and_does_what_it_says_it_does(kind: str) -> None:
    schema = schema_of(kind)
    assert schema is not None
    handler = TYPES[kind]
    assert handler.name == kind
    assert not handler.not_given - schema.attributes
    assert not handler.done - schema.writable, "each property that is done is one of AWS's"
    assert not handler.replaces - schema.writable
    required = set(schema.document.get("required", ()))
    assert not required - handler.done


def by_key(tags: list[dict[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    return {each[key]: each[value] for each in tags}


# How each service tells the tags of a resource, by its ARN.
TAGS: dict[str, Look] = {
    "AWS::CloudWatch::Alarm": lambda cloud, arn: by_key(
        cloud.client("cloudwatch").list_tags_for_resource(ResourceARN=arn)["Tags"]
    ),
    f"{ELB}TargetGroup": lambda cloud, arn: by_key(
        cloud.client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]
    ),
    "AWS::DynamoDB::Table": lambda cloud, arn: by_key(
        cloud.client("dynamodb").list_tags_of_resource(ResourceArn=arn)["Tags"]
    ),
    "AWS::IAM::Role": lambda cloud, arn: by_key(
        cloud.client("iam").list_role_tags(RoleName=arn.rpartition("/")[2])["Tags"]
    ),
    "AWS::Lambda::Function": lambda cloud, arn: cloud.client("lambda").list_tags(Resource=arn)[
        "Tags"
    ],
    "AWS::Logs::LogGroup": lambda cloud, arn: cloud.client("logs").list_tags_for_resource(
        resourceArn=arn.removesuffix(":*")
    )["tags"],
    "AWS::SNS::Topic": lambda cloud, arn: by_key(
        cloud.client("sns").list_tags_for_resource(ResourceArn=arn)["Tags"]
    ),
    "AWS::StepFunctions::StateMachine": lambda cloud, arn: by_key(
        cloud.client("stepfunctions").list_tags_for_resource(resourceArn=arn)["tags"],
        "key",
        "value",
    ),
}


@pytest.mark.parametrize("kind", TAGS)
def test_tags_come_and_go(one_cloud: RunningCloud, kind: str) -> None:
    helpers, properties, *_ = CASES[kind]
    client, name = one_cloud.client("cloudformation"), f"t{secrets.token_hex(4)}"
    named = {"AWS::SNS::Topic": "TopicArn", f"{ELB}TargetGroup": "TargetGroupArn"}
    attribute = named.get(kind, "Arn")

    def template(tags: dict[str, str]) -> str:
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        it = {"Type": kind, "Properties": {**properties, "Tags": listed}}
        out = {"Arn": {"Value": {"Fn::GetAtt": ["It", attribute]}}}
        return text({"Resources": {**helpers, "It": it}, "Outputs": out})

    first, second = {"kept": "1", "gone": "1"}, {"kept": "2", "new": "1"}
    client.create_stack(StackName=name, TemplateBody=template(first), Capabilities=IAM)
    made = settled(one_cloud, name)
    assert made["StackStatus"] == "CREATE_COMPLETE", events(one_cloud, name)
    assert TAGS[kind](one_cloud, outputs(made)["Arn"]) == first
    client.update_stack(StackName=name, TemplateBody=template(second), Capabilities=IAM)
    changed = settled(one_cloud, name)
    assert changed["StackStatus"] == "UPDATE_COMPLETE", events(one_cloud, name)
    assert TAGS[kind](one_cloud, outputs(changed)["Arn"]) == second
    delete(one_cloud, made["StackId"])


def test_what_a_mapping_no_longer_says_is_cleared(one_cloud: RunningCloud) -> None:
    """As reported of CloudFormation: go-to-k/cdkd, pull request 982, July 2026."""
    client, name = one_cloud.client("cloudformation"), f"t{secrets.token_hex(4)}"

    def template(more: Given) -> str:
        mapping = {"FunctionName": {"Ref": "Fn"}, "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}}
        resources = {
            "Role": ROLE,
            "Fn": FUNCTION,
            "Q": {"Type": "AWS::SQS::Queue"},
            "It": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping | more},
        }
        return text({"Resources": resources, "Outputs": {"It": {"Value": {"Ref": "It"}}}})

    said = {
        "BatchSize": 3,
        "FilterCriteria": {"Filters": [{"Pattern": '{"body": {"a": [1]}}'}]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 1,
        "ScalingConfig": {"MaximumConcurrency": 5},
    }
    client.create_stack(StackName=name, TemplateBody=template(said), Capabilities=IAM)
    made = settled(one_cloud, name)
    assert made["StackStatus"] == "CREATE_COMPLETE", events(one_cloud, name)
    client.update_stack(StackName=name, TemplateBody=template({"BatchSize": 3}), Capabilities=IAM)
    assert settled(one_cloud, name)["StackStatus"] == "UPDATE_COMPLETE", events(one_cloud, name)
    found = one_cloud.client("lambda").get_event_source_mapping(UUID=outputs(made)["It"])
    assert found["BatchSize"] == 3
    assert found["MaximumBatchingWindowInSeconds"] == 0
    assert not found.get("FunctionResponseTypes")
    assert not found.get("ScalingConfig")
    assert not found.get("FilterCriteria")
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_attributes_that_only_the_service_knows_are_given(one_cloud: RunningCloud) -> None:
    """Every read-only property of AWS's schemas is given, or refused by its name (`not_given`)."""
    name, client = f"t{secrets.token_hex(4)}", one_cloud.client("cloudformation")
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allowed]}
    resources: dict[str, Any] = {
        "Group": {"Type": "AWS::Scheduler::ScheduleGroup"},
        "Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}},
        "Parameter": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Type": "String", "Value": "v"},
        },
    }
    wanted = {
        "Group": ("CreationDate", "LastModificationDate"),
        "Managed": ("AttachmentCount", "DefaultVersionId", "IsAttachable", "UpdateDate"),
        "Parameter": ("Arn",),
    }
    outputs = {
        f"{resource}{attribute}": {"Value": {"Fn::GetAtt": [resource, attribute]}}
        for resource, attributes in wanted.items()
        for attribute in attributes
    }
    template = {"Resources": resources, "Outputs": outputs}
    client.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    (stack,) = client.describe_stacks(StackName=name)["Stacks"]
    found = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    assert found["ManagedDefaultVersionId"] == "v1"
    assert (found["ManagedAttachmentCount"], found["ManagedIsAttachable"]) == ("0", "true")
    assert found["ParameterArn"].startswith("arn:aws:ssm:us-east-1:123456789012:parameter/CFN-")
    dates = [found[each] for each in ("GroupCreationDate", "ManagedUpdateDate")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", each) for each in dates)
    client.delete_stack(StackName=name)
