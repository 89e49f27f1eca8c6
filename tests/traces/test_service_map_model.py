"""The service map's model: rates, shares, percentiles; and a plan that is the same each time."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serverless_course.traces.latency import Latency, percentile
from serverless_course.traces.layered_layout import layered_layout
from serverless_course.traces.service_map import service_map
from tests.traces.trace_documents import map_of, one_service, small_map

graphs = st.integers(1, 9).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=18),
    )
)


def test_rates_and_shares_come_from_the_counts() -> None:
    found = service_map(small_map())
    orders = found.nodes[2]
    assert orders.per_minute == pytest.approx(24)
    assert orders.traffic.share(orders.traffic.throttles) == pytest.approx(0.1)
    assert orders.traffic.errors == 0
    assert orders.traffic.average_ms == pytest.approx(50)
    assert orders.traffic.p50_ms == pytest.approx(40)
    assert orders.traffic.p95_ms == pytest.approx(140)


def test_the_client_has_no_figures_of_its_own() -> None:
    client = service_map(small_map()).nodes[0]
    assert client.is_client
    assert client.traffic.average_ms is None
    assert client.traffic.p95_ms is None


def test_a_window_that_is_named_changes_the_rates() -> None:
    assert service_map(small_map(), window_s=120).nodes[1].per_minute == pytest.approx(60)
    with pytest.raises(ValueError, match="longer than 0"):
        service_map(small_map(), window_s=0)


def test_one_short_call_counts_over_a_minute_at_least() -> None:
    service = one_service(0, "orders", "AWS::Lambda", {}, total=1)
    service["EndTime"] = service["StartTime"]
    assert service_map([service]).nodes[0].per_minute == pytest.approx(1)


def test_an_edge_to_a_service_that_is_not_there_is_counted() -> None:
    found = service_map([one_service(0, "orders", "AWS::Lambda", {7: 3}, total=3)])
    assert (found.edges, found.dangling) == ((), 1)


def test_what_is_no_service_is_refused() -> None:
    with pytest.raises(ValueError, match="get_service_graph"):
        service_map([{"Name": "orders"}])


def test_asynchronous_edges_are_marked() -> None:
    services = small_map()
    services[2]["Edges"][0]["EdgeType"] = "link"
    assert [edge.linked for edge in service_map(services).edges] == [False, False, True]


@settings(deadline=None)
@given(graphs, st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_the_order_of_edges(
    graph: tuple[int, list[tuple[int, int]]], rng: random.Random
) -> None:
    count, edges = graph
    mixed = list(edges)
    rng.shuffle(mixed)
    assert layered_layout(range(count), edges) == layered_layout(range(count), mixed)


@settings(deadline=None)
@given(graphs)
def test_every_node_has_a_place_of_its_own_and_every_edge_a_way(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    count, edges = graph
    plan = layered_layout(range(count), edges)
    assert len(set(plan.places.values())) == count
    assert set(plan.routes) == {(a, b) for a, b in edges if a != b}
    for (a, b), route in plan.routes.items():
        assert (route[0], route[-1]) == (plan.places[a], plan.places[b])
        assert all(abs(x - y) == 1 for (x, _), (y, _) in pairwise(route))


@settings(deadline=None)
@given(graphs)
def test_without_circles_every_edge_points_right(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    count, edges = graph
    forward = [(min(edge), max(edge)) for edge in edges if edge[0] != edge[1]]
    plan = layered_layout(range(count), forward)
    assert all(plan.places[a][0] < plan.places[b][0] for a, b in forward)


def test_lines_that_need_not_cross_do_not() -> None:
    # 0 calls 4 and 5, 1 calls 3: in the order of ids the lines would cross.
    plan = layered_layout(range(6), [(2, 0), (2, 1), (0, 4), (0, 5), (1, 3)])
    assert (plan.places[0][1] < plan.places[1][1]) == (plan.places[4][1] < plan.places[3][1])


def test_a_caller_stands_next_to_the_first_that_it_calls() -> None:
    plan = layered_layout(range(5), [(0, 1), (1, 2), (2, 3), (4, 3)])
    assert plan.places[4][0] == 2


def test_a_map_of_twenty_has_few_columns() -> None:
    found = service_map(map_of(20))
    plan = layered_layout(
        [node.id for node in found.nodes], [(edge.source, edge.target) for edge in found.edges]
    )
    assert plan.columns <= 8
    assert len(plan.places) == 20


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.integers(1, 100))
def test_a_percentile_is_a_value_that_p_percent_do_not_exceed(values: list[float], p: int) -> None:
    found = percentile(values, p)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= p * len(values)
    assert sum(value < found for value in values) * 100 < p * len(values)


def test_a_rank_is_not_rounded_up_for_what_binary_adds() -> None:
    assert percentile(range(1, 1501), 2.2) == 33


def test_of_a_hundred_values_the_95th_is_the_95th_percentile() -> None:
    found = Latency.of(range(1, 101))
    assert (found.p50, found.p95, found.p99, found.n) == (50, 95, 99, 100)


@settings(deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=40))
def test_a_histogram_gives_the_same_percentiles_as_its_values(values: list[int]) -> None:
    entries = [{"Value": float(v), "Count": values.count(v)} for v in set(values)]
    found, single = Latency.of_histogram(entries), Latency.of(values)
    assert (found.n, found.p50, found.p95, found.p99) == (
        single.n,
        single.p50,
        single.p95,
        single.p99,
    )
    assert found.mean == pytest.approx(single.mean)


def test_no_values_have_no_latency() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        Latency.of([])
