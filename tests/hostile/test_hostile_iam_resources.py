"""Each way to name a resource counts: what is asked leave for is what is read, written or deleted.

Right: with leave for one resource alone, or a Deny on one, no spelling of a request reaches the
other. Sources: Service Authorization Reference of each service; S3 API Reference; DynamoDB
Developer Guide, "PartiQL statements"; Secrets Manager API Reference, BatchGetSecretValue (all read
2026-11).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from iam_caller import FORM, JSON, Caller
from roles import ACCOUNT, ARN, allow, deny
from running_cloud import RunningCloud

from serverless_course.localcloud.iam.requested.deleted_keys import deleted_keys, rewritten
from serverless_course.localcloud.iam.requested.partiql import Statement, read_statement
from serverless_course.localcloud.wire.errors import ServiceError

SECRET = "what nobody may read"
OBJECT = "arn:aws:s3:::shop"
TABLE = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture(scope="module")
def shop(one_cloud: RunningCloud) -> RunningCloud:
    s3, sqs, dynamodb = (one_cloud.client(name) for name in ("s3", "sqs", "dynamodb"))
    s3.create_bucket(Bucket="shop")
    for key in ("in/a", "out/a", "in/..", "out b", "out%2Fa", "out+b"):
        s3.put_object(Bucket="shop", Key=key, Body=SECRET.encode())
    for name in ("own", "other"):
        sqs.create_queue(QueueName=name)
        dynamodb.create_table(TableName=name, **TABLE)
        dynamodb.put_item(TableName=name, Item={"id": {"S": SECRET}})
        one_cloud.client("secretsmanager").create_secret(Name=f"{name}/x", SecretString=SECRET)
    dynamodb.create_table(TableName="own-private", **TABLE)
    dynamodb.put_item(TableName="own-private", Item={"id": {"S": SECRET}})
    return one_cloud


def keys(cloud: RunningCloud) -> set[str]:
    listed = cloud.client("s3").list_objects_v2(Bucket="shop")["Contents"]
    return {each["Key"] for each in listed}


# S3


@pytest.mark.parametrize(
    "target",
    [
        "/shop/out/a",
        "/shop/out%2Fa",
        "/shop//out/a",
        "//shop/out/a",
        "/shop/in/..%2F..%2Fout/a",
        "/shop/out/a#/in/a",
        "/shop/out/a%23in",
        "/shop/out/a?torrent",
        "/shop/out/a?x-id=GetObject",
        "/shop/out/a?acl",
        "/shop/out/a?versionId=null",
        "/shop/out/a?partNumber=1",
        "/shop/out/a?uploadId=1",
        "/shop/out/a?attributes",
        "/shop/out/a?key=in/a",
        "/shop/out%252Fa",
        "/shop/in/a/../../out/a",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_no_address_reaches_an_object_that_is_denied(
    shop: RunningCloud, target: str, method: str
) -> None:
    caller = Caller(
        shop,
        allow("s3:*", f"{OBJECT}*"),
        deny("s3:*Object*", [f"{OBJECT}/out*", f"{OBJECT}/out/*"]),
    )
    answer = caller.send("s3", target, {"x-amz-object-attributes": "ETag"}, method=method)
    assert answer.status_code in (400, 403, 404, 405, 501), answer.text
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "source",
    [
        "shop/out/a",
        "/shop/out/a",
        "shop/out%2Fa",
        "shop/out/a;x=1",
        "shop/out/a#in/a",
        "shop/out/a?versionId=null",
        "shop/out/a?x=in&versionId=null",
        "http://host/shop/out/a",
        "//shop/out/a",
        "shop/in/a;/../../out/a",
        "arn:aws:s3:us-east-1:123456789012:accesspoint/p/object/out/a",
    ],
)
def test_a_copy_reads_what_may_be_read(shop: RunningCloud, source: str) -> None:
    own = [f"{OBJECT}/in/*"]
    caller = Caller(shop, allow("s3:*", own), deny("s3:GetObject*", f"{OBJECT}/out*"))
    for target in ("/shop/in/copy", "/shop/in/copy?partNumber=1&uploadId=1"):
        answer = caller.send("s3", target, {"x-amz-copy-source": source}, method="PUT")
        assert answer.status_code in (400, 403, 404), (source, answer.text)
    assert "in/copy" not in keys(shop)


@pytest.mark.parametrize(
    "body",
    [
        "<Delete><Object><Key>out b</Key></Object></Delete>",
        "<Delete><Object><Key>out%2Fa</Key></Object></Delete>",
        "<Delete><Object><Key>out+b</Key></Object></Delete>",
        "<Delete><Object><Key>out/a</Key></Object></Delete>",
        "<Delete><Object><Key >out/a</Key></Object></Delete>",
        "<Delete><Object><Key a='1'>out/a</Key></Object></Delete>",
        "<Delete><Object><Key><!-- x -->out/a</Key></Object></Delete>",
        "<Delete><Object><Key><![CDATA[out/a]]></Key></Object></Delete>",
        "<Delete><Object><Key>&#111;ut/a</Key></Object></Delete>",
        "<Delete><Object><Key>in/a</Key><Key>out/a</Key></Object></Delete>",
        "<Delete><Object><Key>in/a</Key></Object><Object><Key>out/a</Key></Object></Delete>",
        "<!DOCTYPE d [<!ENTITY k 'out/a'>]><Delete><Object><Key>&k;</Key></Object></Delete>",
        "<Other><Object><Key>out/a</Key></Object></Other>",
        "<Delete><Object><VersionId>1</VersionId></Object></Delete>",
        "",
        "<Delete/>",
    ],
)
def test_many_objects_are_deleted_as_they_are_named(shop: RunningCloud, body: str) -> None:
    before = keys(shop)
    caller = Caller(shop, allow("s3:*", OBJECT), allow("s3:DeleteObject", f"{OBJECT}/in/*"))
    for encoding in ("utf-8", "utf-16"):
        answer = caller.send("s3", "/shop?delete", {}, body.encode(encoding))
        assert answer.status_code in (400, 403), (body, answer.text)
    assert keys(shop) == before


def test_a_key_is_deleted_to_the_letter() -> None:
    body = (
        b"<Delete><Object><Key>a b&amp;&lt;%2F+&#13;\n</Key></Object><Quiet>true</Quiet></Delete>"
    )
    assert deleted_keys(body) == [("a b&<%2F+\r\n", "")]
    assert deleted_keys(rewritten(body)) == deleted_keys(body)
    assert b"<Quiet>true</Quiet>" in rewritten(body)


def test_of_two_values_none_is_read_that_was_not_asked_for(shop: RunningCloud) -> None:
    listing = {"StringEquals": {"s3:prefix": "in/"}}
    caller = Caller(shop, allow("s3:ListBucket", OBJECT, Condition=listing))
    for target in ("/shop?prefix=out%2F&prefix=in%2F", "/shop?prefix=in%2F&prefix=out%2F"):
        answer = caller.send("s3", target, method="GET")
        assert answer.status_code in (200, 400, 403)
        assert "<Key>out/a</Key>" not in answer.text
    assert "<Key>in/a</Key>" in caller.send("s3", "/shop?prefix=in%2F", method="GET").text
    body = urlencode({"prefix": "out/"})
    answer = caller.send("s3", "/shop?prefix=in%2F", FORM, body, method="GET")
    assert "<Key>out/a</Key>" not in answer.text


def test_what_nobody_answers_is_no_plain_operation(shop: RunningCloud) -> None:
    """moto took an unknown sub-resource for the whole bucket, and deleted it."""
    everything = Caller(shop, allow("*"))
    for method, target in (
        ("DELETE", "/shop?analytics&id=1"),
        ("DELETE", "/shop?inventory&id=1"),
        ("DELETE", "/shop?metrics&id=1"),
        ("DELETE", "/shop?acl"),
        ("PUT", "/shop?requestPayment"),
        ("PUT", "/shop/in/a?torrent"),
        ("GET", "/shop/in/a?retention"),
        ("DELETE", "/shop/in/a?acl"),
    ):
        answer = everything.send("s3", target, method=method)
        assert answer.status_code == 501, (method, target, answer.text)
    assert "in/a" in keys(shop)


def test_a_body_of_type_form_is_an_object(shop: RunningCloud) -> None:
    caller = Caller(shop, allow("s3:*", f"{OBJECT}/in/form"))
    body = "key=out/a&versionId=1&file=x"
    assert caller.send("s3", "/shop/in/form", FORM, body, method="PUT").status_code == 200
    found = shop.client("s3").get_object(Bucket="shop", Key="in/form")
    assert found["Body"].read().decode() == body


# SQS, and every service of JSON and forms


def test_a_queue_by_its_path_its_query_and_its_body(shop: RunningCloud) -> None:
    sqs = shop.client("sqs")
    other, own = (f"{shop.endpoint}/{ACCOUNT}/{name}" for name in ("other", "own"))
    caller = Caller(shop, allow("sqs:*", ARN.format("sqs", "own")))
    purge = "Action=SendMessage&MessageBody=x"
    for target, headers, body in (
        (f"/{ACCOUNT}/other", FORM, purge),
        (f"/{ACCOUNT}/own", FORM, f"{purge}&QueueUrl={other}"),
        (f"/{ACCOUNT}/other", FORM, f"{purge}&QueueUrl={own}"),
        (f"/{ACCOUNT}/own?QueueUrl={other}", FORM, purge),
        (f"/{ACCOUNT}/own?{purge}&QueueUrl={other}", {}, ""),
        (f"/?{purge}&QueueUrl={own}", JSON, json.dumps({"QueueUrl": other, "MessageBody": "x"})),
        ("/", FORM, f"{purge}&QueueUrl={own}&QueueUrl={other}"),
        (f"/{ACCOUNT}/own%2F..%2Fother", FORM, purge),
        (f"/{ACCOUNT}/own", FORM, f"{purge}&QueueName=other"),
    ):
        caller.send("sqs", target, headers, body)
        attributes = sqs.get_queue_attributes(QueueUrl=other, AttributeNames=["All"])["Attributes"]
        assert attributes["ApproximateNumberOfMessages"] == "0", (target, body)


@pytest.mark.parametrize(
    ("service", "target", "parameters"),
    [
        (
            "dynamodb",
            "DynamoDB_20120810.GetItem",
            {"TableName": "{}", "Key": {"id": {"S": SECRET}}},
        ),
        ("dynamodb", "DynamoDB_20120810.Scan", {"TableName": "{}"}),
    ],
)
@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:dynamodb:eu-west-1:123456789012:table/other",
        "arn:aws:dynamodb:us-east-1:999999999999:table/other",
        "arn:aws:sqs:us-east-1:123456789012:table/other",
        "arn:aws-cn:dynamodb:us-east-1:123456789012:table/other",
        "arn:aws:dynamodb::123456789012:table/other",
        "arn:table/other",
        "arn:aws:dynamodb:us-east-1:123456789012:table/other",
    ],
)
def test_an_arn_is_this_accounts_and_regions(
    shop: RunningCloud, service: str, target: str, parameters: dict[str, Any], arn: str
) -> None:
    """A Deny on one table cannot be passed by naming it in another region's ARN."""
    caller = Caller(shop, allow("*"), deny("*", ARN.format("dynamodb", "table/other")))
    body = json.dumps(parameters).replace("{}", arn)
    answer = caller.send(service, "/", {**JSON, "X-Amz-Target": target}, body)
    assert answer.status_code == 400
    assert SECRET not in answer.text


