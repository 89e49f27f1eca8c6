"""Memory sizes that a function may have, and the CPU share that comes with each."""

from __future__ import annotations

# Lambda limits page (mid 2026): 128 MB to 10,240 MB in steps of 1 MB; 1,769 MB is one vCPU.
SMALLEST_MB = 128
LARGEST_MB = 10_240
ONE_VCPU_MB = 1769


def check_memory(memory: object) -> int:
    """A memory size that Lambda accepts, in MB.

    Raises:
        ValueError: with the allowed range and the nearest valid size.
    """
    if isinstance(memory, bool) or not isinstance(memory, int | float):
        raise ValueError(
            f"memory={memory!r} is not a number. Give whole megabytes from {SMALLEST_MB} to "
            f"{LARGEST_MB:,}, for example memory=512."
        )
    # max() before min(): for NaN, which compares with nothing, it gives the smallest size.
    nearest = round(min(max(SMALLEST_MB, memory), LARGEST_MB))
    if memory != nearest:
        raise ValueError(
            f"memory={memory} MB is not possible. Lambda takes whole megabytes from "
            f"{SMALLEST_MB}-{LARGEST_MB:,} MB; the nearest is {nearest} MB."
        )
    return nearest


def cpu_share(memory_mb: int) -> float:
    """Share of one vCPU that a memory size comes with (1.0 at 1,769 MB, 5.79 at 10,240 MB)."""
    return memory_mb / ONE_VCPU_MB
