"""X-Ray's model beside Lambda's: what is special to one does not reach the other."""

from __future__ import annotations

from serverless_course.localcloud.wire.rest_json import model
from serverless_course.localcloud.wire.validation import CHECKED_LATER, DOCUMENTED
from serverless_course.localcloud.xray.operations import OPERATIONS


def test_no_shape_or_parameter_of_x_ray_has_a_name_with_limits_of_lambda():
    xray = model("xray")
    names = set(xray.shape_names)
    names |= {
        member
        for name in xray.operation_names
        for member in xray.operation_model(name).input_shape.members
    }
    assert not names & (set(DOCUMENTED) | CHECKED_LATER)


def test_what_is_not_offered_is_insights_and_the_retrieval_of_transaction_search():
    missing = set(model("xray").operation_names) - set(OPERATIONS)
    assert missing == {
        *("GetInsight", "GetInsightEvents", "GetInsightImpactGraph", "GetInsightSummaries"),
        *("StartTraceRetrieval", "CancelTraceRetrieval", "ListRetrievedTraces"),
        "GetRetrievedTracesGraph",
    }
