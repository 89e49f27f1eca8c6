"""The parts of a trace in words: names, details, and the table beside the waterfall."""

from __future__ import annotations

import re

import pandas as pd

from serverless_course.figures.trace_look import STATES, duration, shortened
from serverless_course.traces.node import Node
from serverless_course.traces.tree import Tree
from serverless_course.traces.waterfall import Row, waterfall


def waterfall_table(trace: Tree) -> pd.DataFrame:
    """A row for each part: type, begin, length, own time and time on the critical path in ms."""
    rows = waterfall(trace).rows
    return pd.DataFrame(
        {
            "type": [row.node.type for row in rows],
            "begins at ms": [round(row.offset_s * 1000, 2) for row in rows],
            "ms": [round(row.seconds * 1000, 2) for row in rows],
            "own ms": [round(row.self_s * 1000, 2) for row in rows],
            "waited for ms": [round(row.critical_s * 1000, 2) for row in rows],
            "result": [result(row.node) for row in rows],
        },
        index=pd.Index([f"{'· ' * row.depth}{part_name(row.node)}" for row in rows], name="part"),
    )


def part_name(node: Node) -> str:
    """What a part is called in the drawing: with operation and resource, or its origin."""
    if node.is_cold_start:
        return f"{node.name} (cold start)"
    if node.kind == "segment":
        return f"{node.name} ({node.origin})" if node.origin else node.name
    # Of a queue's URL or a topic's ARN, the last part is the name.
    resource = re.split(r"[/:]", node.resource)[-1] if node.resource else None
    return " ".join(part for part in (node.name, node.operation, resource) if part)


def details(row: Row) -> str:
    """All that is known of a part, in lines."""
    node = row.node
    lines = [
        f"{part_name(node)}",
        f"{node.type}, {node.kind} {node.id}",
        f"begins at {duration(row.offset_s)}, lasts {duration(row.seconds)}, "
        f"own time {duration(row.self_s)}",
        result(node) + (f", HTTP status {node.status}" if node.status else ""),
    ]
    lines += [f"{key} = {value}" for key, value in sorted(node.annotations.items())]
    return "\n".join(lines)


def result(node: Node) -> str:
    """How it ended, with the first exception, and what is unusual about it."""
    parts = [str(STATES[node.state])] if node.state != "ok" else ["✓ ok"]
    if node.in_progress:
        parts = ["… in progress"] if node.state == "ok" else [*parts, "in progress"]
    if node.cause and str(node.cause):
        parts.append(shortened(str(node.cause), 160))
    if node.orphan:
        parts.append("its parent is not in this trace")
    return ", ".join(parts)
