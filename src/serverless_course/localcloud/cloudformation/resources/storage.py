"""S3's and DynamoDB's resource types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .base import Made, Properties, ResourceType, Work, changed, listed, picked, usual
from .bucket_lifecycle import put_lifecycle
from .identities import text


class Bucket(ResourceType):
    """AWS::S3::Bucket."""

    name = "AWS::S3::Bucket"
    not_given = frozenset({"WebsiteURL"})
    done = frozenset(
        {
            *("AccessControl", "BucketEncryption", "BucketName", "CorsConfiguration"),
            *("LifecycleConfiguration", "NotificationConfiguration", "OwnershipControls"),
            *("PublicAccessBlockConfiguration", "Tags", "VersioningConfiguration"),
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateBucket, and each of its configurations."""
        client, name = work.client("s3"), given.get("BucketName") or work.name(63, lower=True)
        parameters: dict[str, Any] = {"Bucket": name}
        if work.region != "us-east-1":
            parameters["CreateBucketConfiguration"] = {"LocationConstraint": work.region}
        client.create_bucket(**parameters)
        work.begin(name)
        self._configure(client, work, name, {}, given)
        return Made(
            name,
            {
                "Arn": f"arn:aws:s3:::{name}",
                "DomainName": f"{name}.s3.amazonaws.com",
                "DualStackDomainName": f"{name}.s3.dualstack.{work.region}.amazonaws.com",
                "RegionalDomainName": f"{name}.s3.{work.region}.amazonaws.com",
            },
        )

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Each configuration that differs."""
        self._configure(work.client("s3"), work, made.physical_id, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteBucket: one that holds objects stays, and its stack's deletion fails."""
        work.client("s3").delete_bucket(Bucket=made.physical_id)

    @staticmethod
    def _configure(client: Any, work: Work, name: str, old: Properties, new: Properties) -> None:
        for key, put, take in CONFIGURATIONS:
            if not changed(old, new, key):
                continue
            if new.get(key) is not None:
                put(client, name, new[key])
            elif take is not None:
                take(client, name)
        if changed(old, new, "Tags") or not old:
            tags = work.tag_list(new)
            if tags:
                client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
            elif old:
                client.delete_bucket_tagging(Bucket=name)


def _notifications(client: Any, bucket: str, given: Mapping[str, Any]) -> None:
    found: dict[str, Any] = {}
    for key, target, member in (
        ("LambdaConfigurations", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
        ("QueueConfigurations", "QueueConfigurations", "QueueArn"),
        ("TopicConfigurations", "TopicConfigurations", "TopicArn"),
    ):
        source = {"LambdaFunctionArn": "Function", "QueueArn": "Queue", "TopicArn": "Topic"}[member]
        for each in given.get(key) or []:
            entry: dict[str, Any] = {member: each[source], "Events": [each["Event"]]}
            rules = ((each.get("Filter") or {}).get("S3Key") or {}).get("Rules")
            if rules:
                entry["Filter"] = {"Key": {"FilterRules": rules}}
            found.setdefault(target, []).append(entry)
    bridge = given.get("EventBridgeConfiguration") or {}
    if bridge.get("EventBridgeEnabled", bool(given.get("EventBridgeConfiguration"))):
        found["EventBridgeConfiguration"] = {}
    client.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=found)


def _cors(client: Any, bucket: str, given: Mapping[str, Any]) -> None:
    rules = [
        picked(each, "AllowedHeaders", "AllowedMethods", "AllowedOrigins", ID="Id")
        | picked(each, ExposeHeaders="ExposedHeaders", MaxAgeSeconds="MaxAge")
        for each in given["CorsRules"]
    ]
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})


def _encryption(client: Any, bucket: str, given: Mapping[str, Any]) -> None:
    rules = []
    for each in given["ServerSideEncryptionConfiguration"]:
        default = each.get("ServerSideEncryptionByDefault") or {}
        rule = picked(each, "BucketKeyEnabled")
        if default:
            rule["ApplyServerSideEncryptionByDefault"] = picked(
                default, "SSEAlgorithm", "KMSMasterKeyID"
            )
        rules.append(rule)
    client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})


