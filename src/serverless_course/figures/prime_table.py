"""The talk's prime table beside the learner's own measurement."""

from collections.abc import Mapping

import pandas as pd

from serverless_course.figures.titled_table import titled
from serverless_course.pricing.prime_table import prime_table


def published_costs() -> pd.DataFrame:
    """The talk's four rows, with their costs recomputed; dollars for 1,000 invocations.

    Source: Jim Conning, "AWS Lambda: Faster Is Cheaper", 26 Jan 2017; rules as dated in
    `serverless_course.pricing`.
    """
    rows = {
        row.talk.memory_mb: {
            "seconds (1 run)": f"{row.talk.seconds:.6f}",
            "talk": f"{row.talk.usd:.6f}",
            "billed 2017-2020": f"{row.then:.6f}",
            "today x86_64": f"{row.x86:.6f}",
            "today arm64": f"{row.arm:.6f}",
        }
        for row in prime_table()
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "MB"
    return table


def beside_the_talk(measured_ms: Mapping[int, float], *, disturbance: str = "") -> pd.DataFrame:
    """Talk and here, side by side. ``measured_ms`` maps MB to the median duration in ms.

    Machine and Python differ, so the ratio to 1,024 MB is what can be compared, and each step from
    one row to the next: how many times as fast the work gets. ``disturbance`` is what a busy
    machine did to the figures: then it stands above the table.
    """
    talk = {row.talk.memory_mb: float(row.talk.seconds) for row in prime_table()}
    common = [memory for memory in talk if memory in measured_ms]
    reference = 1024 if 1024 in common else common[-1]
    rows = {
        memory: {
            "talk, s": talk[memory],
            "here, ms": measured_ms[memory],
            "talk, ratio": talk[memory] / talk[reference],
            "here, ratio": measured_ms[memory] / measured_ms[reference],
            "share, ratio": reference / memory,
            "talk, step": talk[before] / talk[memory] if before else None,
            "here, step": measured_ms[before] / measured_ms[memory] if before else None,
        }
        for before, memory in zip([None, *common], common, strict=False)
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "MB"
    # The first row has none above it to step from.
    table = table.map(lambda value: "–" if pd.isna(value) else f"{value:.2f}")
    return titled(table, disturbance) if disturbance else table