# PartiQL


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT * FROM own", ("SELECT", "own", "")),
        ('select a from "own"."by-day" where b = 1', ("SELECT", "own", "by-day")),
        ("SELECT 'x FROM other' FROM own", ("SELECT", "own", "")),
        ("SELECT \"FROM\" FROM own WHERE a = ' FROM other'", ("SELECT", "own", "")),
        ("SELECT * FROM own WHERE a = 'it''s FROM other'", ("SELECT", "own", "")),
        ('SELECT * FROM "own-private"', ("SELECT", "own-private", "")),
        ("SELECT * FROM own-private", ("SELECT", "own-private", "")),
        ("INSERT INTO own VALUE {'id': 'a'}", ("INSERT", "own", "")),
        ("UPDATE own SET a = 'FROM other' WHERE id = 'x'", ("UPDATE", "own", "")),
        ("DELETE FROM own WHERE id = 'INTO other'", ("DELETE", "own", "")),
        ("  \n delete\tfrom own where id = 'x' ", ("DELETE", "own", "")),
    ],
)
def test_a_statement_names_its_table(text: str, read: tuple[str, str, str]) -> None:
    assert read_statement(text) == Statement(*read)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT",
        "SELECT *",
        "SELECT * FROM",
        "SELECT * FROM own, other FROM other",
        "SELECT * FROM own -- FROM other",
        "SELECT * /* FROM own */ FROM other",
        "SELECT * FROM own; DELETE FROM other",
        "SELECT * FROM 'own'",
        "SELECT * FROM (SELECT * FROM other)",
        "SELECT 'x FROM own",
        'SELECT "x FROM own',
        'SELECT * FROM "own FROM other"',
        "DELETE own FROM other",
        "INSERT own INTO other",
        "DROP TABLE own",
        "EXISTS (SELECT * FROM own)",
        'SELECT * FROM "own/../other"',
        "SELECT * FROM own WHERE a = " + "'x' OR a = " * 2000,
    ],
)
def test_a_statement_that_cannot_be_made_out_is_refused(text: str) -> None:
    with pytest.raises(ServiceError, match="wasn't well formed"):
        read_statement(text)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM other",
        'SELECT * FROM "other"',
        "SELECT ' FROM own ' FROM other",
        "SELECT * FROM other WHERE id <> ' FROM own '",
        'SELECT * FROM "own-private"',
        "SELECT * FROM own-private",
        'SELECT * FROM "own"."x" FROM other',
        "SELECT * FROM own, other",
        "SELECT * FROM own o, other p",
        "DELETE FROM own WHERE id = 'x'",
    ],
)
def test_partiql_reaches_no_other_table(shop: RunningCloud, statement: str) -> None:
    caller = Caller(
        shop, allow("dynamodb:PartiQLSelect", ARN.format("dynamodb", "table/own"))
    ).acting.client("dynamodb")
    private = {"Statement": statement}
    for call, given in (
        (caller.execute_statement, private),
        (caller.batch_execute_statement, {"Statements": [private]}),
        (
            caller.batch_execute_statement,
            {"Statements": [{"Statement": "SELECT * FROM own"}, private]},
        ),
        (caller.execute_transaction, {"TransactStatements": [private]}),
    ):
        try:
            answer = call(**given)
        except caller.exceptions.ClientError:
            continue
        # What a statement over its own table finds is the caller's to read.
        shown = json.dumps(answer.get("Items", answer.get("Responses")))
        assert statement.startswith("SELECT * FROM own"), shown
        assert shown.count(SECRET) <= 2


