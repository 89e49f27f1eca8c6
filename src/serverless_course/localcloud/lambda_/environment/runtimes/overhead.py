"""What AWS's memory figure holds beside a function's own processes.

AWS reads Max Memory Used off the whole microVM, so an empty function shows more there than its
process has resident. The difference is added to what is measured here, in the report and
against the limit: a simulated part of an otherwise measured figure.

AWS's figures: empty functions, x86_64, zip, 128 to 1,024 MB, median of ten cold starts each:
github.com/maxday/lambda-perf, data/2025/2025-12-21.json (read 2026-11). For nodejs22.x that
file's arm64 figure stands in. Ours: peak resident memory of the same functions on Linux x86_64,
2026-11-24, rounded up.
"""

from __future__ import annotations

MB = 1024 * 1024

# Runtime: (MB that an empty function reads on AWS, MB that its processes hold here). Where there
# is no such version here, our figure is that of the nearest one.
EMPTY_FUNCTION_MB: dict[str, tuple[int, int]] = {
    "python3.10": (31, 13),
    "python3.11": (34, 15),
    "python3.12": (36, 16),
    "python3.13": (37, 15),
    "python3.14": (39, 15),
    "nodejs20.x": (67, 44),
    "nodejs22.x": (73, 44),
    "nodejs24.x": (80, 44),
    # A shell script with curl: what most first custom runtimes are.
    "provided.al2": (25, 12),
    "provided.al2023": (26, 12),
}
# The pure-Python client holds so much more than AWS's native one, because it loads http.client.
PURE_CLIENT_MB = 5
# A runtime that was not measured gets the least of its family: rather too little than invented.
LEAST_MB = {"python": 18, "nodejs": 23, "provided": 13}


def overhead_bytes(runtime: str, *, pure_client: bool = False) -> int:
    """Bytes that AWS's figure holds beside the processes of a runtime."""
    if runtime in EMPTY_FUNCTION_MB:
        on_aws, here = EMPTY_FUNCTION_MB[runtime]
        found = on_aws - here
    else:
        found = next((mb for family, mb in LEAST_MB.items() if runtime.startswith(family)), 0)
    return (found - PURE_CLIENT_MB * pure_client) * MB
