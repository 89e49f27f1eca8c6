"""The resource types of EventBridge, Step Functions, Systems Manager, Secrets Manager and KMS."""

from __future__ import annotations

import json
from typing import Any

from ...iam.account import ACCOUNT_ID
from ..errors import ResourceFailed
from .base import (
    Made,
    Properties,
    ResourceType,
    Work,
    attribute_text,
    camel,
    changed,
    listed,
    object_text,
    picked,
    usual,
)
from .identities import text


class Rule(ResourceType):
    """AWS::Events::Rule."""

    name = "AWS::Events::Rule"
    done = frozenset(
        {
            *("Description", "EventBusName", "EventPattern", "Name", "RoleArn"),
            *("ScheduleExpression", "State", "Tags", "Targets"),
        }
    )
    replaces = frozenset({"EventBusName"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutRule, PutTargets."""
        name = given.get("Name") or work.name()
        made = Made(name)
        arn = self._put(work, name, given)
        work.begin(name)
        self._targets(work, name, {}, given)
        bus = str(given.get("EventBusName") or "default").rpartition("/")[2]
        reference = name if bus == "default" else f"{bus}|{name}"
        return Made(made.physical_id, {"Arn": arn, "RuleName": name, "Ref": reference})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutRule, PutTargets, RemoveTargets."""
        self._put(work, made.physical_id, new, old)
        self._targets(work, made.physical_id, old, new)
        client, arn = work.client("events"), made.attributes["Arn"]
        work.retag(
            *(old, new),
            lambda tags: client.tag_resource(ResourceARN=arn, Tags=listed(tags)),
            lambda keys: client.untag_resource(ResourceARN=arn, TagKeys=keys),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRule, after its targets."""
        self._targets(work, made.physical_id, given, picked(given, "EventBusName"))
        work.client("events").delete_rule(Name=made.physical_id, **picked(given, "EventBusName"))

    @staticmethod
    def _put(work: Work, name: str, given: Properties, old: Properties | None = None) -> str:
        parameters = picked(
            given, "Description", "EventBusName", "RoleArn", "ScheduleExpression", "State"
        )
        if given.get("EventPattern") is not None:
            parameters["EventPattern"] = text(given["EventPattern"])
        tags = work.tag_list(given)
        if tags and old is None:
            parameters["Tags"] = tags
        return str(work.client("events").put_rule(Name=name, **parameters)["RuleArn"])

    @staticmethod
    def _targets(work: Work, name: str, old: Properties, new: Properties) -> None:
        client, bus = work.client("events"), picked(new, "EventBusName")
        wanted = new.get("Targets") or []
        gone = {each["Id"] for each in old.get("Targets") or []} - {each["Id"] for each in wanted}
        if gone:
            _all_done(client.remove_targets(Rule=name, Ids=sorted(gone), **bus))
        if wanted and wanted != old.get("Targets"):
            _all_done(client.put_targets(Rule=name, Targets=wanted, **bus))


class EventBus(ResourceType):
    """AWS::Events::EventBus."""

    name = "AWS::Events::EventBus"
    done = frozenset({"Description", "Name", "Policy", "Tags"})
    replaces = frozenset({"Description", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateEventBus."""
        client = work.client("events")
        arn = client.create_event_bus(
            Tags=work.tag_list(given), **picked(given, "Description", "Name")
        )["EventBusArn"]
        work.begin(given["Name"])
        made = Made(given["Name"], {"Arn": arn, "Name": given["Name"]})
        return self.update(work, made, {}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutPermission of its policy, RemovePermission."""
        client, bus = work.client("events"), made.physical_id
        if changed(old, new, "Policy"):
            if new.get("Policy") is not None:
                client.put_permission(EventBusName=bus, Policy=text(new["Policy"]))
            else:
                client.remove_permission(EventBusName=bus, RemoveAllPermissions=True)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteEventBus."""
        work.client("events").delete_event_bus(Name=made.physical_id)


# The revision of a machine that was not updated yet (API Reference, StateMachineVersion, 2026-11).
INITIAL = "INITIAL"


class StateMachine(ResourceType):
    """AWS::StepFunctions::StateMachine."""

    name = "AWS::StepFunctions::StateMachine"
    done = frozenset(
        {
            *("Definition", "DefinitionS3Location", "DefinitionString", "DefinitionSubstitutions"),
            *("LoggingConfiguration", "RoleArn", "StateMachineName", "StateMachineType", "Tags"),
            "TracingConfiguration",
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateStateMachine."""
        name = given.get("StateMachineName") or work.name(80)
        arn = work.client("stepfunctions").create_state_machine(
            name=name,
            definition=_definition(work, given),
            tags=camel(work.tag_list(given)),
            **picked(given, roleArn="RoleArn", type="StateMachineType"),
            **_configurations(given),
        )["stateMachineArn"]
        return Made(arn, {"Arn": arn, "Name": name, "StateMachineRevisionId": INITIAL})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateStateMachine."""
        client = work.client("stepfunctions")
        client.update_state_machine(
            stateMachineArn=made.physical_id,
            definition=_definition(work, new),
            roleArn=new["RoleArn"],
            **_usual_configurations(old, new),
            **_configurations(new),
        )
        arn = made.physical_id
        work.retag(
            *(old, new),
            lambda tags: client.tag_resource(resourceArn=arn, tags=camel(listed(tags))),
            lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
        )
        now = client.describe_state_machine(stateMachineArn=arn).get("revisionId", INITIAL)
        return Made(arn, {**made.attributes, "StateMachineRevisionId": now})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteStateMachine."""
        work.client("stepfunctions").delete_state_machine(stateMachineArn=made.physical_id)


def _usual_configurations(old: Properties, new: Properties) -> dict[str, Any]:
    """The logging and the tracing of a state machine whose template no longer has them."""
    off = {
        "LoggingConfiguration": {"Level": "OFF", "IncludeExecutionData": False},
        "TracingConfiguration": {"Enabled": False},
    }
    return dict(camel(usual(old, new, off)))


def _configurations(given: Properties) -> dict[str, Any]:
    found = camel(picked(given, "TracingConfiguration"))
    logging = given.get("LoggingConfiguration")
    if logging:
        found["loggingConfiguration"] = camel(logging)
    return dict(found)


def _definition(work: Work, given: Properties) -> str:
    if given.get("DefinitionS3Location"):
        found = object_text(work, given["DefinitionS3Location"])
    elif given.get("Definition") is not None:
        found = json.dumps(given["Definition"])
    else:
        found = str(given.get("DefinitionString", ""))
    for name, value in (given.get("DefinitionSubstitutions") or {}).items():
        found = found.replace(f"${{{name}}}", attribute_text(value))
    return found


class Parameter(ResourceType):
    """AWS::SSM::Parameter."""

    name = "AWS::SSM::Parameter"
    done = frozenset(
        {"AllowedPattern", "DataType", "Description", "Name", "Tags", "Tier", "Type", "Value"}
    )

    def create(self, work: Work, given: Properties) -> Made:
        """PutParameter."""
        name = given.get("Name") or f"CFN-{work.logical_id}-{work.name(40)}"
        self._put(work, name, given, Tags=work.tag_list(given))
        arn = work.arn("ssm", f"parameter/{name.removeprefix('/')}")
        return Made(name, {"Arn": arn, "Type": given["Type"], "Value": given["Value"]})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutParameter that overwrites."""
        cleared = usual(old, new, {"AllowedPattern": "", "Description": ""})
        self._put(work, made.physical_id, {**cleared, **new}, Overwrite=True)
        client = work.client("ssm")
        resource = {"ResourceType": "Parameter", "ResourceId": made.physical_id}
        work.retag(
            *(old, new),
            lambda tags: client.add_tags_to_resource(**resource, Tags=listed(tags)),
            lambda keys: client.remove_tags_from_resource(**resource, TagKeys=keys),
        )
        told = {"Type": new["Type"], "Value": new["Value"]}
        return Made(made.physical_id, {**made.attributes, **told})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteParameter."""
        work.client("ssm").delete_parameter(Name=made.physical_id)

    @staticmethod
    def _put(work: Work, name: str, given: Properties, **more: Any) -> None:
        if given["Type"] == "SecureString":
            raise ResourceFailed("CloudFormation does not make parameters of type SecureString.")
        work.client("ssm").put_parameter(
            Name=name,
            **picked(given, "AllowedPattern", "DataType", "Description", "Tier", "Type", "Value"),
            **{key: value for key, value in more.items() if value},
        )


class Secret(ResourceType):
    """AWS::SecretsManager::Secret."""

    name = "AWS::SecretsManager::Secret"
    done = frozenset(
        {"Description", "GenerateSecretString", "KmsKeyId", "Name", "SecretString", "Tags"}
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateSecret."""
        client = work.client("secretsmanager")
        tags = work.tag_list(given)
        arn = client.create_secret(
            Name=given.get("Name") or work.name(120),
            SecretString=self._value(client, given),
            **({"Tags": tags} if tags else {}),
            **picked(given, "Description", "KmsKeyId"),
        )["ARN"]
        return Made(arn, {"Id": arn})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateSecret; a generated value stays as long as how it is made does."""
        client = work.client("secretsmanager")
        cleared = {"Description": "", **usual(old, new, {"KmsKeyId": ""})}
        parameters = {**cleared, **picked(new, "Description", "KmsKeyId")}
        if changed(old, new, "SecretString", "GenerateSecretString"):
            parameters["SecretString"] = self._value(client, new)
        client.update_secret(SecretId=made.physical_id, **parameters)
        secret = made.physical_id
        work.retag(
            *(old, new),
            lambda tags: client.tag_resource(SecretId=secret, Tags=listed(tags)),
            lambda keys: client.untag_resource(SecretId=secret, TagKeys=keys),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteSecret, as CloudFormation does: without days of recovery."""
        work.client("secretsmanager").delete_secret(
            SecretId=made.physical_id, ForceDeleteWithoutRecovery=True
        )

    @staticmethod
    def _value(client: Any, given: Properties) -> str:
        if given.get("SecretString") is not None:
            return str(given["SecretString"])
        how = dict(given.get("GenerateSecretString") or {})
        template, key = how.pop("SecretStringTemplate", None), how.pop("GenerateStringKey", None)
        password = client.get_random_password(**how)["RandomPassword"]
        if template is None:
            return str(password)
        return json.dumps({**json.loads(template), key: password})


class SecretPolicy(ResourceType):
    """AWS::SecretsManager::ResourcePolicy."""

    name = "AWS::SecretsManager::ResourcePolicy"
    done = frozenset({"ResourcePolicy", "SecretId"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutResourcePolicy."""
        work.client("secretsmanager").put_resource_policy(
            SecretId=given["SecretId"], ResourcePolicy=text(given["ResourcePolicy"])
        )
        return Made(given["SecretId"], {"Id": given["SecretId"]})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutResourcePolicy again."""
        return self.create(work, new)

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteResourcePolicy."""
        work.client("secretsmanager").delete_resource_policy(SecretId=made.physical_id)


class RotationSchedule(ResourceType):
    """AWS::SecretsManager::RotationSchedule."""

    name = "AWS::SecretsManager::RotationSchedule"
    done = frozenset(
        {"RotateImmediatelyOnUpdate", "RotationLambdaARN", "RotationRules", "SecretId"}
    )

    def create(self, work: Work, given: Properties) -> Made:
        """RotateSecret."""
        work.client("secretsmanager").rotate_secret(
            **picked(given, "RotationLambdaARN", "RotationRules", "SecretId"),
            **picked(given, RotateImmediately="RotateImmediatelyOnUpdate"),
        )
        return Made(given["SecretId"], {"Id": given["SecretId"]})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """RotateSecret again."""
        return self.create(work, new)

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """CancelRotateSecret."""
        work.client("secretsmanager").cancel_rotate_secret(SecretId=made.physical_id)


# The policy of a key that is given none. Source: KMS Developer Guide, "Default key policy".
FIRST_KEY_POLICY = {
    "Version": "2012-10-17",
    "Id": "key-default-1",
    "Statement": [
        {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}


class Key(ResourceType):
    """AWS::KMS::Key."""

    name = "AWS::KMS::Key"
    done = frozenset(
        {
            *("Description", "Enabled", "KeyPolicy", "KeySpec", "KeyUsage"),
            *("PendingWindowInDays", "Tags"),
        }
    )
    replaces = frozenset({"KeySpec", "KeyUsage", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateKey."""
        client = work.client("kms")
        parameters = picked(given, "Description", "KeySpec", "KeyUsage")
        if given.get("KeyPolicy") is not None:
            parameters["Policy"] = text(given["KeyPolicy"])
        tags = [{"TagKey": k, "TagValue": v} for k, v in work.tags(given).items()]
        found = client.create_key(Tags=tags, **parameters)["KeyMetadata"]
        work.begin(found["KeyId"])
        made = Made(found["KeyId"], {"Arn": found["Arn"], "KeyId": found["KeyId"]})
        return self.update(work, made, {**given, "Enabled": None}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """What may change of a key."""
        client, key = work.client("kms"), {"KeyId": made.physical_id}
        if changed(old, new, "KeyPolicy"):
            policy = text(new.get("KeyPolicy") or FIRST_KEY_POLICY)
            client.put_key_policy(**key, PolicyName="default", Policy=policy)
        if changed(old, new, "Description"):
            client.update_key_description(**key, Description=new.get("Description", ""))
        if changed(old, new, "Enabled"):
            if new.get("Enabled") is False:
                client.disable_key(**key)
            elif old.get("Enabled") is False:
                client.enable_key(**key)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """ScheduleKeyDeletion."""
        work.client("kms").schedule_key_deletion(
            KeyId=made.physical_id, PendingWindowInDays=given.get("PendingWindowInDays", 30)
        )


class KeyAlias(ResourceType):
    """AWS::KMS::Alias."""

    name = "AWS::KMS::Alias"
    done = frozenset({"AliasName", "TargetKeyId"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateAlias."""
        work.client("kms").create_alias(**picked(given, "AliasName", "TargetKeyId"))
        return Made(given["AliasName"])

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateAlias."""
        work.client("kms").update_alias(**picked(new, "AliasName", "TargetKeyId"))
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteAlias."""
        work.client("kms").delete_alias(AliasName=made.physical_id)


TYPES = (
    *(Rule(), EventBus(), StateMachine(), Parameter(), Secret(), SecretPolicy()),
    *(RotationSchedule(), Key(), KeyAlias()),
)


def _all_done(answer: dict[str, Any]) -> None:
    """EventBridge says of each target that failed, and answers 200."""
    for each in answer.get("FailedEntries") or []:
        raise ResourceFailed(f"{each.get('ErrorCode')}: {each.get('ErrorMessage')}")