def test_partiql_may_read_its_own_table(shop: RunningCloud) -> None:
    own = ARN.format("dynamodb", "table/own")
    caller = Caller(shop, allow("dynamodb:PartiQL*", own)).acting.client("dynamodb")
    assert caller.execute_statement(Statement="SELECT * FROM own")["Items"] == [
        {"id": {"S": SECRET}}
    ]
    caller.execute_statement(Statement="INSERT INTO own VALUE {'id': 'FROM other'}")
    found = caller.execute_statement(Statement="SELECT * FROM \"own\" WHERE id = 'FROM other'")
    assert found["Items"] == [{"id": {"S": "FROM other"}}]


# secrets, tags, identities


def test_secrets_found_by_a_filter_need_leave(shop: RunningCloud) -> None:
    own = [allow(["secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"])]
    value = allow("secretsmanager:GetSecretValue", ARN.format("secretsmanager", "secret:own/*"))
    filters = {"Filters": [{"Key": "name", "Values": ["other/"]}]}
    for statements in (own, [*own, value]):
        caller = Caller(shop, *statements).acting.client("secretsmanager")
        with pytest.raises(caller.exceptions.ClientError, match="GetSecretValue"):
            caller.batch_get_secret_value(**filters)
    caller = Caller(shop, *own, value).acting.client("secretsmanager")
    filters["Filters"][0]["Values"] = ["own/"]
    (found,) = caller.batch_get_secret_value(**filters)["SecretValues"]
    assert found["SecretString"] == SECRET
    listless = Caller(shop, own[0] | {"Action": own[0]["Action"][0]}, value)
    client = listless.acting.client("secretsmanager")
    with pytest.raises(client.exceptions.ClientError, match="ListSecrets"):
        client.batch_get_secret_value(**filters)


