"""AWS Step Functions."""

from __future__ import annotations

from .offer import Offer, names

STEP_FUNCTIONS = Offer(
    "stepfunctions",
    "AWS Step Functions",
    ours=names(
        """
        CreateActivity CreateStateMachine CreateStateMachineAlias DeleteActivity DeleteStateMachine
        DeleteStateMachineAlias DeleteStateMachineVersion DescribeActivity DescribeExecution
        DescribeMapRun DescribeStateMachine DescribeStateMachineAlias
        DescribeStateMachineForExecution GetActivityTask GetExecutionHistory ListActivities
        ListExecutions ListMapRuns ListStateMachineAliases ListStateMachineVersions
        ListStateMachines ListTagsForResource PublishStateMachineVersion
        RedriveExecution SendTaskFailure SendTaskHeartbeat SendTaskSuccess StartExecution
        StartSyncExecution StopExecution
        TagResource TestState UntagResource UpdateMapRun UpdateStateMachine
        UpdateStateMachineAlias ValidateStateMachineDefinition
        """
    ),
    partly={
        "ListExecutions": "lists executions of state machines, and not those of a Map Run",
        "RedriveExecution": "not of an execution that stands in a Map Run",
        "ListActivities": "answers all activities in one page",
    },
)
