"""The memory staircase: published real AWS, measured here, and the proportional model."""

import csv
from collections.abc import Mapping
from importlib import resources

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
SOURCE = "AWS, 25 Apr 2025 (EuroSys '26 data)"


def published_staircase() -> dict[int, float]:
    """AWS's mean durations in ms by memory size in MB; 5,000 invocations for each of 130 sizes.

    Source: data of "Demystifying Serverless Costs on Public Platforms" (EuroSys '26), measured
    25 Apr 2025, doi 10.5281/zenodo.17162822, MIT licence.
    """
    file = resources.files("serverless_course.figures") / "data" / "real-aws-memory-staircase.csv"
    lines = (line for line in file.read_text().splitlines() if not line.startswith("#"))
    return {int(row["memory_mb"]): float(row["duration_mean_ms"]) for row in csv.DictReader(lines)}


def staircase(measured: Mapping[int, float], full_speed_ms: float) -> Picture:
    """Draw three series over memory. ``measured`` maps MB to our mean duration in ms.

    ``full_speed_ms`` is our duration at a full vCPU; ours are scaled to AWS's 17.3 ms by it.
    """
    aws = published_staircase()
    scale = FULL_SPEED_MS / full_speed_ms
    ours = {memory: value * scale for memory, value in sorted(measured.items())}
    model = {memory: FULL_SPEED_MS * max(1.0, MB_PER_VCPU / memory) for memory in aws}
    errors = sorted(
        abs(ours[memory] - aws[memory]) / aws[memory] for memory in ours if memory in aws
    )
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
    label(axes, SOURCE, (520, 75), PUBLISHED)
    label(axes, "measured here: dots", (520, 95), MEASURED)
    label(axes, "model: proportional", (520, 60), MODEL)
    message = "Short work is quicker than its share of CPU, in steps"
    title(figure, message)
    middle = errors[len(errors) // 2] if errors else float("nan")
    return Picture(
        figure,
        f"{message}. Real AWS falls from {aws[min(aws)]:.0f} ms at {min(aws)} MB to "
        f"{aws[last]:.0f} ms at {last} MB, with flat steps near 100, 60, 40 and 21 ms. "
        f"{len(ours)} sizes measured here lie within {middle:.0%} of it in the middle. "
        "The proportional model lies above AWS between the steps.",
    )
