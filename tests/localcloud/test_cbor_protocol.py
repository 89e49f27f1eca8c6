"""Smithy's RPC protocol with CBOR bodies, which CloudWatch's clients choose first.

Sources: RFC 8949, appendix A; the Smithy 2.0 specification, "Smithy RPC v2 CBOR protocol" (both read
2026-11). That AWS answers is recorded in public (localstack's tests of CloudWatch, 2025).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import RpcV2CBORParser
from running_cloud import RunningCloud

from serverless_course.localcloud.wire.cbor import encoded

PROTOCOL = "smithy-rpc-v2-cbor"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (1000, "1903e8"),
        (1_000_000, "1a000f4240"),
        (18446744073709551615, "1bffffffffffffffff"),
        (-1, "20"),
        (-1000, "3903e7"),
        (1.1, "fb3ff199999999999a"),
        (False, "f4"),
        (True, "f5"),
        (None, "f6"),
        (b"\x01\x02\x03\x04", "4401020304"),
        ("\u00fc", "62c3bc"),
        ([1, [2, 3]], "8201820203"),
        ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
    ],
)
def test_a_value_is_written_as_the_rfc_has_it(value: Any, written: str) -> None:
    assert encoded(value).hex() == written


def test_botocore_reads_what_is_written() -> None:
    reader = RpcV2CBORParser()
    moment = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
    value = {"text" * 100: ["x" * 70_000, -5, 0.5, None, True], "at": moment}
    stream = reader.get_peekable_stream_from_bytes(encoded(value))
    assert reader.parse_data_item(stream) == value


@pytest.mark.parametrize("value", [object(), {1, 2}])
def test_what_has_no_place_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no place"):
        encoded(value)


@pytest.fixture
def cloudwatch(one_cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client that is told to speak the protocol."""
    monkeypatch.setattr("botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", (PROTOCOL,))
    client = boto3.Session(region_name="us-east-1").client(
        "cloudwatch",
        endpoint_url=one_cloud.endpoint,
        aws_access_key_id=one_cloud.ready["access_key_id"],
        aws_secret_access_key=one_cloud.ready["secret_access_key"],
        config=Config(retries={"total_max_attempts": 1}),
    )
    assert client.meta.service_model.resolved_protocol == PROTOCOL
    return client


def test_metrics_are_put_and_read(cloudwatch: Any) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    datum = {"MetricName": "m", "Timestamp": now, "Value": 2.0, "Unit": "Count"}
    cloudwatch.put_metric_data(Namespace="Cbor", MetricData=[datum, {**datum, "Value": 3.0}])
    found = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "s",
                "MetricStat": {
                    "Metric": {"Namespace": "Cbor", "MetricName": "m"},
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
        ],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
    )["MetricDataResults"]
    assert [(each["Values"], each["Timestamps"]) for each in found] == [([5.0], [now])]
    assert isinstance(found[0]["Values"][0], float)
    listed = cloudwatch.list_metrics(Namespace="Cbor")["Metrics"]
    assert [each["MetricName"] for each in listed] == ["m"]


def test_alarms_are_put_and_described(cloudwatch: Any) -> None:
    cloudwatch.put_metric_alarm(
        AlarmName="cbor",
        Namespace="Cbor",
        MetricName="none",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["cbor"])["MetricAlarms"]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1.0, 1)
    assert alarm["AlarmConfigurationUpdatedTimestamp"].tzinfo is not None
    cloudwatch.delete_alarms(AlarmNames=["cbor"])
    assert cloudwatch.describe_alarms(AlarmNames=["cbor"])["MetricAlarms"] == []


def test_refusals_reach_the_client(cloudwatch: Any) -> None:
    with pytest.raises(ClientError) as refused:
        cloudwatch.get_metric_statistics(
            Namespace="Cbor",
            MetricName="m",
            StartTime=datetime.now(UTC),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
        )
    assert refused.value.response["Error"]["Code"].startswith("InvalidParameterCombination")
    assert "Statistics or ExtendedStatistics" in refused.value.response["Error"]["Message"]
