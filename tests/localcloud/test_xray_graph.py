"""The service graph, computed from segments."""

from __future__ import annotations

from typing import Any

from segments import START, identity, segment, subsegment, texts, trace_id

from serverless_course.localcloud.xray.service_graph import graph_of
from serverless_course.localcloud.xray.trace_store import TraceStore

ACCOUNT = "123456789012"


def services(*documents: dict[str, Any]) -> dict[tuple[str, str | None], dict[str, Any]]:
    store = TraceStore()
    assert store.put(texts(*documents)) == []
    found = graph_of([trace.view for trace in store.snapshot()], ACCOUNT)
    return {(item["Name"], item.get("Type")): item for item in found}


def sample(trace: int, took: float, call: float | None = None, **flags: bool) -> dict[str, Any]:
    calls = []
    if call is not None:
        calls = [
            subsegment(
                2, "DynamoDB", 0, call, namespace="aws", aws={"table_name": "StartupSignupsTable"}
            ),
            subsegment(3, "SNS", 0, call, namespace="aws", aws={"operation": "Publish"}),
        ]
    return segment(
        1, "sample", 0, took, trace=trace, origin="AWS::EC2::Instance", subsegments=calls, **flags
    )


def guide() -> dict[tuple[str, str | None], dict[str, Any]]:
    """Developer Guide, "Getting data from X-Ray": the example's four requests."""
    return services(
        sample(1, 0.005),
        sample(2, 0.015, error=True),
        sample(3, 0.157, 0.076),
        sample(4, 0.096, 0.044),
    )


def test_the_guides_example_has_its_four_nodes():
    found = guide()
    assert set(found) == {
        ("sample", "client"),
        ("sample", "AWS::EC2::Instance"),
        ("StartupSignupsTable", "AWS::DynamoDB::Table"),
        ("SNS", "AWS::SNS"),
    }
    states = {kind: node["State"] for (_, kind), node in found.items()}
    assert states.pop("AWS::EC2::Instance") == "active"
    assert set(states.values()) == {"unknown"}
    assert [node.get("Root") for node in found.values()].count(True) == 1
    assert found["sample", "AWS::EC2::Instance"]["Root"] is True


def test_the_guides_example_has_its_statistics():
    found = guide()
    node = found["sample", "AWS::EC2::Instance"]
    assert node["SummaryStatistics"] == {
        "OkCount": 3,
        "ErrorStatistics": {"ThrottleCount": 0, "OtherCount": 1, "TotalCount": 1},
        "FaultStatistics": {"OtherCount": 0, "TotalCount": 0},
        "TotalCount": 4,
        "TotalResponseTime": 0.273,
    }
    (edge,) = found["sample", "client"]["Edges"]
    assert edge["SummaryStatistics"] == node["SummaryStatistics"]
    assert edge["ReferenceId"] == node["ReferenceId"]
    values = [(entry["Value"], entry["Count"]) for entry in edge["ResponseTimeHistogram"]]
    assert values == [(0.005, 1), (0.015, 1), (0.096, 1), (0.157, 1)]
    table = found["StartupSignupsTable", "AWS::DynamoDB::Table"]
    assert table["SummaryStatistics"]["TotalResponseTime"] == 0.12
    assert "SummaryStatistics" not in found["sample", "client"]


def test_a_function_is_two_nodes_with_an_edge():
    found = services(
        segment(1, "f", origin="AWS::Lambda"),
        segment(2, "f", 0.1, 0.8, parent_id=identity(1), origin="AWS::Lambda::Function"),
    )
    (edge,) = found["f", "AWS::Lambda"]["Edges"]
    assert edge["ReferenceId"] == found["f", "AWS::Lambda::Function"]["ReferenceId"]
    assert edge["SummaryStatistics"]["TotalResponseTime"] == 0.8


