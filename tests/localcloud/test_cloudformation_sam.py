"""SAM templates, expanded by AWS's translator: HTTP and REST APIs in front of a function, called."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from function_url import call
from running_cloud import RUNTIME, RunningCloud, own_launcher, running, wait_for
from test_cloudformation import delete, events, outputs, refusal, settled

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
HEAD = "Transform: AWS::Serverless-2016-10-31\n"
CODE = """
        import json

        def handler(event, context):
            return {"statusCode": 200, "body": json.dumps({"path": event.get("rawPath")
                    or event.get("path"), "stage": event["requestContext"]["stage"]})}
"""
FUNCTION = f"""
    Type: AWS::Serverless::Function
    Properties:
      Runtime: {RUNTIME}
      Handler: index.handler
      InlineCode: |{CODE}"""


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher()) as cloud:
        yield cloud


@pytest.fixture
def name() -> str:
    return f"m{secrets.token_hex(4)}"


def deploy(cloud: RunningCloud, name: str, template: str) -> dict[str, Any]:
    cloud.client("cloudformation").create_stack(
        StackName=name, TemplateBody=template, Capabilities=CAPABILITIES
    )
    made = settled(cloud, name)
    assert made["StackStatus"] == "CREATE_COMPLETE", [
        each for each in events(cloud, name) if "FAILED" in each[0]
    ]
    return made


def get(url: str, **headers: str) -> tuple[int, Any]:
    try:
        with urlopen(Request(url, headers=headers)) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def test_an_http_api_of_sam_answers(one_cloud: RunningCloud, name: str) -> None:
    template = f"""{HEAD}
Resources:
  Fn:{FUNCTION}
      Events:
        Get: {{Type: HttpApi, Properties: {{Path: "/orders/{{id}}", Method: get}}}}
Outputs:
  Api: {{Value: !Ref ServerlessHttpApi}}
"""
    made = deploy(one_cloud, name, template)
    api = one_cloud.client("apigatewayv2").get_api(ApiId=outputs(made)["Api"])
    assert get(f"{api['ApiEndpoint']}/orders/7") == (
        200,
        {"path": "/orders/7", "stage": "$default"},
    )
    assert get(f"{api['ApiEndpoint']}/other")[0] == 404
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_a_rest_api_of_sam_answers_and_asks_for_its_key(one_cloud: RunningCloud, name: str) -> None:
    template = f"""{HEAD}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      EndpointConfiguration: {{Type: REGIONAL}}
      Auth: {{ApiKeyRequired: true, UsagePlan: {{CreateUsagePlan: PER_API}}}}
  Fn:{FUNCTION}
      Events:
        Get: {{Type: Api, Properties: {{RestApiId: !Ref Api, Path: /orders, Method: get}}}}
Outputs:
  Api: {{Value: !Ref Api}}
  Key: {{Value: !Ref ApiApiKey}}
"""
    made = deploy(one_cloud, name, template)
    found = outputs(made)
    gateway = one_cloud.client("apigateway")
    url = endpoint(one_cloud, found["Api"])
    assert get(f"{url}/prod/orders")[0] == 403
    key = gateway.get_api_key(apiKey=found["Key"], includeValue=True)["value"]
    assert get(f"{url}/prod/orders", **{"x-api-key": key}) == (
        200,
        {"path": "/orders", "stage": "prod"},
    )
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert found["Api"] not in {each["id"] for each in gateway.get_rest_apis()["items"]}


def endpoint(cloud: RunningCloud, api: str) -> str:
    """The loopback address of a REST API, which a header of its answers names."""
    answer = cloud.client("apigateway").get_rest_api(restApiId=api)
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    return str(headers["x-serverless-course-endpoint"])


def test_a_rest_api_piece_by_piece(one_cloud: RunningCloud, name: str) -> None:
    template = f"""{HEAD}
