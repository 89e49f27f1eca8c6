"""AWS Step Functions."""

from __future__ import annotations

from .offer import Offer, because, names

STEP_FUNCTIONS = Offer(
    "stepfunctions",
    "AWS Step Functions",
    moto=names(
        """
        CreateStateMachine DeleteStateMachine DescribeExecution DescribeMapRun DescribeStateMachine
        DescribeStateMachineForExecution GetExecutionHistory ListExecutions ListMapRuns
        ListStateMachines ListTagsForResource SendTaskFailure SendTaskHeartbeat SendTaskSuccess
        StartExecution StopExecution TagResource UntagResource UpdateMapRun UpdateStateMachine
        """
    ),
    partly={
        "CreateStateMachine": "publishes no logs of executions to CloudWatch Logs",
    },
    why={
        **because(
            "It has no activities: a task with `.waitForTaskToken` waits for work from outside.",
            """
            CreateActivity DeleteActivity DescribeActivity GetActivityTask ListActivities
            """,
        ),
        **because(
            "Its state machines have one version.",
            """
            CreateStateMachineAlias DeleteStateMachineAlias DeleteStateMachineVersion
            DescribeStateMachineAlias ListStateMachineAliases ListStateMachineVersions
            PublishStateMachineVersion UpdateStateMachineAlias
            """,
        ),
    },
)
