"""Amazon EventBridge."""

from __future__ import annotations

from .offer import Offer, because, names

EVENTS = Offer(
    "events",
    "Amazon EventBridge",
    ours=names("PutEvents TestEventPattern"),
    moto=names(
        """
        CancelReplay CreateArchive CreateEventBus DeleteArchive DeleteEventBus DeleteRule
        DescribeArchive DescribeEventBus DescribeReplay DescribeRule DisableRule EnableRule
        ListArchives ListEventBuses ListReplays ListRuleNamesByTarget ListRules ListTagsForResource
        ListTargetsByRule PutPermission PutRule PutTargets RemovePermission RemoveTargets
        StartReplay TagResource UntagResource UpdateArchive
        """
    ),
    partly={
        "PutPermission": "keeps the policy of a bus; there is no other account to allow anything",
        "PutTargets": (
            "refuses services other than Lambda, SQS, SNS, Step Functions, Kinesis, Firehose and "
            "CloudWatch Logs by name; delivers once, then to the target's dead-letter queue"
        ),
        "CreateArchive": "keeps events for ever, whatever RetentionDays says",
        "StartReplay": "begins after a minute of the scaled clock and sends all events at once",
    },
    why={
        **because(
            "It sends no events to API destinations. A topic of Amazon SNS reaches an HTTP "
            "endpoint.",
            """
            CreateApiDestination CreateConnection DeauthorizeConnection DeleteApiDestination
            DeleteConnection DescribeApiDestination DescribeConnection ListApiDestinations
            ListConnections UpdateApiDestination UpdateConnection
            """,
        ),
        **because(
            "No partner sends events to it.",
            """
            ActivateEventSource CreatePartnerEventSource DeactivateEventSource
            DeletePartnerEventSource DescribeEventSource DescribePartnerEventSource
            ListEventSources ListPartnerEventSourceAccounts ListPartnerEventSources
            PutPartnerEvents
            """,
        ),
    },
)