def test_the_tags_of_a_request_are_conditions(shop: RunningCloud) -> None:
    """IAM User Guide, "AWS global condition context keys": RequestTag and TagKeys."""
    red = {"StringEquals": {"aws:RequestTag/team": "red"}}
    keys_alone = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    caller = Caller(shop, allow("*", Condition={**red, **keys_alone})).acting
    sqs, sns, dynamodb = (caller.client(name) for name in ("sqs", "sns", "dynamodb"))
    sqs.create_queue(QueueName="tagged", tags={"team": "red"})
    sns.create_topic(Name="tagged", Tags=[{"Key": "team", "Value": "red"}])
    dynamodb.create_table(TableName="tagged", Tags=[{"Key": "team", "Value": "red"}], **TABLE)
    for call, given in (
        (sqs.create_queue, {"QueueName": "t", "tags": {"team": "blue"}}),
        (sqs.create_queue, {"QueueName": "t", "tags": {"team": "red", "x": "y"}}),
        (sqs.create_queue, {"QueueName": "t"}),
        (sns.create_topic, {"Name": "t", "Tags": [{"Key": "team", "Value": "blue"}]}),
    ):
        with pytest.raises(sqs.exceptions.ClientError, match="not authorized"):
            call(**given)


def test_users_and_groups_are_named_with_their_paths(shop: RunningCloud) -> None:
    iam = shop.client("iam")
    iam.create_user(UserName="deep", Path="/team/red/")
    iam.create_group(GroupName="deep", Path="/team/red/")
    own = [f"arn:aws:iam::{ACCOUNT}:{kind}/team/red/deep" for kind in ("user", "group")]
    pathed = Caller(shop, allow("iam:*", own)).acting.client("iam")
    pathed.get_user(UserName="deep")
    pathed.get_group(GroupName="deep")
    exact = Caller(shop, allow("iam:*", f"arn:aws:iam::{ACCOUNT}:user/deep")).acting.client("iam")
    with pytest.raises(exact.exceptions.ClientError, match="user/team/red/deep"):
        exact.get_user(UserName="deep")
    with pytest.raises(exact.exceptions.ClientError, match="user/team/red/deep"):
        exact.create_access_key(UserName="deep")
