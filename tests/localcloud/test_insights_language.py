"""The query language of Logs Insights: what queries find in events, and which are refused.

Source, where a test names no other: CloudWatch Logs User Guide, "CloudWatch Logs Insights language
query syntax" and the pages below it (read 2026-11).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from serverless_course.localcloud.logs.insights import Event, MalformedQuery, Query

# 2026-11-24 12:00:00 UTC
START = 1_795_521_600_000
ID = "f612fbaf-65ce-4fd2-8d1b-6718fcb0b26{}"


def event(seconds: float, message: str, number: int = 0) -> Event:
    """An event so long after START."""
    at = START + round(seconds * 1000)
    return Event(at, number, message, at + 100, "stream", "123456789012:/aws/lambda/f")


def asked(query: str, *messages: Any) -> list[dict[str, str]]:
    """The rows of a query over messages a second apart; what is no text is written as JSON."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in messages]
    events = [event(number, text, number) for number, text in enumerate(texts)]
    rows = [dict(row) for row in Query(query).run(events).rows]
    for row in rows:
        row.pop("@ptr", None)
    return rows


def value(expression: str, **fields: Any) -> str | None:
    """What an expression comes to for an event with such fields; None when it is left out."""
    ((row),) = asked(f"fields {expression} as x", fields)
    return row.get("x")


def report(number: int, duration: float, memory: int = 70, init: str = "") -> str:
    return (
        f"REPORT RequestId: {ID.format(number)}\tDuration: {duration} ms\tBilled Duration: "
        f"{round(duration) + 1} ms\tMemory Size: 512 MB\tMax Memory Used: {memory} MB\t{init}\n"
    )


def test_a_query_that_names_no_field_shows_time_and_message_the_newest_first() -> None:
    found = Query("filter @message like /./").run([event(0, "a", 1), event(0.5, "b", 2)])
    assert found.rows == [
        [("@timestamp", "2026-11-24 12:00:00.500"), ("@message", "b"), ("@ptr", "2")],
        [("@timestamp", "2026-11-24 12:00:00.000"), ("@message", "a"), ("@ptr", "1")],
    ]


def test_the_fields_of_lambdas_lines() -> None:
    """Source: an answer of AWS's, recorded 2022-05-02: memory in bytes, figures as in the log,
    and fields that a line does not have are left out."""
    lines = [f"START RequestId: {ID.format(9)} Version: 3\n", report(9, 2.03)]
    shown = "@log, @type, @requestId, @memorySize, @billedDuration, @maxMemoryUsed, @duration"
    assert asked(f"fields {shown}", *lines) == [
        {
            "@log": "123456789012:/aws/lambda/f",
            "@type": "REPORT",
            "@requestId": ID.format(9),
            "@memorySize": "512000000",
            "@billedDuration": "3",
            "@maxMemoryUsed": "70000000",
            "@duration": "2.03",
        },
        {"@log": "123456789012:/aws/lambda/f", "@type": "START", "@requestId": ID.format(9)},
    ]


def test_a_cold_and_a_traced_invocation() -> None:
    line = report(1, 5, init="Init Duration: 118.5 ms\t\nXRAY TraceId: 1-6-a\tSegmentId: 7e44\t")
    shown = "@initDuration, @xrayTraceId, @xraySegmentId"
    assert asked(f"fields {shown}", line) == [
        {"@initDuration": "118.5", "@xrayTraceId": "1-6-a", "@xraySegmentId": "7e44"}
    ]


@pytest.mark.parametrize(
    "line",
    [
        f"[INFO]\t2026-11-24T12:46:22.643Z\t{ID.format(1)}\tmessage\n",
        f"2026-11-24T19:30:03.173Z\t{ID.format(1)}\tINFO\tmessage\n",
        f"END RequestId: {ID.format(1)}\n",
    ],
)
def test_lines_that_name_their_request(line: str) -> None:
    assert asked("fields @requestId", line) == [{"@requestId": ID.format(1)}]


def test_json_is_flattened_with_periods() -> None:
    body = {"user": {"id": "u1", "tags": ["a", {"b": 2}]}, "ok": True, "gone": None, "@x": 1}
    shown = "user.id, user.tags.0, user.tags.1.b, ok, gone, `@@x`"
    expected = {"user.id": "u1", "user.tags.0": "a", "user.tags.1.b": "2", "ok": "1", "@@x": "1"}
    assert asked(f"fields {shown}", body) == [expected]
    assert asked(f"fields {shown}", f"text before {json.dumps(body)} after") == [expected]


