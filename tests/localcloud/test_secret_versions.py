"""The versions of a secret: Secrets Manager API Reference, ListSecretVersionIds (read 2026-11), and
as recorded from AWS (localstack's ``test_secretsmanager``, 2023 to 2025)."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud


def test_versions_are_listed_with_their_stages_keys_and_dates(one_cloud: RunningCloud) -> None:
    client = one_cloud.client("secretsmanager")
    name = f"versions-{secrets.token_hex(4)}"
    made = client.create_secret(Name=name, SecretString="1")
    for value in ("2", "3"):
        client.put_secret_value(SecretId=name, SecretString=value)
    listed = client.list_secret_version_ids(SecretId=name)
    assert (listed["ARN"], listed["Name"]) == (made["ARN"], name)
    assert "NextToken" not in listed
    stages = {tuple(each["VersionStages"]) for each in listed["Versions"]}
    assert stages == {("AWSCURRENT",), ("AWSPREVIOUS",)}
    for each in listed["Versions"]:
        assert each["KmsKeyIds"] == ["DefaultEncryptionKey"]
        assert abs(each["CreatedDate"].timestamp() - time.time()) < 60
        assert "LastAccessedDate" not in each
    every = client.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
    (old,) = [each for each in every if "VersionStages" not in each]
    assert old["VersionId"] == made["VersionId"]
    first = client.list_secret_version_ids(SecretId=name, MaxResults=1)
    second = client.list_secret_version_ids(SecretId=name, NextToken=first["NextToken"])
    found = {each["VersionId"] for each in (*first["Versions"], *second["Versions"])}
    assert found == {each["VersionId"] for each in listed["Versions"]}


def test_the_day_of_the_last_read_is_told(one_cloud: RunningCloud) -> None:
    client = one_cloud.client("secretsmanager")
    name = f"read-{secrets.token_hex(4)}"
    client.create_secret(Name=name, SecretString="1")
    assert "LastAccessedDate" not in client.describe_secret(SecretId=name)
    client.get_secret_value(SecretId=name)
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    (version,) = client.list_secret_version_ids(SecretId=name)["Versions"]
    for told in (client.describe_secret(SecretId=name), version):
        assert told["LastAccessedDate"] == day


def test_a_secret_that_is_not_there_has_no_versions(one_cloud: RunningCloud) -> None:
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*can't find the specified"):
        one_cloud.client("secretsmanager").list_secret_version_ids(SecretId="none")


def test_stages_are_in_the_order_of_the_alphabet(one_cloud: RunningCloud) -> None:
    """Recorded: test_update_secret_version_stages_current_pending_cycle_custom_stages_1."""
    client = one_cloud.client("secretsmanager")
    name = f"stages-{secrets.token_hex(4)}"
    first = client.create_secret(Name=name, SecretString="S1")["VersionId"]
    put = client.put_secret_value(
        SecretId=name, SecretString="S2", VersionStages=["AWSSOMETHING", "AWSPENDING", "PUT1"]
    )
    second = put["VersionId"]
    assert put["VersionStages"] == ["AWSPENDING", "AWSSOMETHING", "PUT1"]
    client.update_secret_version_stage(
        SecretId=name,
        VersionStage="AWSCURRENT",
        RemoveFromVersionId=first,
        MoveToVersionId=second,
    )
    stages = ["AWSCURRENT", "AWSPENDING", "AWSSOMETHING", "PUT1"]
    assert client.get_secret_value(SecretId=name)["VersionStages"] == stages
    listed = client.list_secret_version_ids(SecretId=name)["Versions"]
    assert [each["VersionStages"] for each in listed] == [["AWSPREVIOUS"], stages]


def test_a_label_is_moved_wholly_or_not_at_all(one_cloud: RunningCloud) -> None:
    """API reference, UpdateSecretVersionStage (read 2026-11)."""
    client = one_cloud.client("secretsmanager")
    name = f"moved-{secrets.token_hex(4)}"
    first = client.create_secret(Name=name, SecretString="1")["VersionId"]
    second = client.put_secret_value(SecretId=name, SecretString="2", VersionStages=["MINE"])
    move = {"SecretId": name, "VersionStage": "MINE"}
    for given, said in (
        ({"MoveToVersionId": first}, "RemoveFromVersionId can't be empty. Staging label MINE"),
        (
            {"RemoveFromVersionId": second["VersionId"], "MoveToVersionId": "no" * 16},
            "Not a valid version",
        ),
        ({"VersionStage": "AWSCURRENT", "RemoveFromVersionId": first}, "not removed"),
    ):
        with pytest.raises(ClientError, match=said):
            client.update_secret_version_stage(**{**move, **given})
    listed = client.list_secret_version_ids(SecretId=name)["Versions"]
    assert [each["VersionStages"] for each in listed] == [["AWSCURRENT"], ["MINE"]]