def _acl(client: Any, bucket: str, given: str) -> None:
    words = "".join(f"-{c.lower()}" if c.isupper() else c for c in given).lstrip("-")
    client.put_bucket_acl(Bucket=bucket, ACL=words)


Put = Callable[[Any, str, Any], None]
Take = Callable[[Any, str], None]
# In the order in which they are put: property, how it is put, how it is taken away.
CONFIGURATIONS: tuple[tuple[str, Put, Take | None], ...] = (
    (
        "OwnershipControls",
        lambda s3, bucket, given: s3.put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls=given
        ),
        lambda s3, bucket: s3.delete_bucket_ownership_controls(Bucket=bucket),
    ),
    (
        "PublicAccessBlockConfiguration",
        lambda s3, bucket, given: s3.put_public_access_block(
            Bucket=bucket, PublicAccessBlockConfiguration=given
        ),
        lambda s3, bucket: s3.delete_public_access_block(Bucket=bucket),
    ),
    ("AccessControl", _acl, lambda s3, bucket: _acl(s3, bucket, "Private")),
    (
        "VersioningConfiguration",
        lambda s3, bucket, given: s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration=given
        ),
        lambda s3, bucket: s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
    ),
    (
        "BucketEncryption",
        _encryption,
        lambda s3, bucket: s3.delete_bucket_encryption(Bucket=bucket),
    ),
    (
        "LifecycleConfiguration",
        put_lifecycle,
        lambda s3, bucket: s3.delete_bucket_lifecycle(Bucket=bucket),
    ),
    ("CorsConfiguration", _cors, lambda s3, bucket: s3.delete_bucket_cors(Bucket=bucket)),
    (
        "NotificationConfiguration",
        _notifications,
        lambda s3, bucket: _notifications(s3, bucket, {}),
    ),
)


