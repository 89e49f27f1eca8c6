"""Amazon CloudWatch Logs."""

from __future__ import annotations

from .offer import Offer, because, names

LOGS = Offer(
    "logs",
    "Amazon CloudWatch Logs",
    ours=names(
        """
        DeleteQueryDefinition DescribeLogGroups DescribeLogStreams DescribeQueries
        DescribeQueryDefinitions FilterLogEvents GetLogEvents GetLogGroupFields GetLogRecord
        GetQueryResults ListLogGroups PutQueryDefinition StartQuery StopQuery TestMetricFilter
        """
    ),
    moto=names(
        """
        CreateLogGroup CreateLogStream DeleteLogGroup DeleteLogStream DeleteMetricFilter
        DeleteResourcePolicy DeleteRetentionPolicy DeleteSubscriptionFilter DescribeMetricFilters
        DescribeResourcePolicies DescribeSubscriptionFilters ListTagsForResource ListTagsLogGroup
        PutLogEvents PutMetricFilter PutResourcePolicy PutRetentionPolicy PutSubscriptionFilter
        TagLogGroup TagResource UntagLogGroup UntagResource
        """
    ),
    partly={
        "PutResourcePolicy": "keeps the policy; services write to log groups without one",
    },
    why={
        **because(
            "It has no Live Tail. `aws logs tail NAME --follow` of the AWS CLI v2 shows new "
            "events, and so does filter_log_events called again and again.",
            "StartLiveTail",
        ),
        **because(
            "It sends no logs to destinations in other accounts.",
            "DeleteDestination DescribeDestinations PutDestination PutDestinationPolicy",
        ),
        **because(
            "No service of it delivers vended logs.",
            """
            CreateDelivery DeleteDelivery DeleteDeliveryDestination
            DeleteDeliveryDestinationPolicy DeleteDeliverySource DescribeConfigurationTemplates
            DescribeDeliveries DescribeDeliveryDestinations DescribeDeliverySources GetDelivery
            GetDeliveryDestination GetDeliveryDestinationPolicy GetDeliverySource
            PutDeliveryDestination PutDeliveryDestinationPolicy PutDeliverySource
            UpdateDeliveryConfiguration
            """,
        ),
        **because(
            "A subscription filter sends log events on as they come.",
            "CancelExportTask CreateExportTask DescribeExportTasks",
        ),
        **because(
            "It looks for no anomalies.",
            """
            CreateLogAnomalyDetector DeleteLogAnomalyDetector GetLogAnomalyDetector ListAnomalies
            ListLogAnomalyDetectors UpdateAnomaly UpdateLogAnomalyDetector
            """,
        ),
    },
)
