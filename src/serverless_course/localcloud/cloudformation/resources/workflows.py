"""Parts of a state machine as resources: versions, aliases; and activities."""

from __future__ import annotations

from typing import Any

from .base import Made, Properties, ResourceType, Work, picked


class StateMachineVersion(ResourceType):
    """AWS::StepFunctions::StateMachineVersion."""

    name = "AWS::StepFunctions::StateMachineVersion"
    done = frozenset({"Description", "StateMachineArn", "StateMachineRevisionId"})

    def create(self, work: Work, given: Properties) -> Made:
        """PublishStateMachineVersion."""
        arn = work.client("stepfunctions").publish_state_machine_version(
            **picked(
                given,
                stateMachineArn="StateMachineArn",
                revisionId="StateMachineRevisionId",
                description="Description",
            )
        )["stateMachineVersionArn"]
        return Made(arn, {"Arn": arn})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Nothing of a version changes."""
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteStateMachineVersion."""
        work.client("stepfunctions").delete_state_machine_version(
            stateMachineVersionArn=made.physical_id
        )


class StateMachineAlias(ResourceType):
    """AWS::StepFunctions::StateMachineAlias."""

    name = "AWS::StepFunctions::StateMachineAlias"
    done = frozenset({"Description", "Name", "RoutingConfiguration"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateStateMachineAlias."""
        arn = work.client("stepfunctions").create_state_machine_alias(
            name=given.get("Name") or work.name(80), **_alias(given)
        )["stateMachineAliasArn"]
        return Made(arn, {"Arn": arn})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """UpdateStateMachineAlias."""
        work.client("stepfunctions").update_state_machine_alias(
            stateMachineAliasArn=made.physical_id, **_alias(new)
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteStateMachineAlias."""
        work.client("stepfunctions").delete_state_machine_alias(
            stateMachineAliasArn=made.physical_id
        )


class Activity(ResourceType):
    """AWS::StepFunctions::Activity. It has no tags: the interpreter keeps none of activities."""

    name = "AWS::StepFunctions::Activity"
    done = frozenset({"Name"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateActivity."""
        arn = work.client("stepfunctions").create_activity(name=given["Name"])["activityArn"]
        return Made(arn, {"Arn": arn})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Nothing of an activity changes."""
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteActivity."""
        work.client("stepfunctions").delete_activity(activityArn=made.physical_id)


def _alias(given: Properties) -> dict[str, Any]:
    """What an alias points to, and its description. A weight is a number from 0 to 100."""
    routes = given.get("RoutingConfiguration") or []
    return {
        "routingConfiguration": [
            {
                "stateMachineVersionArn": each["StateMachineVersionArn"],
                "weight": int(each["Weight"]),
            }
            for each in routes
        ],
        **picked(given, description="Description"),
    }


TYPES: tuple[ResourceType, ...] = (StateMachineVersion(), StateMachineAlias(), Activity())