class BucketPolicy(ResourceType):
    """AWS::S3::BucketPolicy."""

    name = "AWS::S3::BucketPolicy"
    done = frozenset({"Bucket", "PolicyDocument"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutBucketPolicy."""
        work.client("s3").put_bucket_policy(
            Bucket=given["Bucket"], Policy=text(given["PolicyDocument"])
        )
        return Made(given["Bucket"])

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutBucketPolicy again."""
        return self.create(work, new)

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteBucketPolicy."""
        work.client("s3").delete_bucket_policy(Bucket=given["Bucket"])


class Table(ResourceType):
    """AWS::DynamoDB::Table."""

    name = "AWS::DynamoDB::Table"
    FIXED = ("AttributeDefinitions", "BillingMode", "DeletionProtectionEnabled", "KeySchema")
    INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    done = frozenset(
        {
            *(*FIXED, *INDEXES, "OnDemandThroughput"),
            *("ProvisionedThroughput", "SSESpecification", "StreamSpecification", "TableClass"),
            *("TableName", "Tags", "TimeToLiveSpecification"),
        }
    )
    # DynamoDB cannot change these of a table that is there.
    replaces = frozenset({"KeySchema", "LocalSecondaryIndexes"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateTable, until it is active."""
        client, name = work.client("dynamodb"), given.get("TableName") or work.name(255)
        client.create_table(
            TableName=name,
            Tags=work.tag_list(given),
            **picked(
                given,
                *(*self.FIXED, *self.INDEXES, "OnDemandThroughput", "ProvisionedThroughput"),
                "TableClass",
            ),
            **_encrypted(given),
            **_stream(given),
        )
        work.begin(name)
        self._active(work, client, name)
        self._settings(client, name, {}, given)
        return self._made(client, name)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateTable: one index at a time, as DynamoDB asks."""
        client, name = work.client("dynamodb"), made.physical_id
        for change in self._changes(old, new):
            client.update_table(TableName=name, **change)
            self._active(work, client, name)
        self._settings(client, name, old, new)
        arn = made.attributes["Arn"]
        work.retag(
            *(old, new),
            lambda tags: client.tag_resource(ResourceArn=arn, Tags=listed(tags)),
            lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
        )
        return self._made(client, name)

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteTable, until it is gone."""
        client = work.client("dynamodb")
        client.delete_table(TableName=made.physical_id)
        work.until_gone(lambda: client.describe_table(TableName=made.physical_id), "the table")

    @staticmethod
    def _changes(old: Properties, new: Properties) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        if changed(old, new, "BillingMode", "ProvisionedThroughput", "OnDemandThroughput"):
            unlimited = {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}
            usually = {"BillingMode": "PROVISIONED", "OnDemandThroughput": unlimited}
            given = picked(new, "BillingMode", "OnDemandThroughput", "ProvisionedThroughput")
            found.append({**usual(old, new, usually), **given})
        if changed(old, new, "DeletionProtectionEnabled", "TableClass"):
            plain = {"DeletionProtectionEnabled": new.get("DeletionProtectionEnabled", False)}
            found.append(
                plain | usual(old, new, {"TableClass": "STANDARD"}) | picked(new, "TableClass")
            )
        if changed(old, new, "SSESpecification"):
            found.append({"SSESpecification": {"Enabled": False}} | _encrypted(new))
        if changed(old, new, "StreamSpecification"):
            if old.get("StreamSpecification"):
                found.append({"StreamSpecification": {"StreamEnabled": False}})
            if new.get("StreamSpecification"):
                found.append(_stream(new))
        before = {each["IndexName"]: each for each in old.get("GlobalSecondaryIndexes") or []}
        after = {each["IndexName"]: each for each in new.get("GlobalSecondaryIndexes") or []}
        for name in before:
            if name not in after or before[name]["KeySchema"] != after[name]["KeySchema"]:
                found.append({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]})
        for name, index in after.items():
            if name not in before or before[name]["KeySchema"] != index["KeySchema"]:
                found.append(
                    {
                        "AttributeDefinitions": new["AttributeDefinitions"],
                        "GlobalSecondaryIndexUpdates": [{"Create": index}],
                    }
                )
        return found

    @staticmethod
    def _settings(client: Any, name: str, old: Properties, new: Properties) -> None:
        if changed(old, new, "TimeToLiveSpecification"):
            before = old.get("TimeToLiveSpecification") or {}
            wanted = new.get("TimeToLiveSpecification") or {**before, "Enabled": False}
            # The service refuses to switch off what is off.
            if before.get("Enabled") or wanted.get("Enabled"):
                client.update_time_to_live(
                    TableName=name,
                    TimeToLiveSpecification=picked(wanted, "AttributeName", "Enabled"),
                )

    @staticmethod
    def _active(work: Work, client: Any, name: str) -> None:
        def active() -> bool:
            found = client.describe_table(TableName=name)["Table"]
            indexes = found.get("GlobalSecondaryIndexes") or []
            states = [found["TableStatus"], *(e.get("IndexStatus", "ACTIVE") for e in indexes)]
            return all(each == "ACTIVE" for each in states)

        work.until(active, f"The table {name}")

    @staticmethod
    def _made(client: Any, name: str) -> Made:
        table = client.describe_table(TableName=name)["Table"]
        attributes = {"Arn": table["TableArn"]}
        if table.get("LatestStreamArn"):
            attributes["StreamArn"] = table["LatestStreamArn"]
        return Made(name, attributes)


def _encrypted(given: Properties) -> dict[str, Any]:
    found = given.get("SSESpecification")
    if not found:
        return {}
    return {"SSESpecification": picked(found, "SSEType", "KMSMasterKeyId", Enabled="SSEEnabled")}


def _stream(given: Properties) -> dict[str, Any]:
    stream = given.get("StreamSpecification")
    if not stream:
        return {}
    return {
        "StreamSpecification": {
            "StreamEnabled": True,
            "StreamViewType": stream["StreamViewType"],
        }
    }


TYPES = (Bucket(), BucketPolicy(), Table())
