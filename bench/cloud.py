"""A server under test, and functions in it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

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
WRITE_LOGS = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
NO_RETRIES = Config(retries={"max_attempts": 0}, read_timeout=910)


@dataclass
class BenchCloud:
    """Clients of one running server."""

    ready: dict[str, Any]

    def client(self, service: str) -> Any:
        session = boto3.Session(
            self.ready["access_key_id"], self.ready["secret_access_key"], region_name="us-east-1"
        )
        return session.client(service, endpoint_url=self.ready["endpoint"], config=NO_RETRIES)

    def create(self, name: str, source: str, **settings: Any) -> None:
        """Create a function from the text of its ``index.py``."""
        iam = self.client("iam")
        try:
            role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=TRUST)
            iam.attach_role_policy(RoleName="bench", PolicyArn=WRITE_LOGS)
        except iam.exceptions.EntityAlreadyExistsException:
            role = iam.get_role(RoleName="bench")
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime=RUNTIME,
            Handler="index.handler",
            Role=role["Role"]["Arn"],
            Code={"ZipFile": zip_of(source)},
            **settings,
        )
        self.settle(name)

    def settle(self, name: str) -> None:
        """Wait until a function is Active and no update of it is in progress."""
        waiter = self.client("lambda").get_waiter("function_updated_v2")
        waiter.wait(FunctionName=name, WaiterConfig={"Delay": 0.02})

    def configure(self, name: str, **settings: Any) -> None:
        """Change a function's configuration and wait until it is in force."""
        self.client("lambda").update_function_configuration(FunctionName=name, **settings)
        self.settle(name)


@contextmanager
def running(*arguments: str, source: str = "") -> Iterator[BenchCloud]:
    """Start the embedded cloud as its users do, and end it.

    ``source`` is the ``src`` folder of another checkout whose cloud is to be started instead.
    """
    environ = {**os.environ, "PYTHONPATH": source} if source else None
    command = [sys.executable, "-m", "serverless_course.localcloud", "--until-stdin-closes"]
    process = subprocess.Popen(
        [*command, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        cloud = BenchCloud(json.loads(process.stdout.readline()))
        cloud.client("lambda").list_functions()
        yield cloud
    finally:
        process.stdin.close()
        process.wait(20)


def zip_of(source: str) -> bytes:
    """A deployment package with one file, ``index.py``."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        entry = zipfile.ZipInfo("index.py")
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, source)
    return data.getvalue()


def report_figure(log: str, name: str) -> float:
    """A figure of the REPORT line, such as ``Duration`` in ms."""
    match = re.search(rf"\t{name}: ([0-9.]+)", log)
    if match is None:
        raise ValueError(f"no {name} in {log!r}")
    return float(match[1])
