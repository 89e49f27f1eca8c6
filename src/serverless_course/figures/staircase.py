"""The memory staircase: published real AWS, measured here, and the proportional model."""

import csv
from collections.abc import Mapping
from importlib import resources

import pandas as pd

from serverless_course.figures.alt import Picture
from serverless_course.figures.style import (
    MEASURED,
    MODEL,
    PUBLISHED,
    dress,
    label,
    new_figure,
    title,
)

FULL_SPEED_MS = 17.3
MB_PER_VCPU = 1769
# A duration must lie this far below the model to count as quicker than its share.
CLEARLY = 0.05
SOURCE = "AWS, 25 Apr 2025 (EuroSys '26 data)"


def published_staircase() -> dict[int, float]:
    """AWS's mean durations in ms by memory size in MB; 5,000 invocations for each of 130 sizes.

    Source: data of "Demystifying Serverless Costs on Public Platforms" (EuroSys '26), measured
    25 Apr 2025, doi 10.5281/zenodo.17162822, MIT licence.
    """
    file = resources.files("serverless_course.figures") / "data" / "real-aws-memory-staircase.csv"
    lines = (line for line in file.read_text().splitlines() if not line.startswith("#"))
    return {int(row["memory_mb"]): float(row["duration_mean_ms"]) for row in csv.DictReader(lines)}


def beside_aws(measured: Mapping[int, float], full_speed_ms: float) -> pd.DataFrame:
    """AWS's means, ours and the model, with the distances, for the sizes that both have.

    Args:
        measured: our mean duration in ms by memory size in MB.
        full_speed_ms: our duration at a full vCPU; ours are scaled to AWS's 17.3 ms by it.
    """
    aws = published_staircase()
    scale = FULL_SPEED_MS / full_speed_ms
    rows = {
        memory: {"AWS, ms": aws[memory], "here, ms": value * scale, "share, ms": by_share(memory)}
        for memory, value in sorted(measured.items())
        if memory in aws
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "MB"
    table["off by, %"] = 100 * (table["here, ms"] / table["AWS, ms"] - 1)
    return table


def by_share(memory_mb: int) -> float:
    """The model of pure proportion: ms of 17.3 ms of work at a share of one vCPU."""
    return FULL_SPEED_MS * max(1.0, MB_PER_VCPU / memory_mb)


def middle_distance(beside: pd.DataFrame) -> float:
    """How far from AWS the middle size is, in per cent either way.

    Sizes of a full vCPU are left out: the scale is taken from there.
    """
    below = beside[beside.index < MB_PER_VCPU]
    return float(below["off by, %"].abs().median())


def staircase(
    measured: Mapping[int, float], full_speed_ms: float, *, disturbance: str = ""
) -> Picture:
    """Draw three series over memory; arguments as for :func:`beside_aws`.

    ``disturbance`` is what a busy machine did to the figures: then it is the title.
    """
    aws = published_staircase()
    beside = beside_aws(measured, full_speed_ms)
    ours = {memory: value * FULL_SPEED_MS / full_speed_ms for memory, value in measured.items()}
    model = {memory: by_share(memory) for memory in aws}
    figure = new_figure(7.5, 4.2)
    axes = figure.subplots()
    axes.plot(list(aws), list(aws.values()), color=PUBLISHED.colour, linewidth=1.5)
    axes.plot(
        list(ours),
        list(ours.values()),
        color=MEASURED.colour,
        marker=MEASURED.marker,
        linestyle="none",
    )
    axes.plot(list(model), list(model.values()), color=MODEL.colour, linestyle=MODEL.line)
    axes.set_yscale("log")
    axes.set_yticks([20, 40, 60, 100, 200], labels=["20", "40", "60", "100", "200"])
    axes.set_yticks([], minor=True)
    dress(axes, x="memory (MB)", y="mean duration (ms)")
    last = max(aws)
    label(axes, f"line: {SOURCE}", (620, 125), PUBLISHED)
    label(axes, "dots: measured here", (620, 158), MEASURED)
    label(axes, "dotted: share of CPU (model)", (620, 99), MODEL)
    message = disturbance or _message(beside)
    title(figure, message)
    return Picture(
        figure,
        f"{message}. Real AWS falls from {aws[min(aws)]:.0f} ms at {min(aws)} MB to "
        f"{aws[last]:.0f} ms at {last} MB, with flat steps near 100, 60, 40 and 21 ms. "
        f"Of {len(beside)} sizes measured here, the middle one lies within "
        f"{middle_distance(beside):.0f} % of AWS. "
        "The proportional model lies above AWS between the steps.",
    )


def _message(beside: pd.DataFrame) -> str:
    """At how many sizes below one vCPU the work was clearly quicker than its share."""
    below = beside[beside.index < MB_PER_VCPU]
    limit = below["share, ms"] * (1 - CLEARLY)
    there, here = (int((below[name] < limit).sum()) for name in ("AWS, ms", "here, ms"))
    return f"Quicker than its share: AWS at {there} of {len(below)} sizes, here at {here}"
