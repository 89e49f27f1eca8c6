"""Names of dashboards, tags of alarms: as recorded from AWS in localstack's ``test_cloudwatch``."""

from __future__ import annotations

import secrets

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud


@pytest.mark.parametrize("wrong", ["a b", "test/invalid?", "a.b"])
def test_a_dashboard_has_a_plain_name(one_cloud: RunningCloud, wrong: str) -> None:
    """test_invalid_dashboard_name."""
    client = one_cloud.client("cloudwatch")
    with pytest.raises(ClientError) as refusal:
        client.put_dashboard(DashboardName=wrong, DashboardBody='{"widgets": []}')
    assert "DashboardName" in refusal.value.response["Error"]["Message"]
    assert client.list_dashboards(DashboardNamePrefix=wrong)["DashboardEntries"] == []


def test_a_deleted_alarm_has_no_tags(one_cloud: RunningCloud) -> None:
    """test_tagging_metric_alarm, test_tagging_composite_alarm."""
    client = one_cloud.client("cloudwatch")
    name = f"tagged-{secrets.token_hex(4)}"
    tags = [{"Key": "Environment", "Value": "Production"}]
    client.put_metric_alarm(
        AlarmName=name,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="m",
        Namespace="N",
        Period=60,
        Statistic="Sum",
        Threshold=1.0,
        Tags=tags,
    )
    client.put_composite_alarm(AlarmName=f"{name}-c", AlarmRule=f"ALARM({name})", Tags=tags)
    for alarm in (f"{name}-c", name):
        arn = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}"
        assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags
        client.delete_alarms(AlarmNames=[alarm])
        assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == []
