"""Lambda in one account and region, as the suite's tests talk to it: boto3, and short words."""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from aws_clients import client_of
from botocore.config import Config
from botocore.exceptions import ClientError
from case_values import make_zip
from running_cloud import RUNTIME, TRUST, RunningCloud

AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
ACCOUNT = "123456789012"
# Tests and recorded cases name these, so nothing is counted there.
NAMED_REGIONS = {"us-east-1", "eu-west-1"}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ECHO = "def handler(event, context):\n    return event\n"
WHERE = """\
import os
import time

def handler(event, context):
    time.sleep(event.get("s", 0))
    return {
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "init": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"],
        "mark": os.environ.get("MARK"),
    }
"""


@dataclass(frozen=True)
class Refusal:
    """An error as a client sees it. ``fields`` are the members of the error's shape."""

    status: int
    code: str
    message: str
    fields: dict[str, Any]
    headers: dict[str, str]

    @property
    def told(self) -> tuple[int, str, str]:
        """Status, code and message: what most tests compare."""
        return (self.status, self.code, self.message)


@dataclass(frozen=True)
class Invoked:
    """What Invoke answered."""

    payload: Any
    raw: bytes
    version: str
    error: str
    log: str
    headers: dict[str, str]
    status: int


@dataclass
class LambdaAccount:
    """Lambda on a running server. Functions get names of their own; nothing is deleted."""

    cloud: RunningCloud
    region: str = "us-east-1"

    def client(self, service: str) -> Any:
        """A client without retries; what boto3 would refuse reaches the server."""
        ready = self.cloud.ready
        return client_of(
            service,
            self.cloud.endpoint,
            (ready["access_key_id"], ready["secret_access_key"], None),
            Config(
                parameter_validation=False,
                retries={"total_max_attempts": 1},
                read_timeout=60,
                max_pool_connections=20,
                s3={"addressing_style": "path"},
            ),
            self.region,
        )

    @cached_property
    def lam(self) -> Any:
        """The Lambda client."""
        return self.client("lambda")

    @cached_property
    def role(self) -> str:
        """An execution role that may do everything."""
        iam = self.client("iam")
        name = f"conformance-{secrets.token_hex(4)}"
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        iam.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR)
        return str(made["Role"]["Arn"])

    @cached_property
    def shared(self) -> str:
        """A function with version 1, for tests that change nothing."""
        name = self.create()
        self.lam.publish_version(FunctionName=name)
        return name

    @staticmethod
    def new_name() -> str:
        """A name that nothing has."""
        return f"c-{secrets.token_hex(5)}"

    def settings(self, source: str = ECHO, **settings: Any) -> dict[str, Any]:
        """Parameters of CreateFunction."""
        return {
            "FunctionName": self.new_name(),
            "Runtime": RUNTIME,
            "Handler": "index.handler",
            "Role": self.role,
            "Code": {"ZipFile": make_zip({"index.py": source})},
            "MemorySize": 1769,
            **settings,
        }

    def create(self, source: str = ECHO, **settings: Any) -> str:
        """Create a function, wait until it is Active, and give its name."""
        name = str(self.lam.create_function(**self.settings(source, **settings))["FunctionName"])
        self.settle(name)
        return name

    def settle(self, name: str, limit_s: float = 60.0, **qualifier: str) -> dict[str, Any]:
        """Wait until a function or version is Active and up to date; its configuration then."""
        until = time.monotonic() + limit_s
        while True:
            found: dict[str, Any] = self.lam.get_function_configuration(
                FunctionName=name, **qualifier
            )
            if found["State"] == "Active" and found.get("LastUpdateStatus") == "Successful":
                return found
            assert time.monotonic() < until, found
            time.sleep(0.02)

    def configure(self, name: str, **settings: Any) -> dict[str, Any]:
        """Change a function's configuration and wait until it is in force."""
        self.lam.update_function_configuration(FunctionName=name, **settings)
        return self.settle(name)

    def arn(self, name: str) -> str:
        """The ARN of a function, with a qualifier if the name has one."""
        return f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{name}"

    def layer_arn(self, name: str) -> str:
        """The ARN of a layer, or of a version of it."""
        return f"arn:aws:lambda:{self.region}:{ACCOUNT}:layer:{name}"

    def publish_layer(self, files: dict[str, str], **settings: Any) -> str:
        """Publish a layer of its own name (or another) and give the version's ARN."""
        given = {"LayerName": self.new_name(), "Content": {"ZipFile": make_zip(files)}, **settings}
        return str(self.lam.publish_layer_version(**given)["LayerVersionArn"])

    def refused(self, operation: str, **arguments: Any) -> Refusal:
        """The error of a call that must fail."""
        try:
            answer = getattr(self.lam, operation)(**arguments)
        except ClientError as error:
            return _refusal(error)
        raise AssertionError(f"{operation} was not refused: {answer}")

    def invoke(self, name: str, event: Any = None, **settings: Any) -> Invoked:
        """Invoke synchronously."""
        if event is not None:
            settings["Payload"] = json.dumps(event)
        answer = self.lam.invoke(FunctionName=name, **settings)
        raw = answer["Payload"].read()
        return Invoked(
            json.loads(raw) if raw else None,
            raw,
            answer.get("ExecutedVersion", ""),
            answer.get("FunctionError", ""),
            base64.b64decode(answer.get("LogResult", "")).decode(),
            answer["ResponseMetadata"]["HTTPHeaders"],
            answer["StatusCode"],
        )


def _regions() -> Iterator[str]:
    """Lambda's regions, each once."""
    for region in boto3.Session().get_available_regions("lambda"):
        if region not in NAMED_REGIONS:
            yield region


_unused = _regions()


def own_region(cloud: RunningCloud) -> LambdaAccount:
    """Lambda in a region that this process gives to nobody else: what is there can be counted.

    Raises:
        StopIteration: every region of botocore's list has been given.
    """
    return LambdaAccount(cloud, next(_unused))


def status_of(answer: dict[str, Any]) -> int:
    """The HTTP status of an answer."""
    return int(answer["ResponseMetadata"]["HTTPStatusCode"])


def _refusal(error: ClientError) -> Refusal:
    response: dict[str, Any] = dict(error.response)
    told, metadata = response.pop("Error"), response.pop("ResponseMetadata")
    return Refusal(
        metadata["HTTPStatusCode"],
        told["Code"],
        told.get("Message", ""),
        response,
        metadata["HTTPHeaders"],
    )
