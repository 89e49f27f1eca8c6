"""The contract of the seam: every private name of moto that `services.py` uses, at work."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from running_cloud import RUNTIME, TRUST, zip_of

from serverless_course.localcloud.code_store import CodeStore
from serverless_course.localcloud.errors import ServiceError
from serverless_course.localcloud.http import Request
from serverless_course.localcloud.log_stream import LogEvent
from serverless_course.localcloud.services import ACCOUNT_ID, Services

REGION = "eu-south-2"


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """moto in this process, in a region and with names that no other test uses."""
    with mock.patch.dict(os.environ):
        made = Services(CodeStore(tmp_path / "code"))
        from moto import settings

        before = settings.TEST_SERVER_MODE
        made.load("http://127.0.0.1:1")
        yield made
        settings.TEST_SERVER_MODE = before
        from moto.awslambda.models import lambda_backends
        from moto.iam.models import iam_backends
        from moto.logs.models import logs_backends

        for backend in (
            lambda_backends[ACCOUNT_ID][REGION],
            logs_backends[ACCOUNT_ID][REGION],
            iam_backends[ACCOUNT_ID]["aws"],
        ):
            backend.reset()


def role() -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[ACCOUNT_ID]["aws"].create_role(
        role_name="seam",
        assume_role_policy_document=TRUST,
        path="/",
        permissions_boundary=None,
        description="",
        tags=[],
        max_session_duration="3600",
    )


def make(**settings: Any) -> Any:
    import base64

    from moto.awslambda.models import lambda_backends

    code = base64.b64encode(zip_of({"index.py": "x = 1\n"})).decode()
    return lambda_backends[ACCOUNT_ID][REGION].create_function(
        {
            "FunctionName": "seam",
            "Runtime": RUNTIME,
            "Handler": "index.handler",
            "Role": role().arn,
            "Code": {"ZipFile": code},
            "MemorySize": 256,
            "Timeout": 7,
            "Environment": {"Variables": {"B": "2", "A": "1"}},
            **settings,
        }
    )


def test_a_function_is_described_as_the_engine_needs_it(services: Services) -> None:
    make(Publish=True)
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:seam"
    version, invoked = services.function_version(REGION, "seam", None)
    assert invoked == arn
    assert (version.name, version.arn, version.version) == ("seam", arn, "$LATEST")
    assert (version.memory_mb, version.timeout_s, version.handler) == (256, 7, "index.handler")
    assert (version.runtime, version.log_group) == (RUNTIME, "/aws/lambda/seam")
    assert version.environment == (("A", "1"), ("B", "2"))
    assert version.role.endswith(":role/seam")
    assert version.reserved_concurrency is None
    assert (services._code.folder(version.code_key) / "index.py").read_text() == "x = 1\n"
    published, invoked = services.function_version(REGION, "seam:1", None)
    assert (published.version, invoked) == ("1", f"{arn}:1")
    assert services.has_function(REGION, "seam")
    assert not services.has_function(REGION, "other")


@pytest.mark.parametrize(("name", "qualifier"), [("none", None), ("seam", "9"), ("seam:x", None)])
def test_a_function_that_does_not_exist(
    services: Services, name: str, qualifier: str | None
) -> None:
    make()
    with pytest.raises(ServiceError) as missing:
        services.function_version(REGION, name, qualifier)
    assert (missing.value.code, missing.value.status) == ("ResourceNotFoundException", 404)


def test_logs_go_to_their_stream(services: Services) -> None:
    from moto.logs.models import logs_backends

    make()
    version, _ = services.function_version(REGION, "seam", None)
    now = int(time.time() * 1000)
    for text in ("one\n", "two\n"):
        services.write_logs(version, version.log_group, "stream", [LogEvent(now, text)])
    stream = logs_backends[ACCOUNT_ID][REGION].groups[version.log_group].streams["stream"]
    assert [(event.timestamp, event.message) for event in stream.events] == [
        (now, "one\n"),
        (now, "two\n"),
    ]


def test_a_roles_credentials_are_found_again(services: Services) -> None:
    make()
    version, _ = services.function_version(REGION, "seam", None)
    given = services.role_credentials(version)
    found = services.credential(given["AWS_ACCESS_KEY_ID"])
    assert found is not None
    assert found.secret_access_key == given["AWS_SECRET_ACCESS_KEY"]
    assert found.session_token == given["AWS_SESSION_TOKEN"]
    assert services.credential("AKIANOBODY") is None


def test_a_users_key_counts_while_it_is_active(services: Services) -> None:
    from moto.iam.models import iam_backends

    iam = iam_backends[ACCOUNT_ID]["aws"]
    iam.create_user(REGION, "seam-user")
    key = iam.create_access_key("seam-user")
    found = services.credential(key.access_key_id)
    assert found is not None
    assert found.secret_access_key == key.secret_access_key
    iam.update_access_key("seam-user", key.access_key_id, "Inactive")
    assert services.credential(key.access_key_id) is None


def test_motos_application_answers_over_its_interface(services: Services) -> None:
    signed = [
        ("host", "127.0.0.1:1"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101"
            f"/{REGION}/lambda/aws4_request, SignedHeaders=host, Signature=0",
        ),
    ]
    answer = services.answer(Request("GET", "/2015-03-31/functions/", signed, b""), "127.0.0.1:1")
    assert answer.status == 200
    assert b"Functions" in answer.body
    for closed in ("/moto-api/data.json", "/%6Doto-api/"):
        assert services.answer(Request("GET", closed, signed, b""), "127.0.0.1:1").status == 404
