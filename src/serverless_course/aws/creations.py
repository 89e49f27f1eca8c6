"""The calls that create what clean-up deletes: where each has its name, and where its tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import tag_map
from serverless_course.aws.names import (
    LAYER_DESCRIPTION_LIMIT,
    SCHEDULE_DESCRIPTION_LIMIT,
    tagged_description,
)


@dataclass(frozen=True)
class Creation:
    """A call that creates a resource.

    Attributes:
        kind: a key of :data:`serverless_course.aws.kinds.KINDS`.
        name: the resource's name, from the call's parameters; "" where they have none.
        add: adds tags to the call's parameters.
        adopts: whether the call takes or changes what bears that name already, and says nothing.
        made: from the answer, the id of a resource that has no name.
        later: tags what bears this name after a call with Overwrite, which takes no tags.
    """

    kind: str
    name: Callable[[Mapping[str, Any]], str]
    add: Callable[[dict[str, Any], Mapping[str, str]], None]
    adopts: bool = False
    made: Callable[[Mapping[str, Any]], str] = lambda parsed: ""
    later: Callable[[Cloud, str, Mapping[str, str]], None] | None = None


def _named(member: str) -> Callable[[Mapping[str, Any]], str]:
    def name(params: Mapping[str, Any]) -> str:
        found = params.get(member)
        return found if isinstance(found, str) else ""

    return name


def _function_name(params: Mapping[str, Any]) -> str:
    """FunctionName may be a name, a partial or a whole ARN, with a qualifier or without."""
    given = _named("FunctionName")(params)
    return given.partition("function:")[2].split(":")[0] or given.split(":")[0]


def _mapping_of(member: str) -> Callable[[dict[str, Any], Mapping[str, str]], None]:
    def add(params: dict[str, Any], wanted: Mapping[str, str]) -> None:
        given = params.get(member, {})
        # botocore refuses anything else, and says why.
        if isinstance(given, dict):
            params[member] = {**given, **wanted}

    return add


def _list_of(member: str) -> Callable[[dict[str, Any], Mapping[str, str]], None]:
    def add(params: dict[str, Any], wanted: Mapping[str, str]) -> None:
        given = params.get(member, [])
        if isinstance(given, list | tuple):
            params[member] = _with(given, wanted)

    return add


def _with(given: Any, wanted: Mapping[str, str]) -> list[Any]:
    kept = [tag for tag in given if not (isinstance(tag, dict) and tag.get("Key") in wanted)]
    return [*kept, *({"Key": key, "Value": value} for key, value in wanted.items())]


def _specification_of(resource: str) -> Callable[[dict[str, Any], Mapping[str, str]], None]:
    def add(params: dict[str, Any], wanted: Mapping[str, str]) -> None:
        given = params.get("TagSpecifications", [])
        if not isinstance(given, list | tuple) or not all(isinstance(each, dict) for each in given):
            return
        own = [each for each in given if each.get("ResourceType") == resource]
        others = [each for each in given if each not in own]
        known = [tag for each in own for tag in each.get("Tags", [])]
        whole = {"ResourceType": resource, "Tags": _with(known, wanted)}
        params["TagSpecifications"] = [*others, whole]

    return add


def _specified_name(resource: str) -> Callable[[Mapping[str, Any]], str]:
    def name(params: Mapping[str, Any]) -> str:
        given = params.get("TagSpecifications", [])
        specified = [each for each in given if isinstance(each, dict)] if given else []
        for each in specified:
            if each.get("ResourceType") == resource:
                return tag_map(each.get("Tags", [])).get("Name", "")
        return ""

    return name


def _name_tag(params: Mapping[str, Any]) -> str:
    given = params.get("tags")
    return str(given.get("Name", "")) if isinstance(given, dict) else ""


def _lower_list(params: dict[str, Any], wanted: Mapping[str, str]) -> None:
    """Step Functions' tags have members in small letters."""
    given = params.get("tags", [])
    if isinstance(given, list | tuple):
        kept = [tag for tag in given if not (isinstance(tag, dict) and tag.get("key") in wanted)]
        params["tags"] = [*kept, *({"key": key, "value": value} for key, value in wanted.items())]


def _of_a_new_one(params: dict[str, Any], wanted: Mapping[str, str]) -> None:
    """Parameter Store refuses tags together with Overwrite."""
    if not params.get("Overwrite"):
        _list_of("Tags")(params, wanted)


def _tag_parameter(cloud: Cloud, name: str, wanted: Mapping[str, str]) -> None:
    cloud.client("ssm").add_tags_to_resource(
        ResourceType="Parameter",
        ResourceId=name,
        Tags=[{"Key": key, "Value": value} for key, value in wanted.items()],
    )


def _describe(limit: int) -> Callable[[dict[str, Any], Mapping[str, str]], None]:
    def add(params: dict[str, Any], wanted: Mapping[str, str]) -> None:
        given = params.get("Description", "")
        # The service refuses a longer one, and says why.
        if isinstance(given, str) and len(given) <= limit:
            params["Description"] = tagged_description(given, wanted, limit)

    return add


