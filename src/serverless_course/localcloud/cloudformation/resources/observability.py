"""The resource types of CloudWatch and of CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from .base import Made, Properties, ResourceType, Work, camel, changed, listed, picked
from .identities import text


class LogGroup(ResourceType):
    """AWS::Logs::LogGroup."""

    name = "AWS::Logs::LogGroup"
    done = frozenset({"KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"})
    replaces = frozenset({"KmsKeyId", "LogGroupClass"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateLogGroup."""
        client, name = work.client("logs"), given.get("LogGroupName") or work.name(512)
        tags = work.tags(given)
        client.create_log_group(
            logGroupName=name,
            **({"tags": tags} if tags else {}),
            **picked(given, kmsKeyId="KmsKeyId", logGroupClass="LogGroupClass"),
        )
        work.begin(name)
        made = Made(name, {"Arn": work.arn("logs", f"log-group:{name}:*")})
        return self.update(work, made, picked(given, "Tags"), given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutRetentionPolicy and its opposite; tags."""
        client, name = work.client("logs"), made.physical_id
        if changed(old, new, "RetentionInDays"):
            if new.get("RetentionInDays"):
                client.put_retention_policy(
                    logGroupName=name, retentionInDays=new["RetentionInDays"]
                )
            else:
                client.delete_retention_policy(logGroupName=name)
        arn = made.attributes["Arn"].removesuffix(":*")
        work.retag(
            *(old, new),
            lambda tags: client.tag_resource(resourceArn=arn, tags=tags),
            lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteLogGroup."""
        work.client("logs").delete_log_group(logGroupName=made.physical_id)


class SubscriptionFilter(ResourceType):
    """AWS::Logs::SubscriptionFilter."""

    name = "AWS::Logs::SubscriptionFilter"
    done = frozenset(
        {"DestinationArn", "Distribution", "FilterName", "FilterPattern", "LogGroupName", "RoleArn"}
    )

    def create(self, work: Work, given: Properties) -> Made:
        """PutSubscriptionFilter."""
        name = given.get("FilterName") or work.name(512)
        return self.update(work, Made(name), {}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutSubscriptionFilter again."""
        given = picked(
            new, "DestinationArn", "Distribution", "FilterPattern", "LogGroupName", "RoleArn"
        )
        work.client("logs").put_subscription_filter(filterName=made.physical_id, **camel(given))
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteSubscriptionFilter."""
        work.client("logs").delete_subscription_filter(
            filterName=made.physical_id, logGroupName=given["LogGroupName"]
        )


class MetricFilter(ResourceType):
    """AWS::Logs::MetricFilter."""

    name = "AWS::Logs::MetricFilter"
    done = frozenset({"FilterName", "FilterPattern", "LogGroupName", "MetricTransformations"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutMetricFilter."""
        name = given.get("FilterName") or work.name(512)
        return self.update(work, Made(name), {}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutMetricFilter again."""
        transformations = []
        for each in new["MetricTransformations"]:
            one = camel(
                picked(each, "MetricName", "MetricNamespace", "MetricValue", "DefaultValue", "Unit")
            )
            dimensions = each.get("Dimensions")
            if dimensions:
                one["dimensions"] = {each["Key"]: each["Value"] for each in dimensions}
            transformations.append(one)
        work.client("logs").put_metric_filter(
            filterName=made.physical_id,
            metricTransformations=transformations,
            **camel(picked(new, "FilterPattern", "LogGroupName")),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteMetricFilter."""
        work.client("logs").delete_metric_filter(
            filterName=made.physical_id, logGroupName=given["LogGroupName"]
        )


class LogStream(ResourceType):
    """AWS::Logs::LogStream."""

    name = "AWS::Logs::LogStream"
    done = frozenset({"LogGroupName", "LogStreamName"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateLogStream."""
        name = given.get("LogStreamName") or work.name(512)
        work.client("logs").create_log_stream(
            logGroupName=given["LogGroupName"], logStreamName=name
        )
        return Made(name)

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteLogStream."""
        work.client("logs").delete_log_stream(
            logGroupName=given["LogGroupName"], logStreamName=made.physical_id
        )


class Alarm(ResourceType):
    """AWS::CloudWatch::Alarm."""

    name = "AWS::CloudWatch::Alarm"
    PARAMETERS = (
        *("ActionsEnabled", "AlarmActions", "AlarmDescription", "ComparisonOperator"),
        *("DatapointsToAlarm", "Dimensions", "EvaluateLowSampleCountPercentile"),
        *("EvaluationPeriods", "ExtendedStatistic", "InsufficientDataActions", "MetricName"),
        *("Metrics", "Namespace", "OKActions", "Period", "Statistic", "Threshold"),
        *("ThresholdMetricId", "TreatMissingData", "Unit"),
    )
    done = frozenset({*PARAMETERS, "AlarmName", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutMetricAlarm."""
        name = given.get("AlarmName") or work.name(255)
        work.client("cloudwatch").put_metric_alarm(
            AlarmName=name, Tags=work.tag_list(given), **picked(given, *self.PARAMETERS)
        )
        return Made(name, {"Arn": work.arn("cloudwatch", f"alarm:{name}")})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutMetricAlarm again."""
        work.client("cloudwatch").put_metric_alarm(
            AlarmName=made.physical_id, **picked(new, *self.PARAMETERS)
        )
        client, arn = work.client("cloudwatch"), made.attributes["Arn"]
        work.retag(
            *(old, new),
            lambda tags: client.tag_resource(ResourceARN=arn, Tags=listed(tags)),
            lambda keys: client.untag_resource(ResourceARN=arn, TagKeys=keys),
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteAlarms."""
        work.client("cloudwatch").delete_alarms(AlarmNames=[made.physical_id])


class CompositeAlarm(ResourceType):
    """AWS::CloudWatch::CompositeAlarm."""

    name = "AWS::CloudWatch::CompositeAlarm"
    PARAMETERS = (
        *("ActionsEnabled", "ActionsSuppressor", "ActionsSuppressorExtensionPeriod"),
        *("ActionsSuppressorWaitPeriod", "AlarmActions", "AlarmDescription", "AlarmRule"),
        *("InsufficientDataActions", "OKActions"),
    )
    done = frozenset({*PARAMETERS, "AlarmName", "Tags"})
    replaces = frozenset({"Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutCompositeAlarm."""
        name = given.get("AlarmName") or work.name(255)
        made = Made(name, {"Arn": work.arn("cloudwatch", f"alarm:{name}")})
        return self.update(work, made, {}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutCompositeAlarm again."""
        tags = {} if old else {"Tags": work.tag_list(new)}
        work.client("cloudwatch").put_composite_alarm(
            AlarmName=made.physical_id, **tags, **picked(new, *self.PARAMETERS)
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteAlarms."""
        work.client("cloudwatch").delete_alarms(AlarmNames=[made.physical_id])


class Dashboard(ResourceType):
    """AWS::CloudWatch::Dashboard."""

    name = "AWS::CloudWatch::Dashboard"
    done = frozenset({"DashboardBody", "DashboardName"})

    def create(self, work: Work, given: Properties) -> Made:
        """PutDashboard."""
        return self.update(work, Made(given.get("DashboardName") or work.name(255)), {}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """PutDashboard again."""
        body: Any = new["DashboardBody"]
        work.client("cloudwatch").put_dashboard(
            DashboardName=made.physical_id, DashboardBody=text(body)
        )
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteDashboards."""
        work.client("cloudwatch").delete_dashboards(DashboardNames=[made.physical_id])


TYPES = (
    *(LogGroup(), LogStream(), SubscriptionFilter(), MetricFilter()),
    *(Alarm(), CompositeAlarm(), Dashboard()),
)