def test_lambdas_report_in_json() -> None:
    body = {"type": "platform.report", "record": {"metrics": {"durationMs": 1233.961}}}
    found = asked("filter type = 'platform.report' | display record.metrics.durationMs", body, {})
    assert found == [{"record.metrics.durationMs": "1233.961"}]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("ms > 100", "cd"),
        ("ms>=100 and level = 'ERROR'", "d"),
        ("ms < 50 or level = 'ERROR'", "ad"),
        ("not ms > 100", "ab"),
        ("ms != 100", "acd"),
        ("level in ['ERROR', 'WARN']", "cd"),
        ("ms not in [10, 100]", "cd"),
        ("level like 'RR'", "d"),
        ("level like /^(?i)w|e/", "cd"),
        ("level not like /INFO/", "cd"),
        ("level =~ /W.RN/", "c"),
        ("ispresent(extra)", "c"),
        ("extra = 1", "c"),
        ("extra > 0", "c"),
        ("(level = 'INFO' or level = 'WARN') and ms * 2 >= 200", "bc"),
        ("extra like /.*/", "c"),
        ("extra not like 'x'", "abcd"),
        ("@timestamp >= 1795521602000", "cd"),
        ("@timestamp >= '2026-11-24'", ""),
        ("code = 200", "a"),
        ("code = '200'", "a"),
    ],
)
def test_filter_keeps_the_rows_for_which_its_condition_holds(condition: str, kept: str) -> None:
    condition = condition.replace("/^(?i)w|e/", "/(?i)^w|^e/")
    events = [
        {"n": "a", "ms": 10, "level": "INFO", "code": "200"},
        {"n": "b", "ms": 100, "level": "INFO"},
        {"n": "c", "ms": 150, "level": "WARN", "extra": True},
        {"n": "d", "ms": 200.5, "level": "ERROR"},
    ]
    found = asked(f"filter {condition} | display n | sort n", *events)
    assert "".join(row["n"] for row in found) == kept


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 ^ 3", "8"),
        ("10 % 3", "1"),
        ("7 / 2", "3.5"),
        ("-n - -1", "-3"),
        ("n / 0", None),
        ("n / 3", "1.3333"),
        ("n / 3000000", "0.000001333"),
        ("n + missing", None),
        ("'4' + n", "8"),
        ("abs(0 - n)", "4"),
        ("ceil(1.2)", "2"),
        ("floor(1.8)", "1"),
        ("greatest(1, n, 3)", "4"),
        ("least(1, n, 3)", "1"),
        ("sqrt(n)", "2"),
        ("sqrt(0 - n)", None),
        ("log(1)", "0"),
        ("strlen('héllo')", "5"),
        ("toupper(s)", "ABC"),
        ("tolower('ABC')", "abc"),
        ("concat(s, '-', n)", "abc-4"),
        ("substr('xyZfooxyZ', 3, 3)", "foo"),
        ("substr('xyZfooxyZ', 3)", "fooxyZ"),
        ("replace(s, 'b', 'x')", "axc"),
        ("strcontains(s, 'bc')", "1"),
        ("strcontains(s, 'zz')", "0"),
        ("trim('  a ')", "a"),
        ("ltrim('xyZxyfooxyZ', 'xyZ')", "fooxyZ"),
        ("rtrim('xyZfooxyxyZ', 'xyZ')", "xyZfoo"),
        ("isempty('')", "1"),
        ("isempty(missing)", "1"),
        ("isblank('  ')", "1"),
        ("isblank(s)", "0"),
        ("coalesce(missing, s, n)", "abc"),
        ("ispresent(s)", "1"),
        ("ispresent(missing)", "0"),
        ("n > 3", "1"),
        ("bin(5m)", "2026-11-24 12:00:00.000"),
        ("bin(1mo)", "2026-11-01 00:00:00.000"),
        ("bin(1w)", "2026-11-22 00:00:00.000"),
        ("datefloor(@timestamp, 1d)", "2026-11-24 00:00:00.000"),
        ("dateceil(@timestamp, 1y)", "2027-01-01 00:00:00.000"),
        ("dateceil(@timestamp, 1h)", "2026-11-24 12:00:00.000"),
        ("toMillis(@timestamp)", str(START)),
        ("fromMillis(0)", "1970-01-01 00:00:00.000"),
        ("jsonParse(j).a.1", "2"),
        ("jsonStringify(jsonParse(j))", '{"a":[1,2]}'),
        ("jsonParse(s)", None),
    ],
)
def test_an_expression_has_its_value(expression: str, expected: str | None) -> None:
    assert value(expression, n=4, s="abc", j='{"a": [1, 2]}') == expected


