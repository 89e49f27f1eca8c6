"""A presigned call does what was signed, as who signed it, for as long as it says.

Sources: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters"; S3 User Guide,
"Signing and authenticating REST requests (AWS signature version 2)"; botocore, whose default for
S3 in us-east-1 that version is (read 2026-11).
"""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.auth import HmacV1QueryAuth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from roles import OF_ACCOUNT, acting_user, allow, role
from running_cloud import RunningCloud
from sent import Answer, keys_of, send, signed

VERSIONS = {"default": None, "s3v4": Config(signature_version="s3v4")}
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def bucket(hostile_cloud: RunningCloud) -> str:
    s3 = hostile_cloud.client("s3")
    s3.create_bucket(Bucket="presigned")
    s3.put_object(Bucket="presigned", Key="a key/ü+.txt", Body=b"hello")
    s3.put_object(Bucket="presigned", Key="other", Body=b"another's")
    return "presigned"


def s3_of(cloud: RunningCloud, version: str, **keys: Any) -> Any:
    config = VERSIONS[version]
    return cloud.client("s3", **keys, **({"config": config} if config else {"region": "us-east-1"}))


def ask(
    cloud: RunningCloud, url: str, method: str = "GET", body: bytes = b"", *more: tuple[str, str]
) -> Answer:
    host = ("Host", cloud.endpoint.removeprefix("http://"))
    return send(cloud, method, url.removeprefix(cloud.endpoint), [host, *more], body)


def test_boto3s_default_is_version_2_here(hostile_cloud: RunningCloud, bucket: str) -> None:
    given = {"Bucket": bucket, "Key": "other"}
    url = s3_of(hostile_cloud, "default").generate_presigned_url("get_object", given)
    assert {"AWSAccessKeyId", "Signature", "Expires"} == set(parse_qs(urlsplit(url).query))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_presigned_url_does_what_was_signed(
    hostile_cloud: RunningCloud, bucket: str, version: str
) -> None:
    s3 = s3_of(hostile_cloud, version)

    def url(operation: str, **given: Any) -> str:
        return str(s3.generate_presigned_url(operation, {"Bucket": bucket, **given}))

    key = "a key/ü+.txt"
    assert ask(hostile_cloud, url("get_object", Key=key)).body == b"hello"
    named = url("get_object", Key=key, ResponseContentType="text/x-mine")
    assert ask(hostile_cloud, named).headers["content-type"] == "text/x-mine"
    assert ask(hostile_cloud, url("head_object", Key=key), "HEAD").status == 200
    assert b"<Key>other</Key>" in ask(hostile_cloud, url("list_objects_v2", Prefix="oth")).body
    put = url("put_object", Key="new")
    assert ask(hostile_cloud, put, "PUT", b"new body").status == 200
    assert ask(hostile_cloud, put, "PUT", b"newer", ("Content-Encoding", "gzip")).status == 200
    assert ask(hostile_cloud, url("get_object", Key="new")).body == b"newer"
    assert ask(hostile_cloud, url("delete_object", Key="new"), "DELETE").status == 204
    assert ask(hostile_cloud, url("get_object", Key="new")).status == 404


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("other", "a%20key/%C3%BC%2B.txt"),
        lambda url: url + "&acl",
        lambda url: url + "&legal-hold",
        lambda url: url + "&attributes",
        lambda url: url + "&x-amz-acl=public-read",
        lambda url: url + "&X-Amz-Meta-A=b",
        lambda url: url + "&x-amz-copy-source=/presigned/other",
        lambda url: url + "&versionId=1",
        lambda url: url + "&unknown=1",
        lambda url: url.replace("Signature=", "Signature=A"),
        lambda url: re.sub("Expires=[0-9]+", "Expires=99999999999", url),
        lambda url: re.sub("Expires=[0-9]+", "Expires=", url),
        lambda url: re.sub("Expires=[0-9]+", "Expires=soon", url),
        lambda url: re.sub("(AKIA)[0-9A-F]", r"\1Z", url),
        lambda url: url + "&" + url.partition("?")[2],
        lambda url: url.replace("?", "?x=1&"),
    ],
)
def test_a_changed_url_is_refused(
    hostile_cloud: RunningCloud, bucket: str, version: str, change: Any
) -> None:
    s3 = s3_of(hostile_cloud, version)
    for operation, method in (("get_object", "GET"), ("put_object", "PUT")):
        url = s3.generate_presigned_url(operation, {"Bucket": bucket, "Key": "other"})
        refused = ask(hostile_cloud, change(url), method, b"mine" if method == "PUT" else b"")
        assert 400 <= refused.status < 500, refused.body
        assert refused.code
        for wrong in {"GET", "PUT", "DELETE", "POST"} - {method}:
            assert 400 <= ask(hostile_cloud, url, wrong).status < 500
    s3 = hostile_cloud.client("s3")
    assert s3.get_object(Bucket=bucket, Key="other")["Body"].read() == b"another's"


