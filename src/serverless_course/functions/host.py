"""How well the host kept its promise of CPU: the Server-Timing header of an Invoke response.

AWS does not send this header; the embedded cloud does. Readers must do without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Below both, the host's other work changed a measurement by less than its own scatter.
TOLERATED_MS = 2.0
TOLERATED_PART = 0.05

_ENTRY = re.compile(r'\s*(?P<name>[\w-]+)(?P<params>(?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^,;]*))*)')
_PARAM = re.compile(r';\s*(?P<key>[\w-]+)\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<bare>[^,;]*))')


@dataclass(frozen=True)
class HostTiming:
    """What the host says about one invocation.

    Attributes:
        cpu_ms: CPU time that the environment used during the Invoke phase, in milliseconds.
        held_ms: milliseconds in which the governor kept it off the CPU, as its memory size asks.
        contended_ms: milliseconds in which it could have run and no CPU was free.
        share: promised share of one vCPU (memory / 1769).
        governor: what held it.
        duration_ms: Duration of the REPORT line in milliseconds, None when not known.
    """

    cpu_ms: float
    held_ms: float
    contended_ms: float
    share: float
    governor: str
    duration_ms: float | None = None

    @classmethod
    def parse(cls, header: str | None, duration_ms: float | None = None) -> HostTiming | None:
        """Read the header.

        Args:
            header: value of ``Server-Timing``, None when the response has none.
            duration_ms: Duration of the same invocation, in milliseconds.

        Returns:
            None when there is no header, or when it is somebody else's.
        """
        entries = {}
        for entry in _ENTRY.finditer(header or ""):
            params = {
                param["key"]: param["quoted"] if param["quoted"] is not None else param["bare"]
                for param in _PARAM.finditer(entry["params"])
            }
            entries[entry["name"]] = params
        try:
            return cls(
                cpu_ms=float(entries["cpu"]["dur"]),
                held_ms=float(entries["held"]["dur"]),
                contended_ms=float(entries["contended"]["dur"]),
                share=float(entries["share"]["desc"]),
                governor=entries["governor"]["desc"],
                duration_ms=duration_ms,
            )
        except (KeyError, ValueError):
            return None

    @property
    def runnable_ms(self) -> float:
        """Milliseconds in which the function ran or wanted to run."""
        return self.cpu_ms + self.held_ms + self.contended_ms

    @property
    def kept_promise(self) -> bool:
        """Whether other load on the host left the measurement as it should be.

        It did when the function waited for a CPU no longer than 2 ms, or no longer than 5 % of
        its duration (of its runnable time, where the duration is not known).
        """
        whole = self.runnable_ms if self.duration_ms is None else self.duration_ms
        return self.contended_ms <= max(TOLERATED_MS, TOLERATED_PART * whole)

    @property
    def achieved_share(self) -> float | None:
        """Share of one vCPU that it got while it wanted to run; None when it never did.

        Above one vCPU several threads run at once, and only the duration tells for how long.
        """
        whole = self.runnable_ms
        if self.share > 1:
            whole = self.duration_ms or 0.0
        return self.cpu_ms / whole if whole > 0 else None
