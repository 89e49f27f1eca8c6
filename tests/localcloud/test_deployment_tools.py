"""Tools that people deploy with, unmodified: AWS's command line here, and in the soak SAM CLI, CDK,
the Serverless Framework (osls) and Chalice from their registries.

Each makes the same small application, changes it, and takes it away; nothing is left.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from running_cloud import RUNTIME, RunningCloud, own_launcher, running, wait_for

CODE = """
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"version": VERSION})}
"""
SAM = f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: {{Type: AWS::SQS::Queue}}
  Table: {{Type: AWS::Serverless::SimpleTable}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: app.handler
      Runtime: {RUNTIME}
      Policies: [{{DynamoDBCrudPolicy: {{TableName: !Ref Table}}}}]
      Events:
        Get: {{Type: HttpApi, Properties: {{Path: /version, Method: get}}}}
        Jobs: {{Type: SQS, Properties: {{Queue: !GetAtt Jobs.Arn}}}}
        Daily: {{Type: Schedule, Properties: {{Schedule: rate(1 day)}}}}
Outputs:
  Api: {{Value: !Ref ServerlessHttpApi}}
"""
OSLS = f"""
service: SERVICE
provider: {{name: aws, runtime: {RUNTIME}, region: us-east-1, stage: dev}}
package: {{patterns: ["!node_modules/**", "!package*.json"]}}
functions:
  version:
    handler: code/app.handler
    events: [{{httpApi: {{path: /version, method: get}}}}]
  worker:
    handler: code/app.handler
    events: [{{sqs: {{arn: {{"Fn::GetAtt": [Jobs, Arn]}}}}}}]
resources:
  Resources:
    Jobs: {{Type: "AWS::SQS::Queue"}}
"""
CDK = """
const cdk = require("aws-cdk-lib");
const lambda = require("aws-cdk-lib/aws-lambda");
const sqs = require("aws-cdk-lib/aws-sqs");
const { SqsEventSource } = require("aws-cdk-lib/aws-lambda-event-sources");
const { HttpApi, HttpMethod } = require("aws-cdk-lib/aws-apigatewayv2");
const { HttpLambdaIntegration } = require("aws-cdk-lib/aws-apigatewayv2-integrations");
const stack = new cdk.Stack(new cdk.App(), "STACK", {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: "us-east-1" },
});
const code = lambda.Code.fromAsset("code");
const runtime = new lambda.Runtime("RUNTIME", lambda.RuntimeFamily.PYTHON);
const version = new lambda.Function(stack, "Fn", { runtime, handler: "app.handler", code });
version.addEventSource(new SqsEventSource(new sqs.Queue(stack, "Jobs")));
const api = new HttpApi(stack, "Api");
const integration = new HttpLambdaIntegration("Get", version);
api.addRoutes({ path: "/version", methods: [HttpMethod.GET], integration });
new cdk.CfnOutput(stack, "ApiId", { value: api.apiId });
"""

CHALICE = """
from chalice import Chalice, Rate

app = Chalice(app_name="NAME")

@app.route("/version")
def version():
    return {"version": VERSION}

@app.route("/items/{item}", methods=["POST"], cors=True)
def item(item):
    return {"item": item, "body": app.current_request.json_body}

@app.schedule(Rate(1, unit=Rate.HOURS))
def hourly(event):
    print("scheduled", event.resources)

@app.on_sqs_message(queue="NAME-jobs", batch_size=1)
def worker(event):
    for record in event:
        print("job", record.body)
"""

SCHEDULED = {
    "version": "0",
    "account": "123456789012",
    "region": "us-east-1",
    "detail": {},
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "time": "2026-11-30T00:00:00Z",
    "id": "1",
    "resources": ["arn:aws:events:us-east-1:123456789012:rule/hourly"],
}


@pytest.fixture(scope="module")
def one_cloud() -> Iterator[RunningCloud]:
    with running(own_launcher()) as cloud:
        yield cloud