def test_parse_with_a_glob() -> None:
    line = "25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrity"
    parse = 'parse @message "[*] * The error was: *" as level, config, exception'
    assert asked(f"{parse} | display level, config, exception", line, "other") == [
        {},
        {"level": "ERROR", "config": "{foo=2, bar=data}", "exception": "DataIntegrity"},
    ]


def test_parse_with_a_regular_expression() -> None:
    parse = r"parse @message /user=(?<user2>\w+), latency := (?<latency2>[\d.]+)/"
    found = asked(
        f"{parse} | stats avg(latency2) as ms, count(*) by user2 | sort user2",
        *("user=a, latency := 10", "user=b, latency := 1", "user=a, latency := 20", "none"),
    )
    assert found == [
        {"count(*)": "1"},
        {"user2": "a", "ms": "15", "count(*)": "2"},
        {"user2": "b", "ms": "1", "count(*)": "1"},
    ]


def test_stats_sums_up_a_group_and_goes_on_with_what_it_has_calculated() -> None:
    """The sample query that finds over-provisioned memory uses its own results further on."""
    lines = [report(n, duration, memory) for n, duration, memory in [(1, 10, 50), (2, 30, 90)]]
    query = """
        filter @type = "REPORT"
        | stats max(@memorySize / 1000 / 1000) as provisonedMemoryMB,
            min(@maxMemoryUsed / 1000 / 1000) as smallest,
            avg(@maxMemoryUsed / 1000 / 1000) as average,
            max(@maxMemoryUsed / 1000 / 1000) as largest,
            provisonedMemoryMB - largest as over, count(*), sum(@duration), stddev(@duration),
            count(@initDuration) as cold, pct(@duration, 50) as p50, earliest(@duration) as e,
            latest(@duration) as l, sortsFirst(@requestId) as f, count_distinct(@type) as t
    """
    assert asked(query, *lines) == [
        {
            "provisonedMemoryMB": "512",
            "smallest": "50",
            "average": "70",
            "largest": "90",
            "over": "422",
            "count(*)": "2",
            "sum(@duration)": "40",
            "stddev(@duration)": "10",
            "cold": "0",
            "p50": "10",
            "e": "10",
            "l": "30",
            "f": ID.format(1),
            "t": "1",
        }
    ]


def test_stats_makes_a_row_for_each_time_and_field() -> None:
    events = [{"kind": kind, "ms": ms} for kind, ms in [("a", 1), ("b", 2), ("a", 3)]]
    found = asked(
        "stats count(*) as n, max(ms) by bin(2s), kind | sort bin(2s), kind desc", *events
    )
    assert found == [
        {"bin(2s)": "2026-11-24 12:00:00.000", "kind": "b", "n": "1", "max(ms)": "2"},
        {"bin(2s)": "2026-11-24 12:00:00.000", "kind": "a", "n": "1", "max(ms)": "1"},
        {"bin(2s)": "2026-11-24 12:00:02.000", "kind": "a", "n": "1", "max(ms)": "3"},
    ]
    twice = "stats count(*) as n by kind | stats max(n) as most, count(*) as kinds"
    assert asked(twice, *events) == [{"most": "2", "kinds": "2"}]
    assert asked("stats count(*) by kind | sort count(*) desc | limit 1", *events) == [
        {"kind": "a", "count(*)": "2"}
    ]
    assert asked("stats count(*)") == []


def test_sort_puts_texts_before_numbers_and_takes_several_keys() -> None:
    """Source: "All non-number values come before all number values", page of sort."""
    events = [{"k": k, "m": m} for k, m in [(10, 1), (9, 2), ("x", 3), (9, 4), ("9.5", 5)]]
    found = asked("fields m | sort k asc, m desc", *events, {"m": 6})
    assert [row["m"] for row in found] == ["6", "3", "4", "2", "5", "1"]