def test_an_edge_tells_what_the_caller_saw_and_the_node_what_the_callee_did():
    call = subsegment(2, "api", 0, 0.5, namespace="remote", fault=True)
    found = services(
        segment(1, subsegments=[call]), segment(3, "api", 0.1, 0.2, parent_id=identity(2))
    )
    (edge,) = found["web", None]["Edges"]
    assert edge["SummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1
    assert edge["SummaryStatistics"]["TotalResponseTime"] == 0.5
    assert found["api", None]["SummaryStatistics"]["OkCount"] == 1


def test_hosts_and_databases_that_send_nothing_are_nodes():
    found = services(
        segment(
            1,
            subsegments=[
                subsegment(2, "api.example.com", namespace="remote"),
                subsegment(3, "ebdb@host", namespace="remote", sql={"database_type": "PostgreSQL"}),
                subsegment(4, "## only work"),
            ],
        )
    )
    assert ("api.example.com", "remote") in found
    assert ("ebdb@host", "Database::SQL") in found
    assert len(found) == 4
    assert "AccountId" not in found["api.example.com", "remote"]


def test_a_throttle_is_an_error_and_a_fault_counts_before_both():
    found = services(
        segment(1, trace=1, throttle=True, error=True),
        segment(1, trace=2, throttle=True, error=True, fault=True),
    )
    statistics = found["web", None]["SummaryStatistics"]
    assert statistics["ErrorStatistics"] == {"ThrottleCount": 1, "OtherCount": 0, "TotalCount": 1}
    assert statistics["FaultStatistics"] == {"OtherCount": 1, "TotalCount": 1}
    assert statistics["TotalCount"] == 2


def test_what_is_in_progress_is_a_node_and_counts_for_nothing():
    node = services(segment(1, took=None))["web", None]
    assert node["SummaryStatistics"]["TotalCount"] == 0
    assert node["StartTime"] == node["EndTime"] == START


def test_reference_ids_do_not_depend_on_the_order_of_traces():
    store = TraceStore()
    store.put(texts(*[sample(n, 0.1, 0.05) for n in range(5)], segment(1, "other", trace=9)))
    views = [trace.view for trace in store.snapshot()]
    assert graph_of(views, ACCOUNT) == graph_of(views[::-1], ACCOUNT)
    assert store.find(trace_id(9)) is not None


def test_a_batch_is_linked_to_the_queue_that_its_message_came_through():
    # Developer Guide, "Tracing event-driven applications"; API reference, Edge: EdgeType "link",
    # event ages only there, response times only on other edges.
    queue = {"namespace": "aws", "aws": {"queue_url": "https://sqs/1/jobs"}}
    sender = segment(1, "web", subsegments=[subsegment(2, "SQS", 0, 0.1, **queue)])
    parent = {"aws.xray.reserved.reference_type": "parent"}
    link = {"trace_id": trace_id(1), "id": identity(2), "attributes": parent}
    batch = segment(1, "worker", 3.0, 0.4, trace=2, origin="AWS::Lambda", links=[link])
    store = TraceStore()
    assert store.put(texts(sender, batch)) == []
    views = {trace.id: trace.view for trace in store.snapshot()}
    found = {item["Name"]: item for item in graph_of(views.values(), ACCOUNT, find=views.get)}
    (edge,) = found["https://sqs/1/jobs"]["Edges"]
    assert edge["ReferenceId"] == found["worker"]["ReferenceId"]
    assert edge["EdgeType"] == "link"
    assert edge["ReceivedEventAgeHistogram"] == [{"Value": 3.0, "Count": 1}]
    assert edge["ResponseTimeHistogram"] == []
    without = {item["Name"]: item for item in graph_of([views[trace_id(2)]], ACCOUNT)}
    assert list(without) == ["worker"]


def test_a_call_is_typed_alike_whatever_the_sdk_calls_its_service():
    # The X-Ray SDK for Python writes "dynamodb" and "sns", that for Java "DynamoDB" and "SNS".
    kinds = []
    for names in (("dynamodb", "sns"), ("DynamoDB", "SNS"), ("AmazonDynamoDB", "SNS")):
        calls = [
            subsegment(number, name, namespace="aws", aws={"table_name": "t"})
            for number, name in enumerate(names, 2)
        ]
        kinds.append({kind for _, kind in services(segment(1, subsegments=calls))})
    assert kinds == [{None, "client", "AWS::DynamoDB::Table", "AWS::SNS"}] * 3


def test_a_state_machine_that_was_started_is_one_node():
    call = subsegment(2, "states", namespace="aws", aws={"operation": "StartExecution"})
    origin = "AWS::StepFunctions::StateMachine"
    machine = segment(3, "orders", 0.1, 0.2, parent_id=identity(2), origin=origin)
    found = services(segment(1, subsegments=[call]), machine)
    assert set(found) == {("web", "client"), ("web", None), ("orders", origin)}


def test_a_node_that_sent_a_segment_is_active_whatever_came_after():
    call = subsegment(2, "Lambda", namespace="aws", aws={"function_name": "f"})
    traced = segment(3, "f", parent_id=identity(2), origin="AWS::Lambda")
    untraced = segment(1, "web", trace=2, subsegments=[call])
    for documents in ([traced, untraced], [untraced, traced]):
        found = services(segment(1, subsegments=[call]), *documents)
        assert found["f", "AWS::Lambda"]["State"] == "active"
        assert found["f", "AWS::Lambda"]["SummaryStatistics"]["TotalCount"] == 2