class Application:
    """A folder with the application, and the environment that leads a tool to the server."""

    def __init__(self, cloud: RunningCloud, folder: Path, name: str) -> None:
        self.cloud, self.folder, self.name = cloud, folder, name
        (folder / "code").mkdir()
        self.environ = {
            **{key: os.environ[key] for key in os.environ if not key.startswith("AWS_")},
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ACCESS_KEY_ID": cloud.ready["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": cloud.ready["secret_access_key"],
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
            "SAM_CLI_TELEMETRY": "0",
            "SLS_TELEMETRY_DISABLED": "1",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CI": "true",
        }

    def write(self, version: int) -> None:
        """The function's code, of a version."""
        text = CODE.replace("VERSION", str(version))
        (self.folder / "code" / "app.py").write_text(text)

    def run(self, *command: str) -> str:
        """What a command prints. Fails with its last lines."""
        done = subprocess.run(
            command,
            check=False,
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        return done.stdout + done.stderr

    def answers(self, version: int) -> None:
        """See that the stack's API answers with that version."""
        apis = self.cloud.client("apigatewayv2").get_apis()["Items"]
        with urlopen(f"{apis[0]['ApiEndpoint']}/version") as answer:
            assert json.loads(answer.read()) == {"version": version}
        assert len(apis) == 1

    def is_gone(self) -> None:
        """See that nothing of the application is left."""
        stacks = self.cloud.client("cloudformation").describe_stacks()["Stacks"]
        assert self.name not in {each["StackName"] for each in stacks}
        assert not self.cloud.client("apigatewayv2").get_apis()["Items"]
        functions = self.cloud.client("lambda").list_functions()["Functions"]
        assert not [each for each in functions if self.name in each["FunctionName"]]
        queues = self.cloud.client("sqs").list_queues().get("QueueUrls", [])
        assert not [each for each in queues if self.name in each]


@pytest.fixture
def application(one_cloud: RunningCloud, tmp_path: Path) -> Application:
    return Application(one_cloud, tmp_path, f"d{secrets.token_hex(4)}")


def test_the_command_line_of_aws(one_cloud: RunningCloud, application: Application) -> None:
    bucket = f"{application.name}-artifacts"
    one_cloud.client("s3").create_bucket(Bucket=bucket)
    (application.folder / "template.yaml").write_text(SAM)
    aws = (sys.executable, "-m", "awscli", "cloudformation")

    def package(version: int) -> None:
        application.write(version)
        application.run(
            *aws,
            *("package", "--template-file", "template.yaml", "--s3-bucket", bucket),
            *("--output-template-file", "packaged.yaml"),
        )

    def deploy() -> str:
        return application.run(
            *aws,
            *("deploy", "--template-file", "packaged.yaml", "--stack-name", application.name),
            *("--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset"),
        )

    package(1)
    assert "Successfully created/updated stack" in deploy()
    application.answers(1)
    package(2)
    deploy()
    application.answers(2)
    assert "No changes to deploy" in deploy()
    application.run(*aws, "delete-stack", "--stack-name", application.name)
    application.run(*aws, "wait", "stack-delete-complete", "--stack-name", application.name)
    application.is_gone()


@pytest.mark.soak
@pytest.mark.long
def test_sam(application: Application, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("sam")
    application.run(sys.executable, "-m", "venv", str(home))
    application.run(
        str(home / "bin" / "python"), "-m", "pip", "install", "-q", "aws-sam-cli==1.170.0"
    )
    sam = (str(home / "bin" / "python"), "-m", "samcli")
    (application.folder / "template.yaml").write_text(SAM)
    deploy = (*sam, "deploy", "--stack-name", application.name, "--resolve-s3")
    options = ("--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset")
    application.write(1)
    application.run(*deploy, *options)
    application.answers(1)
    application.write(2)
    application.run(*deploy, *options)
    application.answers(2)
    named = ("--stack-name", application.name)
    assert '"statusCode": 200' in application.run(*sam, "remote", "invoke", "Fn", *named)
    assert "REPORT" in application.run(*sam, "logs", "--name", "Fn", *named)
    application.run(*sam, "delete", *named, "--no-prompts", "--region", "us-east-1")
    application.is_gone()


@pytest.mark.soak
@pytest.mark.long
def test_the_serverless_framework(application: Application) -> None:
    (application.folder / "serverless.yml").write_text(OSLS.replace("SERVICE", application.name))
    application.run("npm", "install", "--silent", "--no-audit", "--no-fund", "osls@4")
    osls = ("npx", "osls")
    application.write(1)
    application.run(*osls, "deploy")
    application.answers(1)
    application.write(2)
    application.run(*osls, "deploy")
    application.answers(2)
    assert '"statusCode": 200' in application.run(*osls, "invoke", "--function", "version")
    application.run(*osls, "remove")
    application.is_gone()


@pytest.mark.soak
@pytest.mark.long
def test_cdk(application: Application) -> None:
    program = CDK.replace("STACK", application.name)
    (application.folder / "app.js").write_text(program.replace("RUNTIME", RUNTIME))
    (application.folder / "cdk.json").write_text(json.dumps({"app": "node app.js"}))
    packages = ("aws-cdk@2", "aws-cdk-lib@2", "constructs@10")
    application.run("npm", "install", "--silent", "--no-audit", "--no-fund", *packages)
    cdk = ("npx", "cdk")
    application.write(1)
    assert "bootstrapped." in application.run(*cdk, "bootstrap")
    application.run(*cdk, "deploy", "--require-approval", "never")
    application.answers(1)
    application.write(2)
    assert "[~]" in application.run(*cdk, "diff")
    application.run(*cdk, "deploy", "--require-approval", "never")
    application.answers(2)
    application.write(3)
    application.run(*cdk, "deploy", "--hotswap")
    application.answers(3)
    application.run(*cdk, "destroy", "--force")
    application.is_gone()
    assert "bootstrapped (no changes)." in application.run(*cdk, "bootstrap")


@pytest.mark.soak
@pytest.mark.long
def test_chalice(
    one_cloud: RunningCloud, application: Application, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home, folder, name = tmp_path_factory.mktemp("chalice"), application.folder, application.name
    application.run(sys.executable, "-m", "venv", str(home))
    python = str(home / "bin" / "python")
    application.run(python, "-m", "pip", "install", "-q", "chalice==1.34.0")
    chalice = str(home / "bin" / "chalice")
    (folder / ".chalice").mkdir()
    (folder / ".chalice" / "config.json").write_text(
        json.dumps({"version": "2.0", "app_name": name, "stages": {"dev": {}}})
    )
    (folder / "requirements.txt").touch()
    (folder / "event.json").write_text(json.dumps(SCHEDULED))
    # A function of Chalice has 60 seconds, and its queue must hide messages for as long.
    queue = one_cloud.client("sqs").create_queue(
        QueueName=f"{name}-jobs", Attributes={"VisibilityTimeout": "60"}
    )["QueueUrl"]

    def deploy(version: int) -> str:
        text = CHALICE.replace("NAME", name).replace("VERSION", str(version))
        (folder / "app.py").write_text(text)
        application.run(chalice, "deploy")
        (api,) = one_cloud.client("apigateway").get_rest_apis()["items"]
        found = one_cloud.client("apigateway").get_rest_api(restApiId=api["id"])
        address = found["ResponseMetadata"]["HTTPHeaders"]["x-serverless-course-endpoint"]
        with urlopen(f"{address}/api/version") as answer:
            assert json.loads(answer.read()) == {"version": version}
        return f"{address}/api"

    deploy(1)
    url = deploy(2)
    posted = Request(f"{url}/items/7", b'{"a":1}', {"Content-Type": "application/json"})
    with urlopen(posted) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert json.loads(answer.read()) == {"item": "7", "body": {"a": 1}}
    with urlopen(Request(f"{url}/items/7", method="OPTIONS")) as answer:
        assert answer.headers["Access-Control-Allow-Methods"] == "POST,OPTIONS"
    one_cloud.client("sqs").send_message(QueueUrl=queue, MessageBody="made")
    wait_for(lambda: "job made" in application.run(chalice, "logs", "-n", "worker"))
    command = f"{chalice} invoke -n hourly < event.json"
    application.run("sh", "-c", command)
    wait_for(lambda: "scheduled" in application.run(chalice, "logs", "-n", "hourly"))
    application.run(chalice, "delete")
    one_cloud.client("sqs").delete_queue(QueueUrl=queue)
    application.is_gone()
    assert not one_cloud.client("apigateway").get_rest_apis()["items"]
    rules = one_cloud.client("events").list_rules()["Rules"]
    assert not [each for each in rules if name in each["Name"]]
    roles = one_cloud.client("iam").list_roles()["Roles"]
    assert not [each for each in roles if name in each["RoleName"]]
