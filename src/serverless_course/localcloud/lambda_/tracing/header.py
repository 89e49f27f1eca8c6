"""The trace header: ``Root=1-…;Parent=…;Sampled=1;Lineage=…``. Pure.

Source: AWS X-Ray Developer Guide, "Tracing header" (read 2026-11). Lambda puts the fields in this
order (awslabs' aws-lambda-runtime-interface-emulator, standaloneTracer.go, read 2026-11).
"""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass

_ROOT = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
# The header that `undecided` makes, with a count of hops or without.
_NEW = re.compile(r"(Root=1-[0-9a-f]{8}-[0-9a-f]{24})((?:;Lineage=[^;\s]*)?)")
_ID = re.compile(r"[0-9a-f]{16}")
_SAMPLED = {"0": False, "1": True}


@dataclass(frozen=True, slots=True)
class TraceHeader:
    """What a header says. ``sampled`` is None where nobody has decided yet (absent, or ``?``).

    ``root`` and ``parent`` are empty where the header has none, or one that is no id. ``others``
    are the remaining fields as they were given, such as ``Lineage``.
    """

    root: str = ""
    parent: str = ""
    sampled: bool | None = None
    others: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> TraceHeader:
        """Read a header. What cannot be read counts as absent."""
        root = parent = ""
        sampled = None
        others = []
        for part in text.split(";"):
            field = part.strip()
            name, _, value = field.partition("=")
            key = name.strip().lower()
            value = value.strip()
            if key == "root":
                root = value.lower() if _ROOT.fullmatch(value.lower()) else ""
            elif key == "parent":
                parent = value.lower() if _ID.fullmatch(value.lower()) else ""
            elif key == "sampled":
                sampled = _SAMPLED.get(value)
            elif field:
                others.append(field)
        return cls(root, parent, sampled, tuple(others))

    def text(self, parent: str, sampled: bool) -> str:
        """The header for the next one in the chain, whose parent is given."""
        fields = (f"Root={self.root}", f"Parent={parent}", f"Sampled={int(sampled)}", *self.others)
        return ";".join(fields)

    def decided(self, sampled: bool) -> str:
        """This header, with the decision in it."""
        if self.parent:
            return self.text(self.parent, sampled)
        return ";".join((f"Root={self.root}", f"Sampled={int(sampled)}", *self.others))


def new_root() -> str:
    """The id of a new trace: version, the time in seconds since the epoch, 96 random bits."""
    return f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"


def new_id() -> str:
    """The id of a new segment or subsegment."""
    return secrets.token_hex(8)


def undecided(given: str) -> str:
    """The caller's header, or a new trace's, of which nobody has said whether it is sampled."""
    return given or f"Root={new_root()}"


def passed_on(given: str) -> str:
    """The header that a function with PassThrough gets: the caller's, completed where needed.

    A header that decides nothing is not sampled. It has a parent in any case, as a header of 2022
    in AWS's own extension samples has (``Root=…;Parent=…;Sampled=0``): without one, the X-Ray SDK
    takes the function for one that is still starting, and gives it no subsegments.
    """
    if ("Sampled=1" in given or "Sampled=0" in given) and "Parent=" in given:
        return given
    if match := _NEW.fullmatch(given):
        return f"{match[1]};Parent={new_id()};Sampled=0{match[2]}"
    header = TraceHeader.parse(given)
    return header.text(header.parent or new_id(), sampled=header.sampled is True)
