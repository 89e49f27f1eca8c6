"""A learner in a cloud that others use too, and one way to make each type of resource."""

from __future__ import annotations

import io
import json
import uuid
import zipfile

from serverless_course.aws.ledger import Ledger
from serverless_course.aws.stamp import Stamp

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


class Learner:
    """Clients of one learner: what they make is stamped with the learner's own ledger."""

    def __init__(self, cloud, folder, slug):
        self.cloud = cloud.with_own_clients()
        self.ledger = Ledger(folder / "ledger.jsonl")
        self.stamp = Stamp(self.cloud, self.ledger, slug)

    def client(self, service):
        client = self.cloud.client(service)
        self.stamp.listen(client)
        return client


def archive(name, text):
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as file:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o644 << 16
        file.writestr(entry, text)
    return code.getvalue()


def make_role(client, name):
    iam = client("iam")
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]


def make_function(client, name):
    client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=make_role(client, f"{name}-role"),
        Handler="lambda_function.lambda_handler",
        Code={"ZipFile": archive("lambda_function.py", "def lambda_handler(e, c): pass")},
    )


def make_mapping(client, name):
    make_function(client, name)
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=f"{name}-source")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    client("lambda").create_event_source_mapping(
        FunctionName=name, EventSourceArn=found["Attributes"]["QueueArn"]
    )


def make_layer(client, name):
    for text in ("one", "two"):
        client("lambda").publish_layer_version(
            LayerName=name,
            Description="own code",
            Content={"ZipFile": archive("python/own.py", text)},
        )


def make_table(client, name):
    client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def make_alarm(client, name):
    client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        MetricName="Errors",
        Namespace="AWS/Lambda",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=1,
        Period=60,
        Statistic="Sum",
    )


def make_experiment(client, name):
    client("fis").create_experiment_template(
        clientToken=uuid.uuid4().hex,
        description="d",
        stopConditions=[{"source": "none"}],
        actions={"wait": {"actionId": "aws:fis:wait", "parameters": {"duration": "PT1M"}}},
        roleArn="arn:aws:iam::123456789012:role/r",
        tags={"Name": name},
    )


def make_stack(client, name):
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"{name}-of-stack"}}
    client("cloudformation").create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": {"Topic": topic}})
    )


def make_machine(client, name):
    trust = TRUST.replace("lambda.amazonaws.com", "states.amazonaws.com")
    iam = client("iam")
    role = iam.create_role(RoleName=f"{name}-machine", AssumeRolePolicyDocument=trust)
    definition = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    client("stepfunctions").create_state_machine(
        name=name, roleArn=role["Role"]["Arn"], definition=json.dumps(definition)
    )


def make_balancer(client, name):
    zones = [{"Name": "default-for-az", "Values": ["true"]}]
    subnets = client("ec2").describe_subnets(Filters=zones)["Subnets"][:2]
    client("elbv2").create_load_balancer(Name=name, Subnets=[each["SubnetId"] for each in subnets])


def schedule_of(name):
    target = "arn:aws:lambda:us-east-1:123456789012:function:f"
    return {
        "Name": name,
        "ScheduleExpression": "rate(1 hour)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": target, "RoleArn": "arn:aws:iam::123456789012:role/r"},
    }


def make_pipe(client, name):
    arn = "arn:aws:sqs:us-east-1:123456789012:q"
    role = "arn:aws:iam::123456789012:role/r"
    client("pipes").create_pipe(Name=name, RoleArn=role, Source=arn, Target=arn)


def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


MAKERS = {
    "cloudformation:stack": make_stack,
    "elasticloadbalancing:load-balancer": make_balancer,
    "elasticloadbalancing:target-group": lambda client, name: client("elbv2").create_target_group(
        Name=name, TargetType="lambda"
    ),
    "scheduler:schedule": lambda client, name: client("scheduler").create_schedule(
        **schedule_of(name)
    ),
    "scheduler:schedule-group": lambda client, name: client("scheduler").create_schedule_group(
        Name=name
    ),
    "pipes:pipe": make_pipe,
    "states:state-machine": make_machine,
    "lambda:event-source-mapping": make_mapping,
    "lambda:function": make_function,
    "lambda:layer": make_layer,
    "sqs:queue": lambda client, name: client("sqs").create_queue(QueueName=name),
    "sns:topic": lambda client, name: client("sns").create_topic(Name=name),
    "cloudwatch:alarm": make_alarm,
    "fis:experiment-template": make_experiment,
    "secretsmanager:secret": lambda client, name: client("secretsmanager").create_secret(
        Name=name, SecretString="s"
    ),
    "ssm:parameter": lambda client, name: client("ssm").put_parameter(
        Name=name, Value="v", Type="String"
    ),
    "dynamodb:table": make_table,
    "apigateway:http-api": lambda client, name: client("apigatewayv2").create_api(
        Name=name, ProtocolType="HTTP"
    ),
    "ec2:vpc": lambda client, name: client("ec2").create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=named("vpc", name)
    ),
    "ec2:elastic-ip": lambda client, name: client("ec2").allocate_address(
        TagSpecifications=named("elastic-ip", name)
    ),
    "logs:log-group": lambda client, name: client("logs").create_log_group(logGroupName=name),
    "iam:role": make_role,
}
