"""What holds for every query of Logs Insights."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.logs.insights import Event, MalformedQuery, Query

WORDS = [
    *("fields", "display", "filter", "stats", "sort", "limit", "parse", "dedup", "as", "by", "in"),
    *("and", "or", "not", "like", "asc", "desc", "@message", "@timestamp", "a", "a.b.0", "`c d`"),
    *("|", ",", "(", ")", "[", "]", "*", "/", "+", "-", "^", "%", "=", "!=", "<", ">=", "=~", "."),
    *("count(*)", "avg(a)", "pct(a, 95)", "bin(5m)", "5m", "1", "0", "1e300", "2.5", "'x*'", '"'),
    *("/(?<n>.)/", "/(/", "# no\n", "abs", "substr(", "jsonParse(", "fromMillis(", "datefloor("),
    *("concat(", "sqrt(", "replace(", "coalesce(", "earliest(", "true", "é", "\\", "!", "'*'"),
]
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just(10**400)
)
BODIES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=6,
)
MESSAGES = st.one_of(st.text(max_size=30), BODIES.map(json.dumps))
EVENTS = st.lists(st.tuples(st.integers(-(10**18), 10**18), MESSAGES), max_size=5).map(
    lambda made: [
        Event(at, number, message, at, "s", "1:/g") for number, (at, message) in enumerate(made)
    ]
)


def compiled(query: str) -> Query | MalformedQuery:
    try:
        return Query(query)
    except MalformedQuery as problem:
        return problem


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), EVENTS)
def test_a_query_runs_or_is_malformed(query: str, events: list[Event]) -> None:
    found = compiled(query)
    if isinstance(found, MalformedQuery):
        assert 0 <= found.start <= found.end <= len(query)
        return
    answer = found.run(events)
    assert answer.statistics.scanned == len(events)
    assert all(isinstance(text, str) for row in answer.rows for _, text in row)


FUNCTIONS = [
    *("abs({})", "ceil({})", "floor({})", "sqrt({})", "log({})", "strlen({})", "toupper({})"),
    *("trim({})", "isblank({})", "ispresent({})", "jsonParse({})", "jsonStringify({})"),
    *("fromMillis({})", "toMillis({})", "datefloor({}, 3mo)", "dateceil({}, 1w)", "bin(7d)"),
    *("-{}", "{} + 1", "{} * {}", "{} ^ {}", "{} % {}", "{} / {}", "substr({}, {}, {})", "not {}"),
    *("concat({}, {})", "greatest({}, {})", "coalesce({}, {})", "{} < {}", "{} in [{}, 1]"),
    *("replace({}, {}, {})", "{} like 'x'", "({} = {})", "datefloor(fromMillis({}), 5y)"),
]
NESTED = st.recursive(
    st.sampled_from(["a", "b.c", "1", "0", "1e299", "'x'", "@timestamp", "@message"]),
    lambda inner: st.tuples(st.sampled_from(FUNCTIONS), inner, inner, inner).map(
        lambda made: f"({made[0].format(*made[1:])})"
    ),
    max_leaves=6,
)
AGGREGATES = st.sampled_from(
    [
        *("count({})", "count_distinct({})", "sum({})", "avg({})", "min({})", "max({})"),
        *("pct({}, 99)", "stddev({})", "earliest({})", "latest({})", "sortsFirst({})"),
    ]
)


@given(NESTED, AGGREGATES, EVENTS)
def test_every_expression_has_a_value_or_none(
    expression: str, aggregate: str, events: list[Event]
) -> None:
    rows = Query(f"fields {expression} as x | sort x").run(events).rows
    assert len(rows) == len(events)
    query = f"stats {aggregate.format(expression)} as y by {expression} as x | sort y desc"
    assert len(Query(query).run(events).rows) <= len(events)


NUMBERS = st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 3)), max_size=30)


def numbered(numbers: list[tuple[int, int]]) -> list[Event]:
    return [
        Event(at, at, json.dumps({"n": n, "k": k}), at, "s", "1:/g")
        for at, (n, k) in enumerate(numbers)
    ]


@given(NUMBERS, st.integers(1, 40))
def test_sort_and_limit_give_the_first_of_all(numbers: list[tuple[int, int]], count: int) -> None:
    rows = Query(f"fields n, k | sort k desc, n | limit {count}").run(numbered(numbers)).rows
    found = [(int(dict(row)["n"]), int(dict(row)["k"])) for row in rows]
    assert found == sorted(numbers, key=lambda pair: (-pair[1], pair[0]))[:count]


@given(NUMBERS)
def test_groups_add_up_to_the_whole(numbers: list[tuple[int, int]]) -> None:
    rows = Query("stats count(*) as c, sum(n) as s by k").run(numbered(numbers)).rows
    assert sum(int(dict(row)["c"]) for row in rows) == len(numbers)
    assert sum(int(dict(row)["s"]) for row in rows) == sum(n for n, _ in numbers)
    kept = Query("filter n > 0 | dedup k").run(numbered(numbers))
    assert kept.statistics.matched == sum(n > 0 for n, _ in numbers)
    assert len(kept.rows) == len({k for n, k in numbers if n > 0})


@given(st.lists(st.text(alphabet="ab*é ", max_size=6), min_size=1, max_size=4))
def test_a_glob_takes_out_what_was_put_in(values: list[str]) -> None:
    """Unless a value holds the mark that stands after it."""
    values = [re.sub(r"\*", "", each) for each in values]
    names = [f"f{number}" for number in range(len(values))]
    message = "".join(f"{name}=<{value}>;" for name, value in zip(names, values, strict=True))
    pattern = "".join(f"{name}=<*>;" for name in names)
    query = f"parse @message '{pattern}' as {', '.join(names)} | display {', '.join(names)}"
    ((*found, _),) = Query(query).run([Event(0, 0, message, 0, "s", "1:/g")]).rows
    assert [value for _, value in found] == values
