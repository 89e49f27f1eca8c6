"""Filter expressions. Source: X-Ray Developer Guide, "Using filter expressions" (read 2026-11);
what comes from its examples says so."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from segments import identity, segment, subsegment, texts

from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.xray.filter_match import TraceFilter
from serverless_course.localcloud.xray.filter_parser import parse, parse_selector
from serverless_course.localcloud.xray.groups import Groups
from serverless_course.localcloud.xray.trace import Trace
from serverless_course.localcloud.xray.trace_store import TraceStore

ACCOUNT = "123456789012"
HTTP = {
    "request": {
        "url": "http://api.example.com/v2/game",
        "method": "GET",
        "user_agent": "curl/8",
        "client_ip": "10.0.0.1",
    },
    "response": {"status": 502},
}
CAUSE = {"exceptions": [{"id": identity(99), "type": "Denied", "message": "Access Denied for 1"}]}


def trace() -> Trace:
    """api.example.com fails after 2.6 s, because its table does; a function called succeeds."""
    store = TraceStore()
    table = subsegment(
        2,
        "DynamoDB",
        0.1,
        2.4,
        namespace="aws",
        fault=True,
        cause=CAUSE,
        aws={"table_name": "orders"},
    )
    call = subsegment(3, "Lambda", 0, 0.1, namespace="aws", aws={"operation": "Invoke"})
    web = segment(
        1,
        "api.example.com",
        took=2.6,
        fault=True,
        http=HTTP,
        user="alice",
        annotations={"gameid": "817DL6VO", "age": 30, "paid": False, "vip": True, "a.b": 1},
        aws={"ec2": {"availability_zone": "eu-west-1a", "instance_id": "i-1"}},
        resource_arn="arn:aws:ec2:eu-west-1:1:instance/i-1",
        subsegments=[table, call],
    )
    arn = "arn:aws:lambda:us-east-1:1:function:random-name"
    function = segment(
        4, "random-name", 0, 0.1, parent_id=identity(3), origin="AWS::Lambda", resource_arn=arn
    )
    inner = segment(
        5,
        "random-name",
        0,
        5.5,
        parent_id=identity(4),
        origin="AWS::Lambda::Function",
        error=True,
        throttle=True,
        user="bob",
    )
    assert store.put(texts(web, function, inner)) == []
    return store.snapshot()[0]


TRACE = trace()
GROUPS = Groups("us-east-1", ACCOUNT)
GROUPS.create("slow", "responsetime > 2", {})


def matches(expression: str) -> bool:
    return TraceFilter(parse(expression), ACCOUNT, GROUPS.tree).matches(TRACE)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "   ",
        "fault",
        "FAULT",
        "!ok",  # the guide's
        "ok = false",  # the guide's
        "not ok",
        "! ! fault",
        "fault = true",
        "fault != false",
        "!error",
        "throttle",
        "!partial",
        "responsetime > 2.5",
        "responseTime >= 2.6 AND responsetime <= 2.6",
        "duration >= 5 AND duration <= 8",  # the guide's
        "duration > 1e0",
        "http.status != 200",  # the guide's
        "http.status = 502",
        "http.url AND responseTime > 2",  # the guide's
        'http.url CONTAINS "/v2/"',
        'http.url BEGINSWITH "http://api.example.com/" AND http.url contains "/v2/" AND !service("x")',
        'http.url ENDSWITH "game"',
        'http.method = "GET" http.useragent != "wget"',
        'http.clientip BEGINSWITH "10."',
        'user CONTAINS ""',  # the guide's
        'user = "bob" AND user = "alice"',
        'availabilityzone = "eu-west-1a"',
        'instance.id = "i-1"',
        'resource.arn CONTAINS "function:random-name"',
        'service("api.example.com") { fault }',  # the guide's
        "service() { throttle }",
        'service("random-name") { error }',  # the guide's
        'service(id(name: "random-name", type: "AWS::Lambda::Function")) { error }',  # the guide's
        'service(id(type: "AWS::Lambda::Function")) { error }',  # the guide's
        '!service(id(name: "random-name", type: "AWS::Lambda")) { error }',
        f'service(id(name: "random-name", account.id: "{ACCOUNT}"))',
        'service("api.example.com") { root = true and fault = true }',
        'service("orders") { fault = true OR responsetime > 9 }',
        'service(id(type: "AWS::DynamoDB::Table"))',
        'service() { name = "orders" AND type ENDSWITH "Table" }',
        'edge("api.example.com", "orders") { fault }',
        'edge("api.example.com", id(type: "AWS::Lambda")) { ok }',
        'edge(id(type: "client"), "api.example.com")',
        'edge(, "orders")',
        '!edge("orders", "api.example.com")',
        'annotation.gameid = "817DL6VO"',  # the guide's
        "annotation.age > 29",  # the guide's
        "annotation.age",  # the guide's
        "!annotation.size",
        "annotation.paid = false",
        "!annotation.paid",
        "annotation.vip",
        "annotation.vip != false",
        'annotation[gameid] BEGINSWITH "817"',
        'annotation["a.b"] = 1',
        "annotation.a.b = 1",
        'annotation.age != "30"',
        'group.name = "slow" AND user = "alice"',
        "rootcause.fault.service { name = api.example.com }",
        'rootcause.fault.service { last and type = "AWS::DynamoDB::Table" and inferred }',
        'rootcause.fault.entity { name = "DynamoDB" }',
        'rootcause.fault.exception { last and message BEGINSWITH "Access Denied" }',
        "rootcause.fault.service { index = 1 }",
        "rootcause.responsetime.entity { last and coverage > 0.8 }",
        'rootcause.responsetime.service { first and name = "api.example.com" }',
        "(fault OR ok) AND (error OR throttle)",
        "ok OR fault AND throttle",
        "fault OR ok AND partial",
    ],
)
def test_the_trace_satisfies(expression):
    assert matches(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "ok",
        "error",
        "fault = false",
        "partial",
        "responsetime > 3",
        "ok !partial duration <3",  # the guide's
        "http.status < 500",
        'http.url = "http://api.example.com"',
        'user = "carol"',
        'user = "ALICE"',
        'service("nobody")',
        'service("api.example.com") { error }',
        'service(id(name: "random-name", type: "AWS::Lambda")) { error }',
        'service(id(account.id: "999999999999"))',
        'service("orders") { root = true }',
        'edge("api.example.com", "orders") { ok }',
        'edge("api.example.com", "backend.example.com")',
        "annotation.size",
        "annotation.paid",
        'annotation.age = "30"',
        "annotation.gameid > 3",
        "annotation.missing != 3",
        "rootcause.error.service",
        'rootcause.fault.service { last and name = "api.example.com" }',
        "rootcause.fault.entity { remote }",
        "(ok OR fault) AND error",
        "!(fault OR ok)",
    ],
)
def test_the_trace_does_not_satisfy(expression):
    assert not matches(expression)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("foo", "position 1: 'foo' is no keyword"),
        ("fault AND", "position 10: expected word, got the end"),
        ("fault AND OR ok", "'OR' is not expected"),
        ("(fault", "expected ), got the end"),
        ("fault)", "expected the end, got ')'"),
        ("responsetime > fast", "needs a number"),
        ('responsetime CONTAINS "1"', "CONTAINS does not compare it"),
        ("user = 3", "needs a string in quotation marks"),
        ("user > 3", "> does not compare it"),
        ("fault = 1", "fault is true or false"),
        ("fault =", "needs a value"),
        ('user = "open', "'\"' is not expected"),
        ("fault & ok", "'&' is not expected"),
        ('service("a") { annotation.x = 1 }', "annotation.x cannot stand within a service"),
        ('service("a") { service("b") }', "service cannot stand within a service"),
        ("coverage > 0.5", "'coverage' cannot stand within a trace"),
        ("root", "'root' cannot stand within a trace"),
        ('rootcause.fault.service { user = "a" }', "'user' cannot stand within a root cause"),
        ('service(id(colour: "red"))', "id takes name, type and account.id"),
        ("service(id())", "expected word"),
        ("edge()", "expected"),
        ('rootcause.json = #[{"Services": []}]', "given as JSON"),
        ("rootcause.json", "does not offer rootcause.json"),
        ("rootcause.fault.colour", "does not offer rootcause.fault.colour"),
        ("rootcause.responsetime.exception", "does not offer"),
        ("annotation[", "expected word"),
        ("(" * 500 + "ok", "nested too deeply"),
    ],
)
def test_what_is_wrong_or_not_offered_is_named(expression, says):
    with pytest.raises(ServiceError) as refused:
        parse(expression)
    assert refused.value.code == "InvalidRequestException"
    assert says in refused.value.message


def test_a_group_that_does_not_exist_is_refused():
    with pytest.raises(ServiceError, match="Group nobody does not exist"):
        matches('group.name = "nobody"')


def test_a_group_cannot_be_made_of_groups():
    with pytest.raises(ServiceError, match="cannot hold"):
        GROUPS.create("second", 'group.name = "slow"', {})


def test_strings_may_hold_quotation_marks():
    tree = parse(r'user = "a \"b\" \\"')
    assert tree.value == 'a "b" \\'


def test_selectors_are_one_service_or_edge():
    assert parse_selector('id(name: "a")') == parse_selector('service(id(name: "a"))')
    with pytest.raises(ServiceError, match="EntitySelectorExpression"):
        parse_selector("fault")


CONDITIONS = [
    "ok",
    "fault",
    "error",
    "throttle",
    'user = "bob"',
    "duration > 5",
    'service("orders")',
]


@st.composite
def expressions(draw, depth=3):
    """A filter expression, and what it should come to, by Python's own and, or, not."""
    if depth == 0 or draw(st.booleans()):
        condition = draw(st.sampled_from(CONDITIONS))
        return condition, matches(condition)
    (left, a), (right, b) = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    return draw(
        st.sampled_from(
            [
                (f"({left} AND {right})", a and b),
                (f"({left} or {right})", a or b),
                (f"!({left})", not a),
                (f"({left}) ({right})", a and b),
            ]
        )
    )


@settings(deadline=None)
@given(expressions())
def test_and_or_not_and_parentheses_mean_what_they_mean(made):
    expression, expected = made
    assert matches(expression) is expected


@settings(deadline=None)
@given(st.text(alphabet='()!{}=<>"#abcANDORok. 0123,:[]', max_size=40))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    with suppress(ServiceError):
        parse(text)