def _unnamed(*path: str) -> Callable[[Mapping[str, Any]], str]:
    """The id in an answer, by its place."""

    def made(parsed: Mapping[str, Any]) -> str:
        found: Any = parsed
        for member in path:
            found = found.get(member, {})
        return found if isinstance(found, str) else ""

    return made


# By botocore's service name and AWS's operation name.
CREATIONS: dict[tuple[str, str], Creation] = {
    ("cloudformation", "CreateStack"): Creation(
        "cloudformation:stack", _named("StackName"), _list_of("Tags")
    ),
    # Of a new stack, or of one that is there: its tags stay what they were.
    ("cloudformation", "CreateChangeSet"): Creation(
        "cloudformation:stack", _named("StackName"), _list_of("Tags"), adopts=True
    ),
    ("cloudformation", "UpdateStack"): Creation(
        "cloudformation:stack", _named("StackName"), _list_of("Tags"), adopts=True
    ),
    ("lambda", "CreateFunction"): Creation("lambda:function", _function_name, _mapping_of("Tags")),
    ("lambda", "CreateEventSourceMapping"): Creation(
        "lambda:event-source-mapping", _function_name, _mapping_of("Tags")
    ),
    ("lambda", "PublishLayerVersion"): Creation(
        "lambda:layer", _named("LayerName"), _describe(LAYER_DESCRIPTION_LIMIT), adopts=True
    ),
    ("sqs", "CreateQueue"): Creation(
        "sqs:queue", _named("QueueName"), _mapping_of("tags"), adopts=True
    ),
    ("sns", "CreateTopic"): Creation("sns:topic", _named("Name"), _list_of("Tags"), adopts=True),
    ("cloudwatch", "PutMetricAlarm"): Creation(
        "cloudwatch:alarm", _named("AlarmName"), _list_of("Tags"), adopts=True
    ),
    ("cloudwatch", "PutCompositeAlarm"): Creation(
        "cloudwatch:alarm", _named("AlarmName"), _list_of("Tags"), adopts=True
    ),
    ("fis", "CreateExperimentTemplate"): Creation(
        "fis:experiment-template",
        _name_tag,
        _mapping_of("tags"),
        made=_unnamed("experimentTemplate", "id"),
    ),
    ("secretsmanager", "CreateSecret"): Creation(
        "secretsmanager:secret", _named("Name"), _list_of("Tags")
    ),
    ("ssm", "PutParameter"): Creation(
        "ssm:parameter", _named("Name"), _of_a_new_one, adopts=True, later=_tag_parameter
    ),
    ("stepfunctions", "CreateStateMachine"): Creation(
        "states:state-machine", _named("name"), _lower_list, adopts=True
    ),
    ("dynamodb", "CreateTable"): Creation("dynamodb:table", _named("TableName"), _list_of("Tags")),
    ("apigatewayv2", "CreateApi"): Creation(
        "apigateway:http-api", _named("Name"), _mapping_of("Tags")
    ),
    # The same call again answers with the load balancer, or the target group, that is there.
    ("elbv2", "CreateLoadBalancer"): Creation(
        "elasticloadbalancing:load-balancer", _named("Name"), _list_of("Tags"), adopts=True
    ),
    ("elbv2", "CreateTargetGroup"): Creation(
        "elasticloadbalancing:target-group", _named("Name"), _list_of("Tags"), adopts=True
    ),
    ("scheduler", "CreateSchedule"): Creation(
        "scheduler:schedule", _named("Name"), _describe(SCHEDULE_DESCRIPTION_LIMIT)
    ),
    # What the call leaves out is no more: the description too.
    ("scheduler", "UpdateSchedule"): Creation(
        "scheduler:schedule", _named("Name"), _describe(SCHEDULE_DESCRIPTION_LIMIT), adopts=True
    ),
    ("scheduler", "CreateScheduleGroup"): Creation(
        "scheduler:schedule-group", _named("Name"), _list_of("Tags")
    ),
    ("pipes", "CreatePipe"): Creation("pipes:pipe", _named("Name"), _mapping_of("Tags")),
    ("ec2", "CreateVpc"): Creation(
        "ec2:vpc",
        _specified_name("vpc"),
        _specification_of("vpc"),
        made=_unnamed("Vpc", "VpcId"),
    ),
    ("ec2", "AllocateAddress"): Creation(
        "ec2:elastic-ip",
        _specified_name("elastic-ip"),
        _specification_of("elastic-ip"),
        made=_unnamed("AllocationId"),
    ),
    ("logs", "CreateLogGroup"): Creation(
        "logs:log-group", _named("logGroupName"), _mapping_of("tags")
    ),
    ("iam", "CreateRole"): Creation("iam:role", _named("RoleName"), _list_of("Tags")),
}
