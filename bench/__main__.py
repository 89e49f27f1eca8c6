"""``make bench``: measure what the embedded cloud promises. It fails on nothing."""

from __future__ import annotations

import os
import platform

from serverless_course.localcloud.lambda_.environment.governor.choose import available_governors

from . import (
    cpu,
    durable,
    growth,
    http_load,
    invoke,
    many,
    short_work,
    staircase,
    traces,
    vpc,
    zone_failure,
)


def main() -> None:
    """Run every benchmark and print medians, spreads and ratios."""
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {load:.2f}")
    invoke.bench()
    http_load.bench()
    many.bench()
    traces.bench()
    durable.bench()
    vpc.bench()
    zone_failure.bench()
    print("\nMemory of the server (aim: at most 20 MB more)")
    growth.main()
    governors = available_governors()
    cpu.bench(governors)
    for governor in governors:
        short_work.bench(governor)
    for governor in governors:
        staircase.show(staircase.measure(governor))


if __name__ == "__main__":
    main()
