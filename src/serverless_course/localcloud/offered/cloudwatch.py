"""Amazon CloudWatch: metrics and alarms."""

from __future__ import annotations

from .offer import Offer, because, names

CLOUDWATCH = Offer(
    "cloudwatch",
    "Amazon CloudWatch",
    ours=names(
        """
        DeleteAlarms DescribeAlarmHistory DescribeAlarms DescribeAlarmsForMetric DisableAlarmActions
        EnableAlarmActions GetMetricData GetMetricStatistics ListMetrics PutCompositeAlarm
        PutMetricAlarm PutMetricData SetAlarmState
        """
    ),
    moto=names(
        """
        DeleteDashboards GetDashboard ListDashboards ListTagsForResource PutDashboard TagResource
        UntagResource
        """
    ),
    partly={"PutDashboard": "keeps a dashboard; nothing draws it"},
    why={
        **because(
            "It looks for no anomalies.",
            "DeleteAnomalyDetector DescribeAnomalyDetectors PutAnomalyDetector",
        ),
        **because(
            "It analyses no contributors: use Logs Insights, which groups log events.",
            """
            DeleteInsightRules DescribeInsightRules DisableInsightRules EnableInsightRules
            GetInsightRuleReport ListManagedInsightRules PutInsightRule PutManagedInsightRules
            """,
        ),
        **because(
            "It sends metrics nowhere: read them with GetMetricData.",
            """
            DeleteMetricStream GetMetricStream ListMetricStreams PutMetricStream
            StartMetricStreams StopMetricStreams
            """,
        ),
    },
)