def test_dedup_limit_comments_and_display() -> None:
    events = [{"server": s, "n": n} for n, s in enumerate("abab")]
    query = """
        # the newest of each server
        FIELDS server, n
        # | filter n = 0
        | DEDUP server   # keeps the first that it sees
        | SORT n ASC | LIMIT 1
        | display n
    """
    assert asked(query, *events) == [{"n": "2"}]


@pytest.mark.parametrize(
    ("expression", "worth"),
    [
        ("+".join(["1"] * 4000), "4000"),
        ("*".join(["1"] * 4000), "1"),
        ("^".join(["1"] * 4000), "1"),
        (" or ".join(["a = 2"] * 1000 + ["a = 1"]), "1"),
        (" and ".join(["a = 1"] * 1000), "1"),
        ("`a`" + ".`b`" * 2000, None),
    ],
)
def test_an_expression_may_be_as_long_as_a_query(expression: str, worth: str | None) -> None:
    # 10,000 characters (API reference, StartQuery).
    (row,) = asked(f"fields {expression} as found", {"a": 1})
    assert row.get("found") == worth


def test_a_percentile_is_not_one_rank_too_high() -> None:
    # 7 / 100 * 100 is a little more than 7 in binary.
    ((found,),) = (
        row.values() for row in asked("stats pct(n, 7) as p", *({"n": n + 1} for n in range(100)))
    )
    assert found == "7"


def test_statistics_count_what_filters_let_through() -> None:
    events = [event(n, json.dumps({"n": n})) for n in range(10)]
    found = Query("filter n > 2 | sort n | filter n < 9 | limit 2 | filter n = 3").run(events)
    assert (found.statistics.matched, found.statistics.scanned) == (6, 10)
    assert found.statistics.bytes == 80
    assert len(found.rows) == 1


@pytest.mark.parametrize(
    ("query", "message", "shown"),
    [
        ("fields a | pattern @message", "The command pattern is not offered here", "pattern"),
        ("SOURCE logGroups() | fields a", "The command SOURCE is not offered here", "SOURCE"),
        ("stats count(*) | diff", "The command diff is not offered here", "diff"),
        ("SELECT * FROM `x`", "unexpected symbol found SELECT at line 1 and position 1", "SELECT"),
        ("fields a |", "unexpected end of the query, expected a command", ""),
        ("", "unexpected end of the query", ""),
        ("fields a b", "unexpected symbol found b at line 1 and position 10", "b"),
        ("fields a\n| filter )", "unexpected symbol found ) at line 2 and position 10", ")"),
        ("filter isValidIp(ip)", "isValidIp is not offered here", "isValidIp"),
        ("fields nonsense(a)", "nonsense is not a known function", "nonsense"),
        ("fields avg(a)", "avg can be used in stats only", "avg"),
        ("stats avg(max(a))", "max can be used in stats only", "max"),
        ("stats a by b", "stats needs a function", "a"),
        ("limit 0", "limit takes a number from 1 to 10000", "0"),
        ("limit many", "expected a number of rows", "many"),
        ("filter a like b", "expected a text or a regular expression", "b"),
        ("filter a like /(/", "The regular expression is not valid", "/(/"),
        ("filter a like /x", "has no closing '/'", "/x"),
        ('parse @message "* *" as one', "parse has 2 '*' and 1 name(s)", '"* *" as one'),
        ("parse @message /(a)/", "parse needs named groups", "/(a)/"),
        ("stats count(*) | sort max(a)", "stats has not calculated max(a)", "max(a)"),
        ("fields bin(5 m)", "expected a period such as 5m", "5"),
        ("fields abs(1, 2)", "abs does not take 2 argument(s)", "abs(1, 2)"),
        ("fields " + "(" * 100 + "a" + ")" * 100, "nested too deeply", "("),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_place(query: str, message: str, shown: str) -> None:
    with pytest.raises(MalformedQuery) as refused:
        Query(query)
    assert message in refused.value.message
    assert query[refused.value.start : refused.value.end] == shown


def test_a_refusal_names_what_is_offered() -> None:
    with pytest.raises(MalformedQuery, match="fields, display, filter, stats, sort, limit, parse"):
        Query("unmask @message")
    with pytest.raises(MalformedQuery, match="offered are: abs, avg, bin, ceil"):
        Query("fields nonsense(a)")
