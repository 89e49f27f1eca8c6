"""A drawing's plan for a graph whose edges point right: columns by longest path, few crossings.

The steps of Sugiyama, Tagawa and Toda (1981): open the circles, give each node a column, order the
columns by barycentres. A long edge gets a place in every column it passes, so it can bend around.
The same graph gives the same plan, in whatever order its edges come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 12

Place = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """Where nodes stand and edges pass.

    Attributes:
        places: column from the left (0, 1, …) and height, 0 in the middle, 1 from one to the next.
        routes: for each edge the places it passes, from its start to its end.
        columns: how many.
        rows: how many places the fullest column has.
    """

    places: dict[int, Place]
    routes: dict[tuple[int, int], list[Place]]
    columns: int
    rows: int


def layered_layout(nodes: Sequence[int], edges: Iterable[tuple[int, int]]) -> Layout:
    """Plan a graph.

    Args:
        nodes: the ids of all nodes; their order breaks ties.
        edges: pairs of nodes; double ones count once, and one from a node to itself is left out
            of the routes.
    """
    rank = {node: number for number, node in enumerate(nodes)}
    pairs = sorted({(rank[a], rank[b]) for a, b in edges if a in rank and b in rank and a != b})
    count = len(nodes)
    forward = _opened(count, pairs)
    column = _columns(count, forward)
    chains, layers = _chains(count, forward, column)
    _order(layers, chains)
    height = {
        own: place - (len(layer) - 1) / 2 for layer in layers for place, own in enumerate(layer)
    }
    at = {own: (float(number), height[own]) for number, layer in enumerate(layers) for own in layer}
    routes: dict[tuple[int, int], list[Place]] = {}
    for a, b in pairs:
        chain = chains.get((a, b)) or chains[(b, a)][::-1]
        routes[nodes[a], nodes[b]] = [at[own] for own in chain]
    return Layout(
        {node: at[rank[node]] for node in nodes},
        routes,
        len(layers),
        max((len(layer) for layer in layers), default=0),
    )


def _opened(count: int, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The edges with those turned round that close a circle (found depth first)."""
    after: dict[int, list[int]] = {own: [] for own in range(count)}
    for a, b in pairs:
        after[a].append(b)
    entered = {b for _, b in pairs}
    begin = [own for own in range(count) if own not in entered] + list(range(count))
    state: dict[int, str] = {}
    forward: set[tuple[int, int]] = set()
    for start in begin:
        if start in state:
            continue
        state[start] = "open"
        path = [(start, iter(after[start]))]
        while path:
            own, rest = path[-1]
            following = next(rest, None)
            if following is None:
                state[own] = "done"
                path.pop()
            elif state.get(following) == "open":
                forward.add((following, own))
            else:
                forward.add((own, following))
                if following not in state:
                    state[following] = "open"
                    path.append((following, iter(after[following])))
    return sorted(forward)


def _columns(count: int, forward: list[tuple[int, int]]) -> list[int]:
    """Longest path from the left; then each start moves right, next to the first it calls."""
    column = [0] * count
    for _ in range(count):
        moved = False
        for a, b in forward:
            if column[b] <= column[a]:
                column[b], moved = column[a] + 1, True
        if not moved:
            break
    called = {b for _, b in forward}
    for own in range(count):
        targets = [column[b] for a, b in forward if a == own]
        if own not in called and targets:
            column[own] = min(targets) - 1
    return column


def _chains(
    count: int, forward: list[tuple[int, int]], column: list[int]
) -> tuple[dict[tuple[int, int], list[int]], list[list[int]]]:
    layers: list[list[int]] = [[] for _ in range(max(column, default=-1) + 1)]
    for own in range(count):
        layers[column[own]].append(own)
    chains: dict[tuple[int, int], list[int]] = {}
    spare = count
    for a, b in forward:
        chain = [a]
        for between in range(column[a] + 1, column[b]):
            layers[between].append(spare)
            chain.append(spare)
            spare += 1
        chains[a, b] = [*chain, b]
    return chains, layers


def _order(layers: list[list[int]], chains: dict[tuple[int, int], list[int]]) -> None:
    """Order each column by the mean place of its neighbours; the order with fewest crossings."""
    links = sorted({pair for chain in chains.values() for pair in pairwise(chain)})
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for a, b in links:
        before.setdefault(b, []).append(a)
        after.setdefault(a, []).append(b)
    best, fewest = [list(layer) for layer in layers], _badness(layers, links)
    for sweep in range(SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            place = _places(layers)
            mean = {
                own: (
                    sum(place[other] for other in neighbours[own]) / len(neighbours[own])
                    if own in neighbours
                    else place[own]
                )
                for own in layer
            }
            layer.sort(key=lambda own: mean[own])
        _swap_neighbours(layers, before, after)
        now = _badness(layers, links)
        if now < fewest:
            best, fewest = [list(layer) for layer in layers], now
    layers[:] = best


def _swap_neighbours(
    layers: list[list[int]], before: dict[int, list[int]], after: dict[int, list[int]]
) -> None:
    """Swap those side by side whose lines then cross less (Gansner et al., 1993)."""
    for layer in layers:
        place = _places(layers)
        for at in range(len(layer) - 1):
            upper, lower = layer[at], layer[at + 1]
            gain = 0
            for side in (before, after):
                for a in side.get(upper, ()):
                    for b in side.get(lower, ()):
                        gain += (place[a] > place[b]) - (place[a] < place[b])
            if gain > 0:
                layer[at], layer[at + 1] = lower, upper


def _places(layers: list[list[int]]) -> dict[int, float]:
    return {own: at - (len(each) - 1) / 2 for each in layers for at, own in enumerate(each)}


def _badness(layers: list[list[int]], links: list[tuple[int, int]]) -> tuple[int, float]:
    """Crossings, then the heights that edges climb."""
    place = _places(layers)
    home = {own: number for number, layer in enumerate(layers) for own in layer}
    by_gap: dict[int, list[tuple[float, float]]] = {}
    for a, b in links:
        by_gap.setdefault(home[a], []).append((place[a], place[b]))
    crossings = sum(
        (a - c) * (b - d) < 0
        for gap in by_gap.values()
        for number, (a, b) in enumerate(gap)
        for c, d in gap[number + 1 :]
    )
    return crossings, round(sum(abs(place[a] - place[b]) for a, b in links), 6)
