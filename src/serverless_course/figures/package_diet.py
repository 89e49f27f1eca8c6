"""Package size against cold start: one's own functions, beside what was measured on AWS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import pandas as pd

from serverless_course.figures import style
from serverless_course.figures.alt import Picture

# Whole cold starts of functions on AWS by the size of their package: mikhail.io, Cold Starts in AWS
# Lambda, 7 January 2021 (a third party, JavaScript).
PUBLISHED = ((1_000, 260.0), (14_000_000, 1_700.0), (35_000_000, 3_870.0))
PUBLISHED_LABEL = "whole cold start on AWS, third party, 7 Jan 2021"


@dataclass(frozen=True)
class Package:
    """One package and its cold starts.

    Attributes:
        name: what is in it, in a few words.
        size_bytes: the size of the zip file.
        init_ms: Init Duration of each cold start, in ms.
    """

    name: str
    size_bytes: int
    init_ms: Sequence[float]

    @property
    def median_ms(self) -> float:
        """The median Init, in ms."""
        return float(median(self.init_ms))


def package_diet(packages: Sequence[Package], *, disturbance: str = "") -> Picture:
    """Draw Init Duration over package size, both logarithmic.

    Args:
        packages: one's own, each with its cold starts.
        disturbance: what the title says when the machine was busy.

    Raises:
        ValueError: there is no package, or one without a cold start.
    """
    if not packages or any(not each.init_ms for each in packages):
        raise ValueError("Each package needs a cold start: deploy it, and invoke it once.")
    figure = style.new_figure(8.5, 4.4)
    axes = figure.add_subplot()
    sizes, times = zip(*PUBLISHED, strict=True)
    look = style.PUBLISHED
    axes.plot(sizes, times, color=look.colour, marker=look.marker, linestyle=look.line)
    words = PUBLISHED_LABEL.replace(", ", ",\n", 1)
    style.label(axes, words, (sizes[-1], times[-1]), look, offset=(9, 0))
    look = style.MEASURED
    for each in packages:
        at = [each.size_bytes] * len(each.init_ms)
        axes.plot(at, each.init_ms, color=look.colour, marker=look.marker, linestyle="", alpha=0.5)
        axes.plot(
            [each.size_bytes], [each.median_ms], color=look.colour, marker="_", ms=16, mew=2.5
        )
        words = f"{each.name}: {each.median_ms:,.0f} ms"
        style.label(axes, words, (each.size_bytes, each.median_ms), look, offset=(9, -9))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(200, 4e9)
    axes.set_xticks([1e3, 1e5, 1e7], labels=["1 KB", "100 KB", "10 MB"])
    axes.set_yticks([100, 1_000, 10_000], labels=["100", "1,000", "10,000"])
    axes.set_yticks([], minor=True)
    axes.set_ylim(30, 20_000)
    style.dress(axes, x="size of the package (zip), logarithmic", y="ms, logarithmic")
    message = _message(packages)
    style.title(figure, f"{message}. {disturbance}" if disturbance else message)
    return Picture(figure, _alt(packages, message), diet_table(packages), table_below=True)


def diet_table(packages: Sequence[Package]) -> pd.DataFrame:
    """A row for each package: its size, its cold starts, and their median Init in ms."""
    rows = [
        {
            "zip KB": round(each.size_bytes / 1000, 1),
            "cold starts": len(each.init_ms),
            "median Init ms": round(each.median_ms),
            "from": round(min(each.init_ms)),
            "to": round(max(each.init_ms)),
        }
        for each in packages
    ]
    return pd.DataFrame(rows, index=pd.Index([each.name for each in packages], name="package"))


def _message(packages: Sequence[Package]) -> str:
    slow = max(packages, key=lambda each: each.median_ms)
    quick = min(packages, key=lambda each: each.median_ms)
    # Name none where their cold starts overlap.
    if len(packages) < 2 or min(slow.init_ms) <= max(quick.init_ms):
        return "Init by package: the cold starts overlap"
    factor = slow.median_ms / quick.median_ms
    return f"“{slow.name}” needs {factor:.1f} times the Init of “{quick.name}”"


def _alt(packages: Sequence[Package], message: str) -> str:
    told = "; ".join(
        f"{each.name}: {each.size_bytes / 1000:,.1f} KB, median Init {each.median_ms:,.0f} ms"
        for each in packages
    )
    published = ", ".join(f"{size / 1000:,.0f} KB {ms:,.0f} ms" for size, ms in PUBLISHED)
    return (
        f"Init Duration over package size, both axes logarithmic. {message}. Measured here: "
        f"{told}. {PUBLISHED_LABEL}: {published}."
    )