@pytest.mark.parametrize("version", VERSIONS)
def test_metadata_and_content_type_of_a_presigned_put(
    hostile_cloud: RunningCloud, bucket: str, version: str
) -> None:
    given = {"Bucket": bucket, "Key": "typed", "ContentType": "text/x-mine", "Metadata": {"a": "b"}}
    url = s3_of(hostile_cloud, version).generate_presigned_url("put_object", given)
    headers = [("Content-Type", "text/x-mine"), ("x-amz-meta-a", "b")]
    sent = headers if version == "s3v4" else headers[:1]
    assert ask(hostile_cloud, url, "PUT", b"x", *sent).status == 200
    found = hostile_cloud.client("s3").head_object(Bucket=bucket, Key="typed")
    assert (found["ContentType"], found["Metadata"]) == ("text/x-mine", {"a": "b"})
    wrong = [("Content-Type", "text/html"), ("x-amz-meta-a", "c")]
    assert ask(hostile_cloud, url, "PUT", b"y", *wrong).status in (400, 403)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_presigned_url_has_the_rights_of_its_signer(
    hostile_cloud: RunningCloud, bucket: str, version: str
) -> None:
    _, name, _ = acting_user(hostile_cloud, allow("s3:GetObject", f"arn:aws:s3:::{bucket}/other"))
    key = hostile_cloud.client("iam").create_access_key(UserName=name)["AccessKey"]
    keys = {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}
    s3 = s3_of(hostile_cloud, version, **keys)

    def status(operation: str, method: str, key: str) -> int:
        url = s3.generate_presigned_url(operation, {"Bucket": bucket, "Key": key})
        return ask(hostile_cloud, url, method, b"x" if method == "PUT" else b"").status

    assert status("get_object", "GET", "other") == 200
    assert status("get_object", "GET", "a key/ü+.txt") == 403
    assert status("put_object", "PUT", "other") == 403
    assert status("delete_object", "DELETE", "other") == 403


@pytest.mark.parametrize("version", VERSIONS)
def test_temporary_credentials_sign_with_their_token(
    hostile_cloud: RunningCloud, bucket: str, version: str
) -> None:
    arn = role(
        hostile_cloud, allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"), principal=OF_ACCOUNT
    )
    sts = hostile_cloud.client("sts")
    given = sts.assume_role(RoleArn=arn, RoleSessionName="presigning")["Credentials"]
    keys = {"access_key": given["AccessKeyId"], "secret_key": given["SecretAccessKey"]}
    with_token = s3_of(hostile_cloud, version, **keys, token=given["SessionToken"])
    parameters = {"Bucket": bucket, "Key": "other"}
    url = with_token.generate_presigned_url("get_object", parameters)
    assert ask(hostile_cloud, url).body == b"another's"
    without = s3_of(hostile_cloud, version, **keys).generate_presigned_url("get_object", parameters)
    assert ask(hostile_cloud, without).code == "UnrecognizedClientException"
    assert ask(hostile_cloud, url.replace("oken=", "oken=x")).status == 403


@pytest.mark.parametrize("expires", ["0", "604801", "-1", "soon", "1e3", "1.5", "", "٣", "9" * 30])
def test_expires_is_1_to_604800(hostile_cloud: RunningCloud, bucket: str, expires: str) -> None:
    class Auth(SigV4QueryAuth):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, expires=expires)

    request = AWSRequest("GET", f"{hostile_cloud.endpoint}/{bucket}/other")
    Auth(keys_of(hostile_cloud), "s3", "us-east-1").add_auth(request)
    refused = ask(hostile_cloud, str(request.url))
    assert (refused.status, refused.code) == (400, "AuthorizationQueryParametersError")


