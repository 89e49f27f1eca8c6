"""Published cold starts of real AWS, by month: an almost empty function in many runtimes."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

SOURCE = "AWS, maxday/lambda-perf, to 22 Aug 2026"
PACKAGES = ("zip", "image")
ARCHITECTURES = ("x86_64", "arm64")
MEMORY_SIZES = (128, 1024)
# By the beginning of a runtime's name. AOT builds and LLRT are custom runtimes, and stand apart.
LANGUAGES = {
    "Python": ("python",),
    "Node.js": ("nodejs",),
    "Java": ("java",),
    ".NET": ("dotnet",),
    "Ruby": ("ruby",),
    "compiled": ("go", "rust"),
}
FILE = "real-aws-init-by-runtime-and-month.csv"


@dataclass(frozen=True)
class Month:
    """A month of cold starts in one configuration; times are Init Duration in milliseconds.

    Attributes:
        first: the first day of the month.
        n: how many cold starts.
        median, p10, p90: of Init Duration.
    """

    first: date
    n: int
    median: float
    p10: float
    p90: float


@dataclass(frozen=True)
class Configuration:
    """What was measured: runtime, package type, architecture, memory size in MB."""

    runtime: str
    package: str = "zip"
    architecture: str = "x86_64"
    memory_mb: int = 1024


def months_of(configuration: Configuration) -> list[Month]:
    """The months of a configuration, the oldest first; empty when it was not measured.

    Source: all daily files of maxday/lambda-perf up to 22 August 2026 (Apache-2.0).
    """
    return list(_all().get(configuration, ()))


def runtimes_of(language: str) -> list[str]:
    """The runtimes of a language: those still measured first, the newest of them first.

    `LookupError` for an unknown language.
    """
    if language not in LANGUAGES:
        raise LookupError(f"Choose one of {', '.join(LANGUAGES)}, not {language!r}.")
    found: dict[str, date] = {}
    for each, months in _all().items():
        if each.runtime.startswith(LANGUAGES[language]) and " aot" not in each.runtime:
            found[each.runtime] = max(months[-1].first, found.get(each.runtime, date.min))
    return sorted(found, key=lambda name: (found[name], _version(name)), reverse=True)


def language_of(runtime: str) -> str | None:
    """The language of a runtime's name, such as ``python3.12``; None for an unknown one."""
    for language, beginnings in LANGUAGES.items():
        if runtime.startswith(beginnings):
            return language
    return None


def _version(runtime: str) -> Sequence[tuple[int, float, str]]:
    """A key in which 3.10 comes after 3.9; a name without digits comes first."""
    key = []
    for part in runtime.replace("(", " ").replace(".", " ").split():
        digits = "".join(sign for sign in part if sign.isdigit())
        key.append((1, float(digits), part) if digits else (0, 0.0, part))
    return key


@cache
def _all() -> dict[Configuration, tuple[Month, ...]]:
    # SnapStart's rows are left out: the source does not say whether they are an Init or a Restore.
    file = resources.files("serverless_course.figures") / "data" / FILE
    lines = (line for line in file.read_text("utf-8").splitlines() if not line.startswith("#"))
    found: dict[Configuration, list[Month]] = {}
    for row in csv.DictReader(lines):
        if "snapstart" in row["runtime"]:
            continue
        key = Configuration(
            row["runtime"], row["package"], row["architecture"], int(row["memory_mb"])
        )
        found.setdefault(key, []).append(
            Month(
                date.fromisoformat(f"{row['month']}-01"),
                int(row["n"]),
                float(row["init_ms_median"]),
                float(row["init_ms_p10"]),
                float(row["init_ms_p90"]),
            )
        )
    return {key: tuple(sorted(months, key=lambda m: m.first)) for key, months in found.items()}