Resources:
  Fn:{FUNCTION}
  Api: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: pieces}}}}
  Orders:
    Type: AWS::ApiGateway::Resource
    Properties: {{RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Orders
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{Fn.Arn}}/invocations
  May:
    Type: AWS::Lambda::Permission
    Properties: {{FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}}
  Deployment: {{Type: AWS::ApiGateway::Deployment, Properties: {{RestApiId: !Ref Api}}, DependsOn: Get}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: v1
      Variables: {{color: red}}
      MethodSettings: [{{ResourcePath: "/*", HttpMethod: "*", ThrottlingRateLimit: 50, ThrottlingBurstLimit: 20}}]
Outputs:
  Api: {{Value: !Ref Api}}
"""
    made = deploy(one_cloud, name, template)
    url = endpoint(one_cloud, outputs(made)["Api"])
    assert get(f"{url}/v1/orders") == (200, {"path": "/orders", "stage": "v1"})
    client = one_cloud.client("cloudformation")
    second = template.replace("color: red", "color: blue")
    client.update_stack(StackName=name, TemplateBody=second, Capabilities=CAPABILITIES)
    assert settled(one_cloud, name)["StackStatus"] == "UPDATE_COMPLETE", events(one_cloud, name)
    stage = one_cloud.client("apigateway").get_stage(restApiId=outputs(made)["Api"], stageName="v1")
    assert stage["variables"] == {"color": "blue"}
    assert stage["methodSettings"]["*/*"]["throttlingBurstLimit"] == 20
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_a_new_version_is_published_for_new_code(one_cloud: RunningCloud, name: str) -> None:
    template = f"""{HEAD}
Resources:
  Fn:{FUNCTION}
      AutoPublishAlias: live
Outputs:
  Alias: {{Value: !Ref Fn.Alias}}
"""
    made = deploy(one_cloud, name, template)
    client, functions = one_cloud.client("cloudformation"), one_cloud.client("lambda")
    alias = outputs(made)["Alias"]
    function = alias.rpartition(":")[0]
    first = functions.get_alias(FunctionName=function, Name="live")["FunctionVersion"]
    second = template.replace("200", "201")
    client.update_stack(StackName=name, TemplateBody=second, Capabilities=CAPABILITIES)
    assert settled(one_cloud, name)["StackStatus"] == "UPDATE_COMPLETE"
    assert functions.get_alias(FunctionName=function, Name="live")["FunctionVersion"] != first
    delete(one_cloud, made["StackId"])


def test_sam_says_what_is_wrong(one_cloud: RunningCloud, name: str) -> None:
    template = f"{HEAD}\nResources: {{Fn: {{Type: AWS::Serverless::Function, Properties: {{Handler: a.b}}}}}}"
    code, message = refusal(
        one_cloud.client("cloudformation").create_stack,
        StackName=name,
        TemplateBody=template,
        Capabilities=CAPABILITIES,
    )
    assert code == "ValidationError"
    assert message.startswith(
        "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless"
    )
    assert "[Fn]" in message


def test_a_schedule_and_a_queue_reach_the_function(one_cloud: RunningCloud, name: str) -> None:
    template = f"""{HEAD}
Resources:
  Jobs: {{Type: AWS::SQS::Queue}}
  Done: {{Type: AWS::SQS::Queue}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: {RUNTIME}
      Handler: index.handler
      InlineCode: |
        import boto3, os
        def handler(event, context):
            text = ",".join(each["body"] for each in event["Records"])
            boto3.client("sqs").send_message(QueueUrl=os.environ["DONE"], MessageBody=text)
      Environment: {{Variables: {{DONE: !Ref Done}}}}
      Policies: [{{SQSSendMessagePolicy: {{QueueName: !GetAtt Done.QueueName}}}}]
      Events:
        Jobs: {{Type: SQS, Properties: {{Queue: !GetAtt Jobs.Arn}}}}
Outputs:
  Jobs: {{Value: !Ref Jobs}}
  Done: {{Value: !Ref Done}}
"""
    made = deploy(one_cloud, name, template)
    sqs, found = one_cloud.client("sqs"), outputs(made)
    sqs.send_message(QueueUrl=found["Jobs"], MessageBody="one")
    end = time.monotonic() + 30
    messages: list[Any] = []
    while not messages and time.monotonic() < end:
        messages = sqs.receive_message(QueueUrl=found["Done"], WaitTimeSeconds=5).get(
            "Messages", []
        )
    assert [each["Body"] for each in messages] == ["one"]
    delete(one_cloud, made["StackId"])


def test_a_schedule_of_sam_invokes_its_function(one_cloud: RunningCloud, name: str) -> None:
    """ScheduleV2: the translator makes a role for the schedule, and passes a dead-letter queue."""
    template = f"""{HEAD}
Resources:
  Dead: {{Type: AWS::SQS::Queue}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: {RUNTIME}
      Handler: index.handler
      InlineCode: |
        def handler(event, context):
            print("invoked by", event["by"])
      Events:
        Often:
          Type: ScheduleV2
          Properties:
            ScheduleExpression: rate(1 minute)
            Input: '{{"by": "sam"}}'
            DeadLetterConfig: {{Arn: !GetAtt Dead.Arn}}
Outputs:
  Fn: {{Value: !Ref Fn}}
  Schedule: {{Value: !Ref FnOften}}
"""
    made = deploy(one_cloud, name, template)
    found = outputs(made)
    shown = one_cloud.client("scheduler").get_schedule(Name=found["Schedule"])
    assert shown["Target"]["DeadLetterConfig"]["Arn"].startswith("arn:aws:sqs:")
    logs = one_cloud.client("logs")

    def logged() -> bool:
        try:
            lines = logs.filter_log_events(logGroupName=f"/aws/lambda/{found['Fn']}")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return False
        return any("invoked by sam" in each["message"] for each in lines)

    wait_for(logged)
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    left = one_cloud.client("scheduler").list_schedules(NamePrefix=found["Schedule"])
    assert left["Schedules"] == []


def test_a_function_url_of_sam_streams(one_cloud: RunningCloud, name: str) -> None:
    """A handler in Python answers whole: a URL that streams passes it on as it is."""
    template = f"""{HEAD}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: {RUNTIME}
      Handler: index.handler
      InlineCode: |
        def handler(event, context):
            return {{"statusCode": 201, "body": "whole"}}
      FunctionUrlConfig: {{AuthType: NONE, InvokeMode: RESPONSE_STREAM}}
Outputs:
  Fn: {{Value: !Ref Fn}}
  Url: {{Value: !GetAtt FnUrl.FunctionUrl}}
"""
    made = deploy(one_cloud, name, template)
    found, functions = outputs(made), one_cloud.client("lambda")
    shown = functions.get_function_url_config(FunctionName=found["Fn"])
    assert shown["InvokeMode"] == "RESPONSE_STREAM"
    response, body = call(found["Url"])
    assert (response.status, json.loads(body)) == (200, {"statusCode": 201, "body": "whole"})
    assert response.headers["Transfer-Encoding"] == "chunked"
    second = template.replace("RESPONSE_STREAM", "BUFFERED")
    one_cloud.client("cloudformation").update_stack(
        StackName=name, TemplateBody=second, Capabilities=CAPABILITIES
    )
    assert settled(one_cloud, name)["StackStatus"] == "UPDATE_COMPLETE", events(one_cloud, name)
    response, body = call(found["Url"])
    assert (response.status, body) == (201, b"whole")
    assert delete(one_cloud, made["StackId"])["StackStatus"] == "DELETE_COMPLETE"