def test_a_url_ends_when_it_says(hostile_cloud: RunningCloud, bucket: str) -> None:
    urls = [
        s3_of(hostile_cloud, version).generate_presigned_url(
            "get_object", {"Bucket": bucket, "Key": "other"}, ExpiresIn=1
        )
        for version in VERSIONS
    ]
    assert [ask(hostile_cloud, url).status for url in urls] == [200, 200]
    time.sleep(2.2)
    for url in urls:
        refused = ask(hostile_cloud, url)
        assert (refused.status, refused.code) == (403, "AccessDenied")
        assert b"Request has expired" in refused.body


def test_one_mechanism_for_each_request(hostile_cloud: RunningCloud, bucket: str) -> None:
    for version in VERSIONS:
        s3 = s3_of(hostile_cloud, version)
        url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "other"})
        target = url.removeprefix(hostile_cloud.endpoint)
        headers = signed(hostile_cloud, "s3", "GET", target)
        refused = send(hostile_cloud, "GET", target, headers)
        assert (refused.status, refused.code) == (400, "InvalidArgument")
        assert b"Only one auth mechanism allowed" in refused.body
    both = [
        s3_of(hostile_cloud, version).generate_presigned_url(
            "get_object", {"Bucket": bucket, "Key": "other"}
        )
        for version in VERSIONS
    ]
    assert ask(hostile_cloud, both[0] + "&" + both[1].partition("?")[2]).status == 400


@pytest.mark.parametrize(
    ("service", "query", "form"),
    [
        ("iam", "Action=ListUsers&Version=2010-05-08", "Action=CreateUser&UserName=smuggled"),
        (
            "sts",
            "Action=GetCallerIdentity&Version=2011-06-15",
            "Action=AssumeRole&RoleArn=arn:aws:iam::123456789012:role/tests&RoleSessionName=x",
        ),
        ("sns", "Action=ListTopics&Version=2010-03-31", "Action=CreateTopic&Name=smuggled"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_presigned_call_does_not_become_another(
    hostile_cloud: RunningCloud, service: str, query: str, form: str, method: str
) -> None:
    request = AWSRequest(method, f"{hostile_cloud.endpoint}/?{query}")
    SigV4QueryAuth(keys_of(hostile_cloud), service, "us-east-1").add_auth(request)
    url, body = str(request.url), f"{form}&{query.partition('&')[2]}".encode()
    assert ask(hostile_cloud, url, method).status == 200
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for more in (
        [FORM],
        [FORM, ("x-amz-content-sha256", empty)],
        [FORM, ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")],
        [("X-Amz-Target", "AmazonSQS.ListQueues")],
        [],
    ):
        assert ask(hostile_cloud, url, method, body, *more).status == 403, more
    assert ask(hostile_cloud, f"{url}&{form}", method).status == 403
    names = [user["UserName"] for user in hostile_cloud.client("iam").list_users()["Users"]]
    assert "smuggled" not in names
    assert not any(
        "smuggled" in t["TopicArn"] for t in hostile_cloud.client("sns").list_topics()["Topics"]
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_form_on_a_presigned_url_stores_nothing(
    hostile_cloud: RunningCloud, bucket: str, version: str
) -> None:
    s3 = s3_of(hostile_cloud, version)
    url = s3.generate_presigned_url("list_objects_v2", {"Bucket": bucket}, HttpMethod="POST")
    body = b'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nsmuggled\r\n--b\r\n'
    body += b'Content-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n'
    kind = ("Content-Type", "multipart/form-data; boundary=b")
    assert 400 <= ask(hostile_cloud, url, "POST", body, kind).status < 500
    with pytest.raises(ClientError):
        hostile_cloud.client("s3").head_object(Bucket=bucket, Key="smuggled")


def test_version_2_in_a_header_is_refused_by_name(hostile_cloud: RunningCloud) -> None:
    with pytest.raises(ClientError, match=r"not supported\. Please use AWS4-HMAC-SHA256"):
        hostile_cloud.client("s3", config=Config(signature_version="s3")).list_buckets()


def test_version_2_is_s3s_alone(hostile_cloud: RunningCloud) -> None:
    request = AWSRequest("GET", f"{hostile_cloud.endpoint}/2015-03-31/functions/")
    keys = keys_of(hostile_cloud)
    HmacV1QueryAuth(Credentials(keys.access_key, keys.secret_key)).add_auth(request)
    assert ask(hostile_cloud, str(request.url)).status == 404, "a bucket that is not there"
