"""An upload form stores what its signed policy allows, as who signed it.

Source: Amazon S3 API Reference, "Browser-Based Uploads Using POST (AWS Signature Version 4)": POST
Object, POST Policy (read 2026-11).
"""

from __future__ import annotations

import base64
import datetime
import json
import secrets
from typing import Any

import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from roles import acting_user, allow
from running_cloud import RunningCloud

VERSIONS = {"default": Config(), "s3v4": Config(signature_version="s3v4")}


@pytest.fixture(scope="module")
def bucket(hostile_cloud: RunningCloud) -> str:
    hostile_cloud.client("s3").create_bucket(Bucket="forms")
    return "forms"


def form(cloud: RunningCloud, key: str, version: str = "s3v4", **given: Any) -> dict[str, Any]:
    keys = given.pop("keys", {})
    s3 = cloud.client("s3", config=VERSIONS[version], **keys)
    made: dict[str, Any] = s3.generate_presigned_post("forms", key, **given)
    return made


def post(made: dict[str, Any], body: bytes = b"uploaded", **fields: str) -> requests.Response:
    data = {**made["fields"], **fields}
    return requests.post(
        made["url"], data=data, files={"file": ("own.txt", body)}, timeout=30, allow_redirects=False
    )


def stored(cloud: RunningCloud, key: str) -> bytes | None:
    try:
        return bytes(cloud.client("s3").get_object(Bucket="forms", Key=key)["Body"].read())
    except ClientError:
        return None


def new_key() -> str:
    return f"f-{secrets.token_hex(4)}"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_form_is_stored(hostile_cloud: RunningCloud, bucket: str, version: str) -> None:
    key = f"{new_key()} ü"
    answer = post(form(hostile_cloud, key, version))
    assert answer.status_code == 204, answer.text
    assert answer.headers["ETag"]
    assert stored(hostile_cloud, key) == b"uploaded"
    name = new_key()
    fields = {"Content-Type": "text/x-mine", "x-amz-meta-a": "b", "success_action_status": "201"}
    conditions = [{name: value} for name, value in fields.items()]
    made = form(hostile_cloud, name + "/${filename}", version, Fields=fields, Conditions=conditions)
    answer = post(made)
    assert answer.status_code == 201, answer.text
    assert f"<Key>{name}/own.txt</Key>" in answer.text
    found = hostile_cloud.client("s3").head_object(Bucket=bucket, Key=f"{name}/own.txt")
    assert (found["ContentType"], found["Metadata"]) == ("text/x-mine", {"a": "b"})


def test_success_leads_on(hostile_cloud: RunningCloud, bucket: str) -> None:
    field = {"success_action_redirect": "http://127.0.0.1:1/done"}
    answer = post(form(hostile_cloud, new_key(), Fields=dict(field), Conditions=[field]))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("http://127.0.0.1:1/done?bucket=forms&key=")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"key": "another"}, 403),
        ({"acl": "public-read"}, 403),
        ({"x-amz-meta-a": "b"}, 403),
        ({"Content-Type": "text/html"}, 403),
        ({"success_action_redirect": "http://example.com"}, 403),
        ({"x-amz-copy-source": "/forms/secret"}, 403),
        ({"x-amz-security-token": "token"}, 403),
        ({"policy": base64.b64encode(b"{}").decode()}, 403),
        ({"policy": "no Base64"}, 403),
        ({"signature": "AAAA", "x-amz-signature": "0" * 64}, 403),
        ({"x-ignore-this": "1"}, 204),
    ],
)
def test_a_field_beyond_the_policy(
    hostile_cloud: RunningCloud, bucket: str, version: str, fields: dict[str, str], status: int
) -> None:
    key = new_key()
    answer = post(form(hostile_cloud, key, version), **fields)
    assert answer.status_code == status, answer.text
    assert stored(hostile_cloud, key) == (b"uploaded" if status == 204 else None)
    assert stored(hostile_cloud, "another") is None


@pytest.mark.parametrize(
    ("condition", "body", "status", "code"),
    [
        (["content-length-range", 1, 5], b"123456", 400, "EntityTooLarge"),
        (["content-length-range", 5, 9], b"1234", 400, "EntityTooSmall"),
        (["content-length-range", 1, 9], b"1234", 204, ""),
        (["starts-with", "$Content-Type", "image/"], b"x", 403, "AccessDenied"),
        (["eq", "$bucket", "another"], b"x", 403, "AccessDenied"),
        (["matches", "$key", "a"], b"x", 400, "InvalidPolicyDocument"),
        (["content-length-range", "a", "b"], b"x", 400, "InvalidPolicyDocument"),
        ("key", b"x", 400, "InvalidPolicyDocument"),
    ],
)
def test_conditions(
    hostile_cloud: RunningCloud, bucket: str, condition: Any, body: bytes, status: int, code: str
) -> None:
    key = new_key()
    answer = post(form(hostile_cloud, key, Conditions=[condition]), body)
    assert answer.status_code == status, answer.text
    assert code in answer.text
    assert stored(hostile_cloud, key) == (body if status == 204 else None)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_expired_policy(hostile_cloud: RunningCloud, bucket: str, version: str) -> None:
    key = new_key()
    made = form(hostile_cloud, key, version, ExpiresIn=-5)
    answer = post(made)
    assert answer.status_code == 403
    assert "Policy expired" in answer.text
    policy = json.loads(base64.b64decode(made["fields"]["policy"]))
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    policy["expiration"] = later.strftime("%Y-%m-%dT%H:%M:%SZ")
    changed = base64.b64encode(json.dumps(policy).encode()).decode()
    assert post(made, policy=changed).status_code == 403
    assert stored(hostile_cloud, key) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_a_form_has_the_rights_of_its_signer(
    hostile_cloud: RunningCloud, bucket: str, version: str
) -> None:
    mine = f"mine-{new_key()}"
    _, name, _ = acting_user(hostile_cloud, allow("s3:PutObject", f"arn:aws:s3:::forms/{mine}"))
    key = hostile_cloud.client("iam").create_access_key(UserName=name)["AccessKey"]
    keys = {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}
    assert post(form(hostile_cloud, mine, version, keys=keys)).status_code == 204
    other = new_key()
    refused = post(form(hostile_cloud, other, version, keys=keys))
    assert refused.status_code == 403
    assert "is not authorized to perform: s3:PutObject" in refused.text
    assert stored(hostile_cloud, other) is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b"no form"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\n--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
        ),
        ("multipart/form-data; boundary=" + "b" * 5000, b"x"),
    ],
)
def test_a_form_that_is_none(
    hostile_cloud: RunningCloud, bucket: str, kind: str, body: bytes
) -> None:
    url = f"{hostile_cloud.endpoint}/{bucket}"
    answer = requests.post(url, data=body, headers={"Content-Type": kind}, timeout=30)
    assert 400 <= answer.status_code < 500, answer.text


def test_an_unsigned_form_is_refused(hostile_cloud: RunningCloud, bucket: str) -> None:
    key = new_key()
    made = {"url": f"{hostile_cloud.endpoint}/{bucket}", "fields": {"key": key}}
    assert post(made).status_code == 403
    assert stored(hostile_cloud, key) is None
